package pagerduty

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Limits of the Events API v2: https://developer.pagerduty.com/docs/send-alert-event
const (
	keyMost     = 255  // characters of a dedup_key
	summaryMost = 1024 // characters
)

// lookPatience bounds looking for a page before it is triggered: somebody has to be woken.
const lookPatience = 5 * time.Second

// Trigger wakes the on-call of the page's service. PagerDuty drops a trigger of a key that is open, and opens a new incident under one that
// was resolved: so what this process saw resolved is not sent, and incidents of the key are looked for first. Where they can't be, the
// page is sent all the same: waking somebody twice is better than not at all.
func (a *Adapter) Trigger(ctx context.Context, p port.Page) error {
	r, ok := a.routeOf(p.Service)
	switch {
	case p.Key == "" || utf8.RuneCountInString(p.Key) > keyMost:
		return effect.Permanently(fmt.Errorf("pagerduty: a page's key has 1 to %d characters, and this one %d", keyMost, utf8.RuneCountInString(p.Key)))
	case p.Title == "":
		return effect.Permanently(errors.New("pagerduty: the page has no title"))
	case !ok:
		return effect.Permanently(fmt.Errorf("pagerduty: no PagerDuty service is configured for %s, and none as default", p.Service))
	}
	if _, ended := a.ended.Get(p.Key); ended {
		return nil
	}
	if a.token != "" {
		found, err := a.find(ctx, p.Key)
		switch {
		case ctx.Err() != nil:
			return effect.Retryable(ctx.Err(), 0)
		case err != nil:
			a.outside.Log.Warn("a page is sent without looking for it first", "key", p.Key, "error", err)
		case found != nil:
			a.sent.Put(p.Key, r)
			if found.Status == string(port.IncidentResolved) {
				a.ended.Put(p.Key, struct{}{})
			}
			return nil
		}
	}
	if err := a.send(ctx, r, "trigger", event(p), false); err != nil {
		return err
	}
	a.sent.Put(p.Key, r)
	return nil
}

// find looks for incidents of a key: the open one, else one that is over; nil for none.
func (a *Adapter) find(ctx context.Context, key string) (*api.Incident, error) {
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	var found *api.Incident
	all, err := a.list(ctx, api.ListIncidentsOptions{IncidentKey: key, DateRange: "all"})
	for i := range all {
		is := all[i].IncidentKey == key
		if all[i].IncidentKey == "" {
			keys, err := a.alertKeys(ctx, all[i].ID)
			if err != nil {
				return nil, err
			}
			is = slices.Contains(keys, key)
		}
		if is && (found == nil || all[i].Status != string(port.IncidentResolved)) {
			found = &all[i]
		}
	}
	return found, err
}

func event(p port.Page) api.V2Event {
	if p.Severity == "" {
		p.Severity = port.Critical
	}
	summary, details := p.Title, p.Details
	if utf8.RuneCountInString(summary) > summaryMost {
		summary = shorten(summary)
		details = append([]port.Detail{{Label: "title", Text: p.Title}}, details...)
	}
	source := p.Service
	if p.Environment != "" {
		source += "/" + p.Environment
	}
	e := api.V2Event{
		DedupKey: p.Key, Client: "gonogo",
		Payload: &api.V2Payload{
			Summary: summary, Source: source, Severity: string(p.Severity), Timestamp: p.At.UTC().Format(time.RFC3339),
			Component: p.Service, Group: p.Environment, Class: "release", Details: object(details),
		},
	}
	for _, l := range p.Links {
		if l.URL != "" {
			e.Links = append(e.Links, map[string]string{"href": l.URL, "text": l.Text})
		}
	}
	return e
}

// shorten cuts a summary visibly; the whole goes along as a detail.
func shorten(text string) string { return string([]rune(text)[:summaryMost-1]) + "…" }

