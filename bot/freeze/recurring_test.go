package freeze_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// weekly is a freeze that begins on a wall clock and comes again by a rule.
func weekly(t interface{ Fatal(...any) }, zone string, start recur.Wall, length time.Duration, rule string) freeze.Freeze {
	r, err := recur.Parse(rule)
	if err != nil {
		t.Fatal(err)
	}
	in, known := when.Zone(zone)
	if !known {
		t.Fatal("no zone ", zone)
	}
	year, month, day := start.Date()
	hour, minute, _ := start.Clock()
	return freeze.Freeze{ID: "F-1", From: time.Date(year, month, day, hour, minute, 0, 0, in), Zone: zone,
		Schedule: &recur.Schedule{Zone: zone, Start: start, End: start.Add(length), Rule: r}}
}

// A freeze that recurs leaks no instant, whatever the clocks do: while the clock on the wall shows a time from its start to its end, it
// holds. The judge looks at the clock every ten minutes and knows nothing of schedules.
func TestNoInstantLeaksWhereClocksChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "UTC"}).Draw(t, "zone")
		in, known := when.Zone(zone)
		if !known {
			t.Skip("no time zone database")
		}
		// The days around the changes of 2026.
		month := rapid.SampledFrom([]time.Month{time.March, time.April, time.September, time.October, time.November}).Draw(t, "month")
		day := rapid.IntRange(1, 28).Draw(t, "day")
		minutes := rapid.IntRange(0, 24*60-2).Draw(t, "minutes")
		length := rapid.IntRange(1, 24*60-minutes-1).Draw(t, "length") // within a day, so that the clock alone can judge
		f := weekly(t, zone, recur.On(2026, month, day, 0, minutes, 0), time.Duration(length)*time.Minute, "FREQ=DAILY")
		first := time.Date(2026, month, day+1, 0, 0, 0, 0, in)
		for at := first; at.Before(first.AddDate(0, 0, 2)); at = at.Add(10 * time.Minute) {
			shown := at.Hour()*60 + at.Minute()
			if frozen := minutes <= shown && shown < minutes+length; frozen && f.State(at) != freeze.Active {
				t.Fatalf("open at %v", at)
			}
			next, ends := freeze.NextOpen([]freeze.Freeze{f}, prod, at)
			if !ends || next.Before(at) || f.State(next) == freeze.Active || f.State(at) == freeze.Active == next.Equal(at) {
				t.Fatalf("at %v the next opening is %v, %v", at, next, ends)
			}
		}
	})
}

func TestLiftOnceLetsTheNextStand(t *testing.T) {
	t.Parallel()
	f := weekly(t, "Europe/Berlin", recur.On(2026, time.November, 27, 16, 0, 0), 64*time.Hour, "FREQ=WEEKLY")
	friday := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)
	saturday := friday.Add(24 * time.Hour)
	once, of, refusal := f.LiftOnce("p2", saturday)
	if refusal != nil || !of.From.Equal(friday) {
		t.Fatalf("lifted %v, %v", of, refusal)
	}
	for at, want := range map[time.Time]freeze.State{
		saturday.Add(-1): freeze.Active, saturday: freeze.Announced, friday.Add(60 * time.Hour): freeze.Announced,
		friday.Add(7 * 24 * time.Hour): freeze.Active,
	} {
		if got := once.State(at); got != want {
			t.Errorf("at %v it is %s, want %s", at, got, want)
		}
	}
	ahead, of, refusal := once.LiftOnce("p2", saturday)
	if refusal != nil || !of.From.Equal(friday.Add(7*24*time.Hour)) || ahead.State(friday.Add(8*24*time.Hour)) != freeze.Announced ||
		ahead.State(friday.Add(14*24*time.Hour)) != freeze.Active {
		t.Errorf("called off %v, %v", of, refusal)
	}
	if _, _, refusal := between("F-1", 0, time.Hour).LiftOnce("p2", noon); refusal == nil || refusal.Text.Code != "freeze.once_only" {
		t.Errorf("lifted once what holds once: %v", refusal)
	}
}

// Occurrences that touch or overlap are one stretch; two freezes that take turns need never open.
func TestTurnsWithoutEnd(t *testing.T) {
	t.Parallel()
	day := weekly(t, "UTC", recur.On(2026, time.December, 1, 8, 0, 0), 12*time.Hour, "FREQ=DAILY")
	night := weekly(t, "UTC", recur.On(2026, time.December, 1, 20, 0, 0), 12*time.Hour, "FREQ=DAILY")
	at := time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC)
	if next, ends := freeze.NextOpen([]freeze.Freeze{day, night}, prod, at); ends {
		t.Errorf("it opens %v", next)
	}
	if next, ends := freeze.NextOpen([]freeze.Freeze{day}, prod, at); !ends || next.Hour() != 20 {
		t.Errorf("it opens %v, %v", next, ends)
	}
	all := weekly(t, "UTC", recur.On(2026, time.December, 1, 0, 0, 0), 24*time.Hour, "FREQ=DAILY")
	if end, ends := all.End(at); ends {
		t.Errorf("it ends %v", end)
	}
}

