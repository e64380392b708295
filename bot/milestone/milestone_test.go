package milestone_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/milestone"
)

// TestEveryStateAndEvent walks the whole product.
func TestEveryStateAndEvent(t *testing.T) {
	t.Parallel()
	life := map[milestone.State]map[milestone.Event]milestone.State{
		milestone.Planned:  {milestone.Move: milestone.Planned, milestone.Defer: milestone.Deferred, milestone.Drop: milestone.Dropped, milestone.Reach: milestone.Reached},
		milestone.Deferred: {milestone.Move: milestone.Planned, milestone.Drop: milestone.Dropped, milestone.Reach: milestone.Reached},
		milestone.Reached:  {milestone.Lose: milestone.Planned},
	}
	for _, s := range milestone.States() {
		for _, e := range milestone.Events() {
			want, allowed := life[s][e]
			m, refusal := milestone.Milestone{ID: "M-1", State: s}.Apply(milestone.Change{Event: e})
			if (refusal == nil) != allowed || allowed && (m.State != want || len(m.History) != 1) || !allowed && m.State != s {
				t.Errorf("%s + %s = %s, %v", s, e, m.State, refusal)
			}
		}
	}
}

func date(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func planned(id, day string) milestone.Milestone {
	return milestone.Milestone{V: milestone.Version, ID: id, Release: "R-" + id[2:], Environment: "prod", Day: date(day), State: milestone.Planned}
}

func must(m milestone.Milestone, r *chat.Refusal) milestone.Milestone {
	if r != nil {
		panic(r)
	}
	return m
}

func TestReport(t *testing.T) {
	t.Parallel()
	why := &chat.Sealed{Person: "p1", Box: []byte("x")}
	all := []milestone.Milestone{
		must(planned("M-1", "2026-10-31").ReachedBy("D-1", date("2026-10-31").Add(20*time.Hour))),
		must(planned("M-2", "2026-10-15").ReachedBy("D-2", date("2026-10-18").Add(time.Hour))),
		planned("M-3", "2026-11-20"),
		planned("M-4", "2026-12-15"),
		must(planned("M-5", "2026-12-01").Apply(milestone.Change{Event: milestone.Defer, By: "p1", Why: why})),
		must(planned("M-6", "2026-12-02").MoveTo(date("2027-02-01"), "", milestone.Change{By: "p1", Why: why})),
		must(planned("M-7", "2026-12-03").Apply(milestone.Change{Event: milestone.Drop, By: "p1", Why: why})),
		planned("M-8", "2026-12-04"), // its release is held back
		planned("M-9", "2027-01-01"),
		must(planned("M-10", "2026-11-01").MoveTo(date("2026-12-30"), "", milestone.Change{By: "p1"})),
	}
	now := date("2026-11-23").Add(9 * time.Hour)
	rows := milestone.Report(all, fiscal.Quarter{Year: 2026, Number: 4}, fiscal.Calendar{}, now, func(r string) bool { return r == "R-8" })
	want := []struct {
		id       string
		standing milestone.Standing
		days     int
		changed  bool
	}{
		{"M-2", milestone.Late, 3, false}, {"M-1", milestone.OnTime, 0, false}, {"M-3", milestone.Overdue, 3, false},
		{"M-5", milestone.PutOff, 0, true}, {"M-6", milestone.MovedAway, 0, true}, {"M-7", milestone.GivenUp, 0, true},
		{"M-8", milestone.PutOff, -11, false}, {"M-4", milestone.Ahead, -22, false}, {"M-10", milestone.Ahead, -37, false},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for i, w := range want {
		if r := rows[i]; r.ID != w.id || r.Standing != w.standing || r.Days != w.days || (r.Change != nil) != w.changed {
			t.Errorf("row %d is %s %s by %d, want %+v", i, r.ID, r.Standing, r.Days, w)
		}
	}
	if rows[8].First() != date("2026-11-01") {
		t.Errorf("M-10 was first promised for %s", rows[8].First())
	}
}

// TestNoMilestoneIsLost: whatever is done to it, a milestone is in the report of every quarter that it was ever promised for, and in no
// other.
func TestNoMilestoneIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := fiscal.Calendar{Start: time.Month(rapid.IntRange(1, 12).Draw(t, "start"))}
		draw := func() time.Time { return date("2026-01-01").AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "day")) }
		m := milestone.Milestone{ID: "M-1", Release: "R-1", State: milestone.Planned, Day: draw()}
		promised := map[fiscal.Quarter]bool{c.Of(m.Day): true}
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			var refusal *chat.Refusal
			var next milestone.Milestone
			switch e := rapid.SampledFrom(milestone.Events()).Draw(t, "event"); e {
			case milestone.Move:
				day := draw()
				if next, refusal = m.MoveTo(day, "", milestone.Change{}); refusal == nil {
					promised[c.Of(day)] = true
				}
			case milestone.Reach:
				next, refusal = m.ReachedBy("D-1", draw())
			case milestone.Lose:
				next, refusal = m.Lost(draw())
			default:
				next, refusal = m.Apply(milestone.Change{Event: e})
			}
			if refusal == nil {
				m = next
			}
			if (m.State == milestone.Reached) == m.Reached.IsZero() {
				t.Fatalf("%s, reached %s", m.State, m.Reached)
			}
		}
		q := c.Of(date("2026-01-01"))
		for range 12 {
			rows := milestone.Report([]milestone.Milestone{m}, q, c, date("2027-06-01"), func(string) bool { return false })
			if (len(rows) == 1) != promised[q] {
				t.Fatalf("promised for %v; %d rows in %s", promised, len(rows), q)
			}
			q = q.Next()
		}
	})
}
