package pagerduty_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestAPageShowsAllThatItSays(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	p := page("D-1")
	p.Title = strings.Repeat("ä", 1500)
	p.Details = append(p.Details, port.Detail{Label: "why", Text: "no probe answers"})
	p.Links = append(p.Links, port.Link{Text: "nowhere"})
	no(t, s.start(t).Trigger(t.Context(), p))
	i := s.Keyed("D-1")[0]
	if n := len([]rune(i.Title)); n != 1024 || !strings.HasSuffix(i.Title, "…") {
		t.Errorf("the title has %d characters", n)
	}
	if i.Service != "PCHECK1" || i.Source != "checkout/prod" || i.Severity != "critical" || i.Urgency != "high" {
		t.Errorf("%+v", i)
	}
	want := `{"title":"` + p.Title + `","why":"error rate 12 %, limit 5 %","running now":"checkout 2.3.9","why (2)":"no probe answers"}`
	if got := string(i.Details); got != want {
		t.Errorf("details %s, want %s", clip(got), clip(want))
	}
	if got := string(i.Links); got != `[{"href":"https://gonogo.example/r/R-1","text":"Release R-1"}]` {
		t.Errorf("links %s", got)
	}
}

func TestPagesGoToTheirService(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	p := page("D-1")
	p.Service, p.Severity = "billing", port.Warning
	err := s.start(t).Trigger(t.Context(), p)
	if v, _ := effect.Classify(err); v != effect.Permanent || !strings.Contains(err.Error(), "billing") {
		t.Errorf("a page of a service that is configured nowhere: %v", err)
	}
	s.settings.Default = pagerduty.Service{ID: "PANY001", RoutingKey: "env:ANY"}
	no(t, s.start(t).Trigger(t.Context(), p))
	if i := s.Keyed("D-1")[0]; i.Service != "PANY001" || i.Severity != "warning" || i.Urgency != "low" {
		t.Errorf("%+v", i)
	}
}

func TestPagesThatNothingCanBeMadeOf(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	a := s.start(t)
	for _, change := range []func(*port.Page){
		func(p *port.Page) { p.Key = "" }, func(p *port.Page) { p.Key = strings.Repeat("k", 256) }, func(p *port.Page) { p.Title = "" },
	} {
		p := page("D-1")
		change(&p)
		if v, _ := effect.Classify(a.Trigger(t.Context(), p)); v != effect.Permanent {
			t.Errorf("a page with the key %.9q and the title %q: verdict %v", p.Key, p.Title, v)
		}
	}
	if asked := s.Requests(); len(asked) > 0 {
		t.Errorf("it asked %v", asked)
	}
	p := page("D-2")
	p.Severity = "dreadful" // PagerDuty refuses what is invalid for good
	if v, _ := effect.Classify(a.Trigger(t.Context(), p)); v != effect.Permanent {
		t.Errorf("verdict %v", v)
	}
	wrong := s.Wrong()
	s.ForgetWrong()
	if len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "dreadful") && !strings.Contains(wrong[0].Error(), "severity") {
		t.Errorf("the description let it pass: %v", wrong)
	}
}

// Somebody must be woken, even where PagerDuty can't be asked first.
func TestAPageIsSentWithoutLookingWhereThatFails(t *testing.T) {
	t.Parallel()
	for _, k := range trouble.Kinds() {
		if k == trouble.Silent {
			continue // see TestSilence
		}
		s := begin(t, pagerdutytest.Options{})
		s.FailDoor(pagerdutytest.REST, k)
		no(t, s.start(t).Trigger(t.Context(), page("D-1")))
		if n := len(s.Keyed("D-1")); n != 1 {
			t.Errorf("%s: %d incidents", k, n)
		}
		// Nor is what this process itself resolved opened anew.
		a := s.start(t)
		no(t, a.Resolve(t.Context(), "D-1"))
		no(t, a.Trigger(t.Context(), page("D-1")))
		if n := len(s.Keyed("D-1")); n != 1 {
			t.Errorf("%s: %d incidents after a trigger of what was resolved", k, n)
		}
	}
}