// An exception opens what it was asked for: those freezes, in that environment, for that artifact, while it holds, and of what recurs
// the time that held then. It never opens anything else.
func TestExceptionOpensNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := weekly(t, "UTC", recur.On(2026, time.December, 1, 8, 0, 0), 12*time.Hour, "FREQ=DAILY")
		asked := time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC)
		end, _ := f.End(asked)
		x := freeze.Exception{ID: "X-1", Release: "R-1", Environment: "prod", Freezes: []string{"F-1"}, Until: map[string]time.Time{"F-1": end},
			Digest: "d", State: freeze.Granted, Uses: 1, Expires: asked.Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)}
		other := f
		other.ID = "F-2"
		list := []freeze.Freeze{f}
		if rapid.Bool().Draw(t, "another freeze") {
			list = append(list, other)
		}
		where := prod
		where.Environment = rapid.SampledFrom([]string{"prod", "staging"}).Draw(t, "environment")
		q := freeze.Question{Target: where, Release: rapid.SampledFrom([]string{"R-1", "R-2"}).Draw(t, "release"), Digest: rapid.SampledFrom([]string{"d", "e"}).Draw(t, "digest")}
		at := asked.Add(time.Duration(rapid.IntRange(0, 100*60).Draw(t, "minutes")) * time.Minute)
		fits := q.Release == "R-1" && q.Digest == "d" && where.Environment == "prod" && len(list) == 1 && at.Before(x.Expires) && at.Before(end)
		frozen := f.State(at) == freeze.Active
		if open := freeze.Blocks(list, []freeze.Exception{x}, q, at).Open(); open != (!frozen || fits) {
			t.Fatalf("at %v open is %v, frozen %v, fits %v", at, open, frozen, fits)
		}
	})
}

func TestEdges(t *testing.T) {
	t.Parallel()
	berlin, known := when.Zone("Europe/Berlin")
	if !known {
		t.Skip("no time zone database")
	}
	for _, tt := range []struct {
		start  recur.Wall
		length time.Duration
		day    time.Time
		want   []chat.Code
	}{
		{recur.On(2026, time.March, 28, 2, 30, 0), 90 * time.Minute, time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC), []chat.Code{"freeze.edge.no_start", "freeze.edge.length"}},
		{recur.On(2026, time.March, 28, 1, 0, 0), 90 * time.Minute, time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC), []chat.Code{"freeze.edge.no_end", "freeze.edge.length"}},
		{recur.On(2026, time.March, 28, 0, 0, 0), 24 * time.Hour, time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC), []chat.Code{"freeze.edge.length"}},
		{recur.On(2026, time.October, 24, 2, 30, 0), 90 * time.Minute, time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC), []chat.Code{"freeze.edge.first_start", "freeze.edge.length"}},
		{recur.On(2026, time.October, 24, 1, 0, 0), 90 * time.Minute, time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC), []chat.Code{"freeze.edge.last_end", "freeze.edge.length"}},
		{recur.On(2026, time.October, 24, 8, 0, 0), time.Hour, time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC), nil},
	} {
		f := weekly(t, "Europe/Berlin", tt.start, tt.length, "FREQ=DAILY")
		var got []chat.Code
		for o := range f.Occurrences(tt.day.Add(-12*time.Hour), tt.day) {
			if o.From.In(berlin).Day() == tt.day.Day() {
				for _, e := range f.Edges(o, berlin) {
					got = append(got, e.Code)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%v: %v, want %v", tt.start, got, tt.want)
		}
	}
}

func BenchmarkState(b *testing.B) {
	f := weekly(b, "Europe/Berlin", recur.On(2020, time.November, 27, 16, 0, 0), 64*time.Hour, "FREQ=WEEKLY")
	for b.Loop() {
		f.State(noon)
	}
}

// What counts very far and goes on into itself has no end in sight, and is found out by reading its schedule once.
func TestNoEndInSight(t *testing.T) {
	t.Parallel()
	f := weekly(t, "Europe/Berlin", recur.On(2026, 11, 1, 3, 0, 0), time.Hour, "FREQ=HOURLY;COUNT=100000")
	at := time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC)
	if _, ends := freeze.NextOpen([]freeze.Freeze{f, f}, prod, at); ends {
		t.Error("it ends")
	}
	if _, ends := f.End(at); ends {
		t.Error("its stretch ends")
	}
}
