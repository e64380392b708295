package pagerduty_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestOnCall(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{Page: 2}) // so that the list takes several pages
	now := s.now()
	for _, o := range []pagerdutytest.Shift{
		{Policy: "PPOL001", User: "PBOT001", Level: 3},
		{Policy: "PPOL001", User: "PBEN001", Level: 1, From: now.Add(-time.Hour), Until: now.Add(time.Hour)},
		{Policy: "PPOL001", User: "PBEN001", Level: 1, From: now.Add(-time.Hour), Until: now.Add(2 * time.Hour)},
		{Policy: "PPOL001", User: "PMIRA01", Level: 2},
		{Policy: "PPOL001", User: "PEYES01", Level: 1, From: now.Add(time.Hour)},   // not yet
		{Policy: "PPOL001", User: "PEYES01", Level: 1, Until: now.Add(-time.Hour)}, // not any more
		{Policy: "PPOL002", User: "PEYES01", Level: 1},                             // of another service
	} {
		s.AddShift(o)
	}
	got, err := s.start(t).OnCall(t.Context(), "checkout")
	no(t, err)
	account := func(id string) chat.Account { return chat.Account{Platform: "pagerduty", ID: id} }
	want := []port.Responder{
		{Account: account("PBEN001"), Email: "ben@shop.example", Level: 1, Until: now.Add(2 * time.Hour)},
		{Account: account("PMIRA01"), Email: "mira@shop.example", Level: 1, Until: now.Add(time.Hour)},
		{Account: account("PBOT001"), Email: "bot@shop.example", Level: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnCallOfWhatHasNoRota(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	v := s.settings.Services["ledger"]
	v.ID = "PGONE01"
	s.settings.Services["ledger"] = v
	a := s.start(t)
	for _, service := range []string{"billing", "", "ledger"} {
		if _, err := a.OnCall(t.Context(), service); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%q: %v", service, err)
		}
		if _, err := a.Open(t.Context(), service); service != "ledger" && !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%q: %v", service, err)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := begin(t, pagerdutytest.Options{Clock: c.now, Page: 2})
	a := s.start(t)
	no(t, a.Trigger(t.Context(), page("D-1")))
	c.pass(60 * 24 * time.Hour) // older than what PagerDuty lists unless it is told to
	by := map[string]port.Severity{}
	for i, want := range []struct {
		urgency, priority string
		severity          port.Severity
	}{{"low", "", port.Warning}, {"high", "", port.Error}, {"low", "PPRIO1", port.Critical}, {"high", "PPRIO4", port.Info}} {
		id := s.Server.Open("PCHECK1", fmt.Sprintf("trouble %d", i), want.urgency, "PMIRA01")
		if want.priority != "" {
			s.Prioritise(id, want.priority, "PMIRA01")
		}
		by[id] = want.severity
	}
	s.Resolve(s.Server.Open("PCHECK1", "over", "high", "PMIRA01"), "PMIRA01")
	s.Server.Open("PLEDGER", "elsewhere", "high", "PMIRA01")
	got, err := a.Open(t.Context(), "checkout")
	no(t, err)
	if len(got) != 5 {
		t.Fatalf("%d open incidents: %+v", len(got), got)
	}
	want := port.Incident{
		ID: got[0].ID, Key: "D-1", Name: "#1", Title: "checkout 2.4.0 was rolled back", Service: "checkout", Severity: port.Error, State: port.IncidentTriggered,
		Link: "https://acme.pagerduty.com/incidents/" + got[0].ID, OpenedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	for _, i := range got[1:] {
		if i.Severity != by[i.ID] {
			t.Errorf("%s is %s, want %s", i.Title, i.Severity, by[i.ID])
		}
	}
}

func TestTake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		as   port.Responder
		by   string
	}{
		{"by the account", port.Responder{Account: chat.Account{Platform: "pagerduty", ID: "PMIRA01"}, Email: "ben@shop.example"}, "PMIRA01"},
		{"by the address", port.Responder{Account: chat.Account{Platform: "slack", ID: "U1"}, Email: "Ben@shop.example"}, "PBEN001"},
		{"by an address that is unknown there", port.Responder{Email: "nobody@shop.example"}, "PBOT001"},
		{"by an account that is gone", port.Responder{Account: chat.Account{Platform: "pagerduty", ID: "PGONE01"}}, "PBOT001"},
		{"by nobody in particular", port.Responder{}, "PBOT001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := begin(t, pagerdutytest.Options{})
			id := s.Server.Open("PCHECK1", "trouble", "high", "PEYES01")
			no(t, s.start(t).Take(t.Context(), id, c.as))
			if i := s.Incidents()[0]; i.Status != pagerdutytest.Acknowledged || i.By.ID != c.by {
				t.Errorf("%s by %s, want by %s", i.Status, i.By.ID, c.by)
			}
		})
	}
}

