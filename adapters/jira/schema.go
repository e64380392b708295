package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// schema is what Jira says of creating our issues.
type schema struct {
	typeID string
	screen map[string]field // what can be set when one is created, by id
	fields map[string]field // the mapped ones, by our name
	// missing are the mappings to fields that are not on that screen.
	missing []string
}

// field is a field of the issue type.
type field struct {
	ID         string    `json:"fieldId"`
	Key        string    `json:"key"` // the id in metadata for editing on Cloud
	Name       string    `json:"name"`
	Required   bool      `json:"required"`
	HasDefault bool      `json:"hasDefaultValue"`
	Operations []string  `json:"operations"`
	Allowed    []allowed `json:"allowedValues"`
	Schema     struct {
		Type   string `json:"type"`
		Items  string `json:"items"`
		Custom string `json:"custom"`
	} `json:"schema"`
}

// allowed is a value that a field offers: by value for options, by name for all else.
type allowed struct {
	ID    string `json:"id"`
	Value string `json:"value"`
	Name  string `json:"name"`
}

func (v allowed) word() string { return cmp.Or(v.Value, v.Name) }

// settable reports whether the field's value can be set as a whole.
func (f field) settable() bool { return slices.Contains(f.Operations, "set") }

// custom is the kind of a custom field: "textfield".
func (f field) custom() string { return f.Schema.Custom[strings.LastIndex(f.Schema.Custom, ":")+1:] }

// errNoType says that the project has no such issue type.
var errNoType = errors.New("no such issue type")

// fields returns what Jira says of creating our issues, kept for a while.
func (a *Adapter) fields(ctx context.Context) (*schema, error) {
	return a.schema.get(ctx, a.outside.Clock(), schemaLife, a.readSchema)
}

func (a *Adapter) readSchema(ctx context.Context) (*schema, error) {
	types, err := pages[struct{ ID, Name string }](ctx, a, a.createPath(), "issueTypes")
	if err != nil {
		return nil, err
	}
	sc := &schema{screen: map[string]field{}, fields: map[string]field{}}
	for _, t := range types {
		if strings.EqualFold(t.Name, a.settings.IssueType) || t.ID == a.settings.IssueType {
			sc.typeID = t.ID
		}
	}
	if sc.typeID == "" {
		return nil, effect.Retryable(fmt.Errorf("jira: %w: %s in %s, or the bot may create none there", errNoType, a.settings.IssueType, a.settings.Project), repairPause)
	}
	fields, err := pages[field](ctx, a, a.createPath(sc.typeID), "fields")
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		f.ID = cmp.Or(f.ID, f.Key)
		sc.screen[f.ID] = f
	}
	for _, name := range Names() {
		wanted, mapped := a.settings.Fields[name]
		if !mapped {
			continue
		}
		if f, there := sc.find(wanted); there {
			sc.fields[name] = f
		} else {
			sc.missing = append(sc.missing, fmt.Sprintf("%s (%s)", name, wanted))
		}
	}
	return sc, nil
}

// find is the field of an id or a name; of two with one name, which Jira allows, that with the lower id.
func (sc *schema) find(wanted string) (field, bool) {
	if f, ok := sc.screen[wanted]; ok {
		return f, true
	}
	for _, id := range slices.Sorted(maps.Keys(sc.screen)) {
		if f := sc.screen[id]; strings.EqualFold(f.Name, wanted) {
			return f, true
		}
	}
	return field{}, false
}

func (a *Adapter) createPath(parts ...string) string {
	return strings.Join(append([]string{"rest/api/2/issue/createmeta", url.PathEscape(a.settings.Project), "issuetypes"}, parts...), "/")
}

// pagesMost bounds a list that Jira gives in pages of pageSize.
const pagesMost = 40

// pages reads a list in pages: Cloud names it, Data Center calls it values.
func pages[T any](ctx context.Context, a *Adapter, path, name string) ([]T, error) {
	var all []T
	for range pagesMost {
		var page struct {
			Total  int             `json:"total"`
			Values json.RawMessage `json:"values"`
		}
		var named map[string]json.RawMessage
		var raw json.RawMessage
		query := url.Values{"startAt": {strconv.Itoa(len(all))}, "maxResults": {strconv.Itoa(pageSize)}}
		if err := a.do(ctx, call{method: "GET", path: path, query: query, out: &raw, safe: true}); err != nil {
			return nil, err
		}
		err := errors.Join(json.Unmarshal(raw, &page), json.Unmarshal(raw, &named))
		if list, ok := named[name]; ok {
			page.Values = list
		}
		var some []T
		if err == nil {
			err = json.Unmarshal(page.Values, &some)
		}
		if err != nil {
			return nil, effect.Retryable(fmt.Errorf("jira: GET /%s: the answer is malformed: %w", path, err), 0)
		}
		all = append(all, some...)
		if len(some) == 0 || len(all) >= page.Total {
			break
		}
	}
	return all, nil
}
