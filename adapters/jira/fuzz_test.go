package jira_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// says answers every request alike.
type says struct {
	status int
	body   string
}

// RoundTrip implements http.RoundTripper.
func (s says) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: s.status, Status: http.StatusText(s.status), Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(s.body)), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

func answered(t *testing.T, s says, fields map[string]string) *jira.Adapter {
	t.Helper()
	set := settings(jiratest.Cloud, "https://jira.example")
	set.Fields = fields
	a, err := jira.New(set, jira.Outside{Secret: secret, Clock: time.Now, Client: &http.Client{Transport: s}, Listener: &ears{}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever Jira answers, nothing panics, no ticket comes out of it without an id and a status, and it is not taken for "not there".
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"id":"10001","key":"CHG-1","fields":{"status":{"name":"Open"}},"accountId":"1","comments":[],"issues":[],"transitions":[]}`)
	f.Add(200, `{"id":"10001","key":"CHG-1","fields":{"status":{"name":"Open"},"labels":["gonogo"]},"properties":{"gonogo.change":"{\"key\":\"R-1\"}"},`+
		`"accountId":"1","comments":[{"author":{"accountId":"1"},"body":"x\n\n{{gonogo k 2026-03-01T12:00:00Z}}"}],"issues":[{"id":"10001"}],`+
		`"transitions":[{"id":"1","name":"a","to":{"name":"Done"},"fields":{"x":{"required":true}}}],`+
		`"changelog":{"histories":[{"id":"2","created":"2026-03-01T12:00:00.000+0000","items":[{"field":"status","fromString":"a","toString":"b"}]}]}}`)
	f.Add(200, `{"issueTypes":[{"id":"1","name":"Change"}],"fields":[{"fieldId":"labels","name":"Labels"}],"values":[1]}`)
	f.Add(200, `{"issueTypes":{},"issues":null,"comments":{}}`)
	f.Add(404, `{"errorMessages":["no"],"errors":{"a":"b"}}`)
	f.Add(429, ``)
	f.Add(500, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		for _, fields := range []map[string]string{nil, {"digest": "Artifact digest"}} {
			a := answered(t, says{status, body}, fields)
			ticket, err := a.Ticket(t.Context(), "CHG-1")
			if err == nil && (ticket.ID == "" || ticket.Native == "") {
				t.Errorf("taken for a ticket: %+v", ticket)
			}
			if _, err := a.Find(t.Context(), "gonogo-R-1"); errors.Is(err, effect.ErrNotFound) && !strings.Contains(body, "BROWSE_PROJECTS") {
				t.Errorf("taken for “not there”: %v", err)
			}
			_ = a.Move(t.Context(), "CHG-1", port.TicketDone)
			_ = a.Amend(t.Context(), "CHG-1", change("gonogo-R-1"))
			_ = a.Note(t.Context(), "CHG-1", port.Note{Key: "k", Text: "x"})
			_, _ = a.WorkItems(t.Context(), "CHG-1", port.Change{Items: []string{"PAY-1"}})
			_, _ = a.Open(t.Context(), change("gonogo-R-1"))
			a.Examine(t.Context())
		}
	})
}

// Whatever a webhook brings, nothing panics, and nothing is heard of one that was not signed.
func FuzzWebhook(f *testing.F) {
	f.Add([]byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10001","fields":{"labels":["gonogo"]}}}`), "")
	f.Add([]byte(`{"webhookEvent":"jira:issue_deleted","timestamp":1,"user":{"accountId":"2"},"issue":{"id":"1","key":"CHG-1","fields":{"labels":["gonogo"],"status":1}}}`), "sha256=00")
	f.Add([]byte(`{"webhookEvent":"comment_created","changelog":{"items":[{"field":"labels","fromString":"gonogo"}]}}`), "sha256=")
	f.Add([]byte(`[]`), "sha1=00")
	f.Fuzz(func(t *testing.T, body []byte, signature string) {
		a := answered(t, says{200, `{"id":"1","key":"CHG-1","fields":{"status":{"name":"Open"}},"accountId":"1"}`}, nil)
		send := func(signature string) int {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
			r.Header.Set("X-Hub-Signature", signature)
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, r)
			return w.Code
		}
		right := jiratest.Sign(hookSecret, body)
		if code := send(signature); !strings.EqualFold(signature, right) && code != http.StatusUnauthorized {
			t.Errorf("%q is taken with %d", signature, code)
		}
		if code := send(right); code == http.StatusUnauthorized {
			t.Error("the right signature is refused")
		}
	})
}
