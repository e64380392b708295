package pagerdutytest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
)

const routingKey = "0123456789abcdef0123456789abcdef"

func begin(t *testing.T, o pagerdutytest.Options) *pagerdutytest.Server {
	t.Helper()
	s := pagerdutytest.New(o)
	t.Cleanup(s.Close)
	s.AddUser(pagerdutytest.User{ID: "PMIRA01", Name: "Mira", Email: "mira@shop.example"})
	s.AddService(pagerdutytest.Service{ID: "PCHECK1", Name: "Checkout", Policy: "PPOL001", Integrations: []pagerdutytest.Integration{{ID: "PINT001", Key: routingKey}}})
	return s
}

// ask sends a request as a client of PagerDuty's does; headers are "Name: value".
func ask(s *pagerdutytest.Server, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(path, "/v2/") {
		r.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
		r.Header.Set("Authorization", "Token token="+pagerdutytest.Token)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func event(action, key string) string {
	return fmt.Sprintf(`{"routing_key":%q,"event_action":%q,"dedup_key":%q,"payload":{"summary":"it burns","source":"checkout","severity":"critical"}}`, routingKey, action, key)
}

// What a client gets wrong is seen, by the description or by what the documentation says besides.
func TestStrict(t *testing.T) {
	t.Parallel()
	if _, err := vendorspec.Samples("pagerduty"); errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	good := `{"incidents":[{"id":"PINC","type":"incident","status":"acknowledged"}]}`
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		right              bool
	}{
		"an event":                   {"POST", "/v2/enqueue", event("trigger", "k"), nil, true},
		"an action":                  {"POST", "/v2/enqueue", event("panic", "k"), nil, false},
		"a severity":                 {"POST", "/v2/enqueue", strings.Replace(event("trigger", "k"), "critical", "dreadful", 1), nil, false},
		"no source":                  {"POST", "/v2/enqueue", strings.Replace(event("trigger", "k"), `"source"`, `"sauce"`, 1), nil, false},
		"a list":                     {"GET", "/incidents?statuses[]=triggered&limit=100", "", nil, true},
		"an unknown filter":          {"GET", "/incidents?status=triggered", "", nil, false},
		"an unknown status":          {"GET", "/incidents?statuses[]=open", "", nil, false},
		"an unknown path":            {"GET", "/incident", "", nil, false},
		"a body where there is none": {"GET", "/abilities", "{}", nil, false},
		"another version":            {"GET", "/abilities", "", []string{"Accept: application/json"}, false},
		"another form":               {"GET", "/abilities", "", []string{"Content-Type: text/plain"}, false},
		"a change":                   {"PUT", "/incidents", good, []string{"From: mira@shop.example"}, true},
		"a change by nobody":         {"PUT", "/incidents", good, nil, false},
		"a change of nothing":        {"PUT", "/incidents", `{}`, []string{"From: mira@shop.example"}, false},
		"a change to something":      {"PUT", "/incidents", strings.Replace(good, "acknowledged", "done", 1), []string{"From: mira@shop.example"}, false},
		"a change without type":      {"PUT", "/incidents", strings.Replace(good, `"type":"incident",`, "", 1), []string{"From: mira@shop.example"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t, pagerdutytest.Options{})
			id := s.Open("PCHECK1", "trouble", "high", "PMIRA01")
			w := ask(s, c.method, c.path, strings.Replace(c.body, "PINC", id, 1), c.headers...)
			if wrong := s.Wrong(); (len(wrong) == 0) != c.right {
				t.Errorf("answered with %d, wrong: %.300v", w.Code, wrong)
			}
		})
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	for _, c := range []struct {
		action, key string
		incidents   int
		last        pagerdutytest.Status
	}{
		{"acknowledge", "k", 0, ""}, {"resolve", "k", 0, ""}, // accepted, and nothing is done
		{"trigger", "k", 1, pagerdutytest.Triggered}, {"trigger", "k", 1, pagerdutytest.Triggered},
		{"acknowledge", "k", 1, pagerdutytest.Acknowledged}, {"trigger", "k", 1, pagerdutytest.Acknowledged},
		{"resolve", "k", 1, pagerdutytest.Resolved}, {"acknowledge", "k", 1, pagerdutytest.Resolved},
		{"trigger", "k", 2, pagerdutytest.Triggered}, // under a key that was resolved, a new incident is opened
		{"trigger", "l", 3, pagerdutytest.Triggered},
	} {
		if w := ask(s, "POST", "/v2/enqueue", event(c.action, c.key)); w.Code != http.StatusAccepted {
			t.Fatalf("%s %s: %d %s", c.action, c.key, w.Code, w.Body)
		}
		all := s.Incidents()
		if len(all) != c.incidents || len(all) > 0 && all[len(all)-1].Status != c.last {
			t.Errorf("after %s %s: %+v", c.action, c.key, all)
		}
	}
	for _, body := range []string{
		"{", strings.Replace(event("trigger", "k"), routingKey, "short", 1), strings.Replace(event("trigger", "k"), routingKey, strings.Repeat("f", 32), 1),
		event("resolve", ""), event("trigger", strings.Repeat("k", 256)), strings.Replace(event("trigger", "k"), "it burns", strings.Repeat("x", 1025), 1),
	} {
		if w := ask(s, "POST", "/v2/enqueue", body); w.Code != http.StatusBadRequest {
			t.Errorf("%.80s: %d", body, w.Code)
		}
	}
	if w := ask(s, "POST", "/v2/enqueue", event("trigger", strings.Repeat("k", 600<<10))); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge event: %d", w.Code)
	}
}

