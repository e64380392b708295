package main

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
)

// illness is something that is wrong with a system that is set up otherwise as its page says, there or here, what the doctor finds, and what
// it bids one do. One that finds nothing is none.
type illness[W any] struct {
	there      func(W, *newcomer)
	here       func(*newcomer)
	finds, bid string
}

// examinations follow a page up to its doctor, once for each illness, and ask him.
func examinations[W any](t *testing.T, page func(*testing.T) (*other, W), well []string, ill map[string]illness[W]) {
	t.Helper()
	ill["well"] = illness[W]{}
	for name, i := range ill {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, there := page(t)
			p.hurries = true
			p.follow("", "$ gonogo doctor")
			if i.there != nil {
				i.there(there, p.newcomer)
			}
			ailment{i.here, i.finds, i.bid}.examine(p.newcomer, "gonogo doctor --config gonogo.yaml")
			if i.finds == "" {
				wordsIn(t, "doctor", strings.Join(strings.Fields(p.heard.String()), " "), well...)
			}
		})
	}
}

// swap changes one thing in the configuration.
func swap(was, is string) func(*newcomer) { return func(n *newcomer) { n.replace(was, is) } }

// lose gives a secret of somebody else.
func lose(name string) func(*newcomer) {
	return func(n *newcomer) { n.exports[name] = strings.Repeat("x", len(n.exports[name])) }
}

// astray gives the address of something else, which asks people to log in.
func astray(n *newcomer) {
	at := neighbour(n.t, func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Log in</html>")) })
	})
	n.edit(func(text string) string {
		return regexp.MustCompile(`\burl: http://127\S+`).ReplaceAllString(text, "url: "+at)
	})
}

// TestDoctorJenkins: on what the page sets up all is well; on what went wrong there is something to do, for each thing.
func TestDoctorJenkins(t *testing.T) {
	t.Parallel()
	type there = func(*jenkinstest.Server, *newcomer)
	revoked := func(r jenkinstest.Right) there {
		return func(ci *jenkinstest.Server, _ *newcomer) { ci.Revoke(r) }
	}
	plain := func(t *testing.T) (*other, *jenkinstest.Server) { return jenkinsPage(t, jenkinstest.Options{}) }
	examinations(t, plain, []string{"knows the bot as gonogo", "The job shop/deploy-example takes what is passed to it: 4 parameters.", "What the door for webhooks looks like"},
		map[string]illness[*jenkinstest.Server]{
			"wrong token":   {here: lose("JENKINS_TOKEN"), finds: "Jenkins does not take the API token of gonogo.", bid: "put it where env:JENKINS_TOKEN points"},
			"wrong address": {here: astray, finds: "is no Jenkins", bid: "Write the Jenkins URL"},
			"wrong job":     {here: swap("shop/deploy-{service}", "shop/{service}"), finds: "There is no job shop/example that gonogo may see.", bid: "Correct job or jobs"},
			"undeclared parameter": {here: swap("DIGEST:", "CHECKSUM:"),
				finds: "does not declare the parameter CHECKSUM", bid: "Declare CHECKSUM in the job as a string parameter"},
			"key that can't be read": {there: func(ci *jenkinstest.Server, _ *newcomer) {
				ci.AddJob(jenkinstest.Job{Path: "shop/deploy-example", Parameters: []jenkinstest.Parameter{
					{Name: "GONOGO_KEY", Type: "PasswordParameterDefinition"}, {Name: "ENVIRONMENT"}, {Name: "VERSION"}, {Name: "DIGEST"},
				}})
			}, finds: "declares GONOGO_KEY", bid: "Declare GONOGO_KEY as a string parameter."},
			"may see nothing":  {there: revoked(jenkinstest.OverallRead), finds: "gonogo may not read anything in Jenkins.", bid: "Give gonogo Overall/Read"},
			"may not see jobs": {there: revoked(jenkinstest.JobRead), finds: "that gonogo may see", bid: "give gonogo Job/Read there"},
			"disabled": {there: func(ci *jenkinstest.Server, _ *newcomer) { ci.Disable("shop/deploy-example", true) },
				finds: "is disabled", bid: "Enable the job in Jenkins."},
			"down": {there: func(ci *jenkinstest.Server, _ *newcomer) { ci.Fail(trouble.Closed) },
				finds: "Jenkins can't be asked about", bid: "Check the network"},
		})
	t.Run("with Blue Ocean", func(t *testing.T) {
		t.Parallel()
		examinations(t, func(t *testing.T) (*other, *jenkinstest.Server) {
			return jenkinsPage(t, jenkinstest.Options{Blue: true})
		}, nil,
			map[string]illness[*jenkinstest.Server]{
				"may not build": {there: revoked(jenkinstest.JobBuild), finds: "gonogo may not build shop/deploy-example.", bid: "Give gonogo Job/Build there."},
				"may not cancel": {there: revoked(jenkinstest.JobCancel),
					finds: "gonogo may not cancel builds of shop/deploy-example.", bid: "Give gonogo Job/Cancel there."},
			})
	})
}

