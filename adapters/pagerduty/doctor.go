package pagerduty

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine asks PagerDuty whether all is set up right. It only reads, and sends no event: so a routing key that PagerDuty does not show can't
// be compared, and it says so.
func (a *Adapter) Examine(ctx context.Context) []port.Finding {
	e := &examination{a: a}
	e.fine(chat.Say("pagerduty.check.api", chat.Word("api", a.settings.APIURL), chat.Word("events", a.settings.EventsURL)))
	if a.token == "" {
		e.fine(chat.Say("pagerduty.check.events_only"))
		return e.findings
	}
	if !e.token(ctx) {
		return e.findings
	}
	e.from(ctx)
	for _, name := range slices.Sorted(maps.Keys(a.routes)) {
		e.service(ctx, name, a.routes[name])
	}
	e.webhooks(ctx)
	e.priorities(ctx)
	return e.findings
}

type examination struct {
	a        *Adapter
	findings []port.Finding
}

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// failed says why something could not be found out, by the status that PagerDuty answered with.
func (e *examination) failed(what string, err error) {
	about, told := chat.Word("what", what), chat.Word("error", err.Error())
	if rest.Status(err) == http.StatusForbidden {
		e.bad(chat.Say("pagerduty.check.no_right", about), chat.Say("pagerduty.check.do_right"))
		return
	}
	e.bad(chat.Say("pagerduty.check.unreachable", about, told), chat.Say("pagerduty.check.do_reach"))
}

// onlyLook are the roles of users who can't acknowledge: https://support.pagerduty.com/docs/user-roles
var onlyLook = map[string]bool{"observer": true, "read_only_user": true, "read_only_limited_user": true}

// token reports whether anything can be asked with it. An account's own key has no user, and does not say whether it may write.
func (e *examination) token(ctx context.Context) bool {
	var me *api.User
	err := e.a.ask("GET /users/me", func(c *api.Client) (err error) {
		me, err = c.GetCurrentUserWithContext(ctx, api.GetCurrentUserOptions{})
		return err
	})
	ref := chat.Word("reference", e.a.settings.Token)
	if rest.Status(err) == http.StatusBadRequest || rest.Status(err) == http.StatusForbidden {
		err = e.a.ask("GET /abilities", func(c *api.Client) error {
			_, err := c.ListAbilitiesWithContext(ctx)
			return err
		})
		if err == nil {
			e.fine(chat.Say("pagerduty.check.account_key"))
			return true
		}
	}
	switch {
	case rest.Status(err) == http.StatusUnauthorized:
		e.bad(chat.Say("pagerduty.check.no_token"), chat.Say("pagerduty.check.do_token", ref))
	case err != nil:
		e.failed("GET /users/me", err)
	case onlyLook[me.Role]:
		e.bad(chat.Say("pagerduty.check.read_only", chat.Word("user", nameOf(*me)), chat.Word("role", me.Role)), chat.Say("pagerduty.check.do_read_only", ref))
	default:
		e.fine(chat.Say("pagerduty.check.user_key", chat.Word("user", nameOf(*me)), chat.Word("role", me.Role)))
	}
	return err == nil
}

func (e *examination) from(ctx context.Context) {
	from := chat.Word("from", e.a.settings.From)
	u, err := e.a.user(ctx, e.a.settings.From)
	switch {
	case err != nil:
		e.failed("GET /users", err)
	case u == nil:
		e.bad(chat.Say("pagerduty.check.no_from", from), chat.Say("pagerduty.check.do_from"))
	case onlyLook[u.Role]:
		e.bad(chat.Say("pagerduty.check.from_read_only", from, chat.Word("role", u.Role)), chat.Say("pagerduty.check.do_from"))
	default:
		e.fine(chat.Say("pagerduty.check.from", from))
	}
}

// silent are the statuses of services that open no incident.
var silent = map[string]bool{"disabled": true, "maintenance": true}

