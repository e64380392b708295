package jenkins

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// clockApart is how far Jenkins' clock may be from this one's.
const clockApart = 5 * time.Minute

// Examine asks Jenkins whether it is one, takes the account, and has the jobs with what is passed to them.
func (a *Adapter) Examine(ctx context.Context) []port.Finding {
	e := &examination{adapter: a, user: chat.Word("user", a.settings.User)}
	if e.account(ctx) {
		e.crumb(ctx)
		e.jobs(ctx)
	}
	return e.findings
}

type examination struct {
	adapter  *Adapter
	user     chat.Arg
	findings []port.Finding
}

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// unreachable is the finding that nothing could be found out.
func (e *examination) unreachable(what string, err error) {
	e.bad(chat.Say("jenkins.check.unreachable", chat.Word("what", what), chat.Word("error", err.Error())), chat.Say("jenkins.check.do_reach"))
}

// account asks as whom the bot is known; without an answer to that, nothing else can be asked.
func (e *examination) account(ctx context.Context) bool {
	a, s := e.adapter, e.adapter.settings
	var c controller
	answer, err := a.get(ctx, "", controllerTree, &c)
	version := answer.Header.Get("X-Jenkins")
	switch status := rest.Status(err); {
	case status == http.StatusUnauthorized:
		e.bad(chat.Say("jenkins.check.no_token", e.user), chat.Say("jenkins.check.do_token", e.user, chat.Word("reference", s.Token)))
		return false
	case status == http.StatusForbidden:
		e.bad(chat.Say("jenkins.check.no_read", e.user), chat.Say("jenkins.check.do_read", e.user))
		return false
	case answer.Status == 0, status == http.StatusTooManyRequests, status/100 == 5:
		e.unreachable(s.URL, err)
		return false
	case version == "", err != nil, c.UseSecurity == nil:
		e.bad(chat.Say("jenkins.check.not_jenkins", chat.Word("url", s.URL)), chat.Say("jenkins.check.do_url"))
		return false
	}
	e.fine(chat.Say("jenkins.check.account", chat.Word("url", s.URL), chat.Word("version", version), e.user))
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		if apart := a.outside.Clock().Sub(at).Abs(); apart > clockApart {
			e.bad(chat.Say("jenkins.check.clock", chat.Duration("apart", apart.Round(time.Second))), chat.Say("jenkins.check.do_clock"))
		}
	}
	return true
}

// crumb asks for what guards requests against forgery. Without a guard there is none to be had, which hinders nothing.
func (e *examination) crumb(ctx context.Context) {
	switch _, err := e.adapter.crumb(ctx); {
	case absent(err):
		e.fine(chat.Say("jenkins.check.no_crumb"))
	case err != nil:
		e.unreachable("/crumbIssuer", err)
	default:
		e.fine(chat.Say("jenkins.check.crumb"))
	}
}

func (e *examination) jobs(ctx context.Context) {
	a := e.adapter
	targets := a.targets()
	if a.outside.Targets != nil {
		for _, t := range a.outside.Targets() {
			if _, err := a.jobOf(a.deployment(t)); err != nil {
				e.bad(chat.Say("jenkins.check.nameless", chat.Word("service", t.Service), chat.Word("environment", t.Environment)), chat.Say("jenkins.check.do_name"))
			}
		}
	}
	unknown := 0
	for _, j := range sorted(targets) {
		if e.job(ctx, j, targets[j]) && !e.rights(ctx, j) {
			unknown++
		}
	}
	if unknown > 0 {
		e.fine(chat.Say("jenkins.check.rights_unknown", e.user, chat.Count("n", unknown)))
	}
}

// job reports whether a job is there, having found what it lacks.
func (e *examination) job(ctx context.Context, j job, targets []port.Target) bool {
	a, name := e.adapter, chat.Word("job", string(j))
	info, err := a.read(ctx, j)
	switch {
	case absent(err):
		e.bad(chat.Say("jenkins.check.no_job", name, e.user), chat.Say("jenkins.check.do_job", e.user))
		return false
	case err != nil:
		e.unreachable(string(j), err)
		return false
	case info.Buildable == nil:
		e.bad(chat.Say("jenkins.check.folder", name), chat.Say("jenkins.check.do_folder"))
		return false
	}
	found := len(e.findings)
	if !*info.Buildable {
		e.bad(chat.Say("jenkins.check.disabled", name), chat.Say("jenkins.check.do_enable"))
	}
	seen := map[lack]bool{}
	for _, t := range targets {
		for _, l := range a.lacks(info, a.deployment(t)) {
			if !seen[l] {
				seen[l] = true
				e.lack(name, l)
			}
		}
	}
	if len(e.findings) == found {
		e.fine(chat.Say("jenkins.check.job", name, chat.Count("n", len(a.parameterNames()))))
	}
	return true
}

func (e *examination) lack(name chat.Arg, l lack) {
	p := chat.Word("parameter", l.parameter)
	switch l.why {
	case undeclared:
		e.bad(chat.Say("jenkins.check.undeclared", name, p), chat.Say("jenkins.check.do_declare", p))
	case hidden:
		e.bad(chat.Say("jenkins.check.hidden", name, p), chat.Say("jenkins.check.do_string", p))
	case noChoice:
		e.bad(chat.Say("jenkins.check.no_choice", name, p, chat.Word("value", l.value)), chat.Say("jenkins.check.do_choice", p))
	}
}

// rights asks Blue Ocean, where it is installed, what the account may do with a job: Jenkins itself says so nowhere. It reports whether it
// was told.
func (e *examination) rights(ctx context.Context, j job) bool {
	var answer struct {
		Permissions *struct {
			Start bool `json:"start"`
			Stop  bool `json:"stop"`
		} `json:"permissions"`
	}
	path := "/blue/rest/organizations/jenkins"
	for name := range strings.SplitSeq(string(j), "/") {
		path += "/pipelines/" + url.PathEscape(name)
	}
	_, err := e.adapter.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Out: &answer, Safe: true})
	if err != nil || answer.Permissions == nil {
		return false
	}
	name := chat.Word("job", string(j))
	if !answer.Permissions.Start {
		e.bad(chat.Say("jenkins.check.no_build", name, e.user), chat.Say("jenkins.check.do_build", e.user))
	}
	if !answer.Permissions.Stop {
		e.bad(chat.Say("jenkins.check.no_cancel", name, e.user), chat.Say("jenkins.check.do_cancel", e.user))
	}
	return true
}
