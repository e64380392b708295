// Package deferral holds releases back for as long as something speaks against them: a rule over figures, or a person. A rule comes
// and goes with hysteresis: one condition defers, another takes it back, and in between it stays as it was.
package deferral

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of a stored Deferral.
const Version = 1

// Deferral is what holds a release back. Its zero value is nothing.
type Deferral struct {
	V       int     `json:"v"`
	Release string  `json:"release"`
	Causes  []Cause `json:"causes,omitempty"` // the oldest first
}

// Cause is one thing that holds a release back: a rule, or a person.
type Cause struct {
	Rule    string       `json:"rule,omitempty"`   // empty: a person
	Why     string       `json:"why,omitempty"`    // the rule's sentence, as configured
	By      string       `json:"by,omitempty"`     // opaque id of the person
	Reason  *chat.Sealed `json:"reason,omitempty"` // the person's
	At      time.Time    `json:"at"`
	Rest    time.Time    `json:"rest,omitzero"`     // a rule's: not taken back before
	Until   time.Time    `json:"until,omitzero"`    // a person's: over by itself then
	Figures []Figure     `json:"figures,omitempty"` // that the rule saw when it began to hold
}

// Figure is one input of a rule with where it came from.
type Figure struct {
	Name   string    `json:"name"`
	Value  string    `json:"value"`
	System string    `json:"system,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Text words the figure with its source and age.
func (f Figure) Text() chat.Text {
	args := []chat.Arg{chat.Word("name", f.Name), chat.Word("value", f.Value), chat.Word("system", f.System)}
	if !f.At.IsZero() {
		args = append(args, chat.Time("at", f.At))
	}
	return chat.Say("deferral.figure", args...)
}

// Text words the cause: the rule with its sentence, or the person with theirs.
func (c Cause) Text() chat.Text {
	if c.Rule != "" {
		return chat.Say("deferral.by_rule", chat.Word("rule", c.Rule), chat.Word("why", c.Why), chat.Time("since", c.At))
	}
	args := []chat.Arg{chat.Person("by", c.By), chat.Time("since", c.At)}
	if c.Reason != nil {
		args = append(args, chat.Quote("reason", *c.Reason))
	}
	if !c.Until.IsZero() {
		args = append(args, chat.Time("until", c.Until))
	}
	return chat.Say("deferral.by_person", args...)
}

// Texts words the cause and beneath it its figures.
func (c Cause) Texts() []chat.Text {
	texts := []chat.Text{c.Text()}
	for _, f := range c.Figures {
		texts = append(texts, f.Text())
	}
	return texts
}

// Holds reports whether anything holds the release back at an instant.
func (d Deferral) Holds(at time.Time) bool { return len(d.Standing(at)) > 0 }

// Standing are the causes that hold at an instant: a person's may be over by itself.
func (d Deferral) Standing(at time.Time) []Cause {
	var standing []Cause
	for _, c := range d.Causes {
		if c.Until.IsZero() || at.Before(c.Until) {
			standing = append(standing, c)
		}
	}
	return standing
}

// Ends is when everything that holds will be over by itself; zero if something has no end.
func (d Deferral) Ends(at time.Time) time.Time {
	var last time.Time
	for _, c := range d.Standing(at) {
		if c.Until.IsZero() {
			return time.Time{}
		}
		if c.Until.After(last) {
			last = c.Until
		}
	}
	return last
}

// ByPerson is what a person deferred it by, if one did.
func (d Deferral) ByPerson(at time.Time) (Cause, bool) {
	standing := d.Standing(at)
	if i := slices.IndexFunc(standing, func(c Cause) bool { return c.Rule == "" }); i >= 0 {
		return standing[i], true
	}
	return Cause{}, false
}

// Defer adds a person's cause; refused while another stands.
func (d Deferral) Defer(c Cause, at time.Time) (Deferral, *chat.Refusal) {
	if was, ok := d.ByPerson(at); ok {
		return d, chat.Refuse("deferral.already", chat.Word("release", d.Release), chat.Nested("cause", was.Text()))
	}
	c.At = at.UTC()
	d.Causes = append(d.Standing(at), c)
	return d, nil
}

// Resume takes a person's cause away; refused when there is none. What rules hold stays.
func (d Deferral) Resume(at time.Time) (Deferral, *chat.Refusal) {
	if _, ok := d.ByPerson(at); ok {
		d.Causes = slices.DeleteFunc(d.Standing(at), func(c Cause) bool { return c.Rule == "" })
		return d, nil
	}
	if standing := d.Standing(at); len(standing) > 0 {
		refusal := chat.Refuse("deferral.by_rules", chat.Word("release", d.Release), chat.Count("count", len(standing)))
		for _, c := range standing {
			refusal = refusal.Because(c.Text())
		}
		return d, refusal
	}
	return d, chat.Refuse("deferral.none", chat.Word("release", d.Release))
}
