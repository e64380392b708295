package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// history is an entry of an issue's changelog. Comments leave none.
type history struct {
	ID      string `json:"id"`
	Author  user   `json:"author"`
	Created string `json:"created"`
	Items   []struct {
		Field string `json:"field"`
		From  string `json:"fromString"`
		To    string `json:"toString"`
	} `json:"items"`
}

// at is when it was; zero if that can't be read.
func (h history) at() time.Time {
	at, _ := time.Parse(stamp, h.Created)
	return at
}

// status is the change of status in the entry; false without one.
func (h history) status() (was, is string, changed bool) {
	for _, it := range h.Items {
		if it.Field == "status" {
			return it.From, it.To, true
		}
	}
	return "", "", false
}

// heard are the notices that the listener took, so that asking again tells it nothing again; it would know by itself. The zero value is
// ready to use.
type heard struct {
	mu   sync.Mutex
	keys map[string]bool
	old  map[string]bool // those before: forgotten when keys are full
}

// heardMost bounds what is remembered, twice.
const heardMost = 4096

func (h *heard) has(key string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.keys[key] || h.old[key]
}

func (h *heard) add(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.keys == nil || len(h.keys) >= heardMost {
		h.keys, h.old = map[string]bool{}, h.keys
	}
	h.keys[key] = true
}