func TestWithoutAToken(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	s.settings.Token, s.settings.From = "", ""
	a := s.start(t)
	no(t, a.Trigger(t.Context(), page("D-1")))
	no(t, a.Trigger(t.Context(), page("D-1")))
	// Another process does not know where the page went: it tells all, and those that don't know the key do nothing.
	b := s.start(t)
	no(t, b.Acknowledge(t.Context(), "D-1"))
	if i := s.Keyed("D-1"); len(i) != 1 || i[0].Status != pagerdutytest.Acknowledged || i[0].Triggers != 2 {
		t.Errorf("%+v", i)
	}
	other := page("D-2")
	other.Service = "ledger"
	no(t, a.Trigger(t.Context(), other))
	no(t, b.Acknowledge(t.Context(), "D-2"))
	if i := s.Keyed("D-2"); len(i) != 1 || i[0].Status != pagerdutytest.Acknowledged {
		t.Errorf("%+v", i)
	}
	no(t, b.Resolve(t.Context(), "D-1"))
	no(t, b.Trigger(t.Context(), page("D-1")))
	if i := s.Keyed("D-1"); len(i) != 1 || i[0].Status != pagerdutytest.Resolved {
		t.Errorf("%+v", i)
	}
	for _, err := range []error{second(a.OnCall(t.Context(), "checkout")), second(a.Open(t.Context(), "checkout"))} {
		if v, _ := effect.Classify(err); v != effect.Permanent || !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("asked without a token: %v", err)
		}
	}
	if v, _ := effect.Classify(a.Take(t.Context(), "PINC000001", port.Responder{})); v != effect.Permanent {
		t.Errorf("taken without a token: verdict %v", v)
	}
	if slices.ContainsFunc(s.Requests(), func(r string) bool { return !strings.Contains(r, "/v2/") }) {
		t.Errorf("it asked %v", s.Requests())
	}
}

func second[T any](_ T, err error) error { return err }

// PagerDuty queues events. One that is triggered again before the first took effect wakes once, and what follows finds its page.
func TestEventsThatTakeEffectLater(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := begin(t, pagerdutytest.Options{Clock: c.now, Lag: 3 * time.Second})
	no(t, s.start(t).Trigger(t.Context(), page("D-1")))
	no(t, s.start(t).Trigger(t.Context(), page("D-1")))
	no(t, s.start(t).Acknowledge(t.Context(), "D-1"))
	if len(s.Incidents()) > 0 {
		t.Fatal("the events took effect at once")
	}
	c.pass(4 * time.Second)
	if i := s.Keyed("D-1"); len(i) != 1 || i[0].Status != pagerdutytest.Acknowledged {
		t.Errorf("%+v", i)
	}
}

func TestARestartedBotFindsWhereAPageWent(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	p := page("D-1")
	p.Service = "ledger"
	no(t, s.start(t).Trigger(t.Context(), p))
	before := len(s.Requests())
	no(t, s.start(t).Resolve(t.Context(), "D-1"))
	if got, want := strings.Join(s.Requests()[before:], ", "), "GET /incidents, POST /v2/enqueue"; got != want {
		t.Errorf("it asked %s, want %s", got, want)
	}
	if i := s.Keyed("D-1"); i[0].Status != pagerdutytest.Resolved {
		t.Errorf("%+v", i)
	}
}

func TestTooManyEventsWait(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{EventLimit: 1})
	a := s.start(t)
	no(t, a.Trigger(t.Context(), page("D-1")))
	if v, _ := effect.Classify(a.Trigger(t.Context(), page("D-2"))); v != effect.Retry {
		t.Errorf("verdict %v, want to try again", v)
	}
}

func TestAChangeSaysWhatChanged(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	c := port.Changed{
		Key: "D-1:done", Service: "checkout", Environment: "prod", Version: "2.4.0", Release: "R-1", Deployment: "D-1", Rollback: true,
		Summary: strings.Repeat("long ", 300), Details: []port.Detail{{Label: "by", Text: "Mira"}}, Links: []port.Link{{Text: "R-1", URL: "https://gonogo.example/r/R-1"}},
		At: time.Date(2026, 3, 1, 11, 59, 0, 0, time.UTC),
	}
	no(t, s.start(t).Changed(t.Context(), c))
	all := s.Changes()
	if len(all) != 1 || all[0].Service != "PCHECK1" || all[0].Source != "checkout/prod" || !all[0].At.Equal(c.At) || len([]rune(all[0].Summary)) != 1024 {
		t.Fatalf("%+v", all)
	}
	var details map[string]any
	no(t, json.Unmarshal(all[0].Details, &details))
	for label, want := range map[string]any{"by": "Mira", "rollback": true, "version": "2.4.0", "release": "R-1", "deployment": "D-1", "summary": c.Summary} {
		if details[label] != want {
			t.Errorf("%s is %v, want %v", label, details[label], want)
		}
	}
	c.Service = "billing"
	if v, _ := effect.Classify(s.start(t).Changed(t.Context(), c)); v != effect.Permanent {
		t.Errorf("a change of a service that is configured nowhere: verdict %v", v)
	}
	if len(s.Incidents()) > 0 {
		t.Error("a change opened an incident")
	}
}
