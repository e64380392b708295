package argocdtest

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// App is an Application as a test makes one.
type App struct {
	Name, Project string // project "default" if empty
	Revision      string // targetRevision
	Parameters    map[string]string
	Images        []string
	Kind          string // sourceType: Directory if empty
	Sources       int    // how many sources beyond one, each of the same revision
	Auto          bool
	SelfHeal      bool
	// Renders are the Applications that this one declares: name to the Helm parameter that is their targetRevision.
	Renders map[string]string
	// Set is the ApplicationSet that declares this one.
	Set string
}

type app struct {
	name, project, kind string
	uid                 string
	version             int
	annotations, labels map[string]string
	set                 string
	spec                spec
	renders             map[string]string

	operation *operation
	state     *opState
	due       time.Time // when the operation goes on
	attempt   int       // retries so far

	compare  time.Time // when it is compared next; zero for never
	compared []source
	synced   string
	revision string
	health   string
	message  string
	healthAt time.Time
	at       time.Time // of the last comparison
	fault    string    // condition SyncError

	live     []source
	liveRev  string
	liveAt   time.Time
	drifted  bool
	history  []history
	begun    map[string]int
	resource []string
}

type source = map[string]any

type spec struct {
	Project     string         `json:"project"`
	Source      source         `json:"source,omitempty"`
	Sources     []source       `json:"sources,omitempty"`
	Destination map[string]any `json:"destination"`
	SyncPolicy  *policy        `json:"syncPolicy,omitempty"`
}

type policy struct {
	Automated *automated `json:"automated,omitempty"`
}

type automated struct {
	Enabled  *bool `json:"enabled,omitempty"`
	Prune    bool  `json:"prune,omitempty"`
	SelfHeal bool  `json:"selfHeal,omitempty"`
}

type operation struct {
	Sync        syncOperation `json:"sync"`
	Info        []info        `json:"info,omitempty"`
	InitiatedBy initiator     `json:"initiatedBy"`
	Retry       retry         `json:"retry"`
}

type syncOperation struct {
	Revision  string           `json:"revision,omitempty"`
	Revisions []string         `json:"revisions,omitempty"`
	Prune     bool             `json:"prune,omitempty"`
	DryRun    bool             `json:"dryRun,omitempty"`
	Source    source           `json:"source,omitempty"`
	Sources   []source         `json:"sources,omitempty"`
	Resources []map[string]any `json:"resources,omitempty"`
	Strategy  map[string]any   `json:"syncStrategy,omitempty"`
	SelfHeal  int              `json:"autoHealAttemptsCount,omitempty"`
}

type info struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type initiator struct {
	Username  string `json:"username,omitempty"`
	Automated bool   `json:"automated,omitempty"`
}

type retry struct {
	Limit int `json:"limit,omitempty"`
}

type opState struct {
	Operation  operation      `json:"operation"`
	Phase      string         `json:"phase"`
	Message    string         `json:"message,omitempty"`
	StartedAt  string         `json:"startedAt"`
	FinishedAt string         `json:"finishedAt,omitempty"`
	RetryCount int            `json:"retryCount,omitempty"`
	SyncResult map[string]any `json:"syncResult,omitempty"`
}

type history struct {
	ID              int       `json:"id"`
	Revision        string    `json:"revision,omitempty"`
	Revisions       []string  `json:"revisions,omitempty"`
	DeployStartedAt string    `json:"deployStartedAt"`
	DeployedAt      string    `json:"deployedAt"`
	InitiatedBy     initiator `json:"initiatedBy"`
	Source          source    `json:"source,omitempty"`
	Sources         []source  `json:"sources,omitempty"`
}

