package window

import "github.com/gonogo-chat/gonogo/bot/chat"

// State is where a window stands.
type State string

// The states of a window.
const (
	Proposed  State = "proposed"
	Countered State = "countered" // another time was proposed, which all must accept anew
	Accepted  State = "accepted"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Expired   State = "expired" // not all had answered in time
)

// States are all of them.
var States = []State{Proposed, Countered, Accepted, Refused, Withdrawn, Expired}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("window.state." + chat.Code(s)) }

// Ended reports whether a state is final.
func (s State) Ended() bool { return s == Refused || s == Withdrawn || s == Expired }

// Negotiated reports whether it waits for answers.
func (s State) Negotiated() bool { return s == Proposed || s == Countered }

// Event is what can happen to a window.
type Event string

// The events of a window.
const (
	Accept   Event = "accept"   // by one party of several that are missing
	Complete Event = "complete" // by the last one
	Refuse   Event = "refuse"
	Counter  Event = "counter"
	Withdraw Event = "withdraw"
	Expire   Event = "expire"
)

// Events are all of them.
var Events = []Event{Accept, Complete, Refuse, Counter, Withdraw, Expire}

// Text words the event, as what can't be done in a state.
func (e Event) Text() chat.Text { return chat.Say("window.event." + chat.Code(e)) }

// transitions is the whole machine: what is not in it is refused.
var transitions = map[State]map[Event]State{
	Proposed:  {Accept: Proposed, Complete: Accepted, Refuse: Refused, Counter: Countered, Withdraw: Withdrawn, Expire: Expired},
	Countered: {Accept: Countered, Complete: Accepted, Refuse: Refused, Counter: Countered, Withdraw: Withdrawn, Expire: Expired},
	Accepted:  {Withdraw: Withdrawn},
}

// Next is the state that an event leads to; false where it can't happen.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[s][e]
	return to, ok
}
