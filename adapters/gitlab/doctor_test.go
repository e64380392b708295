package gitlab_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

type reader struct{}

func (reader) PersonName(id string) string       { return id }
func (reader) Accounts(string) []chat.Account    { return nil }
func (reader) Unseal(chat.Sealed) (string, bool) { return "", false }
func (reader) Zone() *time.Location              { return time.UTC }

// examined are findings in words: "ok: …", or "what → what to do".
func (w *world) examined(e port.Examiner) (out []string) {
	for _, f := range e.Examine(w.t.Context()) {
		line := words.Text(f.What, reader{}, w.clock())
		if f.OK {
			line = "ok: " + line
		} else {
			line += " → " + words.Text(f.Do, reader{}, w.clock())
		}
		out = append(out, line)
	}
	w.said = append(w.said, out...)
	return out
}

// compared checks findings by their beginnings; good ones are left out unless the first that is wanted is one.
func compared(t *testing.T, got, want []string) {
	t.Helper()
	whole := len(want) > 0 && strings.HasPrefix(want[0], "ok: ")
	got = slices.DeleteFunc(got, func(f string) bool { return !whole && strings.HasPrefix(f, "ok: ") })
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("found:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const declared = "spec:\n  inputs:\n    gonogo-key:\n    environment:\n      default: prod\n    version:\n---\nworkflow:\n  name: 'gonogo $[[ inputs.gonogo-key ]] to $[[ inputs.environment ]]'\n"

func TestThePipelineIsExamined(t *testing.T) {
	t.Parallel()
	with := func(s gitlab.PipelineSettings, change func(*gitlab.PipelineSettings)) gitlab.PipelineSettings {
		change(&s)
		return s
	}
	job := func(name string) func(*gitlab.PipelineSettings) {
		return func(s *gitlab.PipelineSettings) { s.Job = name }
	}
	hook := func(s *gitlab.PipelineSettings) { s.WebhookToken = "env:HOOK" }
	change := func(do func(*gitlabtest.Project)) func(*world) { return func(w *world) { w.side.Change(shop, do) } }
	for name, c := range map[string]struct {
		settings gitlab.PipelineSettings
		change   func(*world)
		want     []string
	}{
		"all is well": {with(named(), job("deploy")), func(*world) {}, []string{
			"ok: The token for https://gitlab.test works: it belongs to gonogo.", "ok: In shop/payments, gonogo has the role Developer.",
			"ok: The pipeline definition of shop/payments has the job deploy.", "ok: Pipelines of shop/payments are named by the key.",
		}},
		"all is well with inputs": {inputs(), change(func(p *gitlabtest.Project) { withInputs(p); p.Definition.File = declared }), []string{
			"ok: The token", "ok: In shop/payments", "ok: The pipeline definition of shop/payments declares the inputs, and pipelines are named by the key.",
		}},
		"a token that is not taken": {named(), func(w *world) { w.side.AddToken(secret, "gonogo", "api").Revoked = true }, []string{
			"GitLab at https://gitlab.test does not take the token in env:GITLAB. → Make an access token with the scope api, and put it where env:GITLAB points.",
		}},
		"a token that may only read": {named(), func(w *world) { w.side.AddToken(secret, "gonogo", "read_api") }, []string{
			"The token in env:GITLAB lacks the scope api; it has read_api. → Make an access token with the scope api",
		}},
		"a token that ends": {named(), func(w *world) { w.side.AddToken(secret, "gonogo", "api").Expires = time.Now().Add(5 * 24 * time.Hour) }, []string{
			"The token in env:GITLAB ends at Thu 6 Jan 00:00 UTC. → Rotate it in GitLab, which keeps its user",
		}},
		"a project by another name": {with(named(), func(s *gitlab.PipelineSettings) { s.Project = "shop/{service}s" }), func(*world) {}, []string{
			"There is no project shop/paymentss that the token may see. → Correct the project's full path",
		}},
		"a service without a project": {with(named(), func(s *gitlab.PipelineSettings) {
			s.Project, s.Projects = "", map[string]string{"orders": "shop/orders"}
		}), func(*world) {}, []string{
			"No project is configured for payments. → Name the project of payments under projects", "No project is configured for payments.",
		}},
		"an archived project": {named(), change(func(p *gitlabtest.Project) { p.Archived = true }), []string{"The project shop/payments is archived"}},
		"a role that is too low": {named(), change(func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Reporter }), []string{
			"In shop/payments, gonogo has the role Reporter, which may run no pipelines. → Give gonogo the role Developer in shop/payments.",
		}},
		"no role": {named(), change(func(p *gitlabtest.Project) { p.Visibility = "public"; delete(p.Members, "gonogo") }), []string{
			"In shop/payments, gonogo has the role none",
		}},
		"variables are for others": {variables(), change(func(p *gitlabtest.Project) { p.Least = "maintainer" }), []string{
			"shop/payments does not let the role Developer set pipeline variables; the least role that may is maintainer. → Configure inputs and name instead of variables",
		}},
		"variables are for nobody": {variables(), change(func(p *gitlabtest.Project) { p.Least = "no_one_allowed"; p.Members["gonogo"] = gitlabtest.Owner }), []string{
			"shop/payments does not let the role Owner set pipeline variables",
		}},
		"an invalid definition": {named(), change(func(p *gitlabtest.Project) { p.Definition.Faults = []string{"jobs:deploy config is bad"} }), []string{
			"The pipeline definition of shop/payments is invalid: jobs:deploy config is bad. → Correct it",
		}},
		"a job by another name": {with(named(), job("deploi")), func(*world) {}, []string{
			"The pipeline definition of shop/payments has no job deploi. → Correct job, or add a job of this name with when: manual.",
		}},
		"pipelines without a name": {named(), change(func(p *gitlabtest.Project) { p.Definition.Name = "of $CI_COMMIT_BRANCH" }), []string{
			"Pipelines of shop/payments do not take their name from the key: the bot can't find what it started",
		}},
		"inputs that are not declared": {inputs(), change(func(p *gitlabtest.Project) {
			withInputs(p)
			p.Definition.File = strings.ReplaceAll(declared, "version:", "flavour:")
		}), []string{
			".gitlab-ci.yml of shop/payments does not declare version among its inputs. → Declare them under spec: inputs:",
		}},
		"inputs without a name": {inputs(), change(func(p *gitlabtest.Project) {
			withInputs(p)
			p.Definition.File = strings.ReplaceAll(declared, "inputs.gonogo-key", "inputs.version")
		}), []string{
			"Pipelines of shop/payments do not take their name from the key",
		}},
		"no definition": {inputs(), change(withInputs), []string{"shop/payments has no file .gitlab-ci.yml."}},
		"a protected environment for others": {named(), change(func(p *gitlabtest.Project) {
			p.Premium, p.Environments = true, map[string]gitlabtest.Protection{"prod": {Users: []string{"dana"}, Roles: []gitlabtest.Role{gitlabtest.Maintainer}}}
		}), []string{
			"In shop/payments, gonogo may not deploy to the protected environment prod. → Add gonogo to those allowed to deploy to prod",
		}},
		"a protected environment": {named(), change(func(p *gitlabtest.Project) {
			p.Premium, p.Environments = true, map[string]gitlabtest.Protection{"prod": {Users: []string{"gonogo"}}, "staging": {Roles: []gitlabtest.Role{gitlabtest.Developer}}}
		}), []string{
			"ok: The token", "ok: In shop/payments, gonogo has", "ok: Pipelines of shop/payments", "ok: In shop/payments, gonogo may deploy to the protected environment prod.",
			"ok: In shop/payments, gonogo may deploy to the protected environment staging.",
		}},
		"no webhook": {with(named(), hook), change(func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Maintainer }), []string{
			"No webhook of shop/payments leads to the bot: what happens is seen later, by asking. → Add one to the bot's address with /hooks/pipelines/shop",
		}},
		"a webhook that tells too little": {with(named(), hook), change(func(p *gitlabtest.Project) {
			p.Members["gonogo"], p.Hooks = gitlabtest.Maintainer, []gitlabtest.Hook{{URL: "https://other.example/"}, {URL: "https://gonogo.example/hooks/pipelines/shop", Pipelines: true}}
		}), []string{
			"The webhook of shop/payments is disabled, or does not tell of pipelines, jobs and deployments",
		}},
		"a webhook": {with(named(), hook), change(func(p *gitlabtest.Project) {
			p.Members["gonogo"] = gitlabtest.Maintainer
			p.Hooks = []gitlabtest.Hook{{URL: "https://gonogo.example/hooks/pipelines/shop", Pipelines: true, Jobs: true, Deployments: true}}
		}), nil},
		"GitLab is down": {named(), func(w *world) { w.side.Fail(trouble.Closed) }, []string{
			"GitLab can't be asked about personal_access_tokens/self: gitlab: GET: HTTP 503", // and no more is tried
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				c.change(w)
				compared(t, w.examined(w.pipeline(c.settings, nil)), c.want)
			})
		})
	}
}

