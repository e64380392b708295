package argocd

import (
	"context"
	"net/http"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// beyond are rights that the bot does not need: a token that has one is more than the bot's.
var beyond = []struct{ resource, action, object string }{
	{"accounts", "update", "*"},
	{"clusters", "create", "*"},
	{"repositories", "create", "*"},
	{"projects", "update", "*"},
	{"applications", "delete", "*/*"},
	{"applications", "create", "*/*"},
	{"applications", "override", "*/*"},
	{"exec", "create", "*/*"},
}

// Audit implements port.Orchestrator.
func (a *Adapter) Audit(ctx context.Context) []port.Reading {
	return []port.Reading{a.events(ctx), a.anonymous(ctx), a.beyond(ctx), a.administrator(ctx), defaultPolicy()}
}

func read(of port.Guard, on bool, what, do chat.Text) port.Reading {
	r := port.Reading{Of: of, On: &on, What: what}
	if !on {
		r.Do = do
	}
	return r
}

func unread(of port.Guard, what, do chat.Text) port.Reading {
	return port.Reading{Of: of, What: what, Do: do}
}

// events reads whether what was done to an Application left Kubernetes events that name who did it. They are kept for an hour, and may be
// turned off; what Argo CD's server logs can't be asked for.
func (a *Adapter) events(ctx context.Context) port.Reading {
	var failed error
	for _, t := range a.outside.Targets() {
		p, err := a.settings.place(t)
		if err != nil {
			continue
		}
		var list struct {
			Items []struct {
				Reason  string `json:"reason"`
				Message string `json:"message"`
			} `json:"items"`
		}
		_, err = a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: appPath(p.app.name, "events"), Query: a.query(p.app), Out: &list, Safe: true})
		if err != nil {
			failed = err
			continue
		}
		for _, e := range list.Items {
			if e.Reason == "OperationStarted" || e.Reason == "ResourceUpdated" || e.Reason == "ResourceCreated" {
				return read(port.AuditLog, true, chat.Say("argocd.audit.events", chat.Word("application", p.app.name), chat.Word("event", oneLine(e.Message))), chat.Text{})
			}
		}
	}
	if failed != nil {
		return a.failed(port.AuditLog, "events", "applications, get", failed)
	}
	return unread(port.AuditLog, chat.Say("argocd.audit.no_events"), chat.Say("argocd.audit.do_events"))
}

// anonymous reads whether Argo CD answers those who show no token.
func (a *Adapter) anonymous(ctx context.Context) port.Reading {
	nobody := *a.client
	nobody.Authorise = nil
	_, err := nobody.Do(ctx, rest.Request{Method: http.MethodGet, Path: apiRoot + "/applications", Query: map[string][]string{"name": {"no-such-application"}}, Safe: true})
	switch {
	case rest.Status(err) == http.StatusUnauthorized, rest.Status(err) == http.StatusForbidden:
		return read(port.AccessControl, true, chat.Say("argocd.audit.no_anonymous"), chat.Text{})
	case err == nil:
		return read(port.AccessControl, false, chat.Say("argocd.audit.anonymous"), chat.Say("argocd.audit.do_anonymous"))
	}
	return a.failed(port.AccessControl, "anonymous", "", err)
}

// beyond reads whether the bot's own token may more than it needs.
func (a *Adapter) beyond(ctx context.Context) port.Reading {
	var more []string
	for _, b := range beyond {
		may, err := a.can(ctx, b.resource, b.action, b.object)
		if rest.Status(err) == http.StatusBadRequest {
			continue // a right that this version does not know
		}
		if err != nil {
			return a.failed(port.AccessControl, "account/can-i", "", err)
		}
		if may {
			more = append(more, b.resource+" "+b.action)
		}
	}
	if len(more) > 0 {
		return read(port.AccessControl, false, chat.Say("argocd.audit.beyond", chat.List("rights", more)), chat.Say("argocd.audit.do_beyond"))
	}
	return read(port.AccessControl, true, chat.Say("argocd.audit.least"), chat.Text{})
}

// administrator reads whether the account that may do anything can be used.
func (a *Adapter) administrator(ctx context.Context) port.Reading {
	var account struct {
		Enabled bool `json:"enabled"`
	}
	_, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: apiRoot + "/account/admin", Out: &account, Safe: true})
	switch {
	case err != nil:
		return a.failed(port.AccessControl, "account/admin", "accounts, get, admin", err)
	case account.Enabled:
		return read(port.AccessControl, false, chat.Say("argocd.audit.admin"), chat.Say("argocd.audit.do_admin"))
	}
	return read(port.AccessControl, true, chat.Say("argocd.audit.no_admin"), chat.Text{})
}

// defaultPolicy can't be asked of Argo CD: what everybody may stands in a ConfigMap.
func defaultPolicy() port.Reading {
	return unread(port.AccessControl, chat.Say("argocd.audit.default"), chat.Say("argocd.audit.do_default"))
}

// failed says that something could not be read, and what that takes: the right, where one is lacking.
func (a *Adapter) failed(of port.Guard, what, right string, err error) port.Reading {
	do := chat.Say("argocd.check.do_reach")
	switch status := rest.Status(err); {
	case status == http.StatusUnauthorized:
		do = chat.Say("argocd.check.do_token", chat.Word("reference", a.settings.Token))
	case status == http.StatusForbidden && right != "":
		do = chat.Say("argocd.audit.do_right", chat.Word("right", right))
	}
	return unread(of, chat.Say("argocd.audit.unread", chat.Word("what", what), chat.Word("error", oneLine(err.Error()))), do)
}
