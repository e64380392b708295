package freeze_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

var prod = calendar.Target{Service: "web", Environment: "prod", Lines: []string{"shop", "search"}}

func between(id string, from, to time.Duration) freeze.Freeze {
	return freeze.Freeze{ID: id, From: noon.Add(from), To: noon.Add(to), By: "p1"}
}

func TestScope(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		scope calendar.Scope
		want  bool
	}{
		{"everything", calendar.Scope{}, true},
		{"the environment", calendar.Scope{Environments: []string{"prod"}}, true},
		{"another environment", calendar.Scope{Environments: []string{"staging"}}, false},
		{"the service", calendar.Scope{Services: []string{"api", "web"}}, true},
		{"another service", calendar.Scope{Services: []string{"api"}}, false},
		{"one of its lines", calendar.Scope{Lines: []string{"search"}}, true},
		{"another line", calendar.Scope{Lines: []string{"payments"}}, false},
		{"all three", calendar.Scope{Services: []string{"web"}, Environments: []string{"prod"}, Lines: []string{"shop"}}, true},
		{"two of three", calendar.Scope{Services: []string{"web"}, Environments: []string{"prod"}, Lines: []string{"other"}}, false},
	} {
		if got := tt.scope.Covers(prod); got != tt.want {
			t.Errorf("%s: covers is %v", tt.name, got)
		}
	}
}

func TestStateAtTheEdges(t *testing.T) {
	t.Parallel()
	f := between("F-1", 0, time.Hour)
	lifted := f
	lifted.Lifted = noon.Add(time.Minute)
	endless := freeze.Freeze{From: noon}
	for _, tt := range []struct {
		f    freeze.Freeze
		at   time.Duration
		want freeze.State
	}{
		{f, -1, freeze.Announced}, {f, 0, freeze.Active}, {f, time.Hour - 1, freeze.Active}, {f, time.Hour, freeze.Ended},
		{lifted, time.Minute - 1, freeze.Active}, {lifted, time.Minute, freeze.Lifted}, {lifted, 2 * time.Hour, freeze.Lifted},
		{endless, -1, freeze.Announced}, {endless, 1000 * time.Hour, freeze.Active},
	} {
		if got := tt.f.State(noon.Add(tt.at)); got != tt.want {
			t.Errorf("at noon%+v it is %s, want %s", tt.at, got, tt.want)
		}
	}
}

// The same instant in the zone's spring gap and autumn repetition is one instant: freezes are compared as instants.
func TestDaylightSaving(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database")
	}
	// 2026-10-25 03:00 CEST becomes 02:00 CET: the hour from two to three comes twice.
	f := freeze.Freeze{From: time.Date(2026, 10, 25, 1, 0, 0, 0, berlin), To: time.Date(2026, 10, 25, 4, 0, 0, 0, berlin)}
	if length := f.To.Sub(f.From); length != 4*time.Hour {
		t.Fatalf("the night's freeze lasts %v", length)
	}
	for at := f.From; at.Before(f.To); at = at.Add(10 * time.Minute) {
		if f.State(at) != freeze.Active {
			t.Errorf("open at %v", at)
		}
	}
}

func TestCheckAndLift(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		f    freeze.Freeze
		want chat.Code
	}{
		{"whole", between("F-1", 0, time.Hour), ""},
		{"without end", freeze.Freeze{From: noon}, ""},
		{"begun already", between("F-1", -time.Hour, time.Hour), ""},
		{"no start", freeze.Freeze{To: noon}, "freeze.no_start"},
		{"empty", between("F-1", time.Hour, time.Hour), "freeze.empty"},
		{"backwards", between("F-1", time.Hour, 0), "freeze.empty"},
		{"over", between("F-1", -time.Hour, 0), "freeze.past"},
	} {
		refusal := tt.f.Check(noon)
		if (refusal == nil) != (tt.want == "") || refusal != nil && refusal.Text.Code != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, refusal, tt.want)
		}
	}
	f, refusal := between("F-1", 0, time.Hour).Lift("p2", noon.Add(time.Minute))
	if refusal != nil || f.LiftedBy != "p2" || f.State(noon.Add(time.Minute)) != freeze.Lifted {
		t.Fatalf("lifted: %+v, %v", f, refusal)
	}
	if _, refusal = f.Lift("p3", noon.Add(time.Hour)); refusal == nil || refusal.Text.Code != "freeze.lifted" {
		t.Errorf("lifted twice: %v", refusal)
	}
	if _, refusal = between("F-1", 0, time.Hour).Lift("p3", noon.Add(time.Hour)); refusal == nil || refusal.Text.Code != "freeze.ended" {
		t.Errorf("lifted after its end: %v", refusal)
	}
	early, refusal := between("F-1", time.Hour, 2*time.Hour).Lift("p2", noon)
	if refusal != nil || early.State(noon.Add(90*time.Minute)) != freeze.Lifted {
		t.Errorf("lifted before it began: %+v, %v", early, refusal)
	}
}

