package release

import "github.com/gonogo-chat/gonogo/bot/chat"

// State is where a release stands.
type State string

// The states of a release.
const (
	Planned     State = "planned"
	Staged      State = "staged" // passed an environment before the final one
	InReview    State = "in-review"
	Approved    State = "approved"
	Rejected    State = "rejected"     // by vote; another ballot may be opened
	Deploying   State = "deploying"    // into the final environment
	Held        State = "held"         // deployed there, and not known to be well: a person must say
	RollingBack State = "rolling-back" // in the final environment
	Released    State = "released"
	RolledBack  State = "rolled-back"
	Failed      State = "failed" // a deployment, or its rollback, did not succeed; may be tried again
	Cancelled   State = "cancelled"
	Superseded  State = "superseded" // a later release took its place
)

// States lists every state in the order of a release's life.
func States() []State {
	return []State{Planned, Staged, InReview, Approved, Rejected, Deploying, Held, RollingBack,
		Released, RolledBack, Failed, Cancelled, Superseded}
}

// Event is what can happen to a release. Only events of the final environment move a release to and from Deploying;
// passing any other is a Staging event. Events never decide whether something is allowed: gates do.
type Event string

// The events of a release.
const (
	StagingPassed Event = "staging-passed"
	StagingFailed Event = "staging-failed"

	BallotOpened   Event = "ballot-opened"
	BallotPassed   Event = "ballot-passed"
	BallotRejected Event = "ballot-rejected"
	BallotVoided   Event = "ballot-voided" // what was proposed changed, before or after the ballot passed
	BallotExpired  Event = "ballot-expired"

	DeployStarted   Event = "deploy-started"   // into the final environment: its gates were open
	DeployRefused   Event = "deploy-refused"   // a gate closed, or it was cancelled, before anything was done
	DeployFailed    Event = "deploy-failed"    // the run failed, was cancelled or could not be started
	DeployHeld      Event = "deploy-held"      // the watch was inconclusive, or the run's outcome is unknown
	Verified        Event = "verified"         // the watch passed, or a person said that it is well
	RollbackStarted Event = "rollback-started" // of the final environment
	RollbackDone    Event = "rollback-done"
	RollbackFailed  Event = "rollback-failed"

	Cancel    Event = "cancel"
	Supersede Event = "supersede" // a later release of the service passed the final environment
	Restore   Event = "restore"   // a later release was rolled back to this one
)

// Events lists every event.
func Events() []Event {
	return []Event{StagingPassed, StagingFailed, BallotOpened, BallotPassed, BallotRejected, BallotVoided, BallotExpired,
		DeployStarted, DeployRefused, DeployFailed, DeployHeld, Verified, RollbackStarted, RollbackDone, RollbackFailed,
		Cancel, Supersede, Restore}
}

// transitions is the whole life of a release. The outcome of a staging deployment changes nothing once more than staging
// has happened, yet it is never refused: such a deployment may end after its release did.
var transitions = map[State]map[Event]State{
	Planned: {StagingPassed: Staged, StagingFailed: Planned, BallotOpened: InReview,
		DeployStarted: Deploying, Cancel: Cancelled, Supersede: Superseded},
	Staged: {StagingPassed: Staged, StagingFailed: Planned, BallotOpened: InReview,
		DeployStarted: Deploying, Cancel: Cancelled, Supersede: Superseded},
	InReview: {StagingPassed: InReview, StagingFailed: InReview, BallotPassed: Approved, BallotRejected: Rejected,
		BallotVoided: Planned, BallotExpired: Planned,
		// Only an emergency goes ahead of an open ballot.
		DeployStarted: Deploying, Cancel: Cancelled, Supersede: Superseded},
	Approved: {StagingPassed: Approved, StagingFailed: Approved, BallotVoided: Planned,
		DeployStarted: Deploying, Cancel: Cancelled, Supersede: Superseded},
	Rejected: {StagingPassed: Rejected, StagingFailed: Rejected, BallotOpened: InReview,
		DeployStarted: Deploying, Cancel: Cancelled, Supersede: Superseded},
	Deploying: {StagingPassed: Deploying, StagingFailed: Deploying, DeployRefused: Planned, DeployFailed: Failed,
		DeployHeld: Held, Verified: Released, RollbackStarted: RollingBack},
	Held: {StagingPassed: Held, StagingFailed: Held, DeployFailed: Failed, Verified: Released,
		RollbackStarted: RollingBack},
	RollingBack: {StagingPassed: RollingBack, StagingFailed: RollingBack, RollbackDone: RolledBack, RollbackFailed: Failed},
	Released:    {StagingPassed: Released, StagingFailed: Released, RollbackStarted: RollingBack, Supersede: Superseded},
	RolledBack:  {StagingPassed: RolledBack, StagingFailed: RolledBack},
	Failed: {StagingPassed: Failed, StagingFailed: Failed, BallotOpened: InReview, BallotVoided: Planned,
		DeployStarted: Deploying, RollbackStarted: RollingBack, Cancel: Cancelled, Supersede: Superseded},
	Cancelled:  {StagingPassed: Cancelled, StagingFailed: Cancelled},
	Superseded: {StagingPassed: Superseded, StagingFailed: Superseded, Restore: Released},
}

// Next returns the state that an event leads to; false if the event can't happen in this state.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[s][e]
	return to, ok
}

// Settled reports whether the release waits for nothing: it ended, though a person may take it up again.
func (s State) Settled() bool {
	switch s {
	case Released, RolledBack, Failed, Cancelled, Superseded:
		return true
	}
	return false
}

// Terminal reports whether no event leads out of the state.
func (s State) Terminal() bool { return s == RolledBack || s == Cancelled }

// Deployable reports whether a deployment of the release may be asked for, into whichever environment.
func (s State) Deployable() bool {
	_, ok := transitions[s][DeployStarted]
	return ok
}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("release.state." + chat.Code(s)) }

// Text words the event.
func (e Event) Text() chat.Text { return chat.Say("release.event." + chat.Code(e)) }
