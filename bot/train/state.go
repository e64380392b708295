package train

import "github.com/gonogo-chat/gonogo/bot/chat"

// State is where a train stands. Where its members stand follows from their deployments.
type State string

// The states of a train.
const (
	Planned   State = "planned"
	Underway  State = "underway"  // members go, layer after layer
	Held      State = "held"      // nothing more can go until a person does something
	Stopped   State = "stopped"   // a person, or the policy, let nothing more go
	Returning State = "returning" // what passed is taken back, dependants first
	Stuck     State = "stuck"     // it can't be taken back any further
	Returned  State = "returned"
	Arrived   State = "arrived" // every member passed where the train went
	Withdrawn State = "withdrawn"
)

// States lists every state in the order of a train's life.
func States() []State {
	return []State{Planned, Underway, Held, Stopped, Returning, Stuck, Returned, Arrived, Withdrawn}
}

// Event is what can happen to a train.
type Event string

// The events of a train.
const (
	Depart   Event = "depart"   // somebody deploys it to an environment
	Arrive   Event = "arrive"   // the last member passed
	Hold     Event = "hold"     // nothing goes, and nothing can go next
	Halt     Event = "halt"     // a member failed, and the policy is to stop
	Reverse  Event = "reverse"  // a member failed, and the policy is to take back what passed
	TakeBack Event = "taken"    // everything that passed was taken back
	Stop     Event = "stop"     // somebody stops it
	Resume   Event = "resume"   // somebody lets it go on
	Withdraw Event = "withdraw" // somebody gives it up
)

// Events lists every event.
func Events() []Event {
	return []Event{Depart, Arrive, Hold, Halt, Reverse, TakeBack, Stop, Resume, Withdraw}
}

// transitions is the whole life of a train. One that arrived may go on to the next environment.
var transitions = map[State]map[Event]State{
	Planned:   {Depart: Underway, Withdraw: Withdrawn},
	Underway:  {Arrive: Arrived, Hold: Held, Halt: Stopped, Reverse: Returning, Stop: Stopped},
	Held:      {Resume: Underway, Withdraw: Withdrawn},
	Stopped:   {Resume: Underway, Withdraw: Withdrawn},
	Returning: {TakeBack: Returned, Hold: Stuck},
	Stuck:     {Resume: Returning, Withdraw: Withdrawn},
	Returned:  {Depart: Underway, Withdraw: Withdrawn},
	Arrived:   {Depart: Underway, Withdraw: Withdrawn},
}

// Next returns the state that an event leads to; false if the event can't happen in this state.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[s][e]
	return to, ok
}

// Moves reports whether the train does something by itself.
func (s State) Moves() bool { return s == Underway || s == Returning }

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("train.state." + chat.Code(s)) }

// Text words the event.
func (e Event) Text() chat.Text { return chat.Say("train.event." + chat.Code(e)) }
