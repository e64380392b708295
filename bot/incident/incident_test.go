package incident_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/incident"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func known(s port.IncidentState) incident.Incident {
	return incident.Incident{ID: "I-1", State: s, Severity: port.Error, ChangedAt: noon, TakenBy: "p-1"}
}

func TestWhatIsOlderOrTheSameChangesNothing(t *testing.T) {
	t.Parallel()
	for _, was := range incident.States() {
		for _, is := range incident.States() {
			for _, later := range []time.Duration{-time.Second, 0, time.Second} {
				next, changed := known(was).Hear(port.Incident{State: is, Severity: port.Error}, noon.Add(later))
				want := is
				if later < 0 || later == 0 && !after(is, was) {
					want = was
				}
				if next.State != want {
					t.Errorf("%s, then %s %v later: %s, want %s", was, is, later, next.State, want)
				}
				if news := want != was || later > 0 && is == port.IncidentTriggered; changed != news {
					t.Errorf("%s, then %s %v later: changed %v", was, is, later, changed)
				}
			}
		}
	}
}

func after(a, b port.IncidentState) bool {
	all := map[port.IncidentState]int{port.IncidentTriggered: 0, port.IncidentAcknowledged: 1, port.IncidentResolved: 2}
	return all[a] > all[b]
}

// However often and in whatever order news comes, what stands at the end is the newest.
func TestTheOrderOfNewsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		news := make([]port.Incident, n)
		for k := range news {
			news[k] = port.Incident{State: rapid.SampledFrom(incident.States()).Draw(t, "state"), Severity: port.Error}
		}
		var heard incident.Incident
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, n-1), n, 4*n).Draw(t, "order") {
			heard, _ = heard.Hear(news[k], noon.Add(time.Duration(k)*time.Second))
		}
		for k := range n { // what was never delivered comes at last
			heard, _ = heard.Hear(news[k], noon.Add(time.Duration(k)*time.Second))
		}
		if heard.State != news[n-1].State {
			t.Fatalf("ends as %s, want %s", heard.State, news[n-1].State)
		}
	})
}

func TestOnlyOneTakesIt(t *testing.T) {
	t.Parallel()
	taken, refusal := known(port.IncidentTriggered).Take("p-2")
	if refusal != nil || taken.State != port.IncidentAcknowledged || taken.TakenBy != "p-2" {
		t.Errorf("%+v, %v", taken, refusal)
	}
	for s, code := range map[port.IncidentState]string{port.IncidentAcknowledged: "incident.taken", port.IncidentResolved: "incident.over"} {
		if _, refusal := known(s).Take("p-2"); refusal == nil || string(refusal.Text.Code) != code {
			t.Errorf("%s: %v", s, refusal)
		}
	}
}

func TestWhatBlocks(t *testing.T) {
	t.Parallel()
	open := []port.Incident{
		{ID: "a", Severity: port.Critical, State: port.IncidentTriggered}, {ID: "b", Severity: port.Warning, State: port.IncidentTriggered},
		{ID: "c", Severity: port.Critical, State: port.IncidentResolved}, {ID: "d", Severity: "unheard of", State: port.IncidentAcknowledged},
	}
	for limit, want := range map[port.Severity]int{"": 0, port.Critical: 2, port.Error: 2, port.Warning: 3, port.Info: 3} {
		if got := incident.Blocking(open, limit); len(got) != want {
			t.Errorf("%q: %d block, want %d", limit, len(got), want)
		}
	}
	if len(open) != 4 || open[2].ID != "c" {
		t.Error("what was given is changed")
	}
}

func TestWhatFollows(t *testing.T) {
	t.Parallel()
	for opened, want := range map[time.Duration]bool{-time.Second: false, 0: true, time.Hour: true, time.Hour + 1: false} {
		if got := incident.Follows(noon.Add(opened), noon, time.Hour); got != want {
			t.Errorf("%v after: %v", opened, got)
		}
	}
	if incident.Follows(noon, time.Time{}, time.Hour) {
		t.Error("it follows what never began")
	}
}