// TestDoctorArgoCD does the same with Argo CD's page.
func TestDoctorArgoCD(t *testing.T) {
	t.Parallel()
	without := func(right string) func(*argocdtest.Server, *newcomer) {
		return func(argo *argocdtest.Server, n *newcomer) {
			var rights []string
			for _, r := range argocdRights(n.t, n.page) {
				if r != "applications, "+right+", shop/*" {
					rights = append(rights, r)
				}
			}
			argo.Account(n.exports["ARGOCD_TOKEN"], "gonogo", rights...)
		}
	}
	example := func(a argocdtest.App) func(*argocdtest.Server, *newcomer) {
		return func(argo *argocdtest.Server, _ *newcomer) {
			a.Project, a.Revision = "shop", "v0.9.0"
			argo.Add(a)
		}
	}
	examinations(t, func(t *testing.T) (*other, *argocdtest.Server) { return argocdPage(t, argocdtest.Options{}) },
		[]string{"The token works: the bot is gonogo there.", "example in prod is the Application example-prod of the project shop: Argo CD syncs it by itself."},
		map[string]illness[*argocdtest.Server]{
			"wrong token": {here: lose("ARGOCD_TOKEN"), finds: "The token is not accepted.", bid: "put it where env:ARGOCD_TOKEN points"},
			"wrong Application": {here: swap("{service}-{environment}", "the-{service}-{environment}"),
				finds: "There is no Application the-example-staging", bid: "Correct application, applications, project or app_namespace"},
			"wrong project": {here: swap("project: shop", "project: other"),
				finds: "in the project other, or there is no such project", bid: "applications, get, other/example-staging"},
			"one for all": {there: example(argocdtest.App{Name: "example"}), here: swap("{service}-{environment}", "{service}"),
				finds: "both run in the Application example", bid: "Name an Application of its own for each"},
			"wrong kind": {here: swap("revision: v{version}", "parameters: {image.tag: \"{version}\"}"),
				finds: "is of the kind Directory", bid: "parameters for Helm, images for Kustomize"},
			"declared elsewhere": {there: example(argocdtest.App{Name: "example-prod", Set: "everything"}),
				finds: "No version can be declared for example in prod", bid: "what declares it"},
			"may not look":   {there: without("get"), finds: "may not see the Application", bid: "applications, get, shop/example-staging"},
			"may not change": {there: without("update"), finds: "not do all it takes", bid: "applications, update, shop/example-prod"},
			"may not sync":   {there: without("sync"), finds: "not do all it takes", bid: "applications, sync, shop/example-prod"},
			"down": {there: func(argo *argocdtest.Server, _ *newcomer) { argo.Fail(trouble.Closed) },
				finds: "Argo CD can't be asked", bid: "Check url, the network"},
		})
}

