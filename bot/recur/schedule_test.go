package recur_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// schedule makes one of a phrase, from the first start and end.
func schedule(t *testing.T, phrase, start, end string) recur.Schedule {
	t.Helper()
	s := recur.Schedule{Zone: "Europe/Berlin"}
	var err error
	if s.Start, err = recur.ParseWall(start); err == nil {
		s.End, err = recur.ParseWall(end)
	}
	if err == nil && phrase != "" {
		s.Rule, err = recur.ParsePhrase(phrase)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestScheduleChecks(t *testing.T) {
	t.Parallel()
	const start, end = "2026-03-28T02:00", "2026-03-28T04:00"
	good := schedule(t, "weekly Sat", start, end)
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for code, change := range map[chat.Code]func(s *recur.Schedule){
		"recur.zone":         func(s *recur.Schedule) { s.Zone = "Europe/Nowhere" },
		"recur.no_stretch":   func(s *recur.Schedule) { s.End = recur.Wall{} },
		"recur.backwards":    func(s *recur.Schedule) { s.End = s.Start },
		"recur.stretch_long": func(s *recur.Schedule) { s.End = s.Start.Add(recur.MaxLength + time.Second) },
		"recur.not_midnight": func(s *recur.Schedule) { s.AllDay = true },
		"recur.too_often":    func(s *recur.Schedule) { *s = schedule(t, "FREQ=MINUTELY", start, end) },
		"recur.never":        func(s *recur.Schedule) { *s = schedule(t, "yearly 30 Feb", start, end) },
	} {
		s := good
		change(&s)
		if refusal, ok := s.Check().(*chat.Refusal); !ok || refusal.Text.Code != code {
			t.Errorf("%s is refused as %v, want %s", s.Text().Code, s.Check(), code)
		}
	}
	for _, never := range []recur.Schedule{
		schedule(t, "weekly Sat until 2026-03-01", start, end),                                                             // over before it begins
		schedule(t, "", "2026-03-29T02:00", "2026-03-29T03:00"),                                                            // the hour that is skipped
		{Zone: "Pacific/Apia", Start: recur.On(2011, 12, 30, 0, 0, 0), End: recur.On(2011, 12, 31, 0, 0, 0), AllDay: true}, // the day that was
	} {
		if refusal, ok := never.Check().(*chat.Refusal); !ok || refusal.Text.Code != "recur.never" {
			t.Errorf("%s–%s in %s: %v", never.Start, never.End, never.Zone, never.Check())
		}
	}
}

func TestScheduleInJSON(t *testing.T) {
	t.Parallel()
	s := schedule(t, "monthly last Fri", "2026-03-27", "2026-03-28")
	s.AllDay, s.Except = true, []recur.Wall{recur.On(2026, 4, 24, 0, 0, 0)}
	const want = `{"zone":"Europe/Berlin","start":"2026-03-27T00:00:00","end":"2026-03-28T00:00:00","all_day":true,` +
		`"rule":"FREQ=MONTHLY;BYDAY=-1FR","except":["2026-04-24T00:00:00"]}`
	b, err := json.Marshal(s)
	if err != nil || string(b) != want {
		t.Errorf("%s, %v\nwant %s", b, err, want)
	}
	var back recur.Schedule
	if err := json.Unmarshal(b, &back); err != nil || back.Start != s.Start || !back.Rule.Equal(s.Rule) || back.Except[0] != s.Except[0] {
		t.Errorf("%+v, %v", back, err)
	}
	var once recur.Schedule
	if b, err = json.Marshal(schedule(t, "", "2026-03-27", "2026-03-28")); err != nil || json.Unmarshal(b, &once) != nil || !once.Rule.IsZero() {
		t.Errorf("%s, %v", b, err)
	}
}

// Days are as long as they are there: 23 hours, 25, or from 01:00 on.
func TestAllDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, day, from string
		hours           float64
	}{
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", 23},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", 25},
		{"America/Santiago", "2024-09-08", "2024-09-08T01:00:00-03:00", 23},
	} {
		s := schedule(t, "", c.day, c.day)
		s.Zone, s.End, s.AllDay = c.zone, s.Start.Add(24*time.Hour), true
		table, err := s.Read(recur.Widest)
		if err != nil {
			t.Fatal(err)
		}
		day, ok := table.Next(time.Time{})
		if !ok || day.From.Format(time.RFC3339) != c.from || day.To.Sub(day.From).Hours() != c.hours {
			t.Errorf("%s in %s: %v %v", c.day, c.zone, day, ok)
		}
	}
}
