package pagerdutytest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// How webhooks are delivered: https://developer.pagerduty.com/docs/webhooks-behavior
const (
	hookPatience = 5 * time.Second
	hookFor      = 48 * time.Hour // that one is tried
	hookFirst    = 10 * time.Second
	hookSlowest  = time.Hour
	dropsMost    = 3 // one after the other, then a subscription is disabled
)

// Subscription is a webhook subscription as it is listed.
type Subscription struct {
	ID, URL  string
	Events   []string
	Service  string // empty for the whole account
	Inactive bool
	Disabled bool // for a while, as too much was refused
}

// HookEvents are the events that a webhook of the bot's subscribes to.
var HookEvents = []string{
	"incident.acknowledged", "incident.annotated", "incident.priority_updated", "incident.reopened", "incident.resolved", "incident.triggered",
	"incident.unacknowledged",
}

// AddSubscription lists a subscription without delivering by it.
func (s *Server) AddSubscription(u Subscription) {
	if u.Events == nil {
		u.Events = HookEvents
	}
	s.set(func(w *world) { w.subscriptions = append(w.subscriptions, u) })
}

type subscription struct {
	client  *http.Client
	url     string
	id      string
	secrets []string
	queues  map[string][]*delivery // by incident, in order; the first is on its way
	dropped int
}

type delivery struct {
	to       *subscription
	incident string
	kind     string
	id       string
	body     []byte
}

// Webhooks subscribes a URL to all incidents, and delivers from now on, signed with the secret.
func (s *Server) Webhooks(client *http.Client, url, secret string) {
	s.hooks.Lock()
	id := fmt.Sprintf("PHOOK%d", len(s.post)+1)
	s.post = append(s.post, &subscription{client: client, url: url, id: id, secrets: []string{secret}, queues: map[string][]*delivery{}})
	s.hooks.Unlock()
	s.AddSubscription(Subscription{ID: id, URL: url})
}

// RotateSecret signs with these secrets from now on: two while one replaces another.
func (s *Server) RotateSecret(secrets ...string) {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	for _, u := range s.post {
		u.secrets = slices.Clone(secrets)
	}
}

// Twice delivers everything twice from now on.
func (s *Server) Twice() {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	s.twice = true
}

// Hold keeps deliveries back until Release.
func (s *Server) Hold() {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	s.holding = true
}

// Release delivers what was held back, the newest first if backwards: beyond 55 KB PagerDuty keeps no order.
func (s *Server) Release(backwards bool) {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	s.holding = false
	if backwards {
		slices.Reverse(s.held)
	}
	for _, d := range s.held {
		s.queue(d)
	}
	s.held = nil
}

// Delivered counts the deliveries that were answered with a 2xx.
func (s *Server) Delivered() int {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	return s.sent
}

// HookDisabled reports whether a subscription was disabled: three of its deliveries in a row were refused.
func (s *Server) HookDisabled() bool {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	return slices.ContainsFunc(s.post, func(u *subscription) bool { return u.dropped >= dropsMost })
}

// Ping sends a test event, as the button in a subscription's settings does.
func (s *Server) Ping() {
	s.emit("pagey.ping", "", map[string]any{
		"id": "01PING", "event_type": "pagey.ping", "resource_type": "pagey", "occurred_at": s.options.Clock().UTC().Format(hookTime),
		"agent": nil, "client": nil, "data": map[string]any{"message": "Hello from your friend Pagey!", "type": "ping"},
	})
}

const hookTime = "2006-01-02T15:04:05.000Z"