// TestDoctorGitHub does the same with GitHub's page.
func TestDoctorGitHub(t *testing.T) {
	t.Parallel()
	type there = func(*githubtest.Server, *newcomer)
	permits := func(permission, level string) there {
		return func(hub *githubtest.Server, _ *newcomer) { hub.Permit(permission, level) }
	}
	workflow := func(was, is string) there {
		return func(hub *githubtest.Server, n *newcomer) {
			text := n.shown("yml")
			if !strings.Contains(text, was) {
				n.t.Fatalf("the page's workflow has no %q", was)
			}
			hub.Commit("shop/example", "main", "gonogo", githubtest.Change{Message: "x", Files: map[string]string{
				".github/workflows/deploy.yml": strings.Replace(text, was, is, 1),
			}})
		}
	}
	examinations(t, func(t *testing.T) (*other, *githubtest.Server) { return githubPage(t, githubtest.Options{}) },
		[]string{"declares its inputs and shows key in its run-name", "The token may start workflows in shop/example.", "shop/example has the environment production."},
		map[string]illness[*githubtest.Server]{
			"wrong token":      {here: lose("GITHUB_TOKEN"), finds: "does not take the token", bid: "put it where env:GITHUB_TOKEN points"},
			"wrong repository": {here: swap("shop/{service}", "shop/{service}-api"), finds: "There is no repository shop/example-api", bid: "Correct repository"},
			"wrong workflow":   {here: swap("deploy.yml", "release.yml"), finds: "There is no workflow release.yml in shop/example.", bid: "Correct workflow"},
			"wrong environment": {here: swap("prod: production", "prod: live"),
				finds: "There is no environment live in shop/example.", bid: "Correct environments"},
			"undeclared input":  {here: swap("digest: \"{digest}\"", "checksum: \"{digest}\""), finds: "does not declare the input checksum", bid: "Declare checksum"},
			"no key to be seen": {there: workflow(" (${{ inputs.key }})", ""), finds: "does not show the input key in its run-name", bid: "Put ${{ inputs.key }} into its run-name."},
			"not dispatched":    {there: workflow("workflow_dispatch", "workflow_call"), finds: "can't be started from outside", bid: "Add workflow_dispatch"},
			"may not start":     {there: permits("actions", "read"), finds: "The token may not start workflows", bid: "Actions: write"},
			"may not record":    {there: permits("deployments", "read"), finds: "The token may not keep deployments on record", bid: "Deployments: write"},
			"may not read":      {there: permits("contents", ""), finds: "The token may not read .github/workflows/deploy.yml", bid: "Contents: read"},
			"switched off": {there: func(hub *githubtest.Server, _ *newcomer) {
				hub.SetWorkflow("shop/example", "deploy.yml", "disabled_manually")
			}, finds: "is switched off", bid: "Enable it"},
			"down": {there: func(hub *githubtest.Server, _ *newcomer) { hub.Fail(trouble.Closed) }, finds: "GitHub can't be asked", bid: "Check the network"},
		})
}

// TestDoctorGitLab does the same with GitLab's page.
func TestDoctorGitLab(t *testing.T) {
	t.Parallel()
	changed := func(change func(*gitlabtest.Project)) func(*gitlabtest.Server, *newcomer) {
		return func(lab *gitlabtest.Server, _ *newcomer) { lab.Change("shop/example", change) }
	}
	examinations(t, func(t *testing.T) (*other, *gitlabtest.Server) { return gitlabPage(t, nil) },
		[]string{"In shop/example, gonogo has the role Developer.", "Pipelines of shop/example are named by the key."},
		map[string]illness[*gitlabtest.Server]{
			"wrong token": {here: lose("GITLAB_TOKEN"), finds: "does not take the token in env:GITLAB_TOKEN", bid: "put it where env:GITLAB_TOKEN points"},
			"token that reads": {here: func(n *newcomer) { n.exports["GITLAB_TOKEN"] = n.exports["GITLAB_READ_TOKEN"] },
				finds: "lacks the scope api; it has read_api", bid: "Make an access token with the scope api"},
			"wrong project": {here: swap("shop/{service}", "shop/{service}s"), finds: "There is no project shop/examples that the token may see.", bid: "Correct the project's full path"},
			"low role": {there: changed(func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Reporter }),
				finds: "has the role Reporter", bid: "Give gonogo the role Developer in shop/example."},
			"variables for nobody": {there: changed(func(p *gitlabtest.Project) { p.Least = "no_one_allowed" }),
				finds: "does not let the role Developer set pipeline variables", bid: "Configure inputs and name instead of variables"},
			"wrong name": {there: changed(func(p *gitlabtest.Project) { p.Definition.Name = "of $CI_COMMIT_BRANCH" }), finds: "do not take their name from the key", bid: "workflow: name: 'gonogo $GONOGO_KEY to $ENVIRONMENT'"},
			"wrong job":  {here: swap("      name: gonogo", "      job: deploi\n      name: gonogo"), finds: "has no job deploi", bid: "Correct job"},
			"archived":   {there: changed(func(p *gitlabtest.Project) { p.Archived = true }), finds: "is archived", bid: "narchive"},
			"protected": {there: changed(func(p *gitlabtest.Project) {
				p.Premium, p.Environments = true, map[string]gitlabtest.Protection{"prod": {Roles: []gitlabtest.Role{gitlabtest.Maintainer}}}
			}), finds: "gonogo may not deploy to the protected environment prod", bid: "Add gonogo to those allowed to deploy to prod"},
			"no webhook": {there: changed(func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Maintainer }), finds: "webhook", bid: "/hooks/pipelines/deploy"},
			"down":       {there: func(lab *gitlabtest.Server, _ *newcomer) { lab.Fail(trouble.Closed) }, finds: "GitLab can't be asked", bid: "Check the network"},
		})
}

