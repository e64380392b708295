// Package cadence is when services are released by rule: trains that come again, each with its reason. What goes between them says why.
package cadence

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
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
	trains []Train
	times  []*recur.Timetable // of each train
	slots  *calendar.Index    // of each train, under its place in trains
}

// New reads the schedules of trains; the error is that of a schedule which holds never, or is none.
func New(trains []Train) (*Cadence, error) {
	c := &Cadence{trains: slices.Clone(trains)}
	entries := make([]calendar.Entry, len(trains))
	for i, t := range trains {
		if err := t.Schedule.Check(); err != nil {
			return nil, err
		}
		times, err := t.Schedule.Read(recur.Strict)
		if err != nil {
			return nil, err
		}
		c.times = append(c.times, times)
		entries[i] = calendar.Entry{ID: strconv.Itoa(i), Kind: kindSlot, Scope: scope(t), Times: times}
	}
	var err error
	c.slots, err = calendar.New(entries)
	return c, err
}

// Trains lists the trains, as they are configured.
func (c *Cadence) Trains() []Train {
	if c == nil {
		return nil
	}
	return slices.Clone(c.trains)
}

const kindSlot = "slot"

// scope is what a train releases.
func scope(t Train) calendar.Scope {
	if t.Service != "" {
		return calendar.Scope{Services: []string{t.Service}}
	}
	return calendar.Scope{Lines: []string{t.Line}}
}

// slot is a time of the index with its train.
func (c *Cadence) slot(o calendar.Occurrence) Slot {
	i, _ := strconv.Atoi(o.Entry.ID)
	return Slot{c.trains[i], o.From, o.To}
}

// Slots lists the slots of a service that have an instant in [from, to), in their order.
func (c *Cadence) Slots(service string, lines []string, from, to time.Time) []Slot {
	return c.between(&calendar.Target{Service: service, Lines: lines}, from, to)
}

// All lists the slots of every train that have an instant in [from, to), in their order.
func (c *Cadence) All(from, to time.Time) []Slot { return c.between(nil, from, to) }

func (c *Cadence) between(t *calendar.Target, from, to time.Time) []Slot {
	if c == nil {
		return nil
	}
	var slots []Slot
	for _, o := range c.slots.Between(t, from, to) {
		slots = append(slots, c.slot(o))
	}
	slices.SortStableFunc(slots, func(a, b Slot) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Train.Name, b.Train.Name)) })
	return slots
}

// Skip is a slot that does not come, since the clock skips its start.
type Skip struct {
	Train Train
	Said  recur.Wall // what the clock would show
	At    time.Time  // the first instant after the gap
}

// Skipped lists the slots of a service that do not come in [from, to) for the change of the clocks, in their order.
func (c *Cadence) Skipped(service string, lines []string, from, to time.Time) []Skip {
	var list []Skip
	t := calendar.Target{Service: service, Lines: lines}
	for _, s := range c.AllSkipped(from, to) {
		if scope(s.Train).Covers(t) {
			list = append(list, s)
		}
	}
	return list
}

// AllSkipped lists the slots of every train that do not come in [from, to) for the change of the clocks, in their order.
func (c *Cadence) AllSkipped(from, to time.Time) []Skip {
	if c == nil {
		return nil
	}
	var list []Skip
	for i, times := range c.times {
		for said, at := range times.Skipped(from, to) {
			list = append(list, Skip{c.trains[i], said, at})
		}
	}
	slices.SortStableFunc(list, func(a, b Skip) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Train.Name, b.Train.Name)) })
	return list
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

// Judge asks the trains of a service about an instant. Where several go, In is the slot that began first.
func (c *Cadence) Judge(service string, lines []string, at time.Time) Verdict {
	v := Verdict{At: at}
	if c == nil {
		return v
	}
	t := calendar.Target{Service: service, Lines: lines}
	if v.Trains = len(c.slots.About(t, time.Time{})) > 0; !v.Trains {
		return v
	}
	if in := c.slots.Covering(t, at); len(in) > 0 {
		s := c.slot(in[0])
		v.In = &s
	}
	if next, comes := c.slots.Next(t, at); comes {
		s := c.slot(next)
		v.Next = &s
	}
	return v
}