// Add makes an Application, synced and healthy at what it declares.
func (s *Server) Add(o App) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Clock().UTC()
	if o.Project == "" {
		o.Project = "default"
	}
	if o.Kind == "" {
		o.Kind = "Directory"
	}
	src := source{"repoURL": "https://git.shop.example/" + o.Name + ".git", "path": "k8s", "targetRevision": o.Revision}
	if o.Parameters != nil || o.Kind == "Helm" {
		var list []any
		for _, name := range sortedKeys(o.Parameters) {
			list = append(list, map[string]any{"name": name, "value": o.Parameters[name]})
		}
		src["helm"] = map[string]any{"parameters": list}
	}
	if o.Images != nil {
		var list []any
		for _, i := range o.Images {
			list = append(list, i)
		}
		src["kustomize"] = map[string]any{"images": list}
	}
	a := &app{
		name: o.Name, project: o.Project, kind: o.Kind, uid: hash("uid " + o.Name)[:32], set: o.Set, renders: o.Renders, begun: map[string]int{},
		resource: []string{"ConfigMap", "Service", "Deployment"},
		spec:     spec{Project: o.Project, Destination: map[string]any{"server": "https://kubernetes.default.svc", "namespace": "shop"}},
	}
	a.spec.Source = src
	if o.Sources > 0 {
		a.spec.Source, a.spec.Sources = nil, []source{src}
		for range o.Sources {
			a.spec.Sources = append(a.spec.Sources, source{"repoURL": "https://git.shop.example/more.git", "path": "more", "targetRevision": o.Revision})
		}
	}
	if o.Auto || o.SelfHeal {
		a.spec.SyncPolicy = &policy{&automated{SelfHeal: o.SelfHeal}}
	}
	a.live, a.liveRev, a.liveAt = a.sources(), resolve(a.sources()[0]), now
	s.apps[o.Name] = a
	s.compareNow(a, now)
	for child := range o.Renders {
		if c := s.apps[child]; c != nil {
			s.track(a, c)
		}
	}
	s.render(a, now)
	s.compareNow(a, now)
}

// track marks an Application as declared by another.
func (s *Server) track(parent, child *app) {
	if s.options.LabelTracking {
		child.labels = map[string]string{"app.kubernetes.io/instance": parent.name}
		return
	}
	child.annotations = with(child.annotations, "argocd.argoproj.io/tracking-id", parent.name+":argoproj.io/Application:argocd/"+child.name)
}

func with(m map[string]string, name, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[name] = value
	return m
}

// sources are copies: nobody changes what an operation or a comparison was about.
func (a *app) sources() []source {
	if len(a.spec.Sources) > 0 {
		return clone(a.spec.Sources)
	}
	return []source{clone(a.spec.Source)}
}

func clone[T any](v T) T {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came from JSON
	}
	var c T
	if err := json.Unmarshal(raw, &c); err != nil {
		panic(err)
	}
	return c
}

func equal(a, b any) bool { return reflect.DeepEqual(clone(a), clone(b)) }

func (a *app) auto() *automated {
	if a.spec.SyncPolicy == nil || a.spec.SyncPolicy.Automated == nil {
		return nil
	}
	if on := a.spec.SyncPolicy.Automated.Enabled; on != nil && !*on {
		return nil
	}
	return a.spec.SyncPolicy.Automated
}

// behaviour of what a set of sources declares.
func (s *Server) behaviour(sources []source) Behaviour {
	for _, src := range sources {
		texts := []string{}
		if t, _ := src["targetRevision"].(string); t != "" {
			texts = append(texts, t)
		}
		raw, _ := json.Marshal([]any{src["helm"], src["kustomize"]})
		for text, b := range s.behaviours {
			if slices.Contains(texts, text) || strings.Contains(string(raw), `"`+text+`"`) || strings.Contains(string(raw), ":"+text+`"`) {
				return b
			}
		}
	}
	return Behaviour{}
}

func resolve(src source) string {
	text, _ := src["targetRevision"].(string)
	if len(text) == 40 && strings.Trim(text, "0123456789abcdef") == "" {
		return text
	}
	return hash(text)
}

func hash(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (a *app) compareBy(t time.Time) {
	if a.compare.IsZero() || t.Before(a.compare) {
		a.compare = t
	}
}
