package argocd

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine asks Argo CD whether the token works, and of each target whether its Application is there, may be changed, and declares versions
// as the settings say.
func (a *Adapter) Examine(ctx context.Context) []port.Finding {
	e := &examination{Adapter: a, seen: map[string]string{}}
	if !e.session(ctx) {
		return e.findings
	}
	for _, t := range a.outside.Targets() {
		e.target(ctx, t)
	}
	if a.webhookToken == "" {
		e.fine(chat.Say("argocd.check.asks", chat.Duration("every", a.settings.Poll)))
	}
	return e.findings
}

type examination struct {
	*Adapter
	findings []port.Finding
	seen     map[string]string // target by Application
}

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// session examines address and token; without them there is nothing more to ask.
func (e *examination) session(ctx context.Context) bool {
	var version struct{ Version string }
	if _, err := e.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: "/api/version", Out: &version, Safe: true}); err != nil || version.Version == "" {
		e.bad(chat.Say("argocd.check.unreachable", chat.Word("url", e.settings.URL), chat.Word("error", oneLine(orNothing(err)))), chat.Say("argocd.check.do_reach"))
		return false
	}
	e.fine(chat.Say("argocd.check.api", chat.Word("version", version.Version), chat.Word("url", e.settings.URL)))
	user, err := e.user(ctx)
	switch {
	case err != nil:
		e.bad(chat.Say("argocd.check.unreachable", chat.Word("url", e.settings.URL), chat.Word("error", oneLine(err.Error()))), chat.Say("argocd.check.do_reach"))
		return false
	case user == "":
		e.bad(chat.Say("argocd.check.no_token"), chat.Say("argocd.check.do_token", chat.Word("reference", e.settings.Token)))
		return false
	}
	e.fine(chat.Say("argocd.check.token", chat.Word("user", user)))
	return true
}

func orNothing(err error) string {
	if err == nil {
		return "it gives no version"
	}
	return err.Error()
}

// user is whose the token is, empty if it is not taken: Argo CD answers that with success.
func (a *Adapter) user(ctx context.Context) (string, error) {
	var user struct {
		LoggedIn bool   `json:"loggedIn"`
		Username string `json:"username"`
	}
	_, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: apiRoot + "/session/userinfo", Out: &user, Safe: true})
	if rest.Status(err) == http.StatusUnauthorized || err == nil && !user.LoggedIn {
		return "", nil
	}
	return orElse(user.Username, "?"), err
}

func (e *examination) target(ctx context.Context, t port.Target) {
	service, environment := chat.Word("service", t.Service), chat.Word("environment", t.Environment)
	p, err := e.settings.place(t)
	if err != nil {
		e.bad(chat.Say("argocd.check.no_name", service, environment, chat.Word("error", err.Error())), chat.Say("argocd.check.do_name"))
		return
	}
	name := chat.Word("application", p.app.name)
	if other := e.seen[p.app.name]; other != "" {
		e.bad(chat.Say("argocd.check.shared", name, chat.Word("target", t.Service+"/"+t.Environment), chat.Word("other", other)), chat.Say("argocd.check.do_shared"))
		return
	}
	e.seen[p.app.name] = t.Service + "/" + t.Environment
	app, ok := e.application(ctx, p.app)
	if !ok {
		return
	}
	v := view{place: p, app: app}
	if p.parent.name != "" {
		if v.parent, ok = e.application(ctx, p.parent); !ok {
			return
		}
	}
	if e.declares(ctx, v, service, environment) && e.rights(ctx, v) {
		auto := chat.Code("argocd.check.by_request")
		switch {
		case app.automated() && app.Spec.SyncPolicy.Automated.SelfHeal:
			auto = "argocd.check.heals"
		case app.automated():
			auto = "argocd.check.by_itself"
		}
		e.fine(chat.Say("argocd.check.application", service, environment, name, chat.Word("project", p.app.project), chat.Nested("sync", chat.Say(auto))))
	}
}