func TestNextOpenChains(t *testing.T) {
	t.Parallel()
	chain := []freeze.Freeze{between("F-3", 3*time.Hour, 4*time.Hour), between("F-2", time.Hour, 3*time.Hour), between("F-1", -time.Hour, 2*time.Hour),
		between("F-4", 5*time.Hour, 6*time.Hour)}
	if at, ok := freeze.NextOpen(chain, prod, noon); !ok || !at.Equal(noon.Add(4*time.Hour)) {
		t.Errorf("next open %v, %v", at, ok)
	}
	if at, ok := freeze.NextOpen(append(chain, freeze.Freeze{ID: "F-5", From: noon.Add(3*time.Hour + 1)}), prod, noon); ok {
		t.Errorf("next open %v, although one has no end", at)
	}
	if at, ok := freeze.NextOpen(nil, prod, noon); !ok || !at.Equal(noon) {
		t.Errorf("without freezes next open %v, %v", at, ok)
	}
}

func freezes(t *rapid.T) []freeze.Freeze {
	var list []freeze.Freeze
	for i := range rapid.IntRange(0, 8).Draw(t, "freezes") {
		from := rapid.IntRange(-20, 20).Draw(t, "from")
		f := freeze.Freeze{ID: fmt.Sprintf("F-%d", i), From: noon.Add(time.Duration(from))}
		if length := rapid.IntRange(0, 15).Draw(t, "length"); length > 0 {
			f.To = f.From.Add(time.Duration(length))
		}
		if rapid.Bool().Draw(t, "lifted") {
			f.Lifted = noon.Add(time.Duration(rapid.IntRange(-20, 40).Draw(t, "lift")))
		}
		if rapid.Bool().Draw(t, "elsewhere") {
			f.Scope.Environments = []string{rapid.SampledFrom([]string{"prod", "staging"}).Draw(t, "environment")}
		}
		list = append(list, f)
	}
	return list
}

// A freeze leaks no instant: the way is open exactly when no interval holds it, and the next opening is the first such
// instant. Instants are nanoseconds here, so that every one of them can be looked at.
func TestNoInstantLeaks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := freezes(t)
		blocked := func(at time.Time) bool {
			for _, f := range list {
				in := !at.Before(f.From) && (f.To.IsZero() || at.Before(f.To)) && (f.Lifted.IsZero() || at.Before(f.Lifted))
				if in && (len(f.Scope.Environments) == 0 || f.Scope.Environments[0] == "prod") {
					return true
				}
			}
			return false
		}
		start := noon.Add(time.Duration(rapid.IntRange(-25, 45).Draw(t, "at")))
		v := freeze.Blocks(list, nil, freeze.Question{Target: prod, Release: "R-1", Digest: "d"}, start)
		if v.Open() == blocked(start) {
			t.Fatalf("open is %v at %v", v.Open(), start)
		}
		next, ends := freeze.NextOpen(list, prod, start)
		last := start.Add(200)
		if ends {
			if blocked(next) {
				t.Fatalf("still frozen at the next opening %v", next)
			}
			last = next
		}
		for at := start; at.Before(last); at = at.Add(1) {
			if !blocked(at) {
				t.Fatalf("open at %v, before %v", at, last)
			}
		}
		if !v.Open() && (v.NextOpen.IsZero() == ends || ends && !v.NextOpen.Equal(next)) {
			t.Fatalf("the verdict's next opening is %v, it is %v", v.NextOpen, next)
		}
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	f := between("F-1", 0, time.Hour)
	f.Zone, f.Scope = "Europe/Berlin", calendar.Scope{Environments: []string{"prod"}}
	until, ok := f.Text(noon).Arg("until")
	if !ok || until.Zone != "Europe/Berlin" || !until.Time.Equal(f.To) {
		t.Errorf("until is %+v", until)
	}
	scope, _ := f.Text(noon).Arg("scope")
	if list, ok := scope.Text.Arg("environments"); !ok || list.Words[0] != "prod" {
		t.Errorf("scope is %+v", scope.Text)
	}
	if got := (calendar.Scope{}).Text().Code; got != "freeze.everything" {
		t.Errorf("everything is said as %s", got)
	}
	if _, ok := (freeze.Freeze{From: noon}).Text(noon).Arg("until"); ok {
		t.Error("a freeze without end says until when")
	}
}