// tell looks at an issue and gives a notice for each change since a moment that somebody else made. Webhooks and polling both come here, so
// that they say the same under the same key. The oldest comes first.
func (a *Adapter) tell(ctx context.Context, id string, since time.Time) error {
	unlock, err := a.telling.Lock(ctx, id)
	if err != nil {
		return effect.Retryable(err, 0)
	}
	defer unlock()
	i, err := a.issue(ctx, id, "changelog")
	if err != nil {
		return err
	}
	if i.change.Key == "" {
		return nil // a label alone makes no ticket of ours
	}
	me, err := a.me(ctx)
	if err != nil {
		return err
	}
	all := i.Changelog.Histories
	slices.SortFunc(all, func(x, y history) int { return cmp.Or(x.at().Compare(y.at()), cmp.Compare(number(x.ID), number(y.ID))) })
	var t port.Ticket
	native := ""
	if len(all) > 0 {
		native = i.status.Name
	}
	var notices []port.Notice
	for _, h := range slices.Backward(all) { // the newest first: what came after says whether a decision stands
		n := port.Notice{Key: "ticket:" + i.ID + ":" + h.ID, System: PlatformName, At: h.at().UTC(), Ticket: &port.TicketNotice{Was: native, Is: native}}
		was, is, moved := h.status()
		if moved {
			n.Ticket.Was, n.Ticket.Is = was, is
			native = was
		}
		if h.ID == "" || n.At.IsZero() {
			return effect.Retryable(fmt.Errorf("jira: the changelog of %s is malformed", i.Key), 0)
		}
		ours := h.Author.id() == me
		if moved && !ours && h.Author.AccountType != "app" && a.stands(all, h, me) {
			n.Ticket.Decision = a.decision(is)
		}
		if ours || h.at().Before(since) || a.heard.has(n.Key) {
			continue
		}
		if h.Author.id() != "" {
			n.Account = chat.Account{Platform: PlatformName, ID: h.Author.id()}
		}
		notices = append(notices, n)
	}
	if len(notices) == 0 {
		return nil
	}
	if t, err = a.ticket(ctx, i); err != nil {
		return err
	}
	for _, n := range slices.Backward(notices) {
		n.Ticket.Ticket = t
		if err := a.notice(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// stands reports whether nobody but the bot moved the issue after an entry: a decision that was taken back is none.
func (a *Adapter) stands(all []history, h history, me string) bool {
	after := false
	for _, o := range all {
		if _, _, moved := o.status(); after && moved && o.Author.id() != me {
			return false
		}
		after = after || o.ID == h.ID
	}
	return true
}

func (a *Adapter) decision(status string) port.Decision {
	switch {
	case oneOf(a.settings.Decisions.Go, status):
		return port.DecisionGo
	case oneOf(a.settings.Decisions.NoGo, status):
		return port.DecisionNoGo
	}
	return ""
}

func (a *Adapter) notice(ctx context.Context, n port.Notice) error {
	if err := a.outside.Listener.Notice(ctx, n); err != nil {
		return err
	}
	a.heard.add(n.Key)
	return nil
}

// gone tells that a ticket was deleted, which its changelog no longer can. The issue is what the webhook said of it; that it is gone was asked.
func (a *Adapter) gone(ctx context.Context, e event) error {
	_, err := a.issue(ctx, e.Issue.ID, "")
	if err == nil {
		return nil // it is there
	}
	if !errors.Is(err, effect.ErrNotFound) {
		return err
	}
	me, err := a.me(ctx)
	if err != nil || e.User.id() == me {
		return err
	}
	var st state
	_ = json.Unmarshal(e.Issue.Fields["status"], &st)
	n := port.Notice{
		Key: "ticket:" + e.Issue.ID + ":deleted", System: PlatformName, At: time.UnixMilli(e.Timestamp).UTC(),
		Ticket: &port.TicketNotice{Ticket: port.Ticket{ID: e.Issue.Key, Status: port.TicketOther, Native: "deleted"}, Was: st.Name, Is: "deleted"},
	}
	if e.User.id() != "" {
		n.Account = chat.Account{Platform: PlatformName, ID: e.User.id()}
	}
	if a.heard.has(n.Key) {
		return nil
	}
	return a.notice(ctx, n)
}

// lookback is how far back the first look after a start reaches, and how old a change may be that a webhook brings up.
const lookback = 24 * time.Hour

// Run asks what changed until ctx ends.
func (a *Adapter) Run(ctx context.Context) error {
	if a.outside.Listener == nil {
		<-ctx.Done()
		return nil
	}
	since := a.outside.Clock().Add(-lookback)
	updated := map[string]string{} // what was looked at, by id
	a.watch.Loop(ctx, "changes", a.settings.Poll, func(ctx context.Context) error {
		next, err := a.look(ctx, since, updated)
		if err != nil {
			a.outside.Log.Warn("jira: what changed can't be read", "error", err.Error())
			return err
		}
		since = next
		return nil
	})
	return nil
}

// look gives notices of what changed since a moment, and returns from when to look next. Search lags, and knows minutes alone: what it
// shows twice is told once. What a changelog says is by Jira's clock, which may be another: so all of it within lookback is told, once.
func (a *Adapter) look(ctx context.Context, since time.Time, updated map[string]string) (time.Time, error) {
	next := a.outside.Clock()
	since = since.Add(-a.settings.SearchLag - time.Minute)
	minutes := int(next.Sub(since)/time.Minute) + 1
	list, err := a.search(ctx, fmt.Sprintf("labels = %s AND updated >= -%dm ORDER BY updated ASC", quote(commonLabel), minutes), searchMost)
	if err != nil {
		return since, err
	}
	seen := map[string]bool{}
	for _, f := range list {
		seen[f.ID] = true
		if f.Fields.Updated != "" && updated[f.ID] == f.Fields.Updated {
			continue
		}
		if err := a.tell(ctx, f.ID, next.Add(-lookback)); err != nil && !errors.Is(err, effect.ErrNotFound) {
			return since, err
		}
		updated[f.ID] = f.Fields.Updated
	}
	for id := range updated {
		if !seen[id] {
			delete(updated, id)
		}
	}
	if len(list) == searchMost { // there is more, later: go on from there
		if at, err := time.Parse(stamp, list[searchMost-1].Fields.Updated); err == nil {
			next = at
		}
	}
	return next, nil
}

// ofOurs reports whether an issue is one of ours by its labels, or was before a change of them.
func ofOurs(labels []string, was string) bool {
	return slices.Contains(labels, commonLabel) || slices.Contains(strings.Fields(was), commonLabel)
}
