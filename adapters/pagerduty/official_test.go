package pagerduty_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/prism"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// official is where Prism is, once `npm ci` was run there: a mock server by others on PagerDuty's own descriptions.
const official = "../../testdata/official/pagerduty"

// exemplary ends every list with its first page, and leaves the incident to be acknowledged: the examples do neither.
func exemplary(raw map[string]any) {
	pagerdutytest.Mend(raw)
	each(raw, func(m map[string]any) {
		if m["more"] == true {
			m["more"] = false
		}
		if m["incident_number"] != nil && m["status"] != nil {
			m["status"] = "triggered"
		}
	})
}

func each(v any, do func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		do(v)
		for _, below := range v {
			each(below, do)
		}
	case []any:
		for _, below := range v {
			each(below, do)
		}
	}
}

// TestRequestsAsPrismSeesThem has a server by others compare the adapter's requests with PagerDuty's descriptions, and answer with their
// examples.
func TestRequestsAsPrismSeesThem(t *testing.T) {
	p := prism.Need(t, official)
	// Prism knows no answer for the vendor's own Accept header.
	s, ctx := settings(), t.Context()
	seen := &prism.Witness{Prepare: func(r *http.Request) { r.Header.Set("Accept", "application/json") }}
	s.APIURL = p.Mock(t, vendorspec.Options{File: "pagerduty/rest-openapiv3.json.gz", Keep: pagerdutytest.Paths, Mend: exemplary})
	s.EventsURL = p.Mock(t, vendorspec.Options{File: "pagerduty/events-v2-openapiv3.json", Base: "/v2"})
	a, err := pagerduty.New(s, pagerduty.Outside{Secret: secret, Clock: time.Now, Client: &http.Client{Transport: seen}, Listener: &ears{}})
	no(t, err)

	no(t, a.Trigger(ctx, page("D-1")))
	no(t, a.Acknowledge(ctx, "D-1"))
	no(t, a.Resolve(ctx, "D-1"))
	no(t, a.Changed(ctx, port.Changed{Key: "D-1", Service: "checkout", Environment: "prod", Version: "2.4.0", Release: "R-1", Summary: "deployed", At: time.Now(), Links: page("").Links}))
	on, err := a.OnCall(ctx, "checkout")
	if err != nil || len(on) != 1 || on[0].Account.ID != "PT23IWX" || on[0].Level != 2 {
		t.Errorf("on call: %+v, %v", on, err)
	}
	open, err := a.Open(ctx, "checkout")
	if err != nil || len(open) != 1 || open[0].ID != "PT4KHLK" || open[0].Name != "#1234" || open[0].Severity != port.Error || open[0].Service != "checkout" {
		t.Errorf("open: %+v, %v", open, err)
	}
	no(t, a.Take(ctx, "PT4KHLK", port.Responder{Account: chat.Account{Platform: "pagerduty", ID: "PXPGF42"}}))
	no(t, a.Take(ctx, "PT4KHLK", port.Responder{Email: "somebody@shop.example"}))
	a.Examine(ctx)
	for _, wrong := range seen.Wrong() {
		t.Error(clip(wrong))
	}
	if lacks := seen.Lacks(
		"POST /v2/enqueue", "POST /v2/change/enqueue", "GET /incidents", "GET /services/PCHECK1", "GET /oncalls", "GET /incidents/PT4KHLK", "GET /users/PXPGF42",
		"GET /users", "PUT /incidents", "GET /users/me", "GET /webhook_subscriptions", "GET /priorities",
	); len(lacks) > 0 {
		t.Errorf("not asked: %q", lacks)
	}

	// And Prism does see what is wrong.
	for _, wrong := range []struct{ method, url, body string }{
		{"PUT", s.APIURL + "/incidents", `{"incidents":[{"id":"P1","type":"incident","status":"done"}]}`},
		{"POST", s.EventsURL + "/v2/enqueue", `{"event_action":"trigger"}`},
	} {
		r, err := http.NewRequestWithContext(ctx, wrong.method, wrong.url, strings.NewReader(wrong.body))
		no(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("From", "bot@shop.example")
		r.Header.Set("Authorization", "Token token=x")
		answer, err := seen.RoundTrip(r)
		no(t, err)
		_ = answer.Body.Close()
	}
	if wrong := seen.Wrong(); len(wrong) != 2 {
		t.Errorf("Prism let wrong requests pass: %q", wrong)
	}
}