func TestRights(t *testing.T) {
	t.Parallel()
	s := begin(t, pagerdutytest.Options{})
	s.AddKey(pagerdutytest.Key{Value: "reads", ReadOnly: true, User: "PMIRA01"})
	id := s.Open("PCHECK1", "trouble", "high", "PMIRA01")
	change := fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"resolved"}]}`, id)
	for _, c := range []struct {
		method, path, body string
		headers            []string
		want               int
	}{
		{"GET", "/abilities", "", []string{"Authorization: Token token=wrong"}, 401},
		{"GET", "/abilities", "", []string{"Authorization: Bearer " + pagerdutytest.Token}, 401},
		{"GET", "/users/me", "", nil, 400},
		{"GET", "/users/me", "", []string{"Authorization: Token token=reads"}, 200},
		{"PUT", "/incidents", change, []string{"Authorization: Token token=reads", "From: mira@shop.example"}, 403},
		{"PUT", "/incidents", change, []string{"From: nobody@shop.example"}, 400},
		{"PUT", "/incidents", change, []string{"From: mira@shop.example"}, 200},
		{"PUT", "/incidents", change, []string{"From: mira@shop.example"}, 400}, // it is resolved already
		{"GET", "/incidents/PGONE01", "", nil, 404},
	} {
		if w := ask(s, c.method, c.path, c.body, c.headers...); w.Code != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, w.Code, w.Body, c.want)
		}
	}
	for _, err := range s.Wrong() {
		t.Error(err)
	}
}

func TestPagesAndLimits(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := begin(t, pagerdutytest.Options{Clock: func() time.Time { return at }, Page: 2, Limit: 4})
	for range 3 {
		s.Open("PCHECK1", "trouble", "high", "PMIRA01")
	}
	var list struct {
		Incidents     []json.RawMessage
		Limit, Offset int
		More          bool
	}
	for _, c := range []struct {
		query string
		n     int
		more  bool
	}{{"limit=100", 2, true}, {"limit=100&offset=2", 1, false}, {"offset=7", 0, false}, {"limit=1", 1, true}} {
		w := ask(s, "GET", "/incidents?"+c.query, "")
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Incidents) != c.n || list.More != c.more {
			t.Errorf("%s: %v %s", c.query, err, w.Body)
		}
	}
	w := ask(s, "GET", "/abilities", "")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Ratelimit-Reset") != "60" {
		t.Errorf("over the limit: %d %v", w.Code, w.Header())
	}
	at = at.Add(time.Minute)
	if w := ask(s, "GET", "/abilities", ""); w.Code != http.StatusOK {
		t.Errorf("a minute later: %d", w.Code)
	}
}

// PagerDuty repeats what is not taken, in order, and drops what is refused: three in a row disable a subscription.
func TestDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var net memnet.Net
		bot := &receiver{status: http.StatusServiceUnavailable}
		defer net.Serve("bot.example", bot)()
		s := begin(t, pagerdutytest.Options{Clock: time.Now})
		s.Webhooks(net.Client(), "https://bot.example/", "secret")
		id := s.Open("PCHECK1", "trouble", "high", "PMIRA01")
		s.Acknowledge(id, "PMIRA01")
		time.Sleep(time.Minute)
		if got := bot.answer(http.StatusAccepted); len(got) < 2 || got[len(got)-1] != "incident.triggered" {
			t.Errorf("it delivered %v", got)
		}
		time.Sleep(2 * time.Hour)
		if got := bot.answer(http.StatusUnauthorized); strings.Join(got, " ") != "incident.triggered incident.acknowledged" {
			t.Errorf("it delivered %v", got)
		}
		for range 5 {
			s.Acknowledge(id, "PMIRA01")
			time.Sleep(time.Minute)
		}
		if got := bot.answer(0); len(got) != 3 || !s.HookDisabled() {
			t.Errorf("it delivered %v", got)
		}
	})
}

// receiver notes what it is told of, and answers as it is told to.
type receiver struct {
	mu     sync.Mutex
	status int
	got    []string
}

// ServeHTTP implements http.Handler.
func (b *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e struct {
		Event struct {
			Type string `json:"event_type"`
		} `json:"event"`
	}
	_ = json.NewDecoder(r.Body).Decode(&e)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, e.Event.Type)
	w.WriteHeader(b.status)
}

// answer sets what is answered from now on, and returns what came so far.
func (b *receiver) answer(status int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := b.got
	b.status, b.got = status, nil
	return got
}