func TestTheSourceIsExamined(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings gitlab.ProvenanceSettings
		change   func(*world)
		want     []string
	}{
		"all is well": {gitlab.ProvenanceSettings{}, func(w *world) {
			w.side.AddToken(secret, "gonogo", "read_api")
			w.side.Change(shop, func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Reporter })
		}, []string{"ok: The token for", "ok: Commits of shop/payments can be read, and .gitlab-ci.yml on main among them."}},
		"a token for something else": {gitlab.ProvenanceSettings{}, func(w *world) { w.side.AddToken(secret, "gonogo", "read_user") }, []string{
			"The token in env:GITLAB lacks the scope read_api; it has read_user.",
		}},
		"a project by another name": {gitlab.ProvenanceSettings{Project: "shops/{service}"}, func(*world) {}, []string{"There is no project shops/payments"}},
		"a role that is too low": {gitlab.ProvenanceSettings{}, func(w *world) {
			w.side.Change(shop, func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Guest })
		}, []string{"In shop/payments, gonogo has the role Guest, which may not read the source code. → Give gonogo the role Reporter"}},
		"another branch":    {gitlab.ProvenanceSettings{Target: "trunk"}, func(*world) {}, []string{"shop/payments has no branch trunk. → Correct target."}},
		"another file":      {gitlab.ProvenanceSettings{PipelineFile: "ci.yml"}, func(*world) {}, []string{"shop/payments has no file ci.yml. → Correct pipeline_file."}},
		"a project in full": {gitlab.ProvenanceSettings{Projects: map[string]string{"orders": "shop/orders"}}, func(*world) {}, []string{"There is no project shop/orders"}},
		"a revoked token":   {gitlab.ProvenanceSettings{}, func(w *world) { w.side.AddToken(secret, "gonogo", "api").Revoked = true }, []string{"GitLab at https://gitlab.test does not take the token"}},
		"GitLab is garbled": {gitlab.ProvenanceSettings{}, func(w *world) { w.side.Fail(trouble.Garbled) }, []string{"GitLab can't be asked about personal_access_tokens/self"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				c.change(w)
				compared(t, w.examined(w.provenance(c.settings)), c.want)
			})
		})
	}
}
