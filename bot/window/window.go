// Package window is time set aside: downtime that the business units concerned have agreed to, and security tests into which nothing
// is deployed unasked. It holds how such a time is negotiated, and what it means for a deployment.
//
// All intervals are half open: a window is open from its first instant up to, and not including, its end.
package window

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/traffic"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// Version is the schema version of a stored Window.
const Version = 1

// Kind is what a window is for.
type Kind string

// The kinds of window.
const (
	Downtime Kind = "downtime"
	Test     Kind = "test" // a penetration test, or the validation of patches
)

// Bounds of a window's length.
const (
	MinLength = time.Minute
	MaxLength = 7 * 24 * time.Hour
)

// Window is a time set aside for a service in an environment.
type Window struct {
	V           int       `json:"v"`
	ID          string    `json:"id"` // "W-5"
	Kind        Kind      `json:"kind"`
	Service     string    `json:"service"`
	Environment string    `json:"environment"`
	From        time.Time `json:"from"`
	To          time.Time `json:"to"`
	Zone        string    `json:"zone,omitempty"` // that it was said in
	State       State     `json:"state"`

	By     string       `json:"by"` // opaque id of who proposed it first
	At     time.Time    `json:"at"`
	Reason *chat.Sealed `json:"reason,omitempty"`

	// Round counts proposals: a counter-proposal begins another, in which former answers do not count.
	Round    int       `json:"round"`
	Proposer string    `json:"proposer"` // of this round
	Parties  []Party   `json:"parties,omitempty"`
	Answers  []Answer  `json:"answers,omitempty"` // of all rounds
	Closes   time.Time `json:"closes,omitzero"`   // the first instant at which it can't be answered any more

	Impact []traffic.Impact  `json:"impact,omitempty"` // of this round, as the traffic was known then
	Quiet  []traffic.Stretch `json:"quiet,omitempty"`  // better stretches, as far as is known

	Changed time.Time    `json:"changed"` // when State or the times last changed
	EndedBy string       `json:"ended_by,omitempty"`
	Why     *chat.Sealed `json:"why,omitempty"` // of whoever refused or withdrew it
	Agreed  []Agreement  `json:"agreed,omitempty"`
}

// Party is somebody without whom a window does not stand: the owners of a business line or of a service in none, or, once somebody
// else proposed another time, the one who asked first.
type Party struct {
	Kind PartyKind `json:"kind"`
	Name string    `json:"name"` // of the line or service; the opaque id of a person
}

// PartyKind is what a party speaks for.
type PartyKind string

// The kinds of party.
const (
	OfLine    PartyKind = "line"
	OfService PartyKind = "service"
	OfPerson  PartyKind = "person"
)

// Text names the party.
func (p Party) Text() chat.Text {
	if p.Kind == OfPerson {
		return chat.Say("window.party.person", chat.Person("person", p.Name))
	}
	return chat.Say("window.party."+chat.Code(p.Kind), chat.Word("name", p.Name))
}

// Owners are the people who speak for each party now, by opaque id.
type Owners map[Party][]string

// Owns reports whether a person speaks for a party. One that is a person speaks for itself alone.
func (o Owners) Owns(person string, p Party) bool {
	if p.Kind == OfPerson {
		return person != "" && p.Name == person
	}
	return slices.Contains(o[p], person)
}

// All lists everybody who speaks for one of the parties, each once.
func (o Owners) All(parties []Party) []string {
	var all []string
	for _, p := range parties {
		who := o[p]
		if p.Kind == OfPerson {
			who = []string{p.Name}
		}
		for _, id := range who {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// Answer is what somebody said for a party.
type Answer struct {
	Round  int          `json:"round"`
	Party  Party        `json:"party"`
	By     string       `json:"by"`
	Choice Choice       `json:"choice"`
	At     time.Time    `json:"at"`
	Reason *chat.Sealed `json:"reason,omitempty"`
}

// Choice is what can be said to a proposal.
type Choice string

// The choices.
const (
	Accepts  Choice = "accepts"
	Refuses  Choice = "refuses"
	Counters Choice = "counters"
)

// Agreement lets one release into a test.
type Agreement struct {
	Release string    `json:"release"`
	Digest  string    `json:"digest"` // of the artifact that was agreed to
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Open reports whether it is open at an instant.
func (w Window) Open(at time.Time) bool {
	return w.State == Accepted && !at.Before(w.From) && at.Before(w.To)
}

// Over reports whether nothing can come of it any more.
func (w Window) Over(at time.Time) bool { return w.State.Ended() || !at.Before(w.To) }

// Overlaps reports whether it has an instant in common with a stretch; a zero end is none.
func (w Window) Overlaps(from, to time.Time) bool {
	return (to.IsZero() || w.From.Before(to)) && from.Before(w.To)
}

// accepted lists who has accepted in this round.
func (w Window) accepted() map[Party]bool {
	said := map[Party]bool{}
	for _, a := range w.Answers {
		if a.Round == w.Round && a.Choice == Accepts {
			said[a.Party] = true
		}
	}
	return said
}

// Waiting lists the parties that have not accepted in this round.
func (w Window) Waiting() []Party {
	said := w.accepted()
	var waiting []Party
	for _, p := range w.Parties {
		if !said[p] {
			waiting = append(waiting, p)
		}
	}
	return waiting
}

// Lengths are how long it lasts, and how long the clock of its zone shows it to: they differ where the clocks change on the way.
func (w Window) Lengths() (length, shown time.Duration) {
	length = w.To.Sub(w.From)
	zone, ok := when.Zone(w.Zone)
	if w.Zone == "" || !ok {
		return length, length
	}
	_, before := w.From.In(zone).Zone()
	_, after := w.To.In(zone).Zone()
	return length, length + time.Duration(after-before)*time.Second
}

// Interval words its times, in the zone that they were said in.
func (w Window) Interval() chat.Text {
	return chat.Say("window.interval", w.time("from", w.From), w.time("until", w.To))
}

// Time words an instant in the zone that the window was said in.
func (w Window) time(name string, t time.Time) chat.Arg {
	a := chat.Time(name, t)
	if w.Zone != "" {
		a.Zone = w.Zone
	}
	return a
}

// Text names it with its kind, service and times.
func (w Window) Text() chat.Text {
	return chat.Say("window."+chat.Code(w.Kind), chat.Word("window", w.ID), chat.Word("service", w.Service),
		chat.Word("environment", w.Environment), w.time("from", w.From), w.time("until", w.To))
}
