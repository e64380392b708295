package jira

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// transition is a way that the workflow offers an issue now.
type transition struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	To     state            `json:"to"`
	Fields map[string]field `json:"fields"`
}

// stepsMost bounds the walk to a status.
const stepsMost = 6

// Move brings the ticket to a status: at once where the workflow offers that, else through the other statuses that are configured, as long as
// each brings it nearer. Where no way leads there, a person may open one: the error says what is offered.
func (a *Adapter) Move(ctx context.Context, ticket string, status port.TicketStatus) error {
	if !slices.Contains(statuses, status) {
		return effect.Permanently(fmt.Errorf("%q is no status of a change", status))
	}
	for range stepsMost {
		i, err := a.issue(ctx, ticket, "")
		if err != nil {
			return err
		}
		now := a.statusOf(i)
		if now == status {
			return nil
		}
		var out struct {
			Transitions *[]transition `json:"transitions"`
		}
		query := url.Values{"expand": {"transitions.fields"}}
		if err := a.do(ctx, call{method: "GET", path: issuePath(i.Key, "transitions"), query: query, out: &out, safe: true, issue: true}); err != nil {
			return err
		}
		if out.Transitions == nil {
			return effect.Retryable(fmt.Errorf("jira: the transitions of %s are malformed", i.Key), 0)
		}
		t, to := a.choose(*out.Transitions, status, distance(now, status))
		if t == nil {
			return effect.Retryable(a.noWay(i, *out.Transitions, status), repairPause)
		}
		if err := a.pass(ctx, i, *t, to); err != nil {
			return err
		}
	}
	return effect.Retryable(fmt.Errorf("jira: %s did not come to %s in %d steps", ticket, a.words(status), stepsMost), repairPause)
}

// choose takes the transition that leads to a status, or else the one nearest to it in the order of a change's life, and nearer than far; nil
// for none. No end is passed through: a ticket that was done for a moment was done.
func (a *Adapter) choose(offered []transition, status port.TicketStatus, far int) (*transition, port.TicketStatus) {
	for _, name := range a.settings.Statuses[string(status)] {
		for k, t := range offered {
			if strings.EqualFold(t.To.Name, name) {
				return &offered[k], status
			}
		}
	}
	var best *transition
	var to port.TicketStatus
	for _, st := range statuses {
		d := distance(st, status)
		if stages[st] == last || d >= far {
			continue
		}
		for k, t := range offered {
			if oneOf(a.settings.Statuses[string(st)], t.To.Name) {
				best, to, far = &offered[k], st, d
			}
		}
	}
	return best, to
}

// stages are how far along a change is.
var stages = map[port.TicketStatus]int{
	port.TicketOpen: 0, port.TicketApproved: 1, port.TicketImplementing: 2, port.TicketDone: last, port.TicketBackedOut: last, port.TicketCancelled: last,
}

const last = 3

// distance is how many stages two statuses are apart. One that is none of ours is farther from all than they are from each other.
func distance(from, to port.TicketStatus) int {
	stage, known := stages[from]
	if !known {
		return last + 1
	}
	return max(stage-stages[to], stages[to]-stage)
}

func (a *Adapter) words(status port.TicketStatus) string {
	return strings.Join(a.settings.Statuses[string(status)], " or ")
}

// noWay says what the workflow offers in place of what was wanted.
func (a *Adapter) noWay(i *issue, offered []transition, status port.TicketStatus) error {
	var all []string
	for _, t := range offered {
		all = append(all, fmt.Sprintf("“%s” to %s", t.Name, t.To.Name))
	}
	if len(all) == 0 {
		all = []string{"nothing that the bot may do"}
	}
	return fmt.Errorf("jira: no transition brings %s from %s to %s: the workflow offers %s. Move it there by hand, or give the workflow a way",
		i.Key, i.status.Name, a.words(status), strings.Join(all, ", "))
}

// pass performs a transition, with what its screen asks for.
func (a *Adapter) pass(ctx context.Context, i *issue, t transition, to port.TicketStatus) error {
	fields := map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(t.Fields)) {
		f := t.Fields[id]
		f.ID = id
		v, err := a.asked(ctx, f, to)
		if err != nil {
			return effect.Retryable(fmt.Errorf("jira: the transition “%s” of %s: %w", t.Name, i.Key, err), repairPause)
		}
		if v != nil {
			fields[id] = v
		}
	}
	body := map[string]any{"transition": map[string]string{"id": t.ID}}
	if len(fields) > 0 {
		body["fields"] = fields
	}
	return a.do(ctx, call{method: "POST", path: issuePath(i.Key, "transitions"), body: body, issue: true})
}

// asked is the value of a field of a transition's screen: what is configured, the only value that it offers, or none where Jira needs none.
func (a *Adapter) asked(ctx context.Context, f field, to port.TicketStatus) (any, error) {
	text := ""
	for name, given := range a.settings.TransitionFields {
		if strings.EqualFold(name, f.ID) || strings.EqualFold(name, f.Name) {
			text = given
		}
	}
	if r := a.settings.Resolutions[string(to)]; f.ID == "resolution" && r != "" {
		text = r
	}
	if text != "" {
		return a.value(ctx, f, aspect{text: text})
	}
	if !f.Required || f.HasDefault {
		return nil, nil
	}
	if len(f.Allowed) == 1 {
		return a.value(ctx, f, aspect{text: f.Allowed[0].word()})
	}
	return nil, errors.New("it needs " + f.Name + ": say what to put there under transition_fields")
}