func (e *examination) service(ctx context.Context, name string, r route) {
	if name == "" {
		name = "default"
	}
	service, id := chat.Word("service", name), chat.Word("id", r.service)
	v, err := e.a.service(ctx, r.service, "integrations")
	switch {
	case errors.Is(err, effect.ErrNotFound):
		e.bad(chat.Say("pagerduty.check.no_service", service, id), chat.Say("pagerduty.check.do_service", service))
		return
	case err != nil:
		e.failed("GET /services/"+r.service, err)
		return
	case silent[v.Status]:
		e.bad(chat.Say("pagerduty.check.silent", service, chat.Word("there", v.Name), chat.Word("status", v.Status)), chat.Say("pagerduty.check.do_silent"))
	default:
		e.fine(chat.Say("pagerduty.check.service", service, chat.Word("there", v.Name)))
	}
	e.integration(name, r, v.Integrations)
	e.policy(ctx, name, v.EscalationPolicy)
}

// integration compares the routing key with those of the service's integrations, where they are shown.
func (e *examination) integration(name string, r route, all []api.Integration) {
	service := chat.Word("service", name)
	takes, hidden := 0, false
	for _, in := range all {
		if !strings.HasPrefix(in.Type, "events_api_v2_inbound_integration") {
			continue
		}
		takes++
		hidden = hidden || in.IntegrationKey == ""
		if hook.Same(r.key, in.IntegrationKey) {
			e.fine(chat.Say("pagerduty.check.routing_key", service))
			return
		}
	}
	switch {
	case takes == 0:
		e.bad(chat.Say("pagerduty.check.no_integration", service), chat.Say("pagerduty.check.do_integration", service))
	case hidden:
		e.fine(chat.Say("pagerduty.check.hidden_key", service))
	default:
		e.bad(chat.Say("pagerduty.check.other_key", service), chat.Say("pagerduty.check.do_integration", service))
	}
}

func (e *examination) policy(ctx context.Context, name string, p api.EscalationPolicy) {
	service, policy := chat.Word("service", name), chat.Word("policy", p.Summary)
	all, err := e.a.onCall(ctx, p.ID)
	if err != nil {
		e.failed("GET /oncalls", err)
		return
	}
	on := responders(all)
	if len(on) == 0 {
		e.bad(chat.Say("pagerduty.check.nobody", service, policy), chat.Say("pagerduty.check.do_nobody"))
		return
	}
	e.fine(chat.Say("pagerduty.check.on_call", service, policy, chat.Count("n", len(on))))
}

// hookPath is what the address of a webhook ends in: where the bot takes the pager's.
const hookPath = "/hooks/pager"

// needed are the events without which the bot would not hear of an incident's life.
var needed = []string{
	"incident.acknowledged", "incident.priority_updated", "incident.reopened", "incident.resolved", "incident.triggered", "incident.unacknowledged",
}

