// Package port declares what the bot needs from the outside, and the types it is said in. Adapters implement ports; the
// rules judge their types; neither knows the other.
//
// Every method that reaches outside takes a context and obeys its deadline. Errors are classed with package effect:
// an error that says nothing means that the outcome is unknown.
package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Deployer starts and follows pipeline runs that put a version into an environment.
type Deployer interface {
	// Start starts a run. Key is unique to the deployment: the run must be findable by it.
	Start(ctx context.Context, d Deployment) (Run, error)
	// Find returns the run started under key, or effect.ErrNotFound.
	Find(ctx context.Context, key string) (Run, error)
	// Follow returns when the run's progress differs from seen, when the run ended, or when ctx is done (with seen).
	Follow(ctx context.Context, run Run, seen Progress) (Progress, error)
	// Cancel asks the run to stop; Follow then reports how it ended. Cancelling an ended run is no error.
	Cancel(ctx context.Context, run Run) error
}

// Deployment is what a run is asked to do.
type Deployment struct {
	Key         string `json:"key"`
	Service     string `json:"service"`
	Environment string `json:"environment"`
	Version     string `json:"version"`
	Digest      string `json:"digest"` // SHA-256 of the artifact, hex
	Location    string `json:"location,omitempty"`
	Commit      string `json:"commit,omitempty"` // what it was built from, empty if not known
	// Fence is the token of the lock that the deployment has. It grows with every owner of the lock of its service in its
	// environment: what has seen a higher one refuses to go on with a lower. 0 if it has none.
	Fence    uint64 `json:"fence,omitempty"`
	Pipeline string `json:"pipeline"` // name of the configured pipeline
	Rollback bool   `json:"rollback,omitempty"`
	Release  string `json:"release"`
	// Previous is the version that runs there before, empty if none is known.
	Previous string `json:"previous,omitempty"`
}

// Target is somewhere that a service runs.
type Target struct {
	Service     string `json:"service"`
	Environment string `json:"environment"`
}

// Run identifies a run on the other system.
type Run struct {
	ID   string `json:"id"`
	Link string `json:"link,omitempty"`
}

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	RunQueued    RunState = "queued"
	RunRunning   RunState = "running"
	RunSucceeded RunState = "succeeded"
	RunFailed    RunState = "failed"
	RunCancelled RunState = "cancelled"
	RunLost      RunState = "lost" // the other system no longer knows how it ended
)

// Ended reports whether the state is final.
func (s RunState) Ended() bool {
	switch s {
	case RunSucceeded, RunFailed, RunCancelled, RunLost:
		return true
	}
	return false
}

// Progress is what a run has come to.
type Progress struct {
	State   RunState  `json:"state"`
	Stage   string    `json:"stage,omitempty"`
	Percent int       `json:"percent,omitempty"` // 0 to 100
	Tail    []string  `json:"tail,omitempty"`    // last lines of its output, at most TailLines
	At      time.Time `json:"at,omitzero"`
}

// TailLines bounds the output kept in Progress; the whole of it is behind the run's link.
const TailLines = 12

// Orchestrator is a Deployer that can say what it is and what guards it.
type Orchestrator interface {
	Deployer
	// Described says what stands behind the pipeline; it asks nobody.
	Described() Orchestration
	// Audit reads whether what runs the pipeline logs what is done there, and lets only those do it who may. What can't be read is a
	// reading that says so and which right it would take, never an error.
	Audit(ctx context.Context) []Reading
}

// Orchestration is what stands behind a pipeline.
type Orchestration struct {
	System  string `json:"system"`            // the adapter's name: "jenkins"
	Address string `json:"address,omitempty"` // where it is, without credentials
	Job     string `json:"job,omitempty"`     // what runs there, with placeholders as configured
	// Heard says how the bot learns what happens there.
	Heard Hearing `json:"heard"`
}

// Hearing is how the bot learns what happens in another system.
type Hearing string

// The ways of hearing. Webhooks only come beside asking: nothing is lost when one is.
const (
	Asking   Hearing = "asking"
	Webhooks Hearing = "webhooks"
)

// Guard is what an orchestrator should have on.
type Guard string

// The guards that are read.
const (
	AuditLog      Guard = "audit-log"      // what is done there is on record
	AccessControl Guard = "access-control" // only those do it who may
)

// Reading is one thing read of an orchestrator's own settings.
type Reading struct {
	Of Guard `json:"of"`
	// On is what was read; nil if it could not be.
	On   *bool     `json:"on,omitempty"`
	What chat.Text `json:"what"`        // what was read, or why it could not be
	Do   chat.Text `json:"do,omitzero"` // what to do about it: turn it on, or which right it would take to read it
}
