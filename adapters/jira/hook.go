package jira

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// hookPatience bounds what a webhook makes the bot do. Jira waits for 30 seconds.
const hookPatience = 25 * time.Second

// event is what is read of a webhook. It is only a reason to look.
type event struct {
	Kind      string `json:"webhookEvent"`
	Timestamp int64  `json:"timestamp"` // milliseconds
	User      user   `json:"user"`
	Issue     struct {
		ID     string                     `json:"id"`
		Key    string                     `json:"key"`
		Fields map[string]json.RawMessage `json:"fields"`
	} `json:"issue"`
	Changelog struct {
		Items []struct {
			Field string `json:"field"`
			From  string `json:"fromString"`
		} `json:"items"`
	} `json:"changelog"`
}

var issueID = regexp.MustCompile(`^[0-9]{1,18}$`)

// decodeEvent reads a webhook's body.
func decodeEvent(body []byte) (event, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return event{}, err
	}
	if e.Kind == "" {
		return event{}, errors.New("it names no event")
	}
	if strings.HasPrefix(e.Kind, "jira:issue_") && !issueID.MatchString(e.Issue.ID) {
		return event{}, errors.New("it names no issue")
	}
	return e, nil
}

// ours reports whether the event is about an issue of ours, as far as it says.
func (e event) ours() bool {
	var labels []string
	_ = json.Unmarshal(e.Issue.Fields["labels"], &labels)
	was := ""
	for _, it := range e.Changelog.Items {
		if it.Field == "labels" {
			was = it.From
		}
	}
	return ofOurs(labels, was)
}

// Handler takes Jira's webhooks, at "/"; nil without a secret to know them by.
func (a *Adapter) Handler() http.Handler {
	if a.secret == "" || a.outside.Listener == nil {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := hook.Body(w, r)
		if !ok {
			return
		}
		signature, ok := strings.CutPrefix(r.Header.Get("X-Hub-Signature"), "sha256=")
		if !ok || !hook.Signed(a.secret, body, signature) {
			http.Error(w, "the signature is wrong", http.StatusUnauthorized)
			return
		}
		e, err := decodeEvent(body)
		if err != nil {
			http.Error(w, "the body is no event", http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), hookPatience)
		defer cancel()
		if err := a.hear(ctx, e); err != nil {
			a.outside.Log.Warn("jira: a webhook could not be followed", "event", e.Kind, "error", err.Error())
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// hear follows a webhook: the issue is looked at, whatever the event says of it.
func (a *Adapter) hear(ctx context.Context, e event) error {
	known := a.openings.has(e.Issue.ID)
	switch {
	case !e.ours() && !known:
		return nil
	case e.Kind == "jira:issue_deleted":
		return a.gone(ctx, e)
	case e.Kind != "jira:issue_updated":
		return nil // created, commented: nothing of it is in the changelog
	}
	err := a.tell(ctx, e.Issue.ID, a.outside.Clock().Add(-lookback))
	if errors.Is(err, effect.ErrNotFound) {
		return nil // deleted since: that has a webhook of its own
	}
	return err
}
