package recur

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// Schedule is a stretch of time as a wall clock in a zone shows it, which may come again: Saturdays from 02:00 to 04:00, each year from the
// 24th of December to the 2nd of January. Stretches may overlap one another, and last longer than the time between them.
//
// It is read by Read, since a change of the clocks can be read in two ways.
type Schedule struct {
	Zone  string `json:"zone"`  // of the IANA database
	Start Wall   `json:"start"` // of the first stretch
	End   Wall   `json:"end"`   // of the first stretch, after Start
	// AllDay says that whole days are meant: Start and End are midnights, and each day is as long as it is there.
	AllDay bool   `json:"all_day,omitempty"`
	Rule   Rule   `json:"rule,omitzero"`    // zero: once
	Except []Wall `json:"except,omitempty"` // starts of stretches that are left out
}

// Limits of a schedule.
const (
	// MaxLength bounds one stretch; what is longer is no part of anything that comes again.
	MaxLength = 5 * 366 * 24 * time.Hour
	// MaxADay bounds how many stretches may begin on a day: one every five minutes.
	MaxADay = 288
)

// Check refuses a schedule that holds at no instant, or that says something else than it seems to. A rule that does not match the start is
// well: its first stretch is the first that it gives from there on.
func (s Schedule) Check() error {
	_, known := when.Zone(s.Zone)
	switch {
	case !known:
		return chat.Reject("recur.zone", chat.Word("zone", clip(s.Zone)))
	case s.Start.IsZero() || s.End.IsZero():
		return chat.Reject("recur.no_stretch")
	case !s.Start.Before(s.End):
		return chat.Reject("recur.backwards", chat.Word("start", s.Start.String()), chat.Word("end", s.End.String()))
	case s.End.Sub(s.Start) > MaxLength:
		return chat.Reject("recur.stretch_long", chat.Duration("most", MaxLength))
	case s.AllDay && (s.Start.ofDay() != 0 || s.End.ofDay() != 0):
		return chat.Reject("recur.not_midnight", chat.Word("start", s.Start.String()), chat.Word("end", s.End.String()))
	}
	if n := newPattern(s.rule(), s.Start).mostADay(); n > MaxADay {
		return chat.Reject("recur.too_often", chat.Count("count", n), chat.Count("most", MaxADay))
	}
	t, err := s.Read(Widest)
	if err != nil {
		return err
	}
	if _, happens := t.Next(time.Time{}); !happens {
		return chat.Reject("recur.never", chat.Nested("schedule", s.Text()))
	}
	return nil
}

// Equal reports whether both schedules say the same in the same words.
func (s Schedule) Equal(o Schedule) bool {
	return s.Zone == o.Zone && s.Start == o.Start && s.End == o.End && s.AllDay == o.AllDay && s.Rule.Equal(o.Rule) && slices.Equal(s.Except, o.Except)
}

// rule is the rule of the schedule; what happens once is the first of a daily rule.
func (s Schedule) rule() Rule {
	if s.Rule.IsZero() {
		return Rule{frequency: Daily, weekStart: time.Monday}
	}
	return s.Rule
}

// mostADay is how many may begin on one day.
func (p *pattern) mostADay() int {
	if p.frequency < Hourly {
		return len(p.hours) * len(p.mins) * len(p.secs)
	}
	n := max(daySecs/(int(units[p.frequency])*p.interval), 1)
	if p.frequency < Minutely {
		n *= len(p.mins)
	}
	if p.frequency < Secondly {
		n *= len(p.secs)
	}
	return n
}

// Reading is how a schedule is read where the clocks change.
type Reading uint8

const (
	// Widest is for what forbids. A stretch is everything from the first instant at which the clock shows a time in it to the last: it
	// begins with the gap that swallows its start, a start shown twice is the first, an end shown twice the second. A stretch is
	// not skipped while the clock shows any of it.
	Widest Reading = iota
	// Strict is for what happens, or permits. A stretch whose start does not exist is skipped and does not count, as in RFC 5545; a start
	// shown twice is the first, and the stretch ends as soon as the clock shows its end.
	Strict
)

// Read makes the schedule ready to be asked. The error is that of an unknown zone; what else Check refuses is not looked for.
func (s Schedule) Read(as Reading) (*Timetable, error) {
	zone, ok := when.Zone(s.Zone)
	if !ok {
		return nil, chat.Reject("recur.zone", chat.Word("zone", clip(s.Zone)))
	}
	r := s.rule()
	t := &Timetable{
		p: newPattern(r, s.Start), zone: zone, reading: as, length: s.End.seconds - s.Start.seconds,
		except: slices.SortedFunc(slices.Values(s.Except), Wall.Compare), until: r.until, latest: Wall{never}, last: never,
	}
	switch {
	case s.Rule.IsZero():
		t.latest = s.Start
	case r.count > 0 && as == Strict:
		t.last = newRun(r, s.Start, zone).last
	case r.count > 0:
		t.latest = t.p.nth(r.count)
	}
	return t, nil
}

// nth is the wall time of the nth occurrence, or of the last if there are fewer.
func (p *pattern) nth(count int) (last Wall) {
	c := p.from(p.start)
	for range count {
		w, ok := c.take()
		if !ok {
			break
		}
		last = w
	}
	return last
}
