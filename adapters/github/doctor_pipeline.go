package github

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// noRef can be no ref: git allows no two dots in one. What is asked for it is refused for that once the right to ask is there, and for
// that right otherwise; either way, nothing happens.
const noRef = "gonogo..doctor"

// Examine asks GitHub whether the pipeline is set up right: token and permissions, repositories, the workflow with its inputs and
// run-name, the ref, environments, clocks.
func (p *Pipeline) Examine(ctx context.Context) []port.Finding {
	e := &examination{host: p.host, token: p.settings.Token}
	if !e.connection(ctx) {
		return e.findings
	}
	all := p.serves()
	if len(all) == 0 {
		e.bad(chat.Say("github.check.serves_nothing"), chat.Say("github.check.do_serve"))
	}
	for _, s := range all {
		r := e.repository(ctx, s.repo)
		if r == nil {
			continue
		}
		if p.examineWorkflow(ctx, e, s.repo) {
			p.examineFile(ctx, e, s, r.GetDefaultBranch())
			p.examineStart(ctx, e, s.repo)
		}
		if p.settings.Record {
			p.examineRecord(ctx, e, s.repo)
		}
		p.examineEnvironments(ctx, e, s)
	}
	return e.findings
}

func (p *Pipeline) examineWorkflow(ctx context.Context, e *examination, repo repository) bool {
	at, name := chat.Word("repository", repo.String()), chat.Word("workflow", p.settings.Workflow)
	w, answer, err := p.api.Actions.GetWorkflowByFileName(ctx, repo.owner, repo.name, p.settings.Workflow)
	err = p.class(fmt.Sprintf("GET /repos/%s/actions/workflows/%s", repo, p.settings.Workflow), answer, err, true)
	if !e.asked(p.settings.Workflow, err, chat.Say("github.check.no_workflow", at, name), chat.Say("github.check.do_workflow"), chat.Say("github.check.do_actions")) {
		return false
	}
	if w.GetState() != "active" {
		e.bad(chat.Say("github.check.inactive", at, name, chat.Word("state", w.GetState())), chat.Say("github.check.do_enable"))
		return false
	}
	return true
}

// examineFile reads the workflow as it would run, and what it declares.
func (p *Pipeline) examineFile(ctx context.Context, e *examination, s served, main string) {
	at, name := chat.Word("repository", s.repo.String()), chat.Word("workflow", p.settings.Workflow)
	ref := main
	if p.settings.Ref != "" {
		if fill.Check(p.settings.Ref, "service", "environment", "pipeline") != nil {
			e.fine(chat.Say("github.check.any_ref", chat.Word("ref", p.settings.Ref)))
		} else {
			t := s.targets[0]
			ref = fill.Text(p.settings.Ref, port.Deployment{Service: t.Service, Environment: t.Environment, Pipeline: p.outside.Pipeline})
			_, answer, err := p.api.Repositories.GetCommit(ctx, s.repo.owner, s.repo.name, url.PathEscape(ref), &gh.ListOptions{PerPage: 1})
			err = p.class(fmt.Sprintf("GET /repos/%s/commits/%s", s.repo, ref), answer, err, true)
			missing := chat.Say("github.check.no_ref", at, chat.Word("ref", ref))
			if rest.Status(err) == http.StatusUnprocessableEntity { // what GitHub says of a ref that nothing is called by
				e.bad(missing, chat.Say("github.check.do_ref"))
				return
			}
			if !e.asked(ref, err, missing, chat.Say("github.check.do_ref"), chat.Say("github.check.do_contents")) {
				return
			}
		}
	}
	text, ok := e.file(ctx, s.repo, ".github/workflows/"+p.settings.Workflow, ref)
	if !ok {
		return
	}
	w, err := parseWorkflow([]byte(text))
	given := slices.Sorted(maps.Keys(p.inputs(port.Deployment{})))
	switch {
	case err != nil:
		e.bad(chat.Say("github.check.unread_workflow", at, name, chat.Word("error", err.Error())), chat.Say("github.check.do_workflow"))
		return
	case !w.dispatched:
		e.bad(chat.Say("github.check.not_dispatched", at, name), chat.Say("github.check.do_dispatch"))
		return
	}
	right := true
	for _, input := range w.undeclared(given) {
		right = false
		e.bad(chat.Say("github.check.undeclared", at, name, chat.Word("input", input)), chat.Say("github.check.do_declare", chat.Word("input", input)))
	}
	for _, input := range w.ungiven(given) {
		right = false
		e.bad(chat.Say("github.check.ungiven", at, name, chat.Word("input", input)), chat.Say("github.check.do_give", chat.Word("input", input)))
	}
	if !w.shows(p.settings.Key) {
		right = false
		e.bad(chat.Say("github.check.no_run_name", at, name, chat.Word("input", p.settings.Key)), chat.Say("github.check.do_run_name", chat.Word("expression", "${{ inputs."+p.settings.Key+" }}")))
	}
	if right {
		e.fine(chat.Say("github.check.workflow", at, name, chat.Word("input", p.settings.Key)))
	}
}

