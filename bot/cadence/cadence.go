// Package cadence is when services are released by rule: trains that come again, each with its reason. What goes between them says why.
package cadence

import (
	"cmp"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Reason is what a train runs for.
type Reason string

// The reasons of a train.
const (
	Roadmap    Reason = "roadmap"
	Regulatory Reason = "regulatory"
	Contract   Reason = "contract"
)

// Text words the reason.
func (r Reason) Text() chat.Text { return chat.Say("cadence.reason." + chat.Code(r)) }

// Train is a rule by which a service, or every service of a business line, is released.
type Train struct {
	Name    string
	Service string // one of the two is set
	Line    string
	Reason  Reason
	Why     string // in the organisation's own words
	// Schedule says when; each of its stretches is a slot. It is read strictly: a slot whose start the clock skips does not come.
	Schedule recur.Schedule
}

// Slot is one time at which a train goes.
type Slot struct {
	Train Train
	From  time.Time
	To    time.Time
}

// Text says when, by which rule and why.
func (s Slot) Text() chat.Text {
	return chat.Say("cadence.slot", s.arg("from", s.From), s.arg("until", s.To), chat.Word("train", s.Train.Name),
		chat.Nested("rule", s.Train.Schedule.Text()), chat.Nested("reason", s.Train.Reason.Text()), chat.Word("why", s.Train.Why))
}

func (s Slot) arg(name string, t time.Time) chat.Arg {
	a := chat.Time(name, t)
	a.Zone = s.Train.Schedule.Zone
	return a
}

// Cadence is every train of an organisation. Nil has none. It never changes.
type Cadence struct {
	trains []timed
}

type timed struct {
	Train
	times *recur.Timetable
}

// New reads the schedules of trains; the error is that of a schedule which holds never, or is none.
func New(trains []Train) (*Cadence, error) {
	c := &Cadence{}
	for _, t := range trains {
		if err := t.Schedule.Check(); err != nil {
			return nil, err
		}
		times, err := t.Schedule.Read(recur.Strict)
		if err != nil {
			return nil, err
		}
		c.trains = append(c.trains, timed{t, times})
	}
	return c, nil
}

// of lists the trains of a service that belongs to business lines.
func (c *Cadence) of(service string, lines []string) []timed {
	if c == nil {
		return nil
	}
	var own []timed
	for _, t := range c.trains {
		if t.Service == service || t.Line != "" && slices.Contains(lines, t.Line) {
			own = append(own, t)
		}
	}
	return own
}

// Slots lists the slots of a service that have an instant in [from, to), in their order.
func (c *Cadence) Slots(service string, lines []string, from, to time.Time) []Slot {
	return slots(c.of(service, lines), from, to)
}

// All lists the slots of every train that have an instant in [from, to), in their order.
func (c *Cadence) All(from, to time.Time) []Slot {
	if c == nil {
		return nil
	}
	return slots(c.trains, from, to)
}

func slots(of []timed, from, to time.Time) []Slot {
	var slots []Slot
	for _, t := range of {
		for i := range t.times.Between(from, to) {
			slots = append(slots, Slot{t.Train, i.From, i.To})
		}
	}
	slices.SortStableFunc(slots, func(a, b Slot) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Train.Name, b.Train.Name)) })
	return slots
}

// Verdict is whether an instant is one at which a service is released.
type Verdict struct {
	At time.Time
	// Trains reports whether the service has any: one without is released when it is ready.
	Trains bool
	In     *Slot // that the instant is in
	Next   *Slot // the next one that begins after it
}

// On reports whether the instant is on the service's cadence.
func (v Verdict) On() bool { return !v.Trains || v.In != nil }

// Judge asks the trains of a service about an instant.
func (c *Cadence) Judge(service string, lines []string, at time.Time) Verdict {
	v := Verdict{At: at}
	for _, t := range c.of(service, lines) {
		v.Trains = true
		if i, in := t.times.Interval(at); in && v.In == nil {
			v.In = &Slot{t.Train, i.From, i.To}
		}
		if next, comes := t.times.Next(at.Add(time.Nanosecond)); comes && (v.Next == nil || next.From.Before(v.Next.From)) {
			v.Next = &Slot{t.Train, next.From, next.To}
		}
	}
	return v
}
