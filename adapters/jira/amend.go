package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Amend writes what changed in what is known of the change since it was last written. What somebody edited in Jira meanwhile stays: a field is
// only written where the bot has something new to say. What the ticket is about, its digest above all, is never written again.
func (a *Adapter) Amend(ctx context.Context, ticket string, c port.Change) error {
	i, err := a.issue(ctx, ticket, "editmeta")
	if err != nil {
		return err
	}
	before := i.change
	if before.Key == "" {
		return effect.Permanently(fmt.Errorf("jira: %s is no ticket of the bot's", ticket))
	}
	c.Key, c.Release, c.Digest, c.At = before.Key, before.Release, before.Digest, before.At
	fields, err := a.changed(ctx, i, before, c)
	if err != nil {
		return err
	}
	now := stored(c)
	switch kept := stored(before); {
	case len(fields) > 0:
		body := map[string]any{"fields": fields, "properties": []property{now}}
		return a.do(ctx, call{method: "PUT", path: issuePath(i.Key), body: body, issue: true, safe: true})
	case now != kept:
		return a.do(ctx, call{method: "PUT", path: issuePath(i.Key, "properties", changeProperty), body: now.Value, issue: true, safe: true})
	}
	return nil
}

// changed are the fields to write for the difference between two changes.
func (a *Adapter) changed(ctx context.Context, i *issue, before, after port.Change) (map[string]any, error) {
	if len(a.settings.Fields) == 0 {
		return nil, nil
	}
	sc, err := a.fields(ctx)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	for _, name := range Names() {
		f, mapped := sc.fields[name]
		if !mapped || same(aspects[name](before), aspects[name](after)) {
			continue
		}
		v, err := a.value(ctx, f, aspects[name](after))
		if err != nil {
			return nil, effect.Retryable(fmt.Errorf("jira: fields.%s: %w", name, err), repairPause)
		}
		if says, _ := i.says(f); v == nil || says == plain(v) {
			continue
		}
		if at, there := i.EditMeta.Fields[f.ID]; !there || !at.settable() {
			// Where the workflow bars editing there is nobody to wait for: a ticket that is closed stays as it was closed.
			a.outside.Log.Warn("jira: a field can't be edited now", "ticket", i.Key, "field", f.Name)
			continue
		}
		fields[f.ID] = v
	}
	return fields, nil
}

func same(a, b aspect) bool {
	return a.text == b.text && a.at.Equal(b.at) && slices.Equal(a.people, b.people)
}

// Attach adds a file unless the ticket has one of its name.
func (a *Adapter) Attach(ctx context.Context, ticket string, f port.Evidence) error {
	if f.Name == "" || len(f.Body) > port.EvidenceMost {
		return effect.Permanently(fmt.Errorf("the file %q has no name, or is over %d bytes", f.Name, port.EvidenceMost))
	}
	i, err := a.issue(ctx, ticket, "")
	if err != nil {
		return err
	}
	if there, err := a.evidence(ctx, i); err != nil || slices.Contains(there, f.Name) {
		return err
	}
	var made []json.RawMessage
	if err := a.upload(ctx, i.Key, f, &made); err != nil {
		return err
	}
	if len(made) == 0 {
		return errors.New("jira: the answer to an attachment names none")
	}
	return nil
}
