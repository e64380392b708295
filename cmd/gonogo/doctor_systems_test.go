package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
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
	examinations(t, plain, []string{"knows the bot as gonogo", "The job shop/deploy-example takes what is passed to it: 4 parameters."},
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