// TestDoctorJira does the same with Jira's page.
func TestDoctorJira(t *testing.T) {
	t.Parallel()
	denied := func(permission string) func(*jiratest.Server, *newcomer) {
		return func(j *jiratest.Server, _ *newcomer) { j.Deny(permission) }
	}
	ill := map[string]illness[*jiratest.Server]{
		"wrong token":   {here: lose("JIRA_TOKEN"), finds: "does not take the token", bid: "put it where env:JIRA_TOKEN points"},
		"wrong email":   {here: swap("email: ", "email: not."), finds: "does not take the token", bid: "check that email is that account's"},
		"wrong project": {here: swap("project: CHG", "project: CHANGE"), finds: "There is no project CHANGE that the bot can see.", bid: "Correct project"},
		"wrong type":    {here: swap("issue_type: Change", "issue_type: Earthquake"), finds: "The bot can create no Earthquake in CHG.", bid: "Correct issue_type"},
		"wrong field":   {here: swap("digest: Artifact digest", "digest: Artefact digest"), finds: "digest is to go to the field Artefact digest", bid: "correct fields.digest"},
		"unfit field":   {here: swap("commit: Commit", "commit: Planned start"), finds: "which takes datetime", bid: "a text always fits"},
		"wrong status":  {here: swap("[Implementing]", "[Rolling out]"), finds: "statuses.implementing names the status Rolling out", bid: "the workflow has Open, Approved"},
		"wrong link":    {here: swap("relates to", "tickles"), finds: "There is no type of link “tickles”", bid: "work_items.link"},
		"wrong kind":    {here: swap("kind: cloud\n    email: "+jiratest.Email, "kind: datacenter"), finds: "does not take the token", bid: "personal access token"},
		"required field": {there: func(j *jiratest.Server, _ *newcomer) {
			j.SetField(jiratest.Field{ID: "customfield_10999", Name: "Cost centre", Type: "string", Custom: "textfield", Required: true})
		}, finds: "Cost centre is required", bid: "Map something to it"},
		"no labels": {there: func(j *jiratest.Server, _ *newcomer) {
			j.SetField(jiratest.Field{ID: "labels", Name: "Labels", Type: "array", Items: "string", Off: true})
		}, finds: "Labels is not on the screen", bid: "Put the field Labels on that screen."},
		"down": {there: func(j *jiratest.Server, _ *newcomer) { j.Fail(trouble.Closed) }, finds: "Jira can't be asked", bid: "Check the network"},
	}
	for _, permission := range []string{"CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS", "CREATE_ATTACHMENTS", "LINK_ISSUES"} {
		ill["without "+permission] = illness[*jiratest.Server]{there: denied(permission), finds: "The bot lacks the permission " + permission, bid: "Give " + permission}
	}
	ill["without BROWSE_PROJECTS"] = illness[*jiratest.Server]{there: denied("BROWSE_PROJECTS"), finds: "There is no project CHG", bid: "“Browse projects”"}
	examinations(t, jiraPage, []string{"The bot may do all it needs to in CHG.", "digest goes to the field Artifact digest.", "Every configured status is in the workflow"}, ill)
}

