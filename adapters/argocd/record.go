package argocd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// infoKey names the run's key in the operations that the adapter asks for.
const infoKey = "gonogo-key"

// Annotations beside what is declared, after a prefix: on the Application itself, or on the parent with the Application's name before it.
const (
	annotationPrefix = "gonogo.chat"
	annotationKey    = "/key"
	annotationRun    = "/run"
)

// earlierMost bounds what is kept of runs before: none of them can be asked for again once as many came after it.
const earlierMost = 20

// record is what an Application remembers of the run that declared what it declares.
type record struct {
	Key         string    `json:"key"`
	Service     string    `json:"service"`
	Environment string    `json:"environment"`
	Version     string    `json:"version"`
	At          time.Time `json:"at"` // by the bot's clock
	// Own is what the Application is to declare, Parent what its parent is to, where that does.
	Own    declaration  `json:"declares"`
	Parent *declaration `json:"parent,omitempty"`
	// After is when the operation began that was the last one before, by Argo CD's clock, and ParentAfter the parent's: they tell
	// whether an operation came since without comparing clocks.
	After       string    `json:"after,omitempty"`
	ParentAfter string    `json:"parent_after,omitempty"`
	Rollback    bool      `json:"rollback,omitempty"`
	Cancelled   bool      `json:"cancelled,omitempty"`
	Earlier     []earlier `json:"earlier,omitempty"` // the runs before, the latest first
}

// earlier is what is kept of a run before: enough to know it again, and the sync that brought what it declared.
type earlier struct {
	Key   string      `json:"key"`
	Own   declaration `json:"declares"`
	After string      `json:"after,omitempty"`
}

var errMalformed = errors.New("the annotation that the run left is malformed")

// errRewritten says that somebody else wrote what stands there: whoever may update an Application may do that, and nothing that it says of
// the run counts any more.
var errRewritten = errors.New("what the run left on record was rewritten by somebody else")

// declaresAs reports whether a record says what another of the same run does, the runs before and its cancellation aside.
func (r record) declaresAs(other record) bool {
	r.Earlier, other.Earlier, r.Cancelled, other.Cancelled = nil, nil, false, false
	a, err := json.Marshal(r)
	b, wrong := json.Marshal(other)
	return err == nil && wrong == nil && bytes.Equal(a, b)
}

// recordOf reads a record from annotations; a zero record if there is none.
func recordOf(annotations map[string]string, prefix string) (record, error) {
	key, there := annotations[prefix+annotationKey]
	if !there {
		return record{}, nil
	}
	var r record
	if err := json.Unmarshal([]byte(annotations[prefix+annotationRun]), &r); err != nil {
		return record{Key: key}, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if r.Key != key || r.At.IsZero() || len(r.Earlier) > earlierMost {
		return record{Key: key}, errMalformed
	}
	return r, nil
}

// annotations are those that say it.
func (r record) annotations(prefix string) (map[string]string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return map[string]string{prefix + annotationKey: r.Key, prefix + annotationRun: string(text)}, nil
}

// knows reports whether a run was started under key, now or before.
func (r record) knows(key string) bool {
	return key != "" && (r.Key == key || slices.ContainsFunc(r.Earlier, func(e earlier) bool { return e.Key == key }))
}

// brought is the key of the run that declared what an automated sync brought, empty if none did. Each run declared something until the
// next one did, so a sync to an earlier run's declaration that began after that was somebody else's doing. Times are of Argo CD's clock.
func (r record) brought(s source, began string) string {
	if r.Key != "" && r.Own.holds(s) {
		return r.Key
	}
	until := r.After
	for _, e := range r.Earlier {
		if e.Own.holds(s) && began > e.After && (until == "" || began <= until) {
			return e.Key
		}
		until = e.After
	}
	return ""
}

// after makes r the record that follows before.
func (r record) following(before record) record {
	if before.Key != "" && before.Key != r.Key {
		r.Earlier = append([]earlier{{before.Key, before.Own, before.After}}, before.Earlier...)
		r.Earlier = r.Earlier[:min(len(r.Earlier), earlierMost)]
	}
	return r
}
