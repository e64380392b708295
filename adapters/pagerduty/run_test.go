package pagerduty_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// running begins a stage within a bubble with an adapter that looks, without webhooks.
func running(t *testing.T, change func(*stage)) (s *stage, stop func()) {
	t.Helper()
	s = begin(t, pagerdutytest.Options{Clock: time.Now, Page: 2})
	if change != nil {
		change(s)
	}
	return s, run(t, s.start(t))
}

func run(t *testing.T, a *pagerduty.Adapter) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func (s *stage) states(id string) (all []port.IncidentState) {
	for _, n := range s.ears.all() {
		if n.Incident.Incident.ID == id {
			all = append(all, n.Incident.Incident.State)
		}
	}
	return all
}

const (
	triggered    = port.IncidentTriggered
	acknowledged = port.IncidentAcknowledged
	resolved     = port.IncidentResolved
)

func TestIncidentsAreLookedAtBesideWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var early, brief string
		s, stop := running(t, func(s *stage) {
			early = s.Server.Open("PCHECK1", "open before the start", "high", "PMIRA01")
			brief = s.Server.Open("PCHECK1", "over before the start", "high", "PMIRA01")
			s.Resolve(brief, "PMIRA01")
			s.Server.Open("PANY001", "elsewhere", "high", "PMIRA01")
		})
		defer stop()
		time.Sleep(time.Second)
		if !slices.Equal(s.states(early), []port.IncidentState{triggered}) || !slices.Equal(s.states(brief), []port.IncidentState{resolved}) {
			t.Fatalf("at the start it heard %+v", s.ears.all())
		}
		id := s.Server.Open("PLEDGER", "trouble", "low", "PBEN001")
		time.Sleep(time.Minute)
		s.Acknowledge(id, "PMIRA01")
		time.Sleep(time.Minute)
		s.Prioritise(id, "PPRIO1", "PBEN001")
		time.Sleep(time.Minute)
		if n := s.ears.newest(id); n.Incident.Incident.Severity != port.Critical || n.Account.ID != "" {
			t.Errorf("a new priority: %+v", n)
		}
		s.Resolve(id, "PMIRA01")
		between := s.Server.Open("PCHECK1", "opened and over between two looks", "high", "PMIRA01")
		s.Resolve(between, "PBEN001")
		time.Sleep(time.Minute)
		if got := s.states(id); !slices.Equal(got, []port.IncidentState{triggered, acknowledged, acknowledged, resolved}) {
			t.Errorf("%v", got)
		}
		if n := s.ears.newest(id); n.Account.ID != "PMIRA01" || n.Incident.Incident.Service != "ledger" {
			t.Errorf("%+v", n)
		}
		if got := s.states(between); !slices.Equal(got, []port.IncidentState{resolved}) {
			t.Errorf("between two looks: %v", got)
		}
		n := len(s.ears.all())
		time.Sleep(time.Hour)
		if len(s.ears.all()) != n {
			t.Errorf("it told %d times of what did not change", len(s.ears.all())-n)
		}
	})
}

// What was open for longer than a look goes back is seen to end as well.
func TestTheEndOfWhatIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := running(t, nil)
		defer stop()
		id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
		time.Sleep(3 * time.Hour)
		s.Resolve(id, "PMIRA01")
		time.Sleep(2 * time.Minute)
		if got := s.states(id); !slices.Equal(got, []port.IncidentState{triggered, resolved}) {
			t.Errorf("%v", got)
		}
	})
}

func TestALookAndAWebhookMayTellTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a := hooked(t, nil)
		defer run(t, a)()
		time.Sleep(time.Second) // after the first look, so that the webhook comes first
		id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
		time.Sleep(3 * time.Minute)
		s.Hold() // a webhook that comes late, after a look saw more
		s.Acknowledge(id, "PMIRA01")
		time.Sleep(3 * time.Minute)
		s.Release(false)
		time.Sleep(3 * time.Minute)
		if n := s.ears.newest(id); n.Incident.Incident.State != acknowledged {
			t.Errorf("%+v", n)
		}
		if got := s.states(id); !slices.Equal(got, []port.IncidentState{triggered, acknowledged, acknowledged}) {
			t.Errorf("%v", got)
		}
	})
}

func TestLooksGoFurtherApartWhilePagerDutyFails(t *testing.T) {
	for _, k := range trouble.Kinds() {
		t.Run(string(k), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, stop := running(t, nil)
				defer stop()
				time.Sleep(time.Second)
				before := len(s.Requests())
				s.Fail(k)
				began := time.Now()
				time.Sleep(time.Hour)
				id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
				s.Heal()
				time.Sleep(6 * time.Minute)
				if s.ears.newest(id).Incident == nil {
					t.Errorf("not seen %s after it healed", time.Since(began)-time.Hour)
				}
				if n := len(s.Requests()) - before; n > 40 {
					t.Errorf("%d requests in an hour of %s", n, k)
				}
			})
		})
	}
}

func TestALookThatCantBeTakenIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := running(t, func(s *stage) { s.ears.refuse(errors.New("the store is full")) })
		defer stop()
		id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
		time.Sleep(10 * time.Minute)
		s.ears.refuse(nil)
		time.Sleep(10 * time.Minute)
		if got := s.states(id); !slices.Equal(got, []port.IncidentState{triggered}) {
			t.Errorf("%v", got)
		}
	})
}

func TestRunWithoutAToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := running(t, func(s *stage) { s.settings.Token, s.settings.From = "", "" })
		time.Sleep(time.Hour)
		stop()
		if len(s.Requests()) > 0 {
			t.Errorf("it asked %v", s.Requests())
		}
	})
}

// Keys of incidents that are shown with their alerts alone are asked for once.
func TestKeysOfAlertsAreAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := running(t, func(s *stage) {
			s.AddService(pagerdutytest.Service{
				ID: "PCHECK1", Name: "Checkout", Policy: "PPOL001", Keyless: true, Integrations: []pagerdutytest.Integration{{ID: "PINT001", Key: secrets["env:CHECKOUT"]}},
			})
		})
		defer stop()
		no(t, s.start(t).Trigger(t.Context(), page("D-1")))
		time.Sleep(2 * time.Minute)
		id := s.Keyed("D-1")[0].ID
		for range 3 {
			s.Acknowledge(id, "PMIRA01")
			time.Sleep(2 * time.Minute)
			s.Unacknowledge(id)
			time.Sleep(2 * time.Minute)
		}
		if n := s.ears.newest(id); n.Incident.Incident.Key != "D-1" {
			t.Errorf("%+v", n)
		}
		asked := 0
		for _, r := range s.Requests() {
			if r == fmt.Sprintf("GET /incidents/%s/alerts", id) {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("asked for its alerts %d times", asked)
		}
	})
}

// An alert may be listed after its incident: that there was none at first is not remembered.
func TestAKeyThatIsShownLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, pagerdutytest.Options{Clock: time.Now})
		s.AddService(pagerdutytest.Service{
			ID: "PCHECK1", Name: "Checkout", Policy: "PPOL001", Keyless: true, AlertsLag: 5 * time.Second,
			Integrations: []pagerdutytest.Integration{{ID: "PINT001", Key: secrets["env:CHECKOUT"]}},
		})
		a := s.start(t)
		no(t, a.Trigger(t.Context(), page("D-1")))
		for _, want := range []string{"", "D-1"} {
			open, err := a.Open(t.Context(), "checkout")
			if err != nil || len(open) != 1 || open[0].Key != want {
				t.Errorf("open: %+v, %v, want the key %q", open, err, want)
			}
			time.Sleep(10 * time.Second)
		}
	})
}