// TestDoctorPagerDuty does the same with PagerDuty's page.
func TestDoctorPagerDuty(t *testing.T) {
	t.Parallel()
	examinations(t, pagerdutyPage,
		[]string{"Pages of example go to Example.", "The routing key of example is that of", "1 person is on call for example", "comes by webhook to https://gonogo.example.org/hooks/pager"},
		map[string]illness[*pagerdutytest.Server]{
			"wrong token":       {here: lose("PAGERDUTY_TOKEN"), finds: "The REST API key is not accepted.", bid: "put it where env:PAGERDUTY_TOKEN points"},
			"wrong routing key": {here: lose("PAGERDUTY_EXAMPLE"), finds: "belongs to none of the Events API v2 integrations", bid: "put its integration key where the routing_key of example points"},
			"wrong service":     {here: swap("PEXAMPL", "PELSEWH"), finds: "PagerDuty has no service PELSEWH for example", bid: "Write the id at the end of the address"},
			"wrong from":        {here: swap("gonogo@shop.example", "nobody@shop.example"), finds: "knows no user with the address nobody@shop.example", bid: "in from"},
			"wrong priorities":  {here: swap("{P1: critical", "{SEV1: critical"), finds: "priorities that the account does not have: SEV1", bid: "the account has P1, P2"},
			"may only look": {there: func(p *pagerdutytest.Server, n *newcomer) {
				p.AddUser(pagerdutytest.User{ID: "PEYES01", Name: "Eyes", Email: "eyes@shop.example", Role: "observer"})
				p.AddKey(pagerdutytest.Key{Value: n.exports["PAGERDUTY_WEBHOOK"] + "-key", User: "PEYES01"})
			}, here: func(n *newcomer) { n.exports["PAGERDUTY_TOKEN"] = n.exports["PAGERDUTY_WEBHOOK"] + "-key" }, finds: "whose role is observer", bid: "a user who may respond to incidents"},
			"may not see webhooks": {there: func(p *pagerdutytest.Server, n *newcomer) {
				p.AddKey(pagerdutytest.Key{Value: n.exports["PAGERDUTY_TOKEN"], Without: []string{"/webhook_subscriptions"}})
			}, finds: "may not ask for GET /webhook_subscriptions", bid: "Take a key of the whole account"},
			"no secret": {here: swap("    webhook_secrets: [env:PAGERDUTY_WEBHOOK]\n", ""), finds: "no secret is configured to verify them with", bid: "into webhook_secrets"},
			"down":      {there: func(p *pagerdutytest.Server, _ *newcomer) { p.Fail(trouble.Closed) }, finds: "PagerDuty can't be asked", bid: "Check the network"},
		})
	t.Run("webhook for little", func(t *testing.T) {
		t.Parallel()
		p, _ := pagerdutyTold(t, []string{"incident.triggered"})
		p.hurries = true
		p.follow("", "$ gonogo doctor")
		ailment{nil, "does not tell of", "Add these events in its settings."}.examine(p.newcomer, "gonogo doctor --config gonogo.yaml")
	})
}

// TestDoctorProvenance: where source code is read from is set up as the pages say, and examined for every service.
func TestDoctorProvenance(t *testing.T) {
	t.Parallel()
	read := func(t *testing.T, p *other, token string) string {
		t.Helper()
		p.hurries = true
		p.follow("", "$ gonogo doctor")
		p.edit(func(text string) string { return text + "\nprovenance:\n#\n" })
		p.follow("### Source code", "## Settings")
		for name, value := range p.exports {
			p.env = append(p.env, name+"="+value)
		}
		p.env = append(p.env, token)
		out, _ := p.ends("gonogo doctor --config gonogo.yaml")
		_, after, _ := strings.Cut(strings.Join(strings.Fields(out), " "), "What provenance looks like")
		after, _, _ = strings.Cut(after, "What pipelines")
		if after == "" {
			t.Errorf("provenance is not examined:\n%s", out)
		}
		return after
	}
	t.Run("GitHub", func(t *testing.T) {
		t.Parallel()
		p, _ := githubPage(t, githubtest.Options{})
		wordsIn(t, "doctor", read(t, p, ""), "The token sees shop/example.", "shop/example has .github/workflows/deploy.yml.", "Pull requests of shop/example can be read.")
	})
	t.Run("GitHub, wrong token", func(t *testing.T) {
		t.Parallel()
		p, _ := githubPage(t, githubtest.Options{})
		wordsIn(t, "doctor", read(t, p, "GITHUB_READ_TOKEN=of-somebody-else"), "does not take the token", "put it where env:GITHUB_READ_TOKEN points")
	})
	t.Run("GitLab", func(t *testing.T) {
		t.Parallel()
		p, lab := gitlabPage(t, nil)
		lab.Push("shop/example", "gonogo", "main", gitlabtest.Commit{Message: "x", Author: "dana@shop.example", Files: []string{".gitlab-ci.yml"}})
		wordsIn(t, "doctor", read(t, p, ""), "Commits of shop/example can be read, and .gitlab-ci.yml on main among them.")
	})
}

