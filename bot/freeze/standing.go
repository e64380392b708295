package freeze

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Standing is a freeze that the configuration declares: it is changed and lifted there alone.
type Standing struct {
	Name     string
	Scope    calendar.Scope
	Schedule recur.Schedule
	Why      string
}

// Freeze makes the record of a standing freeze that holds from an instant on: nothing is frozen in hindsight.
func (s Standing) Freeze(id string, at time.Time) Freeze {
	schedule := s.Schedule
	f := Freeze{V: Version, ID: id, Scope: s.Scope, Schedule: &schedule, Standing: s.Name, Why: s.Why, At: at.UTC(), Zone: schedule.Zone, AllDay: schedule.AllDay}
	if first, ok := f.Current(at); ok {
		f.From = first.From.UTC()
	}
	return f
}
