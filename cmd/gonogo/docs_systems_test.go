package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
)

// chapters are what the page of every system has, in this order, with what is special to one after "How it works".
var chapters = []string{
	"1. Rights", "2. The other side", "3. Configuration", "4. Webhooks", "5. Testing it", "People", "How it works", "Settings", "When … is down",
	"What is not covered", "When something is wrong",
}

// systemPages are the pages by the system's name in its title.
var systemPages = map[string]string{
	"Jira": "jira", "PagerDuty": "pagerduty", "Jenkins": "jenkins", "GitLab": "gitlab", "GitHub": "github", "Argo CD": "argocd", "Git": "gitlocal",
}

// TestDocsSystemsAreAlike: each page answers the same questions in the same order, and can be found.
func TestDocsSystemsAreAlike(t *testing.T) {
	t.Parallel()
	for system, page := range systemPages {
		text, err := os.ReadFile("../../docs/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		wantChapters(t, system, string(text))
		for _, from := range []string{"../../README.md", "../../docs/operations.md"} {
			list, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`\]\((docs/)?` + page + `\.md\)`).Match(list) {
				t.Errorf("%s does not lead to %s.md", from, page)
			}
		}
	}
}

// wantChapters wants the chapters that the page of every system has.
func wantChapters(t *testing.T, system, text string) {
	t.Helper()
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^##? (.+)$`).FindAllStringSubmatch(outsideBlocks(text), -1) {
		got = append(got, m[1])
	}
	want := append([]string{system}, chapters...)
	if shown, must := strings.Join(got, "\n"), strings.ReplaceAll(strings.Join(want, "\n"), "…", system); shown != must {
		t.Errorf("the page of %s has the chapters\n%s\nnot\n%s", system, shown, must)
	}
}

// outsideBlocks is a page without what it quotes.
func outsideBlocks(page string) string {
	return regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(page, "")
}

// neighbour serves another system on this machine; its handler is made once its address is known.
func neighbour(t *testing.T, make func(address string) http.Handler) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = "http://" + l.Addr().String()
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: make(address), ReadHeaderTimeout: patience}}
	s.Start()
	t.Cleanup(s.Close)
	return address
}

// other is another system as its page sets it up, with what a test of any of them needs.
type other struct {
	*newcomer
	// close ends the other side; wrong is what was asked of it, or said by it, other than described.
	close func()
	wrong func() []error
}

// ends has the other side end after everything that uses it, and say what was wrong.
func (o *other) ended(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		o.close()
		for _, wrong := range o.wrong() {
			t.Errorf("not as described: %.300v", wrong)
		}
	})
}

// proxied is the name under which the pages have other systems reach the bot.
const proxied = "gonogo.example.org"

// behindProxy names the proxy in front of the bot, as operations.md says.
func (o *other) behindProxy() { o.replace("operations:\n", "operations:\n  hosts: ["+proxied+"]\n") }

// linked gives an account to the first person of the configuration, as the page says how it is written.
func (o *other) linked(account string) {
	platform, _, _ := strings.Cut(account, "::")
	wordsIn(o.t, "page", o.page, "`"+platform+"::")
	o.replace(`"local:main:admin"`, `"local:main:admin", "`+account+`"`)
}

// courier carries webhooks as a reverse proxy does, and remembers what became of them.
type courier struct {
	mu   sync.Mutex
	to   string // address of the bot
	sent []delivery
}

type delivery struct {
	header http.Header
	path   string
	body   []byte
	status int
}

// RoundTrip implements http.RoundTripper: whatever the host is called, the bot is reached.
func (c *courier) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	answer, err := c.carry(r.Method, r.URL.Host, r.URL.Path, r.Header, body)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, delivery{r.Header.Clone(), r.URL.Path, body, answer.StatusCode})
	answer.Request = r
	return answer, nil
}