// TestSettingsAreChecked: what is written wrong in a system's section is named with its line, and with what may have been meant.
func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	pages := map[string]func(*testing.T) *other{
		"jenkins":   func(t *testing.T) *other { p, _ := jenkinsPage(t, jenkinstest.Options{}); return p },
		"argocd":    func(t *testing.T) *other { p, _ := argocdPage(t, argocdtest.Options{}); return p },
		"github":    func(t *testing.T) *other { p, _ := githubPage(t, githubtest.Options{}); return p },
		"gitlab":    func(t *testing.T) *other { p, _ := gitlabPage(t, nil); return p },
		"jira":      func(t *testing.T) *other { p, _ := jiraPage(t); return p },
		"pagerduty": func(t *testing.T) *other { p, _ := pagerdutyPage(t); return p },
	}
	for page, wrongs := range map[string][]struct{ was, is, says string }{
		"jenkins": {
			{"parameters:", "paramaters:", "settings.paramaters: the key \"paramaters\" is not known here; did you mean parameters?"},
			{"{version}", "{verson}", "settings.parameters.VERSION: {verson} in \"{verson}\" is none of {service} {environment} {version}"},
			{"env:JENKINS_TOKEN", "11abcdef", "settings.token: it must be a reference, env:NAME or file:PATH"},
			{"shop/deploy-{service}", "shop//deploy", "settings.job: \"shop//deploy\" is no path of folders and a job"},
		},
		"argocd": {
			{"revision:", "revison:", "settings.revison: the key \"revison\" is not known here; did you mean revision?"},
			{"v{version}", "v{vresion}", "settings.revision: {vresion} in \"v{vresion}\" is none of"},
			{"url: http://", "url: http://argo.example.org/", "settings.url: https is needed"},
		},
		"github": {
			{"repository:", "repositry:", "settings.repositry: the key \"repositry\" is not known here; did you mean repository?"},
			{"deploy.yml", "deploy.txt", "settings.workflow: \"deploy.txt\" is no file name of a workflow, like deploy.yml"},
			{"{digest}", "{digset}", "settings.inputs.digest: {digset} in \"{digset}\" is none of"},
		},
		"gitlab": {
			{"variables:", "variabels:", "settings.variabels: the key \"variabels\" is not known here; did you mean variables?"},
			{"{key} to", "{kye} to", "settings.name: must hold {key} once"},
		},
		"jira": {
			{"statuses:", "statusses:", "settings.statusses: the key \"statusses\" is not known here; did you mean statuses?"},
			{"jql:", "jqll:", "settings.work_items.jqll: the key \"jqll\" is not known here; did you mean jql?"},
			{"digest: Art", "digset: Art", "settings.fields.digset: a change has no digset, only approvers"},
			{"implementing:", "implementig:", "settings.statuses.implementig: it is no status of a change"},
			{"kind: cloud", "kind: clod", "settings.kind: \"clod\" is not allowed here: one of cloud and datacenter"},
		},
		"pagerduty": {
			{"routing_key:", "routing_kye:", "settings.services.example.routing_kye: the key \"routing_kye\" is not known here; did you mean routing_key?"},
			{"P1: critical", "P1: critcal", "settings.severity.priorities.P1: \"critcal\""},
			{"PEXAMPL", "pexampl", "settings.services.example.id: \"pexampl\" is no id of a PagerDuty service"},
		},
	} {
		for _, wrong := range wrongs {
			t.Run(page+" "+strings.Map(word, wrong.is), func(t *testing.T) {
				t.Parallel()
				p := pages[page](t)
				p.hurries = true
				p.follow("", "## 4. Webhooks")
				p.replace(wrong.was, wrong.is)
				text, err := os.ReadFile(p.file())
				if err != nil {
					t.Fatal(err)
				}
				before, _, _ := strings.Cut(string(text), wrong.is)
				out, status := p.ends("gonogo config check gonogo.yaml")
				if status != exitFailed {
					t.Errorf("status %d", status)
				}
				found := slices.ContainsFunc(strings.Split(out, "\n"), func(line string) bool {
					return strings.HasPrefix(line, fmt.Sprintf("gonogo.yaml:%d: ", 1+strings.Count(before, "\n"))) && strings.Contains(line, wrong.says)
				})
				if !found {
					t.Errorf("line %d: %q is not in:\n%s", 1+strings.Count(before, "\n"), wrong.says, out)
				}
			})
		}
	}
}

// word leaves nothing of a text that a test can't be called.
func word(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return '_'
}
