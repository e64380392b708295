// Package followup is what stays to be done after something happened: work that somebody owns, and pages that woke somebody.
package followup

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of a stored FollowUp or Page.
const Version = 1

// Kind says what a follow-up is about.
type Kind string

// The kinds of follow-up.
const (
	Rollback        Kind = "rollback"         // find out why a release had to be rolled back
	EmergencyReview Kind = "emergency-review" // judge an emergency after the fact
	LostRun         Kind = "lost-run"         // say how a run ended
	HeldWatch       Kind = "held-watch"       // say whether what runs is well
	FailedRollback  Kind = "failed-rollback"  // bring the environment back
	Drift           Kind = "drift"            // something changed behind the bot's back
)

// Text words the kind.
func (k Kind) Text() chat.Text { return chat.Say("followup.kind." + chat.Code(k)) }

// FollowUp is work that stays open until its owner closes it with a note.
type FollowUp struct {
	V          int       `json:"v"`
	ID         string    `json:"id"` // "A-1"
	Kind       Kind      `json:"kind"`
	Release    string    `json:"release,omitempty"`
	Deployment string    `json:"deployment,omitempty"`
	Owner      string    `json:"owner,omitempty"` // opaque id of a person, or the name of a group
	Opened     time.Time `json:"opened"`
	Due        time.Time `json:"due,omitzero"` // zero: none
	State      State     `json:"state"`
	// TakenBy acknowledged it; ClosedBy closed it, with Note.
	TakenBy  string       `json:"taken_by,omitempty"`
	Closed   time.Time    `json:"closed,omitzero"`
	ClosedBy string       `json:"closed_by,omitempty"`
	Note     *chat.Sealed `json:"note,omitempty"`
	Text     chat.Text    `json:"text"` // what is to be done
}

// State is where a follow-up stands.
type State string

// The states of a follow-up.
const (
	Open         State = "open"
	Acknowledged State = "acknowledged"
	Closed       State = "closed"
)

// Event is what can happen to a follow-up.
type Event string

// The events of a follow-up.
const (
	Acknowledge Event = "acknowledge"
	Close       Event = "close"
	Reopen      Event = "reopen"
)

// States lists every state of a follow-up.
func States() []State { return []State{Open, Acknowledged, Closed} }

// Events lists every event of a follow-up.
func Events() []Event { return []Event{Acknowledge, Close, Reopen} }

var transitions = map[State]map[Event]State{
	Open:         {Acknowledge: Acknowledged, Close: Closed},
	Acknowledged: {Acknowledge: Acknowledged, Close: Closed},
	Closed:       {Reopen: Open},
}

// Next returns the state that an event leads to; false if the event can't happen in this state.
func Next(s State, e Event) (State, bool) {
	to, ok := transitions[s][e]
	return to, ok
}

// Text words the state.
func (s State) Text() chat.Text { return chat.Say("followup.state." + chat.Code(s)) }

// Overdue reports whether the follow-up should have been closed by now.
func (f FollowUp) Overdue(at time.Time) bool {
	return f.State != Closed && !f.Due.IsZero() && !at.Before(f.Due)
}

// Acknowledge says that somebody sees to it; a later one takes it over.
func (f FollowUp) Acknowledge(person string) (FollowUp, *chat.Refusal) {
	to, refusal := f.next(Acknowledge)
	if refusal != nil {
		return f, refusal
	}
	f.State, f.TakenBy = to, person
	return f, nil
}

// Close closes it with a note, which is required: a follow-up that nobody explains was not followed up.
func (f FollowUp) Close(person string, note *chat.Sealed, at time.Time) (FollowUp, *chat.Refusal) {
	to, refusal := f.next(Close)
	if refusal != nil {
		return f, refusal
	}
	if note == nil {
		return f, chat.Reject("followup.needs_note", chat.Word("followup", f.ID))
	}
	f.State, f.ClosedBy, f.Closed, f.Note = to, person, at.UTC(), note
	return f, nil
}

// Reopen opens a closed follow-up again; what closed it stays in the audit trail.
func (f FollowUp) Reopen() (FollowUp, *chat.Refusal) {
	to, refusal := f.next(Reopen)
	if refusal != nil {
		return f, refusal
	}
	f.State, f.TakenBy, f.ClosedBy, f.Closed, f.Note = to, "", "", time.Time{}, nil
	return f, nil
}

func (f FollowUp) next(e Event) (State, *chat.Refusal) {
	to, ok := Next(f.State, e)
	if ok {
		return to, nil
	}
	if f.State == Closed {
		return "", chat.Refuse("followup.closed", chat.Word("followup", f.ID),
			chat.Person("by", f.ClosedBy), chat.Time("at", f.Closed))
	}
	return "", chat.Refuse("followup.not_closed", chat.Word("followup", f.ID), chat.Nested("state", f.State.Text()))
}