// object writes details as an object in their order, which a map would lose. A label that is there already is counted.
func object(details []port.Detail) json.RawMessage {
	b := bytes.NewBufferString("{")
	seen := map[string]int{}
	for i, d := range details {
		label := d.Label
		if seen[d.Label]++; seen[d.Label] > 1 {
			label = fmt.Sprintf("%s (%d)", d.Label, seen[d.Label])
		}
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(label) // strings can't fail
		text, _ := json.Marshal(d.Text)
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// Acknowledge takes a page on. PagerDuty accepts a key that it does not know, or that is over, and does nothing.
func (a *Adapter) Acknowledge(ctx context.Context, key string) error {
	return a.everywhere(ctx, "acknowledge", key)
}

// Resolve ends a page.
func (a *Adapter) Resolve(ctx context.Context, key string) error {
	if err := a.everywhere(ctx, "resolve", key); err != nil {
		return err
	}
	a.ended.Put(key, struct{}{})
	return nil
}

func (a *Adapter) everywhere(ctx context.Context, action, key string) error {
	var faults []error
	for _, r := range a.whither(ctx, key) {
		faults = append(faults, a.send(ctx, r, action, api.V2Event{DedupKey: key}, true))
	}
	return errors.Join(faults...)
}

// whither is where the page of a key went: as this process remembers, else as PagerDuty says, else everywhere, where it does no harm.
func (a *Adapter) whither(ctx context.Context, key string) []route {
	if r, ok := a.sent.Get(key); ok {
		return []route{r}
	}
	var there, all []route
	at := ""
	if a.token != "" {
		if found, err := a.find(ctx, key); err == nil && found != nil {
			at = found.Service.ID
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.routes)) {
		r := a.routes[name]
		if !slices.ContainsFunc(all, func(o route) bool { return o.key == r.key }) {
			all = append(all, r)
			if r.service == at && at != "" {
				there = append(there, r)
			}
		}
	}
	if len(there) > 0 {
		return there
	}
	return all
}

func (a *Adapter) send(ctx context.Context, r route, action string, e api.V2Event, safe bool) error {
	e.Action, e.RoutingKey = action, r.key
	return a.call("POST /v2/enqueue "+action, safe, func(c *api.Client) error {
		said, err := c.ManageEventWithContext(ctx, &e)
		if err == nil && said.Status != "success" {
			err = fmt.Errorf("the status is %q", said.Status)
		}
		return err
	})
}

// Changed tells of a deployment or a rollback, as a change event of its service: it wakes nobody.
func (a *Adapter) Changed(ctx context.Context, c port.Changed) error {
	r, ok := a.routeOf(c.Service)
	if !ok {
		return effect.Permanently(fmt.Errorf("pagerduty: no PagerDuty service is configured for %s, and none as default", c.Service))
	}
	details := map[string]any{
		"key": c.Key, "service": c.Service, "environment": c.Environment, "version": c.Version, "release": c.Release, "deployment": c.Deployment,
		"rollback": c.Rollback,
	}
	for _, d := range c.Details {
		details[d.Label] = d.Text
	}
	summary := c.Summary
	if utf8.RuneCountInString(summary) > summaryMost {
		summary, details["summary"] = shorten(summary), c.Summary
	}
	e := api.ChangeEvent{RoutingKey: r.key, Payload: api.ChangeEventPayload{
		Summary: summary, Source: c.Service + "/" + c.Environment, Timestamp: c.At.UTC().Format(time.RFC3339), CustomDetails: details,
	}}
	for _, l := range c.Links {
		if l.URL != "" {
			e.Links = append(e.Links, api.ChangeEventLink{Href: l.URL, Text: l.Text})
		}
	}
	return a.call("POST /v2/change/enqueue", false, func(client *api.Client) error {
		said, err := client.CreateChangeEventWithContext(ctx, e)
		if err == nil && said.Status != "success" {
			err = fmt.Errorf("the status is %q", said.Status)
		}
		return err
	})
}
