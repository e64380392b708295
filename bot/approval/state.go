package approval

import "github.com/gonogo-chat/gonogo/bot/chat"

// State is where a ballot is in its life.
type State string

// The states of a ballot. All but StateOpen take no votes.
const (
	StateOpen      State = "open"
	StatePassed    State = "passed"
	StateRejected  State = "rejected" // outvoted, or vetoed: Why says which
	StateVoid      State = "void"     // what was proposed has changed
	StateExpired   State = "expired"  // its time was over without a quorum
	StateWithdrawn State = "withdrawn"
)

// States lists every state.
var States = []State{StateOpen, StatePassed, StateRejected, StateVoid, StateExpired, StateWithdrawn}

// Closed reports whether the state takes no more votes.
func (s State) Closed() bool { return s != StateOpen }

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("approval.state." + chat.Code(s)) }

// Event is what can happen to a ballot.
type Event string

// The events of a ballot.
const (
	EventVote     Event = "vote"
	EventPass     Event = "pass"
	EventReject   Event = "reject"
	EventVeto     Event = "veto"
	EventChange   Event = "change" // of what is proposed
	EventExpire   Event = "expire"
	EventWithdraw Event = "withdraw"
	EventAdvance  Event = "advance" // to the next stage
)

// Events lists every event.
var Events = []Event{EventVote, EventPass, EventReject, EventVeto, EventChange, EventExpire, EventWithdraw, EventAdvance}

type step struct {
	state State
	event Event
}

// transitions is the whole life of a ballot. What is closed stays closed; only an approval falls when what it approved
// changes, and for good.
var transitions = map[step]State{
	{StateOpen, EventVote}:     StateOpen,
	{StateOpen, EventAdvance}:  StateOpen,
	{StateOpen, EventPass}:     StatePassed,
	{StateOpen, EventReject}:   StateRejected,
	{StateOpen, EventVeto}:     StateRejected,
	{StateOpen, EventChange}:   StateVoid,
	{StateOpen, EventExpire}:   StateExpired,
	{StateOpen, EventWithdraw}: StateWithdrawn,
	{StatePassed, EventChange}: StateVoid,
}

// Next returns the state that an event leads to; false if the event can't happen in this state.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[step{s, e}]
	return to, ok
}
