package freeze

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Like gives times in the past that are like those of a freeze that has yet to be: those that its rule would have given, had it begun
// years before. What holds once and for less than a week is taken to come every week. False for what is longer: no times of the past
// are like it.
func (f Freeze) Like(zone *time.Location) (Freeze, bool) {
	past := Freeze{Zone: f.Zone, AllDay: f.AllDay}
	if f.Schedule != nil {
		s := *f.Schedule
		rule := s.Rule
		s.Rule = rule.Ending(recur.Until{})
		s.Start, s.End = before(s.Start, rule), before(s.End, rule)
		past.Schedule = &s
		return past, true
	}
	if f.To.IsZero() || f.To.Sub(f.From) >= 7*24*time.Hour {
		return past, false
	}
	weekly, err := recur.Parse("FREQ=WEEKLY")
	if err != nil { // it is a rule
		return past, false
	}
	past.Schedule = &recur.Schedule{
		Zone: zone.String(), AllDay: f.AllDay, Rule: weekly,
		Start: before(recur.Shown(f.From.In(zone)), weekly), End: before(recur.Shown(f.To.In(zone)), weekly),
	}
	return past, true
}

// before is a wall time by so many periods of a rule earlier that what the rule takes from its start, a weekday or a day of the month,
// stays the same.
func before(w recur.Wall, r recur.Rule) recur.Wall {
	year, month, day := w.Date()
	hour, minute, second := w.Clock()
	switch r.Frequency() {
	case recur.Yearly, recur.Monthly:
		year -= 4 * r.Interval() // the 29 February, too
	case recur.Weekly, recur.Daily:
		day -= 7 * 52 * r.Interval()
	default:
		day -= 7 * 52
	}
	return recur.On(year, month, day, hour, minute, second)
}
