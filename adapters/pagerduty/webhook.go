package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of a webhook. PagerDuty sends at most 256 KB, under as many secrets as are being rotated, and waits 5 seconds for the answer:
// https://developer.pagerduty.com/docs/webhooks-behavior
const (
	hookMost       = 256 << 10
	signaturesMost = 8
	hookPatience   = 3 * time.Second // of these for reading the incident itself
)

// Handler takes webhooks (v3), nil if no secret is configured. A webhook says nothing of when it was sent: one that is played again is
// verified again, and does no harm, as its notice has the same key and an incident's newest notice counts.
func (a *Adapter) Handler() http.Handler {
	if len(a.secrets) == 0 {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, hookMost)
		body, ok := hook.Body(w, r)
		if !ok {
			return
		}
		if !a.signed(body, r.Header.Values("X-PagerDuty-Signature")) {
			http.Error(w, "the signature is not PagerDuty's", http.StatusUnauthorized)
			return
		}
		h, err := decode(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := a.hear(r.Context(), h); err != nil {
			a.outside.Log.Warn("a webhook was not taken", "event", h.ID, "error", err)
			http.Error(w, "not now, please again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// signed reports whether one of the signatures is one of the secrets'.
func (a *Adapter) signed(body []byte, headers []string) bool {
	n, good := 0, false
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			signature, v1 := strings.CutPrefix(strings.TrimSpace(part), "v1=")
			if !v1 {
				continue
			}
			if n++; n > signaturesMost {
				return false
			}
			for _, secret := range a.secrets {
				good = hook.Signed(secret, body, signature) || good
			}
		}
	}
	return good
}

// heard is what a webhook says.
type heard struct {
	ID, Type string
	At       time.Time
	Agent    api.APIObject
	// Incident is set if the event is of an incident itself, and not of a note, a responder or a task of one.
	Incident *api.Incident
}

// decode reads a webhook. An event that is none of an incident is whole without one.
func decode(body []byte) (heard, error) {
	var raw struct {
		Event struct {
			ID         string          `json:"id"`
			Type       string          `json:"event_type"`
			OccurredAt time.Time       `json:"occurred_at"`
			Agent      *api.APIObject  `json:"agent"`
			Data       json.RawMessage `json:"data"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return heard{}, fmt.Errorf("no webhook (v3): %w", err)
	}
	e := raw.Event
	if e.ID == "" || e.Type == "" || e.OccurredAt.IsZero() {
		return heard{}, errors.New("no webhook (v3): the event lacks its id, type or time")
	}
	h := heard{ID: e.ID, Type: e.Type, At: e.OccurredAt.UTC()}
	if e.Agent != nil {
		h.Agent = *e.Agent
	}
	if !strings.HasPrefix(e.Type, "incident.") {
		return h, nil
	}
	var of struct {
		Type   string `json:"type"`
		Number uint   `json:"number"`
	}
	if err := json.Unmarshal(e.Data, &of); err != nil {
		return heard{}, fmt.Errorf("no webhook (v3): data: %w", err)
	}
	if of.Type != "incident" {
		return h, nil
	}
	var i api.Incident
	if err := json.Unmarshal(e.Data, &i); err != nil {
		return heard{}, fmt.Errorf("no webhook (v3): data: %w", err)
	}
	if i.ID == "" || i.Service.ID == "" || i.Status == "" {
		return heard{}, errors.New("no webhook (v3): the incident lacks its id, service or status")
	}
	i.IncidentNumber = of.Number
	h.Incident = &i
	return h, nil
}

// hear takes what a webhook says as a reason to look. Where PagerDuty can't be asked, the webhook speaks for itself: it is signed.
func (a *Adapter) hear(ctx context.Context, h heard) error {
	if h.Incident == nil || a.outside.Listener == nil || len(a.services(h.Incident.Service.ID)) == 0 {
		return nil
	}
	n := port.Notice{Key: "incident:" + h.Incident.ID + ":" + h.ID, At: h.At, Account: agent(h.Agent.Type, h.Agent.ID)}
	i, key := *h.Incident, h.Incident.IncidentKey
	if now, nowKey, err := a.readNow(ctx, i.ID); err == nil {
		i, key = now, nowKey
		if at := changedAt(now); at.After(h.At) { // more happened since
			n.At, n.Account = at, agent(now.LastStatusChangeBy.Type, now.LastStatusChangeBy.ID)
		}
	} else if !errors.Is(err, errNoToken) {
		a.outside.Log.Warn("a webhook is taken at its word", "incident", i.ID, "error", err)
	}
	return a.tell(ctx, n, i, key)
}

func (a *Adapter) readNow(ctx context.Context, id string) (api.Incident, string, error) {
	if !objectID.MatchString(id) {
		return api.Incident{}, "", fmt.Errorf("pagerduty: %q is no id", id)
	}
	ctx, cancel := context.WithTimeout(ctx, hookPatience)
	defer cancel()
	i, err := a.read(ctx, id)
	if err != nil {
		return i, "", err
	}
	if len(a.services(i.Service.ID)) == 0 {
		return i, "", fmt.Errorf("pagerduty: incident %s has moved to %s, which is nobody's", id, i.Service.ID)
	}
	key, err := a.keyOf(ctx, i)
	return i, key, err
}
