package rollout

import (
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// State is where a deployment stands. A rollback is a deployment of its own and goes the same way; the deployment that it
// rolls back is meanwhile RollingBack.
type State string

// The states of a deployment.
const (
	Queued         State = "queued"   // decided; waits for the lock, or to be handed over
	Starting       State = "starting" // handed over; whether it runs is not known yet
	Running        State = "running"
	Cancelling     State = "cancelling" // the run was asked to stop
	Watching       State = "watching"   // live, and not known to be well yet
	Held           State = "held"       // the watch ended inconclusive: a person must say
	Lost           State = "lost"       // how the run ended is unknown: a person must say
	Succeeded      State = "succeeded"
	Failed         State = "failed" // the run failed, or what runs is not well
	Cancelled      State = "cancelled"
	Refused        State = "refused" // a gate had closed by the time it was to start: nothing was done
	RollingBack    State = "rolling-back"
	RolledBack     State = "rolled-back"
	RollbackFailed State = "rollback-failed" // the environment needs a person; the rollback may be tried again
)

// States lists every state in the order of a deployment's life.
func States() []State {
	return []State{Queued, Starting, Running, Cancelling, Watching, Held, Lost, Succeeded, Failed, Cancelled, Refused,
		RollingBack, RolledBack, RollbackFailed}
}

// Event is what can happen to a deployment.
type Event string

// The events of a deployment.
const (
	Leased       Event = "leased"        // its gates were asked again and were open
	GatesClosed  Event = "gates-closed"  // they were not
	StartFailed  Event = "start-failed"  // the pipeline will never accept it
	RunStarted   Event = "run-started"   // the pipeline accepted it
	RunProgress  Event = "run-progress"  // it goes on
	RunSucceeded Event = "run-succeeded" // the version is live
	RunFailed    Event = "run-failed"
	RunCancelled Event = "run-cancelled"
	RunLost      Event = "run-lost" // neither accepted nor refused, or no longer known

	WatchPassed Event = "watch-passed"
	// WatchFailed says that what runs is not well. A deployment that is to be rolled back gets RollbackStarted after it.
	WatchFailed       Event = "watch-failed"
	WatchInconclusive Event = "watch-inconclusive"

	Cancel          Event = "cancel"
	RollbackStarted Event = "rollback-started"
	RollbackDone    Event = "rollback-done"
	RollbackFailing Event = "rollback-failed"

	ResolvedLive   Event = "resolved-live"   // a person says that the lost run made the version live: it is watched now
	ResolvedWell   Event = "resolved-well"   // a person says that what runs is well
	ResolvedFailed Event = "resolved-failed" // a person says that it failed
)

// Events lists every event.
func Events() []Event {
	return []Event{Leased, GatesClosed, StartFailed, RunStarted, RunProgress, RunSucceeded, RunFailed, RunCancelled, RunLost,
		WatchPassed, WatchFailed, WatchInconclusive, Cancel, RollbackStarted, RollbackDone, RollbackFailing,
		ResolvedLive, ResolvedWell, ResolvedFailed}
}

// transitions is the whole life of a deployment. A run's end may be heard before its start, and a cancelled run may have
// succeeded already: what happened counts, not what was asked.
var transitions = map[State]map[Event]State{
	Queued: {Leased: Starting, GatesClosed: Refused, StartFailed: Failed, Cancel: Cancelled},
	Starting: {RunStarted: Running, RunProgress: Running, RunSucceeded: Watching, RunFailed: Failed, StartFailed: Failed,
		RunCancelled: Cancelled, RunLost: Lost, Cancel: Cancelling,
		// The bot ended between leasing and handing over: its gates are asked once more, and may be closed.
		Leased: Starting, GatesClosed: Refused},
	Running: {RunStarted: Running, RunProgress: Running, RunSucceeded: Watching, RunFailed: Failed, RunCancelled: Cancelled,
		RunLost: Lost, Cancel: Cancelling},
	Cancelling: {RunStarted: Cancelling, RunProgress: Cancelling, RunSucceeded: Watching, RunFailed: Failed,
		StartFailed: Cancelled, GatesClosed: Cancelled, RunCancelled: Cancelled, RunLost: Lost, Cancel: Cancelling},
	Watching: {WatchPassed: Succeeded, WatchFailed: Failed, WatchInconclusive: Held, RollbackStarted: RollingBack},
	Held:     {ResolvedWell: Succeeded, ResolvedFailed: Failed, RollbackStarted: RollingBack},
	Lost: {RunProgress: Running, RunSucceeded: Watching, RunFailed: Failed, RunCancelled: Cancelled,
		ResolvedLive: Watching, ResolvedWell: Succeeded, ResolvedFailed: Failed, RollbackStarted: RollingBack},
	Succeeded:      {RollbackStarted: RollingBack},
	Failed:         {RollbackStarted: RollingBack},
	Cancelled:      {RollbackStarted: RollingBack},
	RollingBack:    {RollbackDone: RolledBack, RollbackFailing: RollbackFailed},
	RollbackFailed: {RollbackStarted: RollingBack, ResolvedWell: Succeeded},
}

// Next returns the state that an event leads to; false if the event can't happen in this state.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[s][e]
	return to, ok
}

// Ended reports whether the deployment waits for nothing. Only a rollback takes it up again.
func (s State) Ended() bool {
	switch s {
	case Succeeded, Failed, Cancelled, Refused, RolledBack, RollbackFailed:
		return true
	}
	return false
}

// Terminal reports whether no event leads out of the state.
func (s State) Terminal() bool { return s == Refused || s == RolledBack }

// HoldsLock reports whether nothing else may be deployed to the same place. A lost run keeps it: it may still be going on.
func (s State) HoldsLock() bool { return !s.Ended() }

// Open reports whether a run is or may be going on.
func (s State) Open() bool {
	return s == Starting || s == Running || s == Cancelling || s == Lost
}

// Attention reports whether nothing happens until a person says something.
func (s State) Attention() bool { return s == Held || s == Lost || s == RollbackFailed }

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("rollout.state." + chat.Code(s)) }

// Text words the event.
func (e Event) Text() chat.Text { return chat.Say("rollout.event." + chat.Code(e)) }

var byRun = map[port.RunState]Event{
	port.RunQueued:    RunStarted,
	port.RunRunning:   RunProgress,
	port.RunSucceeded: RunSucceeded,
	port.RunFailed:    RunFailed,
	port.RunCancelled: RunCancelled,
	port.RunLost:      RunLost,
}

// OfRun is the event that a run's state stands for; a state that is not known counts as lost.
func OfRun(s port.RunState) Event {
	if e, ok := byRun[s]; ok {
		return e
	}
	return RunLost
}