func (c *courier) carry(method, host, path string, h http.Header, body []byte) (*http.Response, error) {
	r, err := http.NewRequest(method, c.to+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header, r.Host = h.Clone(), host
	return http.DefaultTransport.RoundTrip(r)
}

func (c *courier) deliveries() []delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]delivery(nil), c.sent...)
}

// client is what the other side sends its webhooks with.
func (o *other) client() (*http.Client, *courier) {
	c := &courier{to: o.bot.address}
	return &http.Client{Transport: c, Timeout: patience}, c
}

// hook is how a system's webhooks are known.
type hook struct {
	path   string // as the page gives it
	header string // that proves them
	signs  bool   // and covers the body
}

// arrive waits until a webhook came by the path of the page and was taken, and shows that it is refused once anything of it is forged.
func (o *other) arrive(c *courier, h hook) {
	o.t.Helper()
	wordsIn(o.t, "page", o.page, "https://"+proxied+h.path)
	o.bot.await("webhook", func() bool { return len(c.deliveries()) > 0 })
	for _, d := range c.deliveries() {
		if d.path != h.path || d.status != http.StatusNoContent {
			o.t.Fatalf("a webhook to %s was answered with %d, with %v", d.path, d.status, d.header)
		}
	}
	good := c.deliveries()[0]
	proof := good.header.Get(h.header)
	if proof == "" {
		o.t.Fatalf("nothing proves a webhook: %v", good.header)
	}
	last := map[bool]string{true: "0", false: "1"}[!strings.HasSuffix(proof, "0")]
	forged := map[string]func(*delivery){
		"nothing":       func(d *delivery) { d.header.Del(h.header) },
		"something":     func(d *delivery) { d.header.Set(h.header, "something") },
		"another proof": func(d *delivery) { d.header.Set(h.header, proof[:len(proof)-1]+last) },
	}
	if h.signs {
		forged["another body"] = func(d *delivery) { d.body = append(bytes.Clone(d.body), ' ') }
	}
	for name, forge := range forged {
		d := delivery{header: good.header.Clone(), path: good.path, body: good.body}
		forge(&d)
		answer, err := c.carry(http.MethodPost, proxied, d.path, d.header, d.body)
		if err != nil {
			o.t.Fatal(err)
		}
		_ = answer.Body.Close()
		if s := answer.StatusCode; s != http.StatusUnauthorized && s != http.StatusForbidden && s != http.StatusBadRequest {
			o.t.Errorf("forged, with %s: status %d", name, s)
		}
	}
	for name, ask := range map[string]struct {
		method, host, path string
		want               int
	}{
		"got":             {http.MethodGet, proxied, good.path, http.StatusMethodNotAllowed},
		"of another host": {http.MethodPost, "elsewhere.example.org", good.path, http.StatusForbidden},
		"to nobody":       {http.MethodPost, proxied, "/hooks/pipelines/nobody", http.StatusNotFound},
	} {
		answer, err := c.carry(ask.method, ask.host, ask.path, good.header, good.body)
		if err != nil {
			o.t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != ask.want {
			o.t.Errorf("a webhook %s: status %d", name, answer.StatusCode)
		}
	}
}

// eventually says a line until what it shows has words in it.
func (o *other) eventually(line string, wanted ...string) string {
	o.t.Helper()
	var shown string
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(200 * time.Millisecond) {
		shown, _ = o.ends(`gonogo say --token-file admin.token --in '#releases' '` + line + `'`)
		if strings.Contains(strings.Join(strings.Fields(shown), " "), wanted[0]) {
			break
		}
	}
	wordsIn(o.t, line, strings.Join(strings.Fields(shown), " "), wanted...)
	return shown
}

// What the pages deploy, and where to.
const (
	pagesService = "example"
	pagesVersion = "1.0.0"
)

// jenkinsPage is the Jenkins of its page.
func jenkinsPage(t *testing.T, o jenkinstest.Options) (*other, *jenkinstest.Server) {
	t.Helper()
	var ci *jenkinstest.Server
	at := neighbour(t, func(address string) http.Handler {
		o.Clock, o.User, o.Token, o.URL = time.Now, "gonogo", "11c0ffee-token-of-the-bot", address+"/jenkins"
		o.Course = func(string, map[string]string) jenkinstest.Course {
			return jenkinstest.Course{Takes: 500 * time.Millisecond, Stages: []string{"Deploy"}, Output: []string{"it is there"}}
		}
		ci = jenkinstest.New(o)
		ci.AddJob(jenkinstest.Job{Path: "shop/deploy-example", Pipeline: true, Parameters: []jenkinstest.Parameter{
			{Name: "GONOGO_KEY"}, {Name: "ENVIRONMENT"}, {Name: "VERSION"}, {Name: "DIGEST"},
		}})
		return ci
	})
	p := &other{close: ci.Close, wrong: ci.Wrong}
	p.ended(t)
	p.newcomer = newNewcomer(t, "../../docs/jenkins.md", map[string]string{"JENKINS_TOKEN": o.Token, "JENKINS_HOOK": "hook-token-of-jenkins"},
		"https://ci.example.org/jenkins", at+"/jenkins")
	return p, ci
}

func TestDocsJenkins(t *testing.T) {
	t.Parallel()
	p, ci := jenkinsPage(t, jenkinstest.Options{})
	for _, right := range []jenkinstest.Right{jenkinstest.OverallRead, jenkinstest.JobRead, jenkinstest.JobBuild, jenkinstest.JobCancel, jenkinstest.OverallSystemRead} {
		wordsIn(t, "rights", p.page, "| "+string(right)+" |")
	}
	p.deploys(func(to string, c *http.Client) { ci.Webhooks(c, to, p.exports["JENKINS_HOOK"]) },
		hook{"/hooks/pipelines/deploy", "Authorization", false})
	if n := ci.Begun(func(got map[string]string) bool {
		return got["ENVIRONMENT"] == "staging" && got["VERSION"] == pagesVersion && len(got["DIGEST"]) == 64 && got["GONOGO_KEY"] != ""
	}); n != 1 {
		t.Errorf("%d builds", n)
	}
}

// argocdPage is the Argo CD of its page.
func argocdPage(t *testing.T, o argocdtest.Options) (*other, *argocdtest.Server) {
	t.Helper()
	o.Clock, o.Step = time.Now, 50*time.Millisecond
	argo := argocdtest.New(o)
	at := neighbour(t, func(string) http.Handler { return argo })
	p := &other{close: argo.Close, wrong: argo.Wrong}
	p.ended(t)
	p.newcomer = newNewcomer(t, "../../docs/argocd.md", map[string]string{"ARGOCD_TOKEN": "eyJhbGciOi.token-of-the-bot", "ARGOCD_HOOK": "hook-token-of-argocd"},
		"https://argocd.example.org", at, "revision: v{version}", "revision: v{version}\n      settle: 1s")
	argo.Account(p.exports["ARGOCD_TOKEN"], "gonogo", argocdRights(t, p.page)...)
	for _, name := range []string{"example-staging", "example-prod"} {
		argo.Add(argocdtest.App{Name: name, Project: "shop", Revision: "v0.9.0", Auto: true})
	}
	return p, argo
}

// argocdRights are those that the page has one give the bot.
func argocdRights(t *testing.T, page string) (rights []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^p, gonogo, (applications, \w+, \S+), allow$`).FindAllStringSubmatch(page, -1) {
		rights = append(rights, m[1])
	}
	if len(rights) == 0 {
		t.Fatal("the page gives no rights")
	}
	return rights
}

func TestDocsArgoCD(t *testing.T) {
	t.Parallel()
	p, argo := argocdPage(t, argocdtest.Options{})
	p.deploys(func(to string, c *http.Client) {
		argo.Webhooks(c, to, p.exports["ARGOCD_HOOK"])
		argo.Notify("example-staging")
	}, hook{"/hooks/pipelines/deploy", "Authorization", false})
	if got := argo.State("example-staging"); got.Declared != "v"+pagesVersion {
		t.Errorf("it declares %+v", got)
	}
}

// deploys follows a page from nothing to the first deployment, with webhooks.
func (o *other) deploys(webhooks func(to string, c *http.Client), h hook) {
	o.t.Helper()
	o.follow("", "## 5. Testing it")
	o.behindProxy()
	o.follow("## 5. Testing it", "$ gonogo say")
	client, sent := o.client()
	webhooks("https://"+proxied+h.path, client)
	o.follow("$ gonogo say", "## People")
	o.eventually("/pipeline show R-1 staging", "succeeded")
	o.arrive(sent, h)
	o.stop()
}

// githubPage is the GitHub of its page, with the workflow that it shows.
func githubPage(t *testing.T, o githubtest.Options) (*other, *githubtest.Server) {
	t.Helper()
	o.Clock, o.Token = time.Now, "github_pat_11TOKENOFTHEBOT"
	o.Course = func(string, map[string]string) githubtest.Course {
		return githubtest.Course{Step: 100 * time.Millisecond}
	}
	hub := githubtest.New(o)
	at := neighbour(t, func(address string) http.Handler { hub.SetURL(address); return hub })
	p := &other{close: hub.Close, wrong: hub.Wrong}
	p.ended(t)
	p.newcomer = newNewcomer(t, "../../docs/github.md", map[string]string{
		"GITHUB_TOKEN": o.Token, "GITHUB_READ_TOKEN": o.Token, "GITHUB_WEBHOOK_SECRET": "secret-of-githubs-webhooks",
	}, "token: env:GITHUB_TOKEN", "token: env:GITHUB_TOKEN\n      url: "+at, "token: env:GITHUB_READ_TOKEN", "token: env:GITHUB_READ_TOKEN\n    url: "+at)
	hub.AddRepository("shop/example", map[string]string{".github/workflows/deploy.yml": p.shown("yml")})
	for _, name := range []string{"staging", "production"} {
		hub.AddEnvironment("shop/example", githubtest.Environment{Name: name})
	}
	return p, hub
}

func TestDocsGitHub(t *testing.T) {
	t.Parallel()
	p, hub := githubPage(t, githubtest.Options{})
	p.deploys(func(to string, c *http.Client) { hub.Webhooks(c, to, p.exports["GITHUB_WEBHOOK_SECRET"]) },
		hook{"/hooks/pipelines/deploy", "X-Hub-Signature-256", true})
	runs := hub.Runs("shop/example")
	if len(runs) != 1 {
		t.Fatalf("%d runs", len(runs))
	}
	wordsIn(t, "run", fmt.Sprintf("%+v", runs[0]), "Deploy example 1.0.0 to staging (")
}

// gitlabPage is the GitLab of its page, with the pipeline definition that it shows.
func gitlabPage(t *testing.T, change func(*gitlabtest.Project)) (*other, *gitlabtest.Server) {
	t.Helper()
	lab := gitlabtest.New(gitlabtest.Options{Clock: time.Now})
	at := neighbour(t, func(string) http.Handler { return lab })
	p := &other{close: lab.Close, wrong: lab.Wrong}
	p.ended(t)
	p.newcomer = newNewcomer(t, "../../docs/gitlab.md", map[string]string{
		"GITLAB_TOKEN": "glpat-0123456789abcdefghij", "GITLAB_READ_TOKEN": "glpat-abcdefghij0123456789", "GITLAB_HOOK": "secret-token-of-gitlabs-hooks",
	}, "https://gitlab.example.org", at)
	lab.AddUser("gonogo")
	lab.AddToken(p.exports["GITLAB_TOKEN"], "gonogo", "api")
	lab.AddToken(p.exports["GITLAB_READ_TOKEN"], "gonogo", "read_api")
	file := p.shown("yml")
	name := regexp.MustCompile(`(?m)^  name: '(.+)'$`).FindStringSubmatch(file)
	if name == nil {
		t.Fatalf("the page's pipeline has no name: %s", file)
	}
	of := gitlabtest.Project{
		Path: "shop/example", Members: map[string]gitlabtest.Role{"gonogo": gitlabtest.Developer},
		Definition: gitlabtest.Definition{File: file, Name: name[1], Jobs: []gitlabtest.Job{
			{Name: "deploy", Stage: "deploy", Environment: "$ENVIRONMENT", Takes: 500 * time.Millisecond},
		}},
	}
	if change != nil {
		change(&of)
	}
	lab.AddProject(of)
	return p, lab
}

func TestDocsGitLab(t *testing.T) {
	t.Parallel()
	p, lab := gitlabPage(t, nil)
	p.deploys(func(to string, c *http.Client) { lab.Webhooks(c, to, p.exports["GITLAB_HOOK"]) },
		hook{"/hooks/pipelines/deploy", "X-Gitlab-Token", false})
	runs := lab.Pipelines("shop/example")
	if len(runs) != 1 {
		t.Fatalf("%d pipelines", len(runs))
	}
	wordsIn(t, "pipeline", runs[0].Name, "gonogo ", " to staging")
}

// pagerdutyPage is the PagerDuty of its page.
func pagerdutyPage(t *testing.T) (*other, *pagerdutytest.Server) {
	t.Helper()
	return pagerdutyTold(t, pagerdutytest.HookEvents)
}

// pagerdutyTold is the same with a webhook for some events.
func pagerdutyTold(t *testing.T, events []string) (*other, *pagerdutytest.Server) {
	t.Helper()
	pages := pagerdutytest.New(pagerdutytest.Options{Clock: time.Now})
	at := neighbour(t, func(string) http.Handler { return pages })
	p := &other{close: pages.Close, wrong: pages.Wrong}
	p.ended(t)
	p.newcomer = newNewcomer(t, "../../docs/pagerduty.md", map[string]string{
		"PAGERDUTY_TOKEN": pagerdutytest.Token, "PAGERDUTY_EXAMPLE": "exampleexampleexampleexample0000", "PAGERDUTY_WEBHOOK": "whsec-of-pagerduty",
	}, "    token: env:", "    api_url: "+at+"\n    events_url: "+at+"\n    token: env:")
	pages.AddUser(pagerdutytest.User{ID: "PMIRA01", Name: "Mira", Email: "mira@shop.example"})
	pages.AddUser(pagerdutytest.User{ID: "PBOT001", Name: "Release bot", Email: "gonogo@shop.example"})
	pages.AddService(pagerdutytest.Service{ID: "PEXAMPL", Name: "Example", Policy: "PPOL001", Integrations: []pagerdutytest.Integration{
		{ID: "PINT001", Key: p.exports["PAGERDUTY_EXAMPLE"]},
	}})
	for i, name := range []string{"P1", "P2", "P3"} {
		pages.AddPriority(pagerdutytest.Priority{ID: fmt.Sprintf("PPRIO%d", i), Name: name})
	}
	pages.AddShift(pagerdutytest.Shift{Policy: "PPOL001", User: "PMIRA01", Level: 1})
	pages.AddSubscription(pagerdutytest.Subscription{ID: "PHOOK00", URL: "https://" + proxied + "/hooks/pager", Events: events})
	return p, pages
}

func TestDocsPagerDuty(t *testing.T) {
	t.Parallel()
	p, pages := pagerdutyPage(t)
	p.follow("", "## 5. Testing it")
	p.behindProxy()
	p.linked("pagerduty::PMIRA01")
	p.follow("## 5. Testing it", "$ gonogo say")
	client, sent := p.client()
	pages.Webhooks(client, "https://"+proxied+"/hooks/pager", p.exports["PAGERDUTY_WEBHOOK"])
	id := pages.Open("PEXAMPL", "Checkout is slow", "high", "PMIRA01")
	p.follow("$ gonogo say", "## People")
	wordsIn(t, "on call", p.did["gonogo say --token-file admin.token --in '#oncall' '/oncall example'"], "First Administrator")
	p.eventually("/incident list", "Checkout is slow")
	p.arrive(sent, hook{"/hooks/pager", "X-PagerDuty-Signature", true})
	pages.Resolve(id, "PMIRA01")
	p.stop()
}

// jiraPage is the Jira of its page.
func jiraPage(t *testing.T) (*other, *jiratest.Server) {
	t.Helper()
	tickets := jiratest.New(jiratest.Options{Kind: jiratest.Cloud, Clock: time.Now})
	at := neighbour(t, func(string) http.Handler { return tickets })
	p := &other{close: tickets.Close, wrong: tickets.Wrong}
	p.ended(t)
	p.newcomer = newNewcomer(t, "../../docs/jira.md", map[string]string{"JIRA_TOKEN": jiratest.Token, "JIRA_WEBHOOK_SECRET": "secret-of-jiras-webhooks"},
		"https://shop.atlassian.net", at, "gonogo@shop.example", jiratest.Email, "    webhook_secret:", "    search_lag: 1s\n    webhook_secret:")
	return p, tickets
}

func TestDocsJira(t *testing.T) {
	t.Parallel()
	p, tickets := jiraPage(t)
	p.follow("", "## 5. Testing it")
	p.behindProxy()
	p.linked("jira::" + tickets.Account("charlie"))
	p.follow("## 5. Testing it", "$ gonogo say")
	client, sent := p.client()
	tickets.Webhooks(client, "https://"+proxied+"/hooks/tickets", p.exports["JIRA_WEBHOOK_SECRET"])
	p.follow("$ gonogo say", "## People")
	p.eventually("/release show R-1", "CHG-1")
	if issue, ok := tickets.Issue("CHG-1"); !ok || issue.Status != "Open" {
		t.Errorf("opened %+v", issue)
	}
	if err := tickets.Transition("charlie", "CHG-1", "Rejected"); err != nil {
		t.Fatal(err)
	}
	p.eventually("/release show R-1", "First Administrator moved CHG-1 from “Open” to “Rejected”")
	p.arrive(sent, hook{"/hooks/tickets", "X-Hub-Signature", true})
	p.stop()
}

// shown is the first block of a language on the page.
func (n *newcomer) shown(language string) string {
	n.t.Helper()
	block := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$").FindStringSubmatch(n.page)
	if block == nil {
		n.t.Fatalf("the page shows no %s", language)
	}
	return block[1]
}

// TestDocsVariants: what the pages have one write in another case is a good configuration too.
func TestDocsVariants(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page     func(*testing.T) *other
		from, to string
	}{
		"GitLab, inputs":    {func(t *testing.T) *other { p, _ := gitlabPage(t, nil); return p }, "### Inputs", "### Manual jobs"},
		"Argo CD, a parent": {func(t *testing.T) *other { p, _ := argocdPage(t, argocdtest.Options{}); return p }, "### Versions that a parent declares", "### When a run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := c.page(t)
			p.hurries = true
			p.follow("", "## 4. Webhooks")
			before, err := os.ReadFile(p.file())
			if err != nil {
				t.Fatal(err)
			}
			p.follow(c.from, c.to)
			if after, err := os.ReadFile(p.file()); err != nil || bytes.Equal(before, after) {
				t.Errorf("nothing else is configured: %v", err)
			}
			if out, status := p.ends("gonogo config check gonogo.yaml"); status != 0 {
				t.Error(out)
			}
		})
	}
}
