package freeze

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
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

// Same reports whether a record still says what the configuration does.
func (s Standing) Same(f Freeze) bool {
	now := s.Freeze(f.ID, f.At)
	return f.Schedule != nil && now.Scope.Equal(f.Scope) && now.Schedule.Equal(*f.Schedule) && now.Why == f.Why
}

// First refuses a schedule whose rule does not give its own first time: one of the two was not meant.
func First(s recur.Schedule) error {
	table, err := s.Read(recur.Widest)
	if err != nil {
		return err
	}
	once := s
	once.Rule, once.Except = recur.Rule{}, nil
	alone, err := once.Read(recur.Widest)
	if err != nil {
		return err
	}
	first, comes := table.Next(time.Time{})
	said, _ := alone.Next(time.Time{})
	switch {
	case !comes:
		return chat.Reject("freeze.never")
	case !first.From.Equal(said.From):
		return chat.Reject("freeze.off_rule", inZone("from", said.From), chat.Nested("every", s.Text()), inZone("next", first.From))
	}
	return nil
}
