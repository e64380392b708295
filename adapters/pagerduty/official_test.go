package pagerduty_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
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

// official is where Prism is, once `npm ci` was run there: a server by others on PagerDuty's own descriptions.
const official = "../../testdata/official/pagerduty"

// vendorAccept is what PagerDuty wants to be asked for, and describes no answer for.
const vendorAccept = "application/vnd.pagerduty+json;version=2"

func plainAccept(r *http.Request) { r.Header.Set("Accept", "application/json") }

// asked are the requests that the adapter can make.
var asked = []string{
	"POST /v2/enqueue", "POST /v2/change/enqueue", "GET /incidents", "PUT /incidents", "GET /oncalls", "GET /users", "GET /users/me", "GET /webhook_subscriptions",
	"GET /priorities",
}

// examples is the REST description with examples that end every list with its first page, and leave the incident to be acknowledged.
func examples() vendorspec.Options {
	o := pagerdutytest.Described(pagerdutytest.REST)
	mend := o.Mend
	o.Mend = func(raw map[string]any) {
		mend(raw)
		each(raw, func(m map[string]any) {
			if m["more"] == true {
				m["more"] = false
			}
			if m["incident_number"] != nil && m["status"] != nil {
				m["status"] = "triggered"
			}
		})
	}
	return o
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

// TestExamplesAsPrismAnswersThem has a server by others compare the adapter's requests with PagerDuty's descriptions, and answer with the
// examples in them.
func TestExamplesAsPrismAnswersThem(t *testing.T) {
	t.Parallel()
	p := prism.Need(t, official)
	s, seen, ctx := settings(), &prism.Witness{Prepare: plainAccept}, t.Context()
	s.APIURL, s.EventsURL = p.Mock(t, examples()), p.Mock(t, pagerdutytest.Described(pagerdutytest.Events))
	a, err := pagerduty.New(s, pagerduty.Outside{Secret: secret, Clock: time.Now, Client: &http.Client{Transport: seen}, Listener: &ears{}})
	no(t, err)

	no(t, a.Trigger(ctx, page("D-1")))
	no(t, a.Acknowledge(ctx, "D-1"))
	no(t, a.Resolve(ctx, "D-1"))
	no(t, a.Changed(ctx, changed()))
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
		t.Error(wrong)
	}
	if lacks := seen.Lacks(append(slices.Clone(asked), "GET /services/PCHECK1", "GET /incidents/PT4KHLK", "GET /users/PXPGF42")...); len(lacks) > 0 {
		t.Errorf("not asked: %q", lacks)
	}

	// And Prism does see what is wrong.
	for _, wrong := range []struct{ method, url, body string }{
		{"PUT", s.APIURL + "/incidents", `{"incidents":[{"id":"P1","type":"incident","status":"done"}]}`},
		{"GET", s.APIURL + "/incidents?limit=many", ""},
		{"POST", s.EventsURL + "/v2/enqueue", `{"event_action":"trigger"}`},
		{"POST", s.EventsURL + "/v2/change/enqueue", `{"routing_key":"r","payload":{}}`},
	} {
		r, err := http.NewRequestWithContext(ctx, wrong.method, wrong.url, strings.NewReader(wrong.body))
		no(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("From", "bot@shop.example")
		r.Header.Set("Authorization", "Token token=x")
		answer, err := seen.RoundTrip(r)
		no(t, err)
		_ = answer.Body.Close()
		if len(seen.Wrong()) == 0 {
			t.Errorf("Prism lets a wrong request pass: %s %s %s", wrong.method, wrong.url, wrong.body)
		}
	}
}

// TestRequestsAndAnswersAsPrismSeesThem puts Prism between the adapter and the tests' PagerDuty: it compares what each says to the other.
func TestRequestsAndAnswersAsPrismSeesThem(t *testing.T) {
	t.Parallel()
	p := prism.Need(t, official)
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := begin(t, pagerdutytest.Options{Clock: c.now, Page: 2})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v2/") {
			r.Header.Set("Accept", vendorAccept) // which was taken away for Prism alone
		}
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	seen, ctx := &prism.Witness{Answers: true, Prepare: plainAccept}, t.Context()
	s.settings.APIURL = p.Between(t, pagerdutytest.Described(pagerdutytest.REST), server.URL)
	s.settings.EventsURL = p.Between(t, pagerdutytest.Described(pagerdutytest.Events), server.URL)
	s.settings.Token = "env:USERKEY"
	s.AddKey(pagerdutytest.Key{Value: secrets["env:USERKEY"], User: "PMIRA01"})
	s.subscribe()
	s.client = &http.Client{Transport: seen}
	a := s.start(t)

	no(t, a.Trigger(ctx, page("D-1")))
	no(t, a.Changed(ctx, changed()))
	c.pass(time.Minute)
	for range 3 {
		s.Prioritise(s.Server.Open("PCHECK1", "trouble", "low", "PMIRA01"), "PPRIO1", "PMIRA01")
	}
	open, err := a.Open(ctx, "checkout")
	if err != nil || len(open) != 4 {
		t.Fatalf("open: %+v, %v", open, err)
	}
	no(t, a.Take(ctx, open[1].ID, port.Responder{Account: chat.Account{Platform: "pagerduty", ID: "PMIRA01"}}))
	no(t, a.Take(ctx, open[2].ID, port.Responder{Email: "ben@shop.example"}))
	no(t, a.Acknowledge(ctx, "D-1"))
	no(t, a.Resolve(ctx, "D-1"))
	no(t, s.start(t).Trigger(ctx, page("D-1"))) // looked for, found over
	if on, err := a.OnCall(ctx, "checkout"); err != nil || len(on) != 1 {
		t.Errorf("on call: %+v, %v", on, err)
	}
	for _, f := range a.Examine(ctx) {
		if !f.OK {
			t.Errorf("examined: %s", say(f.What))
		}
	}
	for _, wrong := range seen.Wrong() {
		t.Error(wrong)
	}
	if lacks := seen.Lacks(append(slices.Clone(asked), "GET /services/PCHECK1", "GET /incidents/"+open[1].ID, "GET /users/PMIRA01")...); len(lacks) > 0 {
		t.Errorf("not asked: %q", lacks)
	}
}

func changed() port.Changed {
	return port.Changed{
		Key: "D-1", Service: "checkout", Environment: "prod", Version: "2.4.0", Release: "R-1", Deployment: "D-1", Summary: "checkout 2.4.0 was deployed",
		Details: []port.Detail{{Label: "by", Text: "Mira"}}, Links: page("D-1").Links, At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}