// subscription is a webhook subscription, which the library does not know.
type subscription struct {
	ID       string   `json:"id"`
	Active   bool     `json:"active"`
	Events   []string `json:"events"`
	Delivery struct {
		URL      string `json:"url"`
		Disabled bool   `json:"temporarily_disabled"`
	} `json:"delivery_method"`
	Filter struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"filter"`
}

func (e *examination) webhooks(ctx context.Context) {
	all, err := e.a.subscriptions(ctx)
	if err != nil {
		e.failed("GET /webhook_subscriptions", err)
		return
	}
	ours := slices.DeleteFunc(all, func(s subscription) bool { return !strings.HasSuffix(s.Delivery.URL, hookPath) })
	switch {
	case len(ours) == 0 && len(e.a.secrets) == 0:
		e.fine(chat.Say("pagerduty.check.no_webhooks", chat.Duration("poll", e.a.settings.Poll)))
		return
	case len(ours) == 0:
		e.bad(chat.Say("pagerduty.check.no_subscription", chat.Word("path", hookPath)), chat.Say("pagerduty.check.do_subscription", chat.Word("path", hookPath)))
		return
	case len(e.a.secrets) == 0:
		e.bad(chat.Say("pagerduty.check.no_secret", chat.Word("url", ours[0].Delivery.URL)), chat.Say("pagerduty.check.do_secret"))
		return
	}
	for _, id := range e.a.ids() {
		e.subscribed(id, ours)
	}
}

// subscribed says whether webhooks come for a PagerDuty service. Those of teams are taken for none, as nobody says here whose it is.
func (e *examination) subscribed(id string, ours []subscription) {
	service := chat.Word("id", id)
	for _, s := range ours {
		if s.Filter.Type != "account_reference" && s.Filter.ID != id {
			continue
		}
		lacks := slices.DeleteFunc(slices.Clone(needed), func(event string) bool { return slices.Contains(s.Events, event) })
		switch {
		case !s.Active || s.Delivery.Disabled:
			e.bad(chat.Say("pagerduty.check.disabled", chat.Word("subscription", s.ID), service), chat.Say("pagerduty.check.do_disabled"))
		case len(lacks) > 0:
			e.bad(chat.Say("pagerduty.check.lacks", chat.Word("subscription", s.ID), chat.List("events", lacks)), chat.Say("pagerduty.check.do_lacks"))
		default:
			e.fine(chat.Say("pagerduty.check.webhook", service, chat.Word("url", s.Delivery.URL)))
		}
		return
	}
	e.bad(chat.Say("pagerduty.check.unsubscribed", service), chat.Say("pagerduty.check.do_subscription", chat.Word("path", hookPath)))
}

func (a *Adapter) subscriptions(ctx context.Context) ([]subscription, error) {
	var all []subscription
	err := a.pages(ctx, "GET /webhook_subscriptions", func(c *api.Client, limit, offset uint) (api.APIListObject, int, error) {
		var list struct {
			api.APIListObject
			All []subscription `json:"webhook_subscriptions"`
		}
		if err := a.get(ctx, c, "/webhook_subscriptions", limit, offset, &list); err != nil {
			return api.APIListObject{}, 0, err
		}
		all = append(all, list.All...)
		return list.APIListObject, len(list.All), nil
	})
	return all, err
}

// priorities compares those that the severities are mapped by with those that the account has.
func (e *examination) priorities(ctx context.Context) {
	names := map[string]bool{}
	err := e.a.pages(ctx, "GET /priorities", func(c *api.Client, limit, offset uint) (api.APIListObject, int, error) {
		l, err := c.ListPrioritiesWithContext(ctx, api.ListPrioritiesOptions{Limit: limit, Offset: offset})
		if err != nil {
			return api.APIListObject{}, 0, err
		}
		for _, p := range l.Priorities {
			names[p.Name] = true
		}
		return l.APIListObject, len(l.Priorities), nil
	})
	switch {
	case rest.Status(err) == http.StatusPaymentRequired || err == nil && len(names) == 0:
		e.fine(chat.Say("pagerduty.check.no_priorities"))
		return
	case err != nil:
		e.failed("GET /priorities", err)
		return
	}
	mapped := e.a.settings.Severity.Priorities
	there := slices.Sorted(maps.Keys(names))
	wrong := missing(slices.Sorted(maps.Keys(mapped)), names)
	left := slices.DeleteFunc(slices.Clone(there), func(name string) bool { return mapped[name] != "" })
	switch usual := maps.Equal(mapped, defaultPriorities); {
	case !usual && len(wrong) > 0:
		e.bad(chat.Say("pagerduty.check.other_priorities", chat.List("names", wrong)), chat.Say("pagerduty.check.do_priorities", chat.List("there", there)))
	case usual && len(left) > 0: // nobody decided that these say nothing
		e.bad(chat.Say("pagerduty.check.left_priorities", chat.List("names", left)), chat.Say("pagerduty.check.do_priorities", chat.List("there", there)))
	default:
		e.fine(chat.Say("pagerduty.check.priorities", chat.List("there", there)))
	}
}

// missing are the names that are not there.
func missing(names []string, there map[string]bool) []string {
	return slices.DeleteFunc(names, func(name string) bool { return there[name] })
}
