package jira

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// changeProperty is the issue property that keeps the change as the bot knows it, which no field may show in full.
const changeProperty = "gonogo.change"

// property is an issue property. Its value is JSON within a string, which both kinds of Jira describe and take.
type property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// stored is the change as the property keeps it, well below the 32,768 characters that a property may have.
func stored(c port.Change) property {
	c.Items = nil // only read for what they name
	c.Risk, c.Rollback, c.Summary = clip(c.Risk, areaMost/2), clip(c.Rollback, areaMost/2), clip(c.Summary, areaMost/2)
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts and times alone
	}
	return property{changeProperty, string(raw)}
}

// unstored reads what stored wrote; anything else is no change of ours.
func unstored(raw json.RawMessage) port.Change {
	var text string
	var c port.Change
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	if json.Unmarshal(raw, &c) != nil {
		return port.Change{}
	}
	return c
}

// issue is an issue as the API says it.
type issue struct {
	ID         string                     `json:"id"`
	Key        string                     `json:"key"`
	Fields     map[string]json.RawMessage `json:"fields"`
	Properties map[string]json.RawMessage `json:"properties"`
	EditMeta   struct {
		Fields map[string]field `json:"fields"`
	} `json:"editmeta"`
	Changelog struct {
		Histories []history `json:"histories"`
	} `json:"changelog"`

	change     port.Change // of the property
	status     state
	resolution string
	creator    user
	files      []attached
	links      []issueLink
}

// attached is a file of an issue.
type attached struct {
	Name   string `json:"filename"`
	Author user   `json:"author"`
}

// evidence are the names of the files that the bot's own account attached: what others call the same is none.
func (a *Adapter) evidence(ctx context.Context, i *issue) (names []string, err error) {
	me, err := a.me(ctx)
	for _, f := range i.files {
		if f.Author.id() == me {
			names = append(names, f.Name)
		}
	}
	return names, err
}

// state is a status with its category.
type state struct {
	Name     string `json:"name"`
	Category struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

type issueLink struct {
	Type struct {
		Name string `json:"name"`
	} `json:"type"`
	Inward  *found `json:"inwardIssue"`
	Outward *found `json:"outwardIssue"`
}

// issue reads an issue by id or key, with what expand names besides.
func (a *Adapter) issue(ctx context.Context, key, expand string) (*issue, error) {
	fields := []string{"status", "resolution", "attachment", "issuelinks", "labels", "project", "creator"}
	if len(a.settings.Fields) > 0 {
		sc, err := a.fields(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range Names() {
			if f, mapped := sc.fields[name]; mapped && !slices.Contains(fields, f.ID) {
				fields = append(fields, f.ID)
			}
		}
	}
	query := url.Values{"fields": {strings.Join(fields, ",")}, "properties": {changeProperty}}
	if expand != "" {
		query.Set("expand", expand)
	}
	var i issue
	if err := a.do(ctx, call{method: "GET", path: issuePath(key), query: query, out: &i, safe: true, issue: true}); err != nil {
		return nil, err
	}
	return &i, i.read()
}

// read takes apart the fields that every issue has.
func (i *issue) read() error {
	malformed := func(err error) error {
		return effect.Retryable(errors.Join(errors.New("jira: the answer is no issue"), err), 0)
	}
	if i.ID == "" || i.Key == "" || i.Fields["status"] == nil {
		return malformed(nil)
	}
	var resolution struct {
		Name string `json:"name"`
	}
	for name, into := range map[string]any{"status": &i.status, "resolution": &resolution, "attachment": &i.files, "issuelinks": &i.links, "creator": &i.creator} {
		if raw, there := i.Fields[name]; there {
			if err := json.Unmarshal(raw, into); err != nil {
				return malformed(err)
			}
		}
	}
	if i.status.Name == "" {
		return malformed(nil)
	}
	i.resolution = resolution.Name
	i.change = unstored(i.Properties[changeProperty])
	return nil
}

// says is what a field of the issue says; false if the answer has it not.
func (i *issue) says(f field) (string, bool) {
	raw, there := i.Fields[f.ID]
	var v any
	if !there || json.Unmarshal(raw, &v) != nil {
		return "", false
	}
	return plain(v), true
}

// statusOf is where an issue stands in the configured words.
func (a *Adapter) statusOf(i *issue) port.TicketStatus {
	first := port.TicketOther
	for _, st := range statuses {
		if !oneOf(a.settings.Statuses[string(st)], i.status.Name) {
			continue
		}
		wanted := a.settings.Resolutions[string(st)]
		if wanted != "" && strings.EqualFold(wanted, i.resolution) {
			return st
		}
		if first == port.TicketOther || a.settings.Resolutions[string(first)] != "" && wanted == "" {
			first = st
		}
	}
	return first
}

// seen is the change as the ticket says it: the property, with the last word for fields that people see.
func (a *Adapter) seen(ctx context.Context, i *issue) (port.Change, error) {
	c := i.change
	sc, err := &schema{}, error(nil)
	if len(a.settings.Fields) > 0 {
		if sc, err = a.fields(ctx); err != nil {
			return c, err
		}
	}
	for name, of := range governed {
		f, mapped := sc.fields[name]
		if !mapped {
			continue
		}
		says, there := i.says(f)
		if !there {
			continue
		}
		ours, err := a.value(ctx, f, aspects[name](i.change))
		if err == nil && strings.EqualFold(plain(ours), says) {
			continue
		}
		*of(&c) = says
	}
	return c, nil
}

// ticket is an issue as the bot sees it, with the notes that the bot left there.
func (a *Adapter) ticket(ctx context.Context, i *issue) (port.Ticket, error) {
	c, err := a.seen(ctx, i)
	if err != nil {
		return port.Ticket{}, err
	}
	notes, err := a.notes(ctx, i.Key)
	if err != nil {
		return port.Ticket{}, err
	}
	files, err := a.evidence(ctx, i)
	if err != nil {
		return port.Ticket{}, err
	}
	return port.Ticket{
		ID: i.Key, Status: a.statusOf(i), Native: i.status.Name, Link: a.link(i.Key), Change: c, Notes: notes, Files: files,
	}, nil
}

// Ticket reads a ticket by its key.
func (a *Adapter) Ticket(ctx context.Context, id string) (port.Ticket, error) {
	i, err := a.issue(ctx, id, "")
	if err != nil {
		return port.Ticket{}, err
	}
	return a.ticket(ctx, i)
}
