package argocd

import (
	"reflect"
	"time"
)

// application is what the adapter reads of an Application.
type application struct {
	Metadata struct {
		Name            string            `json:"name"`
		Namespace       string            `json:"namespace"`
		Annotations     map[string]string `json:"annotations"`
		Labels          map[string]string `json:"labels"`
		OwnerReferences []struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"ownerReferences"`
	} `json:"metadata"`
	Spec struct {
		Source     source   `json:"source"`
		Sources    []source `json:"sources"`
		SyncPolicy *struct {
			Automated *struct {
				Enabled  *bool `json:"enabled"`
				SelfHeal bool  `json:"selfHeal"`
			} `json:"automated"`
		} `json:"syncPolicy"`
	} `json:"spec"`
	// Operation is set from when one is asked for until it ended; the controller takes it up into Status.OperationState meanwhile.
	Operation *operation `json:"operation"`
	Status    status     `json:"status"`
}

type status struct {
	Sync struct {
		Status     string  `json:"status"`
		ComparedTo sourced `json:"comparedTo"`
	} `json:"sync"`
	Health         health          `json:"health"`
	Resources      []resource      `json:"resources"`
	Conditions     []condition     `json:"conditions"`
	OperationState *operationState `json:"operationState"`
	History        []deployed      `json:"history"`
	ReconciledAt   time.Time       `json:"reconciledAt"`
	SourceType     string          `json:"sourceType"`
	SourceTypes    []string        `json:"sourceTypes"`
}

type health struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

type resource struct {
	Kind            string  `json:"kind"`
	Name            string  `json:"name"`
	Status          string  `json:"status"`
	Health          *health `json:"health"`
	RequiresPruning bool    `json:"requiresPruning"`
}

type condition struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// deployed is an entry of an Application's history: a sync that brought something.
type deployed struct {
	DeployStartedAt time.Time `json:"deployStartedAt"`
	DeployedAt      time.Time `json:"deployedAt"`
	InitiatedBy     initiator `json:"initiatedBy"`
	sourced
}

type initiator struct {
	Username  string `json:"username"`
	Automated bool   `json:"automated"`
}

type operation struct {
	Sync *struct {
		DryRun   bool `json:"dryRun"`
		SelfHeal int  `json:"autoHealAttemptsCount"`
		sourced
	} `json:"sync"`
	Info        []info    `json:"info"`
	InitiatedBy initiator `json:"initiatedBy"`
}

type info struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type operationState struct {
	Operation  operation `json:"operation"`
	Phase      string    `json:"phase"`
	Message    string    `json:"message"`
	StartedAt  string    `json:"startedAt"`
	FinishedAt time.Time `json:"finishedAt"`
	RetryCount int       `json:"retryCount"`
	SyncResult *struct {
		Resources []struct {
			Status string `json:"status"`
		} `json:"resources"`
	} `json:"syncResult"`
}

// The phases of an operation, and the states of sync and health, that are told apart.
const (
	phaseRunning     = "Running"
	phaseTerminating = "Terminating"
	phaseSucceeded   = "Succeeded"

	isSynced    = "Synced"
	isOutOfSync = "OutOfSync"

	isHealthy  = "Healthy"
	isDegraded = "Degraded"
)

// terminated is how the message of an operation begins that somebody ended.
const terminated = "Operation terminated"

// sourced has one source or several.
type sourced struct {
	Source  source   `json:"source"`
	Sources []source `json:"sources"`
}

func (s sourced) all() []source {
	if len(s.Sources) > 0 {
		return s.Sources
	}
	return []source{s.Source}
}

func (a *application) sources() []source {
	return sourced{a.Spec.Source, a.Spec.Sources}.all()
}

func (a *application) automated() bool {
	p := a.Spec.SyncPolicy
	return p != nil && p.Automated != nil && (p.Automated.Enabled == nil || *p.Automated.Enabled)
}

// key is the run's key that an operation was asked for with.
func (o operation) key() string {
	for _, i := range o.Info {
		if i.Name == infoKey {
			return i.Value
		}
	}
	return ""
}

func (o operation) dry() bool { return o.Sync != nil && o.Sync.DryRun }

// brings reports whether the operation brings these sources.
func (o operation) brings(sources []source) bool { return o.Sync != nil && same(o.Sync.all(), sources) }

// source is one source of an Application, as it was read.
type source map[string]any

func (s source) text(name string) string {
	t, _ := s[name].(string)
	return t
}

func (s source) part(name string) map[string]any {
	p, _ := s[name].(map[string]any)
	return p
}

// same compares sources by what they say: Argo CD leaves out here what it spells out there.
func same(a, b []source) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !reflect.DeepEqual(spoken(map[string]any(a[i])), spoken(map[string]any(b[i]))) {
			return false
		}
	}
	return true
}

// spoken is a value without what says nothing, nil for nothing.
func spoken(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, value := range v {
			if s := spoken(value); s != nil {
				kept[name] = s
			}
		}
		if len(kept) > 0 {
			return kept
		}
	case []any:
		var kept []any
		for _, value := range v {
			kept = append(kept, spoken(value))
		}
		if len(kept) > 0 {
			return kept
		}
	case string:
		if v != "" {
			return v
		}
	case bool:
		if v {
			return v
		}
	case nil:
	default:
		return v
	}
	return nil
}
