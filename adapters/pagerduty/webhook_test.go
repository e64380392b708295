package pagerduty_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const door = "https://bot.example/hooks/pager"

// hooked begins a stage within a bubble whose webhooks come to an adapter.
func hooked(t *testing.T, change func(*stage)) (*stage, *pagerduty.Adapter) {
	t.Helper()
	s := begin(t, pagerdutytest.Options{Clock: time.Now})
	if change != nil {
		change(s)
	}
	a := s.start(t)
	stop := s.net.Serve("bot.example", a.Handler())
	t.Cleanup(stop)
	s.Webhooks(s.client, door, secrets["env:HOOK"])
	return s, a
}

func TestWebhooksTellOfIncidents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, a := hooked(t, nil)
		no(t, a.Trigger(t.Context(), page("D-1")))
		synctest.Wait()
		id := s.Keyed("D-1")[0].ID
		opened := time.Now().UTC()
		want := port.Notice{
			System: "pagerduty", At: opened, Incident: &port.IncidentNotice{Incident: port.Incident{
				ID: id, Key: "D-1", Name: "#1", Title: "checkout 2.4.0 was rolled back", Service: "checkout", Severity: port.Error,
				State: port.IncidentTriggered, Link: "https://acme.pagerduty.com/incidents/" + id, OpenedAt: opened.Truncate(time.Second),
			}},
		}
		got := s.ears.all()
		if len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		want.Key = got[0].Key
		if diff := cmp.Diff(want, got[0]); diff != "" || !strings.HasPrefix(got[0].Key, "incident:"+id+":") {
			t.Errorf("%s %s", got[0].Key, diff)
		}
		mira := chat.Account{Platform: "pagerduty", ID: "PMIRA01"}
		for _, c := range []struct {
			do       func()
			state    port.IncidentState
			severity port.Severity
			by       chat.Account
		}{
			{func() { s.Acknowledge(id, "PMIRA01") }, port.IncidentAcknowledged, port.Error, mira},
			{func() { s.Unacknowledge(id) }, port.IncidentTriggered, port.Error, chat.Account{}},
			{func() { s.Prioritise(id, "PPRIO1", "PMIRA01") }, port.IncidentTriggered, port.Critical, mira},
			{func() { no(t, a.Acknowledge(t.Context(), "D-1")) }, port.IncidentAcknowledged, port.Critical, chat.Account{}},
			{func() { s.Resolve(id, "PMIRA01") }, port.IncidentResolved, port.Critical, mira},
			{func() { s.Reopen(id, "PMIRA01") }, port.IncidentTriggered, port.Critical, mira},
		} {
			time.Sleep(time.Minute)
			c.do()
			synctest.Wait()
			n := s.ears.newest(id)
			if i := n.Incident.Incident; i.State != c.state || i.Severity != c.severity || n.Account != c.by || !n.At.Equal(time.Now().UTC().Truncate(time.Millisecond)) {
				t.Errorf("%s %s by %q at %s, want %s %s by %q", i.State, i.Severity, n.Account.ID, n.At, c.state, c.severity, c.by.ID)
			}
		}
		if len(s.ears.all()) != 7 || s.Delivered() != 7 {
			t.Errorf("%d notices of %d webhooks", len(s.ears.all()), s.Delivered())
		}
	})
}

// What nobody here is concerned with is taken without a word, so that PagerDuty does not repeat it.
func TestWebhooksOfNoConcern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := hooked(t, nil)
		s.Ping()
		s.Server.Open("PANY001", "trouble elsewhere", "high", "PMIRA01")
		id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
		s.Annotate(id, "looking into it", "PMIRA01")
		synctest.Wait()
		if s.Delivered() != 4 || len(s.ears.all()) != 1 {
			t.Errorf("%d delivered, heard %+v", s.Delivered(), s.ears.all())
		}
	})
}

