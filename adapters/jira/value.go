package jira

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// stamp is how Jira writes times.
const stamp = "2006-01-02T15:04:05.000-0700"

// writable reports whether a field's type is one that the bot can write.
func writable(f field) bool {
	switch f.Schema.Type {
	case "string", "number", "date", "datetime", "user", "option", "priority", "resolution", "version", "component":
		return true
	case "array":
		switch f.Schema.Items {
		case "string", "user", "option", "version", "component":
			return true
		}
	}
	return false
}

// value is an aspect in the form of a field; nil if there is nothing to set. Its error is a sentence for whoever maps fields.
func (a *Adapter) value(ctx context.Context, f field, v aspect) (any, error) {
	if v.empty() {
		return nil, nil
	}
	if f.Schema.Type != "array" {
		all, err := a.values(ctx, f, f.Schema.Type, v)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return all[0], nil
	}
	all, err := a.values(ctx, f, f.Schema.Items, v)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all, nil
}

func (a *Adapter) values(ctx context.Context, f field, kind string, v aspect) ([]any, error) {
	text := v.String()
	switch kind {
	case "string":
		return a.texts(f, v)
	case "number":
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("%s takes a number, and not %q", f.Name, text)
		}
		return []any{n}, nil
	case "date", "datetime":
		layout := map[string]string{"date": time.DateOnly, "datetime": stamp}[kind]
		if v.at.IsZero() {
			return nil, fmt.Errorf("%s takes a time, and not %q", f.Name, text)
		}
		return []any{v.at.UTC().Format(layout)}, nil
	case "user":
		return a.users(ctx, f, v.people)
	case "option", "priority", "resolution", "version", "component":
		return f.choose(text)
	}
	return nil, fmt.Errorf("%s is of a type that can't be written: %s", f.Name, strings.TrimSpace(f.Schema.Type+" "+f.Schema.Items))
}

// texts is an aspect as text, or as labels, which have no spaces.
func (a *Adapter) texts(f field, v aspect) ([]any, error) {
	if f.Schema.Type == "array" {
		var all []any
		for _, p := range v.people {
			all = append(all, clip(strings.ReplaceAll(oneLine(p.Name), " ", "_"), textMost))
		}
		if len(v.people) == 0 {
			all = append(all, clip(strings.ReplaceAll(oneLine(v.String()), " ", "_"), textMost))
		}
		return all, nil
	}
	switch f.custom() {
	case "textarea":
		return []any{clip(v.String(), areaMost)}, nil
	case "url":
		if !strings.HasPrefix(v.text, "https://") && !strings.HasPrefix(v.text, "http://") {
			return nil, fmt.Errorf("%s takes an address, and not %q", f.Name, v.String())
		}
		return []any{v.text}, nil
	}
	if f.ID == "environment" || f.ID == "description" {
		return []any{clip(v.String(), areaMost)}, nil
	}
	return []any{clip(oneLine(v.String()), textMost)}, nil
}

// offeredMost is how many of a field's values are listed.
const offeredMost = 12

// choose is the value that a field offers for a text.
func (f field) choose(text string) ([]any, error) {
	var offered []string
	for _, o := range f.Allowed {
		if strings.EqualFold(o.word(), text) || o.ID == text {
			if o.Value != "" {
				return []any{map[string]any{"value": o.Value}}, nil
			}
			return []any{map[string]any{"name": o.Name}}, nil
		}
		offered = append(offered, o.word())
	}
	if len(offered) > offeredMost {
		offered = append(offered[:offeredMost], "…")
	}
	return nil, fmt.Errorf("%s does not offer %q, only: %s", f.Name, text, strings.Join(offered, ", "))
}

// users are people's accounts. Who has none linked here is left out.
func (a *Adapter) users(ctx context.Context, f field, people []port.Party) ([]any, error) {
	var all []any
	for _, p := range people {
		if p.Account == "" {
			continue
		}
		if a.cloud() {
			all = append(all, map[string]any{"accountId": p.Account})
			continue
		}
		name, err := a.username(ctx, p.Account)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if name != "" {
			all = append(all, map[string]any{"name": name})
		}
	}
	return all, nil
}

// username is the name of a Data Center's user with a key, which its fields are written with; empty if there is none.
func (a *Adapter) username(ctx context.Context, key string) (string, error) {
	var out struct {
		Name string `json:"name"`
	}
	err := a.do(ctx, call{method: "GET", path: "rest/api/2/user", query: url.Values{"key": {key}}, out: &out, safe: true})
	if rest.Status(err) == 404 {
		return "", nil
	}
	if err == nil && out.Name == "" {
		err = errors.New("the answer names no user")
	}
	return out.Name, err
}

// plain is what a field's value says, alike for what is sent and for what is read: lists by line, times in UTC.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if at, err := time.Parse(stamp, v); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
		return strings.ReplaceAll(v, "\r\n", "\n")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, plain(one))
		}
		return strings.Join(all, "\n")
	case map[string]any:
		for _, name := range []string{"value", "accountId", "name", "key"} {
			if text, ok := v[name].(string); ok {
				return text
			}
		}
	}
	return fmt.Sprint(v)
}
