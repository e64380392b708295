package jira

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Creating an issue is not idempotent, and search lags behind what was created: on Cloud by seconds to minutes, on a Data Center of several
// nodes until the index of the one that answers has caught up. Atlassian's remedy, reconciling a search with issue ids, needs the very
// id that a lost answer did not bring. So a key that search does not find was opened nowhere only if nobody can have tried to open it within
// the lag: this process not by its own account (openings), an earlier one not since this one began, as there is one at a time. Once the
// process is older than the lag, a key that it never tried is answered at once; a change decided in its life need not even wait for
// that. What this process opened it finds by the issue's id, which does not lag.

// labels that an issue of ours has: one that all have, and one for its key.
const (
	commonLabel = "gonogo"
	labelMost   = 100 // bytes of a key that a label shows
)

var plainKey = regexp.MustCompile(`^gonogo-[A-Za-z0-9._-]+$`)

// label is the label of a key. It has no spaces and begins with the common one; what had to be altered for that is told apart by a digest.
func label(key string) string {
	if plainKey.MatchString(key) && len(key) <= labelMost {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	shown := regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(key[:min(len(key), labelMost)], "-")
	return commonLabel + "-" + shown + "-" + hex.EncodeToString(sum[:4])
}

// openings are what this process opened and tried to. The zero value is ready to use.
type openings struct {
	mu    sync.Mutex
	known map[string]string    // key to issue id
	tried map[string]time.Time // key to when its last attempt ended, or began
}

// knownMost bounds what is remembered: what is forgotten is searched for.
const knownMost = 4096

func (o *openings) try(key string, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tried == nil {
		o.tried = map[string]time.Time{}
	}
	o.tried[key] = at
}

func (o *openings) last(key string) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tried[key]
}

func (o *openings) id(key string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.known[key]
}

// is notes the issue of a key; an empty id forgets it.
func (o *openings) is(key, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if id == "" {
		delete(o.known, key)
		return
	}
	if o.known == nil || len(o.known) >= knownMost {
		o.known = map[string]string{}
	}
	o.known[key] = id
	delete(o.tried, key)
}

// has reports whether an issue is one that this process knows as ours.
func (o *openings) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, known := range o.known {
		if known == id {
			return true
		}
	}
	return false
}

// Find returns the ticket of a key.
func (a *Adapter) Find(ctx context.Context, key string) (port.Ticket, error) {
	asked := a.outside.Clock()
	i, err := a.byKey(ctx, key)
	if err != nil {
		return port.Ticket{}, err
	}
	if i != nil {
		return a.ticket(ctx, i)
	}
	last := a.openings.last(key)
	if last.Before(a.started) {
		last = a.started
	}
	if until := last.Add(a.settings.SearchLag); asked.Before(until) {
		return port.Ticket{}, fmt.Errorf("jira: no issue is labelled %s so far, and search may lag until %s", label(key), until.UTC().Format(time.RFC3339))
	}
	return port.Ticket{}, fmt.Errorf("jira: no issue is labelled %s: %w", label(key), effect.ErrNotFound)
}

// Open opens the ticket of a change, or returns the one that its key has.
func (a *Adapter) Open(ctx context.Context, c port.Change) (port.Ticket, error) {
	if c.Key == "" {
		return port.Ticket{}, effect.Permanently(errors.New("the change has no key"))
	}
	unlock, err := perkey.Lock(ctx, perkey.Key(a.outside.Client, a.base, c.Key))
	if err != nil {
		return port.Ticket{}, effect.Retryable(err, 0)
	}
	defer unlock()
	asked := a.outside.Clock()
	i, err := a.byKey(ctx, c.Key)
	if err != nil {
		return port.Ticket{}, err
	}
	if i != nil {
		return a.ticket(ctx, i)
	}
	last := a.openings.last(c.Key)
	if c.At.Before(a.started) && last.Before(a.started) {
		last = a.started
	}
	if wait := last.Add(a.settings.SearchLag).Sub(asked); wait > 0 {
		return port.Ticket{}, effect.Retryable(fmt.Errorf("jira: a ticket for %s may have been opened already: search lags", c.Key), wait)
	}
	return a.create(ctx, c)
}

