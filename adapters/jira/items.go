package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var keyForm = regexp.MustCompile(`\b[A-Z][A-Z0-9_]+-[1-9][0-9]{0,9}\b`)

// jqlPlaceholders are what the search for work items may mention.
var jqlPlaceholders = []string{"service", "version", "environment", "release", "commit", "digest"}

// fillJQL puts a change into a search. Values are escaped for the quotes that they must stand in.
func fillJQL(template string, c port.Change) string {
	escape := func(text string) string { q := quote(text); return q[1 : len(q)-1] }
	return strings.NewReplacer(
		"{service}", escape(c.Service), "{version}", escape(c.Version), "{environment}", escape(c.Environment),
		"{release}", escape(c.Release), "{commit}", escape(c.Commit), "{digest}", escape(c.Digest),
	).Replace(template)
}

// WorkItems finds the issues that a change brings, and links them to its ticket.
func (a *Adapter) WorkItems(ctx context.Context, ticket string, c port.Change) ([]port.WorkItem, error) {
	t, err := a.issue(ctx, ticket, "")
	if err != nil {
		return nil, err
	}
	named, err := a.named(ctx, c)
	if err != nil {
		return nil, err
	}
	var items []port.WorkItem
	for _, id := range named {
		item, err := a.workItem(ctx, id)
		if errors.Is(err, effect.ErrNotFound) {
			continue // a word that looks like a key, or an issue that the bot may not see
		}
		if err != nil {
			return nil, err
		}
		if item.ID != t.Key && !slices.ContainsFunc(items, func(o port.WorkItem) bool { return o.ID == item.ID }) {
			items = append(items, item)
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	kind, err := a.linkKind(ctx)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if err := a.linkItem(ctx, t, kind, item.ID); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// named are the keys in a change's texts and the ids that the configured search finds, at most as many as configured.
func (a *Adapter) named(ctx context.Context, c port.Change) ([]string, error) {
	var all []string
	for _, text := range c.Items {
		for _, key := range keyForm.FindAllString(text, -1) {
			if !slices.Contains(all, key) && len(all) < a.settings.WorkItems.Max {
				all = append(all, key)
			}
		}
	}
	if a.settings.WorkItems.JQL == "" || len(all) >= a.settings.WorkItems.Max {
		return all, nil
	}
	list, err := a.search(ctx, fillJQL(a.settings.WorkItems.JQL, c), a.settings.WorkItems.Max-len(all))
	if rest.Status(err) == http.StatusBadRequest { // a version that Jira does not know is one
		a.outside.Log.Warn("jira: the search for work items is refused", "error", err.Error())
		return all, nil
	}
	for _, f := range list {
		all = append(all, f.ID)
	}
	return all, err
}

func (a *Adapter) workItem(ctx context.Context, id string) (port.WorkItem, error) {
	var i issue
	query := url.Values{"fields": {"summary,status"}}
	if err := a.do(ctx, call{method: "GET", path: issuePath(id), query: query, out: &i, safe: true, issue: true}); err != nil {
		return port.WorkItem{}, err
	}
	if err := i.read(); err != nil {
		return port.WorkItem{}, err
	}
	var title string
	_ = json.Unmarshal(i.Fields["summary"], &title)
	return port.WorkItem{ID: i.Key, Title: title, Status: i.status.Name, Done: i.status.Category.Key == "done", Link: a.link(i.Key)}, nil
}

// linkKind is a type of link with the direction in which it is said.
type linkKind struct {
	Name    string `json:"name"`
	Inward  string `json:"inward"`
	Outward string `json:"outward"`

	backwards bool
}

// errNoLink says that there is no such type of link.
var errNoLink = errors.New("no such type of link")

func (a *Adapter) linkKind(ctx context.Context) (linkKind, error) {
	var out struct {
		Types []linkKind `json:"issueLinkTypes"`
	}
	if err := a.do(ctx, call{method: "GET", path: "rest/api/2/issueLinkType", out: &out, safe: true}); err != nil {
		return linkKind{}, err
	}
	wanted := a.settings.WorkItems.Link
	for _, k := range out.Types {
		if strings.EqualFold(k.Name, wanted) || strings.EqualFold(k.Outward, wanted) {
			return k, nil
		}
	}
	for _, k := range out.Types {
		if strings.EqualFold(k.Inward, wanted) {
			k.backwards = true
			return k, nil
		}
	}
	return linkKind{}, effect.Retryable(fmt.Errorf("jira: %w: work_items.link %q", errNoLink, wanted), repairPause)
}

// linkItem links the ticket to an issue unless it is already.
func (a *Adapter) linkItem(ctx context.Context, t *issue, k linkKind, key string) error {
	for _, l := range t.links {
		to := l.Outward
		if k.backwards {
			to = l.Inward
		}
		if strings.EqualFold(l.Type.Name, k.Name) && to != nil && to.Key == key {
			return nil
		}
	}
	// The issue whose words are the outward ones is called the inward one.
	from, to := t.Key, key
	if k.backwards {
		from, to = to, from
	}
	body := map[string]any{
		"type": map[string]string{"name": k.Name}, "inwardIssue": map[string]string{"key": from}, "outwardIssue": map[string]string{"key": to},
	}
	return a.do(ctx, call{method: "POST", path: "rest/api/2/issueLink", body: body})
}