func TestWebhooksTwiceAndOutOfOrder(t *testing.T) {
	for _, asked := range []bool{true, false} {
		t.Run(fmt.Sprintf("asked=%v", asked), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := hooked(t, func(s *stage) {
					if !asked {
						s.settings.Token, s.settings.From = "", ""
					}
				})
				s.Twice()
				s.Hold()
				id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
				for _, do := range []func(){func() { s.Acknowledge(id, "PBEN001") }, func() { s.Resolve(id, "PMIRA01") }} {
					time.Sleep(time.Minute)
					do()
				}
				s.Release(true)
				synctest.Wait()
				if n := s.ears.newest(id); n.Incident.Incident.State != port.IncidentResolved || n.Account.ID != "PMIRA01" {
					t.Errorf("%+v", n)
				}
				for _, n := range s.ears.all() { // what comes late is told as it is by now, and of when that came about
					if asked && (n.Incident.Incident.State != port.IncidentResolved || !n.At.Equal(time.Now().UTC().Truncate(time.Second))) {
						t.Errorf("%s at %s", n.Incident.Incident.State, n.At)
					}
				}
				if len(s.ears.all()) != 3 || s.Delivered() != 6 {
					t.Errorf("%d notices of %d deliveries, want 3 of 6", len(s.ears.all()), s.Delivered())
				}
			})
		})
	}
}

// A webhook is a reason to look, and where PagerDuty can't be asked it speaks for itself.
func TestWebhooksWhilePagerDutyCantBeAsked(t *testing.T) {
	for _, k := range trouble.Kinds() {
		t.Run(string(k), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := hooked(t, nil)
				s.FailDoor(pagerdutytest.REST, k)
				id := s.Server.Open("PCHECK1", "trouble", "low", "PMIRA01")
				time.Sleep(4 * time.Second) // within what PagerDuty waits, or it would deliver again
				if n := s.ears.newest(id); n.Incident == nil || n.Incident.Incident.Severity != port.Warning || n.Incident.Incident.Name != "#1" || n.Account.ID != "PMIRA01" {
					t.Errorf("%+v", n)
				}
				if s.Delivered() != 1 {
					t.Errorf("%d delivered", s.Delivered())
				}
			})
		})
	}
}

func TestAWebhookThatCantBeTakenIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := hooked(t, nil)
		s.ears.refuse(errors.New("the store is full"))
		id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
		time.Sleep(time.Minute)
		if s.Delivered() != 0 || len(s.ears.all()) != 0 {
			t.Fatal("it was taken")
		}
		s.ears.refuse(nil)
		time.Sleep(time.Hour)
		if s.Delivered() != 1 || s.ears.newest(id).Incident == nil {
			t.Errorf("%d delivered", s.Delivered())
		}
	})
}

func TestSecretsRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := hooked(t, func(s *stage) { s.settings.WebhookSecrets = []string{"env:HOOK", "env:HOOK2"} })
		for i, with := range [][]string{{"env:HOOK"}, {"env:HOOK2", "env:HOOK"}, {"env:HOOK2"}} {
			var values []string
			for _, ref := range with {
				values = append(values, secrets[ref])
			}
			s.RotateSecret(values...)
			s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
			synctest.Wait()
			if s.Delivered() != i+1 {
				t.Errorf("not taken under %v", with)
			}
		}
		s.RotateSecret("somebody else's")
		s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
		synctest.Wait()
		if s.Delivered() != 3 || len(s.ears.all()) != 3 {
			t.Errorf("%d delivered, %d heard", s.Delivered(), len(s.ears.all()))
		}
	})
}

// incident is a webhook as PagerDuty sends it, of a configured service.
const incident = `{"event":{"id":"01E","event_type":"incident.triggered","resource_type":"incident","occurred_at":"2026-03-01T12:00:00.169Z",
"agent":{"id":"PMIRA01","type":"user_reference"},"client":null,"data":{"id":"PINC001","type":"incident","number":7,"status":"triggered",
"incident_key":"D-1","created_at":"2026-03-01T12:00:00Z","title":"trouble","service":{"id":"PCHECK1","type":"service_reference"},"urgency":"high","priority":null}}}`