// examineStart asks for a run from what can be no ref.
func (p *Pipeline) examineStart(ctx context.Context, e *examination, repo repository) {
	at := chat.Word("repository", repo.String())
	_, answer, err := p.api.Actions.CreateWorkflowDispatchEventByFileName(ctx, repo.owner, repo.name, p.settings.Workflow, gh.CreateWorkflowDispatchEventRequest{Ref: noRef})
	p.examineRight(e, answer, err, "Actions: write", chat.Say("github.check.may_start", at), chat.Say("github.check.may_not_start", at))
}

// examineRecord asks for a deployment of what can be no ref.
func (p *Pipeline) examineRecord(ctx context.Context, e *examination, repo repository) {
	at := chat.Word("repository", repo.String())
	_, answer, err := p.api.Repositories.CreateDeployment(ctx, repo.owner, repo.name, gh.DeploymentRequest{
		Ref: noRef, Task: new(recordTask), AutoMerge: new(false), RequiredContexts: []string{},
	})
	p.examineRight(e, answer, err, "Deployments: write", chat.Say("github.check.may_record", at), chat.Say("github.check.may_not_record", at))
}

func (p *Pipeline) examineRight(e *examination, answer *gh.Response, err error, right string, may, mayNot chat.Text) {
	classed := p.class("POST", answer, err, true)
	switch {
	case isStatus(answer, http.StatusUnprocessableEntity):
		e.fine(may)
	case rest.Status(classed) == http.StatusNotFound, rest.Status(classed) == http.StatusForbidden && !limitedBy(classed):
		e.bad(mayNot, chat.Say("github.check.do_right", chat.Word("right", right)))
	case classed == nil:
		e.bad(mayNot, chat.Say("github.check.do_url"))
	default:
		e.unreachable(strings.ToLower(right), classed)
	}
}

// examineEnvironments looks for the environments that the settings name. One that they do not name is made by GitHub when it is needed.
func (p *Pipeline) examineEnvironments(ctx context.Context, e *examination, s served) {
	seen := map[string]bool{}
	for _, t := range s.targets {
		name, mapped := p.settings.Environments[t.Environment]
		if !mapped || seen[name] {
			continue
		}
		seen[name] = true
		at, environment := chat.Word("repository", s.repo.String()), chat.Word("environment", name)
		_, answer, err := p.api.Repositories.GetEnvironment(ctx, s.repo.owner, s.repo.name, name)
		err = p.class(fmt.Sprintf("GET /repos/%s/environments/%s", s.repo, name), answer, err, true)
		if e.asked(name, err, chat.Say("github.check.no_environment", at, environment), chat.Say("github.check.do_environment"), chat.Say("github.check.do_actions")) {
			e.fine(chat.Say("github.check.environment", at, environment))
		}
	}
}
