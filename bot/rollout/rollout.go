// Package rollout is one version put into one environment once: what was asked, what runs, and what came of it.
package rollout

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

// Version is the schema version of a stored Deployment.
const Version = 1

// Kind says whether a deployment goes forward or back.
type Kind string

// The kinds of deployment.
const (
	Deploy   Kind = "deploy"
	Rollback Kind = "rollback"
)

// Build is what runs, ran or shall run somewhere: a version and the artifact that it is.
type Build struct {
	Version  string `json:"version,omitempty"`
	Digest   string `json:"digest,omitempty"` // SHA-256, hex
	Location string `json:"location,omitempty"`
	// Commit is what it was built from, empty where that was not noted.
	Commit string `json:"commit,omitempty"`
}

// Same reports whether both are one artifact of one version. What was noted before commits were names none.
func (b Build) Same(other Build) bool {
	b.Commit, other.Commit = "", ""
	return b == other
}

// IsZero reports whether nothing is known.
func (b Build) IsZero() bool { return b == Build{} }

// Deployment is one version put into one environment once.
type Deployment struct {
	V           int    `json:"v"`
	ID          string `json:"id"` // "D-1"
	Kind        Kind   `json:"kind"`
	Of          string `json:"of,omitempty"`   // the deployment that this one rolls back
	Back        string `json:"back,omitempty"` // the deployment that rolls this one back
	Release     string `json:"release"`
	Train       string `json:"train,omitempty"` // the train that it goes with: "T-1"
	Service     string `json:"service"`
	Environment string `json:"environment"`
	Build
	// Previous is what ran before: what a rollback restores. Zero when nothing is known.
	Previous Build `json:"previous,omitzero"`

	State    State         `json:"state"`
	Key      string        `json:"key"`      // the pipeline run must be findable by it
	Pipeline string        `json:"pipeline"` // name of the configured pipeline
	Run      port.Run      `json:"run,omitzero"`
	Progress port.Progress `json:"progress,omitzero"`
	Attempts int           `json:"attempts,omitempty"` // how often the run was tried to start
	// Fence is the token of the lock that it holds; 0 while it waits for the lock.
	Fence uint64 `json:"fence,omitempty"`

	Executor  string     `json:"executor,omitempty"` // opaque person id; empty when the bot did it by itself
	Cause     *chat.Text `json:"cause,omitempty"`    // why, when nobody's command says it
	Emergency bool       `json:"emergency,omitempty"`
	// Rehearsal says that it is deployed to be rolled back again, to Target.
	Rehearsal *Rehearsal `json:"rehearsal,omitempty"`
	Exception string     `json:"exception,omitempty"` // "X-1", the freeze exception that it used

	RequestedAt time.Time `json:"requested_at"`
	StartedAt   time.Time `json:"started_at,omitzero"` // when the run was handed over
	LiveAt      time.Time `json:"live_at,omitzero"`    // when the run succeeded and the watch began
	EndedAt     time.Time `json:"ended_at,omitzero"`

	// Plan is the name of the verification plan; Watch is what it saw so far, and Verdict what was last made of it.
	Plan    string          `json:"plan,omitempty"`
	Watch   *verify.Watch   `json:"watch,omitempty"`
	Verdict *verify.Verdict `json:"verdict,omitempty"`
	// Hold says that it takes no next step; Undo names the freeze for which it is rolled back as soon as its run has ended.
	Hold   *Hold      `json:"hold,omitempty"`
	Undo   string     `json:"undo,omitempty"`
	Reason *chat.Text `json:"reason,omitempty"` // why it is in its state, when that needs saying
}

// Rehearsal is a deployment's purpose when it is there to be rolled back: to what, and whether it was well before that.
type Rehearsal struct {
	To Build `json:"to"`
	// Verified is when what was deployed was found to be well; zero until then.
	Verified time.Time `json:"verified,omitzero"`
}

// Subject names what is deployed: "checkout 2.4.0".
func (d Deployment) Subject() string { return d.Service + " " + d.Version }

// Order is what the pipeline is asked to do.
func (d Deployment) Order() port.Deployment {
	return port.Deployment{Key: d.Key, Service: d.Service, Environment: d.Environment, Version: d.Version, Digest: d.Digest,
		Location: d.Location, Fence: d.Fence, Pipeline: d.Pipeline, Rollback: d.Kind == Rollback, Release: d.Release,
		Commit: d.Commit, Previous: d.Previous.Version}
}

// Apply moves the deployment by an event at an instant and stamps the times that belong to it; refused, and unchanged,
// when the event can't happen in its state.
func (d Deployment) Apply(e Event, at time.Time) (Deployment, *chat.Refusal) {
	to, ok := Next(d.State, e)
	if !ok {
		return d, chat.Refuse("rollout.not_now", chat.Word("deployment", d.ID),
			chat.Nested("state", d.State.Text()), chat.Nested("event", e.Text()))
	}
	if to == d.State {
		return d, nil
	}
	d.State = to
	switch {
	case to == Starting:
		d.StartedAt = at.UTC()
	case to == Watching:
		d.LiveAt = at.UTC()
	}
	d.EndedAt = time.Time{}
	if to.Ended() {
		d.EndedAt = at.UTC()
	}
	return d, nil
}
