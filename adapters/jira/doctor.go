package jira

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine asks Jira whether all is set up right: credentials, permissions, the issue type with its fields, the workflow's statuses. Nothing is
// changed there.
func (a *Adapter) Examine(ctx context.Context) []port.Finding {
	e := &examination{a: a}
	if e.credentials(ctx) && e.project(ctx) {
		e.permissions(ctx)
		e.fields(ctx)
		e.statuses(ctx)
		e.links(ctx)
	}
	if a.secret == "" {
		e.fine(chat.Say("jira.check.polling", chat.Duration("every", a.settings.Poll)))
	} else {
		e.fine(chat.Say("jira.check.webhook"))
	}
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

// unasked is the finding that something could not be asked.
func (e *examination) unasked(what string, err error) {
	e.bad(chat.Say("jira.check.unreachable", chat.Word("what", what), chat.Word("error", err.Error())),
		chat.Say("jira.check.do_reach", chat.Word("url", e.a.settings.URL)))
}

// credentials reports whether anything else can be asked.
func (e *examination) credentials(ctx context.Context) bool {
	s := e.a.settings
	var u user
	err := e.a.do(ctx, call{method: "GET", path: "rest/api/2/myself", out: &u, safe: true})
	switch status := rest.Status(err); {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		do := chat.Say("jira.check.do_token_datacenter", chat.Word("reference", s.Token))
		if e.a.cloud() {
			do = chat.Say("jira.check.do_token_cloud", chat.Word("reference", s.Token), chat.Word("email", s.Email))
		}
		e.bad(chat.Say("jira.check.no_token", chat.Word("url", s.URL)), do)
		return false
	case err != nil:
		e.unasked("/myself", err)
		return false
	}
	e.fine(chat.Say("jira.check.token", chat.Word("user", u.Display), chat.Word("account", PlatformName+"::"+u.id())))
	var server struct {
		Deployment string `json:"deploymentType"`
	}
	if err := e.a.do(ctx, call{method: "GET", path: "rest/api/2/serverInfo", out: &server, safe: true}); err != nil {
		e.unasked("/serverInfo", err)
		return true
	}
	if server.Deployment != "" && strings.EqualFold(server.Deployment, "cloud") != e.a.cloud() {
		e.bad(chat.Say("jira.check.other_kind", chat.Word("kind", s.Kind), chat.Word("is", server.Deployment)), chat.Say("jira.check.do_kind"))
	}
	return true
}

func (e *examination) project(ctx context.Context) bool {
	project := chat.Word("project", e.a.settings.Project)
	var out struct {
		Name string `json:"name"`
	}
	err := e.a.do(ctx, call{method: "GET", path: "rest/api/2/project/" + url.PathEscape(e.a.settings.Project), out: &out, safe: true})
	switch {
	case rest.Status(err) == http.StatusNotFound:
		e.bad(chat.Say("jira.check.no_project", project), chat.Say("jira.check.do_project"))
		return false
	case err != nil:
		e.unasked("/project", err)
		return false
	}
	e.fine(chat.Say("jira.check.project", project, chat.Word("name", out.Name)))
	return true
}

func (e *examination) permissions(ctx context.Context) {
	held, err := e.a.permissions(ctx)
	if err != nil {
		e.unasked("/mypermissions", err)
		return
	}
	project, all := chat.Word("project", e.a.settings.Project), true
	for _, p := range needed {
		if !held[p] {
			all = false
			e.bad(chat.Say("jira.check.no_permission", chat.Word("permission", p), project), chat.Say("jira.check.do_permission", chat.Word("permission", p), project))
		}
	}
	if all {
		e.fine(chat.Say("jira.check.permissions", project))
	}
}

// filled are the fields that the bot fills in by itself, or that Jira does.
var filled = []string{"project", "issuetype", "summary", "labels", "description", "reporter"}

func (e *examination) fields(ctx context.Context) {
	kind, project := chat.Word("type", e.a.settings.IssueType), chat.Word("project", e.a.settings.Project)
	sc, err := e.a.readSchema(ctx)
	switch {
	case errors.Is(err, errNoType):
		e.bad(chat.Say("jira.check.no_type", kind, project), chat.Say("jira.check.do_type"))
		return
	case err != nil:
		e.unasked("/issue/createmeta", err)
		return
	}
	e.fine(chat.Say("jira.check.type", kind, project))
	if _, on := sc.screen["labels"]; !on {
		e.bad(chat.Say("jira.check.no_labels", kind, project), chat.Say("jira.check.do_labels"))
	}
	mapped := slices.Clone(filled)
	for _, name := range Names() {
		if wanted, ok := e.a.settings.Fields[name]; ok {
			f, there := sc.fields[name]
			e.field(name, wanted, f, there)
			mapped = append(mapped, f.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(sc.screen)) {
		f := sc.screen[id]
		if f.Required && !f.HasDefault && !slices.Contains(mapped, f.ID) {
			e.bad(chat.Say("jira.check.required", chat.Word("field", f.Name), kind, project), chat.Say("jira.check.do_required"))
		}
	}
}

func (e *examination) field(name, wanted string, f field, there bool) {
	ours, theirs := chat.Word("name", name), chat.Word("field", wanted)
	switch {
	case !there:
		e.bad(chat.Say("jira.check.no_field", ours, theirs, chat.Word("type", e.a.settings.IssueType), chat.Word("project", e.a.settings.Project)),
			chat.Say("jira.check.do_field", ours))
	case !f.settable():
		e.bad(chat.Say("jira.check.not_settable", ours, theirs), chat.Say("jira.check.do_other_field", ours))
	case !writable(f) || !fitting(name, f):
		e.bad(chat.Say("jira.check.bad_field", ours, theirs, chat.Word("kind", strings.TrimSpace(f.Schema.Type+" "+f.Schema.Items))),
			chat.Say("jira.check.do_other_field", ours))
	default:
		e.fine(chat.Say("jira.check.field", ours, theirs))
	}
}

// fitting reports whether an aspect has the form that a field takes: times and people fit texts too, and nothing else fits theirs.
func fitting(name string, f field) bool {
	kind := f.Schema.Type
	if kind == "array" {
		kind = f.Schema.Items
	}
	switch kind {
	case "date", "datetime":
		return name == "window_start" || name == "window_end"
	case "user":
		return name == "requester" || name == "approvers"
	case "option", "priority", "version", "component", "number":
		return !slices.Contains([]string{"window_start", "window_end", "requester", "approvers"}, name)
	}
	return f.custom() != "url" || name == "link"
}

func (e *examination) statuses(ctx context.Context) {
	s := e.a.settings
	var types []struct {
		ID       string  `json:"id"`
		Name     string  `json:"name"`
		Statuses []state `json:"statuses"`
	}
	path := "rest/api/2/project/" + url.PathEscape(s.Project) + "/statuses"
	if err := e.a.do(ctx, call{method: "GET", path: path, out: &types, safe: true}); err != nil {
		e.unasked("/project/"+s.Project+"/statuses", err)
		return
	}
	var there []string
	for _, t := range types {
		if strings.EqualFold(t.Name, s.IssueType) || t.ID == s.IssueType {
			for _, st := range t.Statuses {
				there = append(there, st.Name)
			}
		}
	}
	if len(there) == 0 {
		return // there is no such issue type, which was found
	}
	all := true
	check := func(where string, names []string) {
		for _, n := range names {
			if !oneOf(there, n) {
				all = false
				e.bad(chat.Say("jira.check.no_status", chat.Word("where", where), chat.Word("status", n)),
					chat.Say("jira.check.do_status", chat.Word("where", where), chat.List("statuses", there)))
			}
		}
	}
	for _, st := range statuses {
		check("statuses."+string(st), s.Statuses[string(st)])
	}
	check("decisions.go", s.Decisions.Go)
	check("decisions.no_go", s.Decisions.NoGo)
	if all {
		e.fine(chat.Say("jira.check.statuses", chat.Count("n", len(there))))
	}
}

func (e *examination) links(ctx context.Context) {
	_, err := e.a.linkKind(ctx)
	link := chat.Word("link", e.a.settings.WorkItems.Link)
	switch {
	case errors.Is(err, errNoLink):
		e.bad(chat.Say("jira.check.no_link", link), chat.Say("jira.check.do_link"))
	case err != nil:
		e.unasked("/issueLinkType", err)
	default:
		e.fine(chat.Say("jira.check.link", link))
	}
}