func post(h http.Handler, body []byte, signature string) int {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("X-PagerDuty-Signature", signature)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestWhatIsForgedOrMalformedIsRefused(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	s.settings.Token, s.settings.From = "", ""
	h := s.start(t).Handler()
	body := []byte(incident)
	signed := pagerdutytest.Sign(body, secrets["env:HOOK"])
	for _, c := range []struct {
		name      string
		body      []byte
		signature string
		want      int
	}{
		{"no signature", body, "", 401},
		{"under an empty secret", body, pagerdutytest.Sign(body, ""), 401},
		{"under another secret", body, pagerdutytest.Sign(body, "guess"), 401},
		{"of another version", body, strings.Replace(signed, "v1=", "v0=", 1), 401},
		{"without a version", body, strings.TrimPrefix(signed, "v1="), 401},
		{"cut short", body, signed[:len(signed)-2], 401},
		{"another body", append([]byte(" "), body...), signed, 401},
		{"among too many", body, strings.Repeat(pagerdutytest.Sign(body, "guess")+",", 9) + signed, 401},
		{"signed and no JSON", []byte("{"), pagerdutytest.Sign([]byte("{"), secrets["env:HOOK"]), 400},
		{"signed and no event", []byte("{}"), pagerdutytest.Sign([]byte("{}"), secrets["env:HOOK"]), 400},
		{"too long", bytes.Repeat([]byte(" "), 300<<10), "", 413},
		{"signed", body, signed, 204},
		{"signed under several", body, pagerdutytest.Sign(body, "new", secrets["env:HOOK"]), 204},
		{"with a space between", body, strings.Replace(pagerdutytest.Sign(body, "new", secrets["env:HOOK"]), ",", ", ", 1), 204},
	} {
		if got := post(h, c.body, c.signature); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if n := s.ears.all(); len(n) != 1 || n[0].Incident.Incident.Name != "#7" {
		t.Errorf("heard %+v", n)
	}
	r := httptest.NewRecorder()
	h.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/", nil))
	if r.Code != http.StatusMethodNotAllowed {
		t.Errorf("a GET is answered with %d", r.Code)
	}
	s.settings.WebhookSecrets = nil
	if s.start(t).Handler() != nil {
		t.Error("webhooks are taken without a secret")
	}
}

// Every sample that PagerDuty publishes is read: those of incidents of a configured service are heard, the others taken without a word.
func TestPublishedSamples(t *testing.T) {
	t.Parallel()
	names, err := vendorspec.Samples("pagerduty/samples/01-overview")
	if errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	no(t, err)
	s := begin(t, pagerdutytest.Options{})
	s.settings.Token, s.settings.From = "", ""
	s.settings.Services["api"] = pagerduty.Service{ID: "PF9KMXH", RoutingKey: "env:ANY"}
	h := s.start(t).Handler()
	heard := 0
	for _, name := range names {
		raw, err := vendorspec.Sample(name)
		no(t, err)
		switch {
		case strings.Contains(name, "webhook-subscriptions"):
			continue // what a subscription is made with
		case !strings.Contains(name, "webhook-payload"): // the data of an event alone
			kind := "incident.something"
			if strings.Contains(name, "-service") {
				kind = "service.updated"
			}
			raw = fmt.Appendf(nil, `{"event":{"id":"01E","event_type":%q,"occurred_at":"2020-10-02T18:45:22.169Z","agent":null,"data":%s}}`, kind, raw)
		}
		if got := post(h, raw, pagerdutytest.Sign(raw, secrets["env:HOOK"])); got != http.StatusNoContent {
			t.Errorf("%s: %d", name, got)
		}
		if all := s.ears.all(); len(all) > heard {
			heard = len(all)
			i := all[heard-1].Incident.Incident
			if i.ID != "PGR0VU2" || i.Service != "api" || i.Severity != port.Critical || i.Name != "#2" || i.Key != "d3640fbd41094207a1c11e58e46b1662" {
				t.Errorf("%s: %+v", name, i)
			}
		}
	}
	if heard != 2 || len(names) != 15 {
		t.Errorf("%d of %d samples are incidents, want 2 of 15", heard, len(names))
	}
}

// Services that share one of PagerDuty's are each told; the default one stands for no service by name.
func TestSharedServices(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	s.settings.Token, s.settings.From = "", ""
	s.settings.Services["basket"] = s.settings.Services["checkout"]
	s.settings.Default = pagerduty.Service{ID: "PANY001", RoutingKey: "env:ANY"}
	h := s.start(t).Handler()
	for _, raw := range []string{incident, strings.NewReplacer("PCHECK1", "PANY001", "PINC001", "PINC002").Replace(incident)} {
		if got := post(h, []byte(raw), pagerdutytest.Sign([]byte(raw), secrets["env:HOOK"])); got != http.StatusNoContent {
			t.Errorf("%d", got)
		}
	}
	var got []string
	for _, n := range s.ears.all() {
		got = append(got, n.Incident.Incident.ID+" "+n.Incident.Incident.Service)
	}
	if want := []string{"PINC001 basket", "PINC001 checkout", "PINC002 "}; !cmp.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
