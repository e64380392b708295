package github_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// reader reads in UTC; nobody is named in what is found.
type reader struct{ port.Reader }

func (reader) Zone() *time.Location { return time.UTC }

func said(text chat.Text) string {
	if text.IsZero() {
		return ""
	}
	return words.Text(text, reader{}, time.Now())
}

// wrongs lists the codes of what is not well, and fails where somebody is not told what to do, or could read a secret.
func wrongs(t *testing.T, w *world, findings []port.Finding) (codes []string) {
	t.Helper()
	for _, f := range findings {
		worded := said(f.What) + " " + said(f.Do)
		w.quiet(t, worded)
		if f.OK != f.Do.IsZero() {
			t.Errorf("what to do: %+v", f)
		}
		if !f.OK {
			codes = append(codes, strings.TrimPrefix(string(f.What.Code), "github.check."))
		}
	}
	return codes
}

func TestTheDoctorOfAPipeline(t *testing.T) {
	t.Parallel()
	push := func(text string) func(*world) {
		return func(w *world) {
			w.Commit(payments, "main", "gonogo", githubtest.Change{Message: "x", Files: map[string]string{".github/workflows/deploy.yml": text}})
		}
	}
	for name, c := range map[string]struct {
		options githubtest.Options
		world   func(*world)
		change  func(*github.PipelineSettings)
		targets []port.Target
		want    []string
	}{
		"all is well":      {},
		"a classic token":  {options: githubtest.Options{Scopes: []string{"repo", "read:org"}}},
		"a wrong scope":    {options: githubtest.Options{Scopes: []string{"gist"}}, want: []string{"no_scope", "no_repository"}},
		"a wrong token":    {change: func(s *github.PipelineSettings) { s.Token = "env:HOOK" }, want: []string{"no_token"}},
		"a token's end":    {options: githubtest.Options{Expires: time.Date(2000, 1, 8, 0, 0, 0, 0, time.UTC)}, want: []string{"expires"}},
		"out of sight":     {world: func(w *world) { w.Hide(payments, true) }, want: []string{"no_repository"}},
		"a wrong mapping":  {change: func(s *github.PipelineSettings) { s.Repository = "shop/{service}-api" }, want: []string{"no_repository"}},
		"archived":         {world: func(w *world) { w.Archive(payments) }, want: []string{"archived"}},
		"no right at all":  {world: func(w *world) { w.Permit("metadata", "") }, want: []string{"no_right"}},
		"no workflow":      {change: func(s *github.PipelineSettings) { s.Workflow = "release.yml" }, want: []string{"no_workflow"}},
		"switched off":     {world: func(w *world) { w.SetWorkflow(payments, "deploy.yml", "disabled_manually") }, want: []string{"inactive"}},
		"may not start":    {world: func(w *world) { w.Permit("actions", "read") }, want: []string{"may_not_start"}},
		"may not see runs": {world: func(w *world) { w.Permit("actions", "") }, want: []string{"no_right", "no_right"}},
		"a role too low":   {world: func(w *world) { w.Role(payments, "gonogo", "read") }, want: []string{"may_not_start", "may_not_record"}},
		"may not record":   {world: func(w *world) { w.Permit("deployments", "read") }, want: []string{"may_not_record"}},
		"no record wanted": {world: func(w *world) { w.Permit("deployments", "") }, change: func(s *github.PipelineSettings) { s.Record = false }},
		"may not read":     {world: func(w *world) { w.Permit("contents", "") }, want: []string{"no_right"}},
		"no environment":   {change: func(s *github.PipelineSettings) { s.Environments = map[string]string{"prod": "live"} }, want: []string{"no_environment"}},
		"no such ref":      {change: func(s *github.PipelineSettings) { s.Ref = "stable" }, want: []string{"no_ref"}},
		"a ref to come":    {change: func(s *github.PipelineSettings) { s.Ref = "v{version}" }},
		"another ref":      {world: func(w *world) { w.Commit(payments, "stable", "gonogo", githubtest.Change{Message: "x"}) }, change: func(s *github.PipelineSettings) { s.Ref = "stable" }},
		"no file": {world: func(w *world) {
			w.Commit(payments, "stable", "gonogo", githubtest.Change{Message: "x", Files: map[string]string{".github/workflows/deploy.yml": ""}})
		}, change: func(s *github.PipelineSettings) { s.Ref = "stable" }, want: []string{"no_file"}},
		"undeclared":       {change: func(s *github.PipelineSettings) { s.Inputs["digest"] = "{digest}" }, want: []string{"undeclared"}},
		"ungiven":          {change: func(s *github.PipelineSettings) { delete(s.Inputs, "version") }, want: []string{"ungiven"}},
		"another key":      {change: func(s *github.PipelineSettings) { s.Key = "gonogo" }, want: []string{"undeclared", "ungiven", "no_run_name"}},
		"no run-name":      {world: push(strings.Replace(deploy, "run-name", "x-name", 1)), want: []string{"no_run_name"}},
		"not dispatched":   {world: push("on: push\n"), want: []string{"not_dispatched"}},
		"no workflow file": {world: push("- just\n- a list\n"), want: []string{"unread_workflow"}},
		"serves nothing":   {targets: []port.Target{}, want: []string{"serves_nothing"}},
		"limited":          {world: func(w *world) { w.Exhaust(time.Now().Add(time.Hour)) }, want: []string{"unreachable"}},
		"down":             {world: func(w *world) { w.Fail(trouble.Closed) }, want: []string{"unreachable"}},
		"no API":           {world: func(w *world) { w.Fail(trouble.Garbled) }, want: []string{"unreachable"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := begin(t, c.options)
				w.AddEnvironment(payments, githubtest.Environment{Name: "production"})
				if c.world != nil {
					c.world(w)
				}
				s, o := settings(), w.outside()
				if c.change != nil {
					c.change(&s)
				}
				if c.targets != nil {
					o.Targets = func() []port.Target { return c.targets }
				}
				p, err := github.NewPipeline(s, o)
				if err != nil {
					t.Fatal(err)
				}
				before := len(w.Deployments(payments))
				if got := wrongs(t, w, p.Examine(t.Context())); !slices.Equal(got, c.want) {
					t.Errorf("found %q, want %q", got, c.want)
				}
				w.Heal()
				if len(w.Runs(payments)) != 0 || len(w.Deployments(payments)) != before {
					t.Error("examining started or recorded something")
				}
			})
		})
	}
}

func TestTheDoctorLooksAtTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		o := w.outside()
		o.Clock = func() time.Time { return time.Now().Add(-3 * time.Minute) }
		p, err := github.NewPipeline(settings(), o)
		if err != nil {
			t.Fatal(err)
		}
		w.AddEnvironment(payments, githubtest.Environment{Name: "production"})
		if got := wrongs(t, w, p.Examine(t.Context())); !slices.Equal(got, []string{"clock"}) {
			t.Errorf("found %q", got)
		}
	})
}

func TestTheDoctorOfProvenance(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		world  func(*world)
		change func(*github.ProvenanceSettings)
		want   []string
	}{
		"all is well":      {},
		"a wrong token":    {change: func(s *github.ProvenanceSettings) { s.Token = "env:HOOK" }, want: []string{"no_token"}},
		"no repository":    {change: func(s *github.ProvenanceSettings) { s.Repository = "shop/x-{service}" }, want: []string{"no_repository"}},
		"unmapped":         {change: func(s *github.ProvenanceSettings) { s.Repository, s.Repositories = "", map[string]string{"x": "a/b"} }, want: []string{"no_repository", "unmapped"}},
		"no branch":        {change: func(s *github.ProvenanceSettings) { s.Branch = "trunk" }, want: []string{"no_ref"}},
		"no pipeline file": {change: func(s *github.ProvenanceSettings) { s.PipelineFile = "Jenkinsfile" }, want: []string{"no_file"}},
		"no contents":      {world: func(w *world) { w.Permit("contents", "") }, want: []string{"no_right"}},
		"no pull requests": {world: func(w *world) { w.Permit("pull_requests", "") }, want: []string{"no_right"}},
		"no pushes":        {world: func(w *world) { w.KeepActivity(false) }, want: []string{"no_pushes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := begin(t, githubtest.Options{})
				if c.world != nil {
					c.world(w)
				}
				s := provenanceSettings()
				if c.change != nil {
					c.change(&s)
				}
				p, err := github.NewProvenance(s, w.outside())
				if err != nil {
					t.Fatal(err)
				}
				if got := wrongs(t, w, p.Examine(t.Context())); !slices.Equal(got, c.want) {
					t.Errorf("found %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options githubtest.Options
		world   func(*world)
		want    []string // "code on", with "?" for what could not be read
	}{
		"as it should be": {
			world: func(w *world) {
				for _, e := range []string{"production", "stage"} {
					w.AddEnvironment(payments, githubtest.Environment{Name: e, Reviewers: []string{"mira"}, PreventSelfReview: true})
				}
				w.Allow(payments, "selected", "read", false)
			},
			want: []string{"log true", "starters true", "reviewed true", "reviewed true", "token true", "actions true"},
		},
		"as it comes": {
			world: func(w *world) { w.Allow(payments, "all", "write", true) },
			want:  []string{"log true", "starters true", "no_environment false", "no_environment false", "token_writes false", "any_action false"},
		},
		"half done": {
			world: func(w *world) {
				w.AddEnvironment(payments, githubtest.Environment{Name: "production", Reviewers: []string{"mira"}})
				w.AddEnvironment(payments, githubtest.Environment{Name: "stage"})
				w.Allow(payments, "local_only", "read", true)
			},
			want: []string{"log true", "starters true", "unreviewed false", "self_review false", "token_approves false", "actions true"},
		},
		"of a person": {
			world: func(w *world) { w.Personal(payments) },
			want:  []string{"no_log false", "starters true", "no_environment false", "no_environment false", "token true", "any_action false"},
		},
		"a classic token": {
			options: githubtest.Options{Scopes: []string{"repo", "admin:org"}},
			want:    []string{"log true", "starters true", "no_environment false", "no_environment false", "token true", "any_action false"},
		},
		"few rights": {
			world: func(w *world) {
				for _, right := range []string{"administration", "organization_administration", "actions", "metadata"} {
					w.Permit(right, "")
				}
			},
			want: []string{"log_unread ?", "starters_unread ?", "environment_unread ?", "environment_unread ?", "token_unread ?", "actions_unread ?"},
		},
		"no Enterprise Cloud": {
			world: func(w *world) { w.Audited(false) },
			want:  []string{"log_unread ?", "starters true", "no_environment false", "no_environment false", "token true", "any_action false"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := begin(t, c.options)
				w.AddUser("mira", "mira@shop.example", "User")
				w.Role(payments, "mira", "admin")
				if c.world != nil {
					c.world(w)
				}
				var got []string
				for _, r := range w.pipeline(t).Audit(t.Context()) {
					on := "?"
					if r.On != nil {
						on = map[bool]string{true: "true", false: "false"}[*r.On]
					}
					if (on == "true") != r.Do.IsZero() {
						t.Errorf("what to do: %+v", r)
					}
					w.quiet(t, said(r.What)+said(r.Do))
					if people, ok := r.What.Arg("people"); ok && !slices.Equal(people.Words, []string{"gonogo", "mira"}) {
						t.Errorf("may start: %q", people.Words)
					}
					got = append(got, strings.TrimPrefix(string(r.What.Code), "github.audit.")+" "+on)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("read %q, want %q", got, c.want)
				}
			})
		})
	}
}
