package freeze_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Whatever freezes there are, and however long the bot is away, nothing is lost: who wakes whenever something is to be told hears of
// every time that began and that it still holds, once; of its end, if they had heard of its start; of nothing that came and went.
func TestNewsLosesNothing(t *testing.T) {
	t.Parallel()
	ahead := []time.Duration{24 * time.Hour, time.Hour}
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
		f := between("F-1", 0, time.Duration(rapid.IntRange(1, 3*24*60*60).Draw(t, "length"))*time.Second)
		if rapid.Bool().Draw(t, "recurs") {
			f = weekly(t, "Europe/Berlin", recur.On(2026, time.December, 2, 0, rapid.IntRange(0, 1400).Draw(t, "minute"), 0),
				time.Duration(rapid.IntRange(1, 30*60).Draw(t, "length"))*time.Minute, rapid.SampledFrom([]string{"FREQ=DAILY;COUNT=20", "FREQ=WEEKLY;COUNT=4", "FREQ=DAILY;INTERVAL=2;COUNT=9"}).Draw(t, "rule"))
		} else {
			f.From = start.Add(time.Duration(rapid.IntRange(60, 20*24*60*60).Draw(t, "from")) * time.Second)
			f.To = f.From.Add(f.To.Sub(noon))
		}
		told, heard := start, false // heard: people believe that it holds
		var since time.Time         // as of when they do
		for {
			next, comes := f.NextTold(told, ahead)
			if !comes {
				break
			}
			if next.Before(told) {
				t.Fatalf("something is to be told at %v, and all was until %v", next, told)
			}
			now := next
			if rapid.IntRange(0, 4).Draw(t, "away") == 0 {
				now = now.Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "minutes")) * time.Minute)
			}
			kinds := map[freeze.Kind]int{}
			for _, n := range f.News(told, now, ahead) {
				kinds[n.Kind]++
				switch {
				case n.Kind == freeze.Begins && (!n.Of.Contains(now) || heard && since.Equal(n.Of.From)):
					t.Fatalf("at %v it begins: %v, heard before: %v", now, n.Of, heard)
				case n.Kind == freeze.Over && (n.Of.To.After(now) || !heard):
					t.Fatalf("at %v it is over: %v, heard before: %v", now, n.Of, heard)
				case n.Kind == freeze.Ahead && !n.Of.From.After(now):
					t.Fatalf("at %v %v is ahead", now, n.Of)
				}
				if n.Kind == freeze.Begins {
					since = n.Of.From
				}
			}
			for kind, n := range kinds {
				if n > 1 {
					t.Fatalf("%s is told %d times", kind, n)
				}
			}
			heard = heard && kinds[freeze.Over] == 0 || kinds[freeze.Begins] > 0
			active := f.State(now) == freeze.Active
			if stretch, _ := f.Stretch(now); active && !heard && now.Sub(stretch.From) >= 10*time.Second {
				t.Fatalf("at %v it holds since %v, and nobody heard", now, stretch.From)
			}
			if !active && heard && kinds[freeze.Over] == 0 {
				if at, ok := f.NextTold(now, nil); !ok || at.Sub(now) > 10*time.Second {
					t.Fatalf("at %v it is over, and nobody heard", now)
				}
			}
			told = now
		}
		if heard {
			t.Fatal("nobody heard that it is over")
		}
	})
}
