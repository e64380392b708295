package cadence_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

func schedule(t testing.TB, start, rule string, slot time.Duration, zone string) recur.Schedule {
	t.Helper()
	from, err := recur.ParseWall(start)
	if err != nil {
		t.Fatal(err)
	}
	s := recur.Schedule{Zone: zone, Start: from, End: from.Add(slot)}
	if s.Rule, err = recur.Parse(rule); err != nil {
		t.Fatal(err)
	}
	return s
}

func shop(t testing.TB) *cadence.Cadence {
	t.Helper()
	c, err := cadence.New([]cadence.Train{
		{Name: "monthly", Service: "payments", Reason: cadence.Roadmap, Schedule: schedule(t, "2026-12-05T10:00", "FREQ=MONTHLY;BYDAY=1SA", 4*time.Hour, "Europe/Berlin")},
		{Name: "weekly", Line: "shop", Reason: cadence.Contract, Schedule: schedule(t, "2026-11-24T09:00", "FREQ=WEEKLY;BYDAY=TU", time.Hour, "Europe/Berlin")},
		{Name: "nightly", Service: "night", Reason: cadence.Regulatory, Schedule: schedule(t, "2026-03-01T02:30", "FREQ=DAILY", time.Hour, "Europe/Berlin")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestJudge(t *testing.T) {
	t.Parallel()
	c := shop(t)
	in := c.Judge("payments", nil, at(t, "2026-12-05T09:00:00Z"))
	if !in.On() || in.In == nil || in.In.Train.Name != "monthly" || in.Next == nil || !in.Next.From.Equal(at(t, "2027-01-02T09:00:00Z")) {
		t.Errorf("%+v", in)
	}
	for _, off := range []string{"2026-12-05T08:59:59Z", "2026-12-05T13:00:00Z", "2026-12-12T09:00:00Z"} {
		if v := c.Judge("payments", nil, at(t, off)); v.On() || v.Next == nil || !v.Next.From.After(at(t, off)) {
			t.Errorf("%s: %+v", off, v)
		}
	}
	if v := c.Judge("web", []string{"other", "shop"}, at(t, "2026-11-24T08:30:00Z")); v.In == nil || v.In.Train.Name != "weekly" {
		t.Errorf("by its line: %+v", v)
	}
	if v := c.Judge("ledger", nil, at(t, "2026-11-24T08:30:00Z")); !v.On() || v.Trains || v.Next != nil {
		t.Errorf("a service without trains: %+v", v)
	}
	if v := (*cadence.Cadence)(nil).Judge("payments", nil, time.Time{}); !v.On() {
		t.Error("no cadence at all")
	}
}

// TestSkippedHour: on the day when the clock skips half past two there is no slot, and the next day there is.
func TestSkippedHour(t *testing.T) {
	t.Parallel()
	slots := shop(t).Slots("night", nil, at(t, "2026-03-28T00:00:00Z"), at(t, "2026-03-31T00:00:00Z"))
	if len(slots) != 2 || !slots[0].From.Equal(at(t, "2026-03-28T01:30:00Z")) || !slots[1].From.Equal(at(t, "2026-03-30T00:30:00Z")) {
		t.Errorf("%v", slots)
	}
}

// TestSkipped: what does not come for the change of the clocks is listed, with what the clock would show, and nothing else is.
func TestSkipped(t *testing.T) {
	t.Parallel()
	c := shop(t)
	skipped := c.Skipped("night", nil, at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z"))
	if len(skipped) != 2 || skipped[0].Said.String() != "2026-03-29T02:30:00" || !skipped[1].At.Equal(at(t, "2027-03-28T01:00:00Z")) {
		t.Errorf("%v", skipped)
	}
	if all := c.AllSkipped(at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z")); len(all) != 2 {
		t.Errorf("of all trains: %v", all)
	}
	for _, none := range [][]cadence.Skip{
		c.Skipped("payments", []string{"shop"}, at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z")),
		c.Skipped("night", nil, at(t, "2026-03-29T01:00:01Z"), at(t, "2027-03-28T01:00:00Z")),
		(*cadence.Cadence)(nil).Skipped("night", nil, at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z")),
	} {
		if len(none) > 0 {
			t.Errorf("%v", none)
		}
	}
}

func TestSchedulesThatAreNone(t *testing.T) {
	t.Parallel()
	s := schedule(t, "2026-12-05T10:00", "FREQ=DAILY", time.Hour, "Europe/Berlin")
	s.Zone = "Mars/Olympus"
	if _, err := cadence.New([]cadence.Train{{Service: "x", Schedule: s}}); err == nil {
		t.Error("a zone that there is none of is taken")
	}
}

// TestJudgeAgreesWithSlots: an instant is on the cadence exactly when one of the slots around it holds it.
func TestJudgeAgreesWithSlots(t *testing.T) {
	t.Parallel()
	c := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "minute")) * time.Minute)
		service := rapid.SampledFrom([]string{"payments", "night"}).Draw(t, "service")
		inside := false
		var next *cadence.Slot
		for _, s := range c.Slots(service, []string{"shop"}, now.Add(-24*time.Hour), now.Add(40*24*time.Hour)) {
			inside = inside || !now.Before(s.From) && now.Before(s.To)
			if s.From.After(now) && next == nil {
				next = &s
			}
		}
		v := c.Judge(service, []string{"shop"}, now)
		if v.On() != inside || v.Next == nil || next == nil || !v.Next.From.Equal(next.From) {
			t.Fatalf("%+v, and %v, %v", v, inside, next)
		}
	})
}
