package pagerduty_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// The secrets of the tests by their references.
var secrets = map[string]string{
	"env:TOKEN": pagerdutytest.Token, "env:CHECKOUT": "checkoutcheckoutcheckoutcheckout", "env:LEDGER": "ledgerledgerledgerledgerledger00",
	"env:ANY": "anyanyanyanyanyanyanyanyanyany00", "env:HOOK": "whsec-old", "env:HOOK2": "whsec-new", "env:USERKEY": "u+mirasOwnKeyForPagerDuty",
}

func secret(ref string) (string, error) {
	if s, ok := secrets[ref]; ok {
		return s, nil
	}
	return "", errors.New(ref + " is not set")
}

// stage is a PagerDuty with two services, people on call, and the adapter's surroundings.
type stage struct {
	*pagerdutytest.Server
	net      *memnet.Net
	client   *http.Client
	settings pagerduty.Settings
	ears     *ears
	log      *logged
	now      func() time.Time
}

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func settings() pagerduty.Settings {
	return pagerduty.Settings{
		Token: "env:TOKEN", From: "bot@shop.example", WebhookSecrets: []string{"env:HOOK"},
		Services: map[string]pagerduty.Service{
			"checkout": {ID: "PCHECK1", RoutingKey: "env:CHECKOUT"}, "ledger": {ID: "PLEDGER", RoutingKey: "env:LEDGER"},
		},
	}
}

func begin(t testing.TB, o pagerdutytest.Options) *stage {
	t.Helper()
	if o.Clock == nil {
		o.Clock = (&clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}).now
	}
	s := &stage{Server: pagerdutytest.New(o), net: &memnet.Net{}, settings: settings(), ears: &ears{}, log: &logged{}, now: o.Clock}
	s.client = s.net.Client()
	stops := []func(){s.net.Serve("api.pagerduty.com", s.Server), s.net.Serve("events.pagerduty.com", s.Server)}
	t.Cleanup(func() {
		s.Close()
		for _, stop := range stops {
			stop()
		}
		for _, wrong := range s.Wrong() {
			t.Error(clip(wrong.Error()))
		}
	})
	for _, u := range []pagerdutytest.User{
		{ID: "PMIRA01", Name: "Mira", Email: "mira@shop.example"}, {ID: "PBEN001", Name: "Ben", Email: "ben@shop.example"},
		{ID: "PBOT001", Name: "Release bot", Email: "bot@shop.example"}, {ID: "PEYES01", Name: "Eyes", Email: "eyes@shop.example", Role: "observer"},
	} {
		s.AddUser(u)
	}
	s.AddService(pagerdutytest.Service{ID: "PCHECK1", Name: "Checkout", Policy: "PPOL001", Integrations: []pagerdutytest.Integration{{ID: "PINT001", Key: secrets["env:CHECKOUT"]}}})
	s.AddService(pagerdutytest.Service{ID: "PLEDGER", Name: "Ledger", Policy: "PPOL002", Integrations: []pagerdutytest.Integration{{ID: "PINT002", Key: secrets["env:LEDGER"]}}})
	s.AddService(pagerdutytest.Service{ID: "PANY001", Name: "Anything", Policy: "PPOL002", Integrations: []pagerdutytest.Integration{{ID: "PINT003", Key: secrets["env:ANY"]}}})
	for _, p := range []pagerdutytest.Priority{{ID: "PPRIO1", Name: "P1"}, {ID: "PPRIO2", Name: "P2"}, {ID: "PPRIO3", Name: "P3"}, {ID: "PPRIO4", Name: "P4"}, {ID: "PPRIO5", Name: "P5"}} {
		s.AddPriority(p)
	}
	s.AddShift(pagerdutytest.Shift{Policy: "PPOL001", User: "PMIRA01", Level: 1, From: o.Clock().Add(-time.Hour), Until: o.Clock().Add(time.Hour)})
	s.AddShift(pagerdutytest.Shift{Policy: "PPOL002", User: "PBEN001", Level: 1})
	return s
}

func clip(text string) string { return text[:min(len(text), 600)] }

// start makes an adapter, as a start of the bot does.
func (s *stage) start(t testing.TB) *pagerduty.Adapter {
	t.Helper()
	a, err := pagerduty.New(s.settings, pagerduty.Outside{
		Secret: secret, Clock: s.now, Client: s.client, Listener: s.ears, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// logged is what was logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// ears hear notices as the bot does: each key once, durable once nil is returned.
type ears struct {
	mu    sync.Mutex
	heard []port.Notice
	keys  map[string]bool
	deaf  error // what the next notices are refused with
}

func (e *ears) Notice(_ context.Context, n port.Notice) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.deaf != nil {
		return e.deaf
	}
	if e.keys == nil {
		e.keys = map[string]bool{}
	}
	if !e.keys[n.Key] {
		e.keys[n.Key] = true
		e.heard = append(e.heard, n)
	}
	return nil
}

func (e *ears) refuse(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deaf = err
}

func (e *ears) all() []port.Notice {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]port.Notice(nil), e.heard...)
}

// drain returns what was heard since it was called last.
func (e *ears) drain() []port.Notice {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.heard
	e.heard, e.keys = nil, nil
	return all
}

// newest is what the bot takes for true of an incident: the notice with the newest At.
func (e *ears) newest(id string) (n port.Notice) {
	for _, h := range e.all() {
		if h.Incident.Incident.ID == id && !h.At.Before(n.At) {
			n = h
		}
	}
	return n
}

func page(key string) port.Page {
	return port.Page{
		Key: key, Service: "checkout", Environment: "prod", Title: "checkout 2.4.0 was rolled back", At: time.Date(2026, 3, 1, 11, 59, 0, 0, time.UTC),
		Details: []port.Detail{{Label: "why", Text: "error rate 12 %, limit 5 %"}, {Label: "running now", Text: "checkout 2.3.9"}},
		Links:   []port.Link{{Text: "Release R-1", URL: "https://gonogo.example/r/R-1"}},
		Message: chat.Plain(chat.Say("page.rolled-back", chat.Word("service", "checkout"))),
	}
}

func no(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
