package pagerduty_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

type reader struct{}

func (reader) PersonName(id string) string       { return id }
func (reader) Accounts(string) []chat.Account    { return nil }
func (reader) Unseal(chat.Sealed) (string, bool) { return "", false }
func (reader) Zone() *time.Location              { return time.UTC }
func say(t chat.Text) string                     { return words.Text(t, reader{}, time.Now()) }
func (s *stage) subscribe(change ...func(*pagerdutytest.Subscription)) {
	u := pagerdutytest.Subscription{ID: "PHOOK01", URL: "https://bot.example/hooks/pager"}
	for _, c := range change {
		c(&u)
	}
	s.AddSubscription(u)
}

// examined are the findings in words: "ok: …", or "what → what to do".
func (s *stage) examined(t *testing.T) (out []string) {
	t.Helper()
	for _, f := range s.start(t).Examine(t.Context()) {
		switch {
		case f.OK:
			out = append(out, "ok: "+say(f.What))
		case f.Do.IsZero():
			t.Errorf("%q does not say what to do", say(f.What))
		default:
			out = append(out, say(f.What)+" → "+say(f.Do))
		}
	}
	return out
}

func TestExamine(t *testing.T) {
	t.Parallel()
	service := func(change func(*pagerdutytest.Service)) func(*stage) {
		return func(s *stage) {
			s.subscribe()
			v := pagerdutytest.Service{ID: "PCHECK1", Name: "Checkout", Policy: "PPOL001", Integrations: []pagerdutytest.Integration{{ID: "PINT001", Key: secrets["env:CHECKOUT"]}}}
			change(&v)
			s.AddService(v)
		}
	}
	key := func(k pagerdutytest.Key) func(*stage) {
		return func(s *stage) {
			s.subscribe()
			k.Value = secrets["env:USERKEY"]
			s.AddKey(k)
			s.settings.Token = "env:USERKEY"
		}
	}
	for name, c := range map[string]struct {
		change func(*stage)
		want   []string // beginnings of the findings that are not good; of all of them where the first begins with "ok"
	}{
		"all is well": {func(s *stage) { s.subscribe() }, []string{
			"ok: PagerDuty is asked at https://api.pagerduty.com, and events are sent to https://events.pagerduty.com.",
			"ok: The REST API key is the account's. Whether it is read-only can't be read",
			"ok: Incidents are acknowledged in the name of bot@shop.example",
			"ok: Pages of checkout go to Checkout.", "ok: The routing key of checkout is that of", "ok: 1 person is on call for checkout by the escalation policy PPOL001.",
			"ok: Pages of ledger go to Ledger.", "ok: The routing key of ledger is that of", "ok: 1 person is on call for ledger",
			"ok: What happens to incidents of PCHECK1 comes by webhook to https://bot.example/hooks/pager.", "ok: What happens to incidents of PLEDGER",
			"ok: The account has the priorities P1, P2, P3, P4",
		}},
		"events alone": {func(s *stage) { s.settings.Token, s.settings.WebhookSecrets = "", nil }, []string{"ok: PagerDuty is asked at", "ok: No REST API key is configured (token)"}},
		"wrong key":    {func(s *stage) { s.Revoke(pagerdutytest.Token) }, []string{"The REST API key is not accepted. → Make a new key (Integrations, API Access Keys) and put it where env:TOKEN points."}},
		"a user's key": {key(pagerdutytest.Key{User: "PMIRA01"}), nil},
		"the key of somebody who only looks": {key(pagerdutytest.Key{User: "PEYES01"}), []string{
			"The REST API key is that of Eyes, whose role is observer: incidents can't be acknowledged from chat. → Put the key of a user who may respond to incidents, or of the account, where env:USERKEY points.",
		}},
		"a key without rights": {key(pagerdutytest.Key{Without: []string{"/oncalls", "/webhook_subscriptions", "/priorities", "/users"}}), []string{
			"The REST API key may not ask for GET /users. → Take a key of the whole account",
			"The REST API key may not ask for GET /oncalls.", "The REST API key may not ask for GET /oncalls.",
			"The REST API key may not ask for GET /webhook_subscriptions.", "The REST API key may not ask for GET /priorities.",
		}},
		"nobody by that address": {func(s *stage) { s.subscribe(); s.settings.From = "nobody@shop.example" }, []string{
			"PagerDuty knows no user with the address nobody@shop.example. → Write the address of a PagerDuty user",
		}},
		"an address of somebody who only looks": {func(s *stage) { s.subscribe(); s.settings.From = "eyes@shop.example" }, []string{
			"The user with the address eyes@shop.example may not acknowledge: their role is observer. → Write the address",
		}},
		"no such service": {func(s *stage) {
			s.subscribe()
			s.settings.Services["ledger"] = pagerduty.Service{ID: "PGONE01", RoutingKey: "env:LEDGER"}
		}, []string{"PagerDuty has no service PGONE01 for ledger that the key may see. → Write the id at the end of the address of the service's page (P…) under ledger."}},
		"service disabled":  {service(func(v *pagerdutytest.Service) { v.Status = "disabled" }), []string{"Pages of checkout go to Checkout, which opens no incidents: its status is disabled. → Enable the service"}},
		"no integration":    {service(func(v *pagerdutytest.Service) { v.Integrations = nil }), []string{"The PagerDuty service of checkout has no Events API v2 integration: unless the routing key is an orchestration's, its pages go astray. → Add the integration"}},
		"an e-mail alone":   {service(func(v *pagerdutytest.Service) { v.Integrations[0].Type = "generic_email_inbound_integration" }), []string{"The PagerDuty service of checkout has no Events API v2 integration"}},
		"another's key":     {service(func(v *pagerdutytest.Service) { v.Integrations[0].Key = secrets["env:ANY"] }), []string{"The routing key of checkout belongs to none of the Events API v2 integrations of its PagerDuty service: pages may go astray. → Add the integration “Events API V2” to the PagerDuty service, and put its integration key where the routing_key of checkout points."}},
		"a key not shown":   {service(func(v *pagerdutytest.Service) { v.Integrations[0].Hidden = true }), nil},
		"nobody is on call": {service(func(v *pagerdutytest.Service) { v.Policy = "PPOL003" }), []string{"Nobody is on call for checkout by the escalation policy PPOL003. → Put somebody on"}},
		"a default": {func(s *stage) {
			s.subscribe()
			s.settings.Default = pagerduty.Service{ID: "PANY001", RoutingKey: "env:LEDGER"}
		}, []string{"The routing key of default belongs to none"}},
		"no webhooks":              {func(s *stage) { s.settings.WebhookSecrets = nil }, nil},
		"no subscription":          {func(*stage) {}, []string{"Secrets of webhooks are configured, and no webhook subscription leads to an address that ends in /hooks/pager. → Add a Generic Webhook (V3)"}},
		"no secret":                {func(s *stage) { s.subscribe(); s.settings.WebhookSecrets = nil }, []string{"Webhooks are sent to https://bot.example/hooks/pager, and no secret is configured to verify them with: they are refused. → Put the secret"}},
		"a subscription elsewhere": {func(s *stage) { s.subscribe(func(u *pagerdutytest.Subscription) { u.URL = "https://other.example/" }) }, []string{"Secrets of webhooks are configured, and no webhook"}},
		"a subscription of one service": {func(s *stage) { s.subscribe(func(u *pagerdutytest.Subscription) { u.Service = "PCHECK1" }) }, []string{
			"No webhook comes for incidents of PLEDGER. → Add a Generic Webhook (V3)",
		}},
		"a subscription disabled": {func(s *stage) { s.subscribe(func(u *pagerdutytest.Subscription) { u.Disabled = true }) }, []string{
			"The webhook subscription PHOOK01 for incidents of PCHECK1 is disabled. → Enable it", "The webhook subscription PHOOK01 for incidents of PLEDGER is disabled.",
		}},
		"a subscription that lacks events": {func(s *stage) {
			s.subscribe(func(u *pagerdutytest.Subscription) {
				u.Service, u.Events = "PCHECK1", []string{"incident.triggered", "incident.resolved", "incident.reopened", "incident.unacknowledged"}
			})
			s.subscribe(func(u *pagerdutytest.Subscription) { u.ID, u.Service = "PHOOK02", "PLEDGER" })
		}, []string{"The webhook subscription PHOOK01 does not tell of incident.acknowledged and incident.priority_updated. → Add these events"}},
		"other priorities": {func(s *stage) {
			s.subscribe()
			s.settings.Severity.Priorities = map[string]port.Severity{"P1": port.Critical, "Sev-1": port.Critical}
		}, []string{"Severities are mapped by priorities that the account does not have: Sev-1. → Correct severity.priorities: the account has P1, P2, P3, P4"}},
		"priorities of the account's own": {func(s *stage) { s.subscribe(); s.AddPriority(pagerdutytest.Priority{ID: "PPRIO9", Name: "SEV-0"}) }, []string{
			"Incidents with these priorities are judged by their urgency alone, as no severity is mapped to them: SEV-0. → Correct severity.priorities: the account has P1",
		}},
		"PagerDuty is down":       {func(s *stage) { s.Fail(trouble.Closed) }, []string{"PagerDuty can't be asked for GET /users/me: "}},
		"PagerDuty is not itself": {func(s *stage) { s.Fail(trouble.Garbled) }, []string{"PagerDuty can't be asked for GET /users/me: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t, pagerdutytest.Options{})
			c.change(s)
			got := s.examined(t)
			if len(c.want) == 0 || !strings.HasPrefix(c.want[0], "ok") {
				got = slices.DeleteFunc(got, func(line string) bool { return strings.HasPrefix(line, "ok") })
			}
			for i, line := range got {
				if i >= len(c.want) || !strings.HasPrefix(line, c.want[i]) {
					t.Errorf("finding %d: %s", i, clip(line))
				}
			}
			if len(got) < len(c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if slices.ContainsFunc(s.Requests(), func(r string) bool { return !strings.HasPrefix(r, "GET ") }) || len(s.Incidents()) > 0 {
				t.Errorf("examining did more than look: %v", s.Requests())
			}
		})
	}
}

// A PagerDuty that does not answer is found out within one request's patience.
func TestExamineSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, pagerdutytest.Options{Clock: time.Now})
		s.Fail(trouble.Silent)
		began := time.Now()
		if got := s.examined(t); len(got) != 2 || !strings.HasPrefix(got[1], "PagerDuty can't be asked for GET /users/me: ") {
			t.Errorf("%q", got)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
