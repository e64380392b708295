package jiratest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

type hook struct {
	client *http.Client
	url    string
	secret string
}

// Sent is a webhook as it was sent; Status is that of the last attempt, zero before and for none.
type Sent struct {
	Event  string
	Header http.Header
	Body   []byte
	Status int
}

// How Cloud repeats a webhook that is not taken: five times, at least five minutes apart.
const (
	attempts = 5
	pause    = 5 * time.Minute
	patience = 20 * time.Second
)

// Webhooks registers a webhook for every event, signed if a secret is given.
func (s *Server) Webhooks(client *http.Client, url, secret string) {
	s.with(func() { s.hooks = append(s.hooks, hook{client, url, secret}) })
}

// Sent are the webhooks so far.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Sent
	for _, d := range s.sent {
		all = append(all, *d)
	}
	return all
}

// tell sends what happened to an issue to every webhook. They go beside each other, so that they may come in any order.
func (s *Server) tell(event string, by *User, i *issue, e *entry, c *comment) {
	payload := object{"timestamp": s.now().UnixMilli(), "webhookEvent": event}
	fields := []string{"summary", "status", "labels", "project", "issuetype"}
	if c != nil {
		payload["comment"] = s.commentJSON(c)
	} else {
		fields, payload["user"], payload["issue_event_type_name"] = []string{"*all"}, s.userJSON(by), "issue_generic"
	}
	payload["issue"] = s.issueJSON(i, fields, false)
	if e != nil {
		payload["changelog"] = object{"id": e.id, "items": s.itemsJSON(*e)}
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	for _, h := range s.hooks {
		header := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "X-Atlassian-Webhook-Identifier": {"hook-" + s.next()}}
		if h.secret != "" {
			header.Set("X-Hub-Signature", Sign(h.secret, body))
		}
		d := &Sent{Event: event, Header: header, Body: body}
		s.sent = append(s.sent, d)
		if s.ctx.Err() == nil {
			s.out.Go(func() { s.deliver(h, d) })
		}
	}
}

// Sign is the signature of a webhook's body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) deliver(h hook, d *Sent) {
	for attempt := range attempts {
		status := h.post(s.ctx, d, attempt)
		s.with(func() { d.Status = status })
		again := status == 0 || status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status == http.StatusConflict
		if !again || s.o.Kind == DataCenter {
			return
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-s.ctx.Done():
			wait.Stop()
			return
		}
	}
}

func (h hook) post(ctx context.Context, d *Sent, attempt int) int {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(d.Body))
	if err != nil {
		return 0
	}
	r.Header = d.Header.Clone()
	if attempt > 0 {
		r.Header.Set("X-Atlassian-Webhook-Retry", strconv.Itoa(attempt))
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	return answer.StatusCode
}
