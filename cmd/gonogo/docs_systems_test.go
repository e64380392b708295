package main

import (
	"bytes"
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
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
)

// chapters are what the page of every system has, in this order, with what is special to one after "How it works".
var chapters = []string{
	"1. Rights", "2. The other side", "3. Configuration", "4. Webhooks", "5. Testing it", "People", "How it works", "Settings", "When … is down",
	"What is not covered", "When something is wrong",
}

// systemPages are the pages by the system's name in its title.
var systemPages = map[string]string{
	"Jenkins": "jenkins", "Argo CD": "argocd",
}

// TestDocsSystemsAreAlike: each page answers the same questions in the same order, and can be found.
func TestDocsSystemsAreAlike(t *testing.T) {
	t.Parallel()
	heading := regexp.MustCompile(`(?m)^##? (.+)$`)
	for system, page := range systemPages {
		text, err := os.ReadFile("../../docs/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range heading.FindAllStringSubmatch(outsideBlocks(string(text)), -1) {
			got = append(got, m[1])
		}
		want := append([]string{system}, chapters...)
		if shown, must := strings.Join(got, "\n"), strings.ReplaceAll(strings.Join(want, "\n"), "…", system); shown != must {
			t.Errorf("%s.md has the chapters\n%s\nnot\n%s", page, shown, must)
		}
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
		if d.path != h.path || d.status/100 != 2 {
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
		method, host string
		want         int
	}{
		"got": {http.MethodGet, proxied, http.StatusMethodNotAllowed}, "of another host": {http.MethodPost, "elsewhere.example.org", http.StatusForbidden},
	} {
		answer, err := c.carry(ask.method, ask.host, good.path, good.header, good.body)
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
		if !strings.Contains(shown, wanted[0]) {
			continue
		}
		break
	}
	wordsIn(o.t, line, shown, wanted...)
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