func TestTakeWhatIsTakenOrOver(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	a := s.start(t)
	id := s.Server.Open("PCHECK1", "trouble", "high", "PEYES01")
	s.Acknowledge(id, "PMIRA01")
	no(t, a.Take(t.Context(), id, port.Responder{Email: "ben@shop.example"}))
	if i := s.Incidents()[0]; i.By.ID != "PMIRA01" {
		t.Errorf("it was taken from Mira by %s", i.By.ID)
	}
	s.Resolve(id, "PMIRA01")
	no(t, a.Take(t.Context(), id, port.Responder{}))
	if i := s.Incidents()[0]; i.Status != pagerdutytest.Resolved {
		t.Errorf("it is %s", i.Status)
	}
	if err := a.Take(t.Context(), "PGONE01", port.Responder{}); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("an incident that is not there: %v", err)
	}
	// Somebody is faster, between the look and the change.
	id = s.Server.Open("PCHECK1", "more trouble", "high", "PEYES01")
	s.BeforeChange(func() { s.Resolve(id, "PMIRA01") })
	no(t, a.Take(t.Context(), id, port.Responder{}))
	// Whoever may only look can't acknowledge: the configured user does it for them.
	id = s.Server.Open("PCHECK1", "yet more trouble", "high", "PBEN001")
	no(t, a.Take(t.Context(), id, port.Responder{Email: "eyes@shop.example"}))
	if i := s.Incidents()[2]; i.Status != pagerdutytest.Acknowledged || i.By.ID != "PBOT001" {
		t.Errorf("%s by %s", i.Status, i.By.ID)
	}
}

// Who is woken by way of the default is known, and its incidents are no service's.
func TestTheDefaultService(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	s.settings.Default = pagerduty.Service{ID: "PANY001", RoutingKey: "env:ANY"}
	s.Server.Open("PANY001", "trouble", "high", "PMIRA01")
	a := s.start(t)
	on, err := a.OnCall(t.Context(), "billing")
	if err != nil || len(on) != 1 || on[0].Account.ID != "PBEN001" {
		t.Errorf("%+v, %v", on, err)
	}
	if open, err := a.Open(t.Context(), "billing"); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("%+v, %v", open, err)
	}
}

func TestTroubleWithIncidents(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	a := s.start(t)
	id := s.Server.Open("PCHECK1", "trouble", "high", "PEYES01")
	s.Fail(trouble.Limited)
	err := a.Take(t.Context(), id, port.Responder{})
	if v, after := effect.Classify(err); v != effect.Retry || after < trouble.RetryAfter {
		t.Errorf("%v after %v: %v", v, after, err)
	}
	s.Heal()
	s.Revoke(pagerdutytest.Token)
	if v, after := effect.Classify(a.Take(t.Context(), id, port.Responder{})); v != effect.Retry || after == 0 {
		t.Errorf("%v after %v", v, after)
	}
	s.AddKey(pagerdutytest.Key{Value: pagerdutytest.Token, ReadOnly: true})
	if v, _ := effect.Classify(a.Take(t.Context(), id, port.Responder{})); v != effect.Retry {
		t.Errorf("a read-only key: verdict %v", v)
	}
}