// tell sends an incident to all webhooks.
func (s *Server) tell(kind string, i *Incident, by Agent, at time.Time) {
	v := s.world.service(i.Service)
	data := map[string]any{
		"id": i.ID, "type": "incident", "self": "https://api.pagerduty.com/incidents/" + i.ID, "html_url": "https://acme.pagerduty.com/incidents/" + i.ID,
		"number": i.Number, "status": i.Status, "incident_key": i.Key, "created_at": stamp(i.CreatedAt), "title": i.Title,
		"service": reference(i.Service, "service_reference", v.Name), "assignees": []any{}, "teams": []any{},
		"escalation_policy": reference(v.Policy, "escalation_policy_reference", v.Policy), "priority": nil, "urgency": i.Urgency,
		"conference_bridge": nil, "resolve_reason": nil,
	}
	if p := s.priority(i.Priority); p != nil {
		data["priority"] = map[string]any{"id": p.ID, "type": "priority_reference", "summary": p.Name, "self": nil, "html_url": nil}
	}
	if v.Keyless {
		data["incident_key"] = nil
	}
	s.tellOf(kind, i, by, at, data)
}

func (s *Server) tellOf(kind string, i *Incident, by Agent, at time.Time, data any) {
	s.emit(kind, i.ID, map[string]any{
		"id": s.world.nextID("01EVENT"), "event_type": kind, "resource_type": "incident", "occurred_at": at.UTC().Format(hookTime),
		"agent": s.agent(by), "client": map[string]any{"name": "PagerDuty"}, "data": data,
	})
}

func (s *Server) emit(kind, incident string, event map[string]any) {
	body, err := json.Marshal(map[string]any{"event": event})
	if err != nil {
		panic(err)
	}
	s.hooks.Lock()
	defer s.hooks.Unlock()
	for _, u := range s.post {
		d := &delivery{u, incident, kind, fmt.Sprintf("%s-%v", u.id, event["id"]), body}
		times := 1
		if s.twice {
			times = 2
		}
		for range times {
			if s.holding {
				s.held = append(s.held, d)
			} else {
				s.queue(d)
			}
		}
	}
}

// queue delivers after what is on its way for the same incident. The caller holds s.hooks.
func (s *Server) queue(d *delivery) {
	if d.to.dropped >= dropsMost || s.life.Err() != nil {
		return
	}
	q := append(d.to.queues[d.incident], d)
	d.to.queues[d.incident] = q
	if len(q) == 1 {
		s.all.Go(func() { s.deliver(d.to, d.incident) })
	}
}

func (s *Server) deliver(to *subscription, incident string) {
	for s.life.Err() == nil {
		s.hooks.Lock()
		d := to.queues[incident][0]
		s.hooks.Unlock()
		ok := s.try(d)
		s.hooks.Lock()
		if ok {
			s.sent++
			to.dropped = 0
		} else {
			to.dropped++
		}
		q := to.queues[incident][1:]
		if to.dropped >= dropsMost {
			q = nil
		}
		if to.queues[incident] = q; len(q) == 0 {
			s.hooks.Unlock()
			return
		}
		s.hooks.Unlock()
	}
}

// try delivers one, again for as long as PagerDuty would. A refusal other than 429 is for good.
func (s *Server) try(d *delivery) bool {
	wait := hookFirst
	for began := s.options.Clock(); s.options.Clock().Sub(began) < hookFor; wait = min(2*wait, hookSlowest) {
		status := s.once(d)
		if status/100 == 2 {
			return true
		}
		if status/100 == 4 && status != http.StatusTooManyRequests {
			return false
		}
		t := time.NewTimer(wait)
		select {
		case <-s.life.Done():
			t.Stop()
			return false
		case <-t.C:
		}
	}
	return false
}

func (s *Server) once(d *delivery) (status int) {
	s.hooks.Lock()
	signature := Sign(d.body, d.to.secrets...)
	s.hooks.Unlock()
	r, err := http.NewRequestWithContext(s.life, http.MethodPost, d.to.url, bytes.NewReader(d.body))
	if err != nil {
		return http.StatusBadRequest
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "PagerDuty-Webhook/V3.0")
	r.Header.Set("X-PagerDuty-Signature", signature)
	r.Header.Set("X-Webhook-Id", d.id)
	r.Header.Set("X-Webhook-Subscription", d.to.id)
	client := *d.to.client
	client.Timeout = hookPatience
	res, err := client.Do(r)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Sign is the signature of a body: one under each secret.
func Sign(body []byte, secrets ...string) string {
	var all []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		all = append(all, "v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, ",")
}