func (a *Adapter) create(ctx context.Context, c port.Change) (port.Ticket, error) {
	sc, err := a.fields(ctx)
	if err != nil {
		return port.Ticket{}, err
	}
	fields, err := a.newFields(ctx, sc, c)
	if err != nil {
		return port.Ticket{}, err
	}
	var made struct {
		ID  string `json:"id"`
		Key string `json:"key"`
	}
	body := map[string]any{"fields": fields, "properties": []property{stored(c)}}
	a.openings.try(c.Key, a.outside.Clock())
	err = a.do(ctx, call{method: "POST", path: "rest/api/2/issue", body: body, out: &made})
	if err == nil && made.ID == "" {
		err = errors.New("jira: the answer to an opened ticket does not say which")
	}
	if err != nil {
		a.openings.try(c.Key, a.outside.Clock())
		return port.Ticket{}, err
	}
	a.openings.is(c.Key, made.ID)
	i, err := a.issue(ctx, made.ID, "")
	if err != nil { // it is opened: the outcome must not be taken for another
		return port.Ticket{}, fmt.Errorf("jira: opened as %s, and not read back: %s", made.Key, err.Error())
	}
	return a.ticket(ctx, i)
}

// newFields are the fields of a new issue.
func (a *Adapter) newFields(ctx context.Context, sc *schema, c port.Change) (map[string]any, error) {
	if len(sc.missing) > 0 {
		return nil, effect.Retryable(fmt.Errorf("jira: %s can't be set when a %s is created in %s: put it on that screen, or correct the mapping",
			strings.Join(sc.missing, ", "), a.settings.IssueType, a.settings.Project), repairPause)
	}
	if _, on := sc.screen["labels"]; !on {
		return nil, effect.Retryable(fmt.Errorf("jira: Labels is not on the screen that creates a %s in %s: the ticket could not be found again",
			a.settings.IssueType, a.settings.Project), repairPause)
	}
	fields := map[string]any{
		"project": map[string]string{"key": a.settings.Project}, "issuetype": map[string]string{"id": sc.typeID},
		"summary": clip(oneLine(c.Summary), textMost), "labels": []string{commonLabel, label(c.Key)},
	}
	if _, on := sc.screen["description"]; on {
		fields["description"] = describe(c)
	}
	for _, name := range Names() {
		f, mapped := sc.fields[name]
		if !mapped {
			continue
		}
		v, err := a.value(ctx, f, aspects[name](c))
		if err != nil {
			return nil, effect.Retryable(fmt.Errorf("jira: fields.%s: %w", name, err), repairPause)
		}
		if v != nil {
			fields[f.ID] = v
		}
	}
	return fields, nil
}

// candidatesMost bounds the issues with the label of one key: copies that people made keep it.
const candidatesMost = 20

// byKey returns the issue of a key, nil if search finds none. Of several, which copying makes, the oldest counts that has the key in its
// property and that the bot's own account created: labels and properties are for everybody to write who may edit issues, and keys can be
// guessed, while Jira lets nobody say who created an issue.
func (a *Adapter) byKey(ctx context.Context, key string) (*issue, error) {
	if id := a.openings.id(key); id != "" {
		i, err := a.issue(ctx, id, "")
		if err == nil && i.change.Key == key {
			return i, nil
		}
		if err != nil && !errors.Is(err, effect.ErrNotFound) {
			return nil, err
		}
		a.openings.is(key, "")
	}
	all, err := a.search(ctx, "labels = "+quote(label(key))+" ORDER BY created ASC", candidatesMost)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y found) int { return cmp.Compare(number(x.ID), number(y.ID)) })
	for _, f := range all {
		i, err := a.issue(ctx, f.ID, "")
		if errors.Is(err, effect.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		switch me, err := a.me(ctx); {
		case err != nil:
			return nil, err
		case i.change.Key != key:
		case i.creator.id() == "":
			return nil, effect.Retryable(fmt.Errorf("jira: it does not say who created %s", i.Key), 0)
		case i.creator.id() == me:
			a.openings.is(key, i.ID)
			return i, nil
		}
	}
	return nil, a.browses(ctx)
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}