// application examines whether an Application is there for the token.
func (e *examination) application(ctx context.Context, s spot) (*application, bool) {
	name, project := chat.Word("application", s.name), chat.Word("project", s.project)
	app, err := e.get(ctx, s, false)
	switch {
	case errors.Is(err, effect.ErrNotFound):
		e.bad(chat.Say("argocd.check.no_application", name, project), chat.Say("argocd.check.do_application"))
	case rest.Status(err) == http.StatusForbidden:
		e.bad(chat.Say("argocd.check.unseen", name, project), chat.Say("argocd.check.do_right", chat.List("rights", []string{e.policy("get", s)})))
	case err != nil:
		e.bad(chat.Say("argocd.check.unreachable", chat.Word("url", e.settings.URL), chat.Word("error", oneLine(err.Error()))), chat.Say("argocd.check.do_reach"))
	default:
		return app, true
	}
	return nil, false
}

// policy is a line of Argo CD's that gives a right; the account's name is for whoever writes it.
func (a *Adapter) policy(action string, s spot) string {
	return "p, ACCOUNT, applications, " + action + ", " + a.object(s) + ", allow"
}

// object names an Application as Argo CD's policies do.
func (a *Adapter) object(s spot) string {
	if a.settings.AppNamespace != "" {
		return s.project + "/" + a.settings.AppNamespace + "/" + s.name
	}
	return s.project + "/" + s.name
}

// rights asks what it takes: to change what holds the version, and to sync and terminate both.
func (e *examination) rights(ctx context.Context, v view) bool {
	type need struct {
		action string
		of     spot
	}
	needs := []need{{"update", v.place.holder()}, {"sync", v.place.app}}
	if v.parent != nil {
		needs = append(needs, need{"sync", v.place.parent})
	}
	var lacks []string
	for _, n := range needs {
		may, err := e.can(ctx, "applications", n.action, e.object(n.of))
		if err != nil {
			e.bad(chat.Say("argocd.check.unreachable", chat.Word("url", e.settings.URL), chat.Word("error", oneLine(err.Error()))), chat.Say("argocd.check.do_reach"))
			return false
		}
		if !may {
			lacks = append(lacks, e.policy(n.action, n.of))
		}
	}
	if len(lacks) > 0 {
		e.bad(chat.Say("argocd.check.no_right", chat.Word("application", v.place.app.name)), chat.Say("argocd.check.do_right", chat.List("rights", lacks)))
	}
	return len(lacks) == 0
}

// can asks whether the token may do something.
func (a *Adapter) can(ctx context.Context, resource, action, object string) (bool, error) {
	var answer struct {
		Value string `json:"value"`
	}
	path := apiRoot + "/account/can-i/" + resource + "/" + action + "/" + object // project/name: both are names already
	_, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Out: &answer, Safe: true})
	return answer.Value == "yes", err
}

// declares examines whether versions are declared where the settings say.
func (e *examination) declares(ctx context.Context, v view, service, environment chat.Arg) bool {
	name, before := chat.Word("application", v.place.app.name), len(e.findings)
	holder, app := owner{}, owner{}
	var err error
	if app, err = e.owner(ctx, v.app); err == nil {
		if holder = app; v.parent != nil {
			holder, err = e.owner(ctx, v.parent)
		}
	}
	if err != nil {
		e.bad(chat.Say("argocd.check.unreachable", chat.Word("url", e.settings.URL), chat.Word("error", oneLine(err.Error()))), chat.Say("argocd.check.do_reach"))
		return false
	}
	if refused := e.settings.refusal(v.place, app, holder); refused != "" {
		e.bad(chat.Say("argocd.check.undone", service, environment, chat.Word("why", refused)), chat.Say("argocd.check.do_undone"))
	}
	if _, _, err := e.settings.declaring(v); err != nil || v.source(e.settings) == nil {
		e.bad(chat.Say("argocd.check.no_source", name, chat.Count("source", e.settings.Source)), chat.Say("argocd.check.do_source"))
	}
	kinds := v.app.Status.SourceTypes
	if len(kinds) == 0 && v.app.Status.SourceType != "" {
		kinds = []string{v.app.Status.SourceType}
	}
	for _, w := range []struct {
		wanted bool
		kind   string
	}{{len(e.settings.Parameters) > 0, "Helm"}, {len(e.settings.Images) > 0, "Kustomize"}} {
		if w.wanted && len(kinds) > 0 && !slices.Contains(kinds, w.kind) {
			e.bad(chat.Say("argocd.check.other_kind", name, chat.Word("kind", strings.Join(kinds, ", ")), chat.Word("wanted", w.kind)), chat.Say("argocd.check.do_kind"))
		}
	}
	return len(e.findings) == before
}
