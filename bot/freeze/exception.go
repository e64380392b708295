package freeze

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Exception lets one artifact of one release through freezes of one environment. It is voted on, bound to the artifact,
// time-boxed, and used once unless said.
type Exception struct {
	V           int      `json:"v"`
	ID          string   `json:"id"` // "X-1"
	Release     string   `json:"release"`
	Environment string   `json:"environment"`
	Freezes     []string `json:"freezes"` // the ids that it was asked for; it opens no other
	// Until is, of those freezes that recur, the end of what held when it was asked for: it opens no later occurrence.
	Until map[string]time.Time `json:"until,omitempty"`
	// Digest is of the artifact that it was asked for.
	Digest  string         `json:"digest"`
	Reason  *chat.Sealed   `json:"reason,omitempty"`
	By      string         `json:"by"`
	At      time.Time      `json:"at"`
	Ballot  string         `json:"ballot,omitempty"` // "B-2"
	State   ExceptionState `json:"state"`
	Uses    int            `json:"uses"` // how often it may be used
	Used    int            `json:"used,omitempty"`
	UsedBy  []string       `json:"used_by,omitempty"` // the deployments that used it
	Expires time.Time      `json:"expires"`           // the first instant at which it no longer holds
	// For is how long it holds once it is granted, where that was asked for; zero: as long as configured.
	For time.Duration `json:"for,omitempty"`
}

// ExceptionState is where an exception stands.
type ExceptionState string

// The states of an exception.
const (
	Requested ExceptionState = "requested"
	Granted   ExceptionState = "granted"
	Refused   ExceptionState = "refused"
	Used      ExceptionState = "used"
	Expired   ExceptionState = "expired"
	Void      ExceptionState = "void" // what it was asked for has changed
)

// ExceptionEvent is what can happen to an exception.
type ExceptionEvent string

// The events of an exception.
const (
	Grant  ExceptionEvent = "grant"
	Refuse ExceptionEvent = "refuse"
	Use    ExceptionEvent = "use"   // more uses are left
	Spend  ExceptionEvent = "spend" // the last use
	Expire ExceptionEvent = "expire"
	Annul  ExceptionEvent = "annul" // the artifact changed, the ballot fell, or it was withdrawn
)

// ExceptionStates lists every state of an exception.
func ExceptionStates() []ExceptionState {
	return []ExceptionState{Requested, Granted, Refused, Used, Expired, Void}
}

// ExceptionEvents lists every event of an exception.
func ExceptionEvents() []ExceptionEvent {
	return []ExceptionEvent{Grant, Refuse, Use, Spend, Expire, Annul}
}

// transitions is the whole life of an exception. What has ended stays ended: another one is asked for.
var transitions = map[ExceptionState]map[ExceptionEvent]ExceptionState{
	Requested: {Grant: Granted, Refuse: Refused, Expire: Expired, Annul: Void},
	Granted:   {Use: Granted, Spend: Used, Expire: Expired, Annul: Void},
}

// NextException returns the state that an event leads to; false if the event can't happen in this state.
func NextException(s ExceptionState, e ExceptionEvent) (ExceptionState, bool) {
	to, ok := transitions[s][e]
	return to, ok
}

// Terminal reports whether no event leads out of the state.
func (s ExceptionState) Terminal() bool { return len(transitions[s]) == 0 }

// Text words the state.
func (s ExceptionState) Text() chat.Text { return chat.Say("exception.state." + chat.Code(s)) }

// Apply moves the exception by an event; refused, and unchanged, when the event can't happen in its state. Uses go through
// Spend, which counts them.
func (x Exception) Apply(e ExceptionEvent) (Exception, *chat.Refusal) {
	to, ok := NextException(x.State, e)
	if !ok || e == Use || e == Spend {
		return x, chat.Refuse("exception.not_now", chat.Word("exception", x.ID), chat.Nested("state", x.State.Text()))
	}
	x.State = to
	return x, nil
}

// Spend uses the exception for a deployment of this artifact now. A deployment that used it already may again: its start is
// repeated, not a second use.
func (x Exception) Spend(deployment, digest string, at time.Time) (Exception, *chat.Refusal) {
	if x.spentBy(deployment, digest) {
		return x, nil
	}
	if why := x.unusable(digest, at); why != nil {
		return x, chat.Refuse(why.Code, why.Args...)
	}
	event := Use
	if x.Used+1 >= x.Uses {
		event = Spend
	}
	to, _ := NextException(x.State, event)
	x.State, x.Used = to, x.Used+1
	x.UsedBy = append(slices.Clone(x.UsedBy), deployment)
	return x, nil
}

// Opens reports whether a freeze is among those that the exception was asked for, and still in what held then.
func (x Exception) Opens(freeze string, at time.Time) bool {
	until, bound := x.Until[freeze]
	return slices.Contains(x.Freezes, freeze) && (!bound || at.Before(until))
}

// spentBy reports whether a deployment of this artifact has used the exception already.
func (x Exception) spentBy(deployment, digest string) bool {
	return deployment != "" && digest != "" && x.Digest == digest && slices.Contains(x.UsedBy, deployment) &&
		(x.State == Granted || x.State == Used)
}

// unusable says why the exception opens nothing for this artifact now; nil if it does.
func (x Exception) unusable(digest string, at time.Time) *chat.Text {
	say := func(code chat.Code, args ...chat.Arg) *chat.Text {
		t := chat.Say(code, append([]chat.Arg{chat.Word("exception", x.ID)}, args...)...)
		return &t
	}
	switch {
	case x.State == Used || x.State == Granted && x.Used >= x.Uses:
		return say("exception.used", chat.Count("uses", x.Uses), chat.List("deployments", x.UsedBy))
	case x.State == Expired || !at.Before(x.Expires):
		return say("exception.expired", chat.Time("at", x.Expires))
	case x.State != Granted:
		return say("exception.not_granted", chat.Nested("state", x.State.Text()))
	case digest == "" || x.Digest != digest:
		return say("exception.other_artifact", chat.Word("bound", x.Digest), chat.Word("digest", digest))
	}
	return nil
}
