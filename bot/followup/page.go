package followup

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Page is one call for the on-call.
type Page struct {
	V          int       `json:"v"`
	ID         string    `json:"id"`  // "P-1"
	Key        string    `json:"key"` // the pager finds it by this
	Service    string    `json:"service"`
	Release    string    `json:"release,omitempty"`
	Deployment string    `json:"deployment,omitempty"`
	FollowUp   string    `json:"follow_up,omitempty"`
	State      PageState `json:"state"`
	OnCall     []string  `json:"on_call,omitempty"` // opaque person ids of those whom the pager wakes, where it says so
	At         time.Time `json:"at"`
	TakenBy    string    `json:"taken_by,omitempty"`
	TakenAt    time.Time `json:"taken_at,omitzero"`
	ResolvedBy string    `json:"resolved_by,omitempty"` // empty when the bot resolved it
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Text       chat.Text `json:"text"`
	Card       *chat.Ref `json:"card,omitempty"`
}

// PageState is where a page stands.
type PageState string

// The states of a page.
const (
	PageTriggered    PageState = "triggered"
	PageAcknowledged PageState = "acknowledged"
	PageResolved     PageState = "resolved"
)

// PageEvent is what can happen to a page.
type PageEvent string

// The events of a page.
const (
	PageAcknowledge PageEvent = "acknowledge"
	PageResolve     PageEvent = "resolve"
)

// PageStates lists every state of a page.
func PageStates() []PageState { return []PageState{PageTriggered, PageAcknowledged, PageResolved} }

// PageEvents lists every event of a page.
func PageEvents() []PageEvent { return []PageEvent{PageAcknowledge, PageResolve} }

var pageTransitions = map[PageState]map[PageEvent]PageState{
	PageTriggered:    {PageAcknowledge: PageAcknowledged, PageResolve: PageResolved},
	PageAcknowledged: {PageResolve: PageResolved},
}

// NextPage returns the state that an event leads to; false if the event can't happen in this state.
func NextPage(s PageState, e PageEvent) (PageState, bool) {
	to, ok := pageTransitions[s][e]
	return to, ok
}

// Text words the state.
func (s PageState) Text() chat.Text { return chat.Say("page.state." + chat.Code(s)) }

// Acknowledge says that somebody is awake. The first keeps it: the refusal of a second names them.
func (p Page) Acknowledge(person string, at time.Time) (Page, *chat.Refusal) {
	to, refusal := p.next(PageAcknowledge)
	if refusal != nil {
		return p, refusal
	}
	p.State, p.TakenBy, p.TakenAt = to, person, at.UTC()
	return p, nil
}

// Resolve ends the page; person is empty when the bot does.
func (p Page) Resolve(person string, at time.Time) (Page, *chat.Refusal) {
	to, refusal := p.next(PageResolve)
	if refusal != nil {
		return p, refusal
	}
	p.State, p.ResolvedBy, p.ResolvedAt = to, person, at.UTC()
	return p, nil
}

func (p Page) next(e PageEvent) (PageState, *chat.Refusal) {
	to, ok := NextPage(p.State, e)
	if ok {
		return to, nil
	}
	if p.State == PageAcknowledged {
		return "", chat.Refuse("page.taken", chat.Word("page", p.ID), chat.Person("by", p.TakenBy), chat.Time("at", p.TakenAt))
	}
	return "", chat.Refuse("page.resolved", chat.Word("page", p.ID), chat.Time("at", p.ResolvedAt))
}
