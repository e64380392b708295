package github_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/github"
)

// official is where a GitHub by others is, once `npm ci` was run there: a second opinion on the tests' GitHub.
const official = "../../testdata/official/github"

// emulated is a GitHub that this project did not write: npm's emulate, with the repository ann/payments.
type emulated struct {
	t  *testing.T
	at string
}

// emulate starts it, and skips the test where it is not installed; in CI it is.
func emulate(t *testing.T) *emulated {
	t.Helper()
	dir, err := filepath.Abs(official)
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "node_modules", "emulate"))
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("needs npm's emulate: ", err)
	}
	if err != nil {
		t.Skipf("%s needs Node and npm's emulate (npm ci in testdata/official/github): %v", t.Name(), err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	cmd := exec.Command("node", "--require", "./loopback.cjs", "emulated.mjs")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), fmt.Sprintf("PORT=%d", port), "LOGINS=ann dana eli gast")
	var problems strings.Builder
	cmd.Stderr = &problems
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("node: %v\n%s", err, problems.String())
		}
	})
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, "port") {
		t.Fatalf("node: %q %v %s", line, err, problems.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return &emulated{t, fmt.Sprintf("http://127.0.0.1:%d", port)}
}

// as asks in somebody's name, as any client does, and reads the answer into out.
func (e *emulated) as(login, method, path string, body, out any) {
	e.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			e.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, e.at+"/repos/ann/payments"+path, reader)
	if err != nil {
		e.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token-"+login)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode/100 != 2 {
		e.t.Fatalf("%s %s: %d %.300s %v", method, path, answer.StatusCode, raw, err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			e.t.Fatal(err)
		}
	}
}

func (e *emulated) head(branch string) string {
	e.t.Helper()
	var said struct{ Commit struct{ SHA string } }
	e.as("ann", http.MethodGet, "/branches/"+branch, nil, &said)
	return said.Commit.SHA
}

func (e *emulated) write(login, branch, file, message string) {
	e.t.Helper()
	e.as(login, http.MethodPut, "/contents/"+file, map[string]string{"message": message, "content": "YQ==", "branch": branch}, nil)
}

func (e *emulated) review(login string, number int, event string) (id int64) {
	e.t.Helper()
	var said struct{ ID int64 }
	e.as(login, http.MethodPost, fmt.Sprintf("/pulls/%d/reviews", number), map[string]string{"event": event, "body": "seen"}, &said)
	return said.ID
}

var pullsOfCommit = regexp.MustCompile(`^/repos/ann/payments/commits/([0-9a-f]{40})/pulls$`)

// completed is the emulated GitHub with what it lacks: which pull requests a commit came in with, by its own lists of their commits.
func (e *emulated) completed() *httptest.Server {
	target, err := url.Parse(e.at)
	if err != nil {
		e.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := pullsOfCommit.FindStringSubmatch(r.URL.Path)
		if m == nil {
			proxy.ServeHTTP(w, r)
			return
		}
		var all []map[string]any
		e.as("ann", http.MethodGet, "/pulls?state=all&per_page=100", nil, &all)
		fits := []map[string]any{}
		for _, pull := range all {
			var commits []struct{ SHA string }
			e.as("ann", http.MethodGet, fmt.Sprintf("/pulls/%v/commits", pull["number"]), nil, &commits)
			if pull["merge_commit_sha"] == m[1] || slices.ContainsFunc(commits, func(c struct{ SHA string }) bool { return c.SHA == m[1] }) {
				fits = append(fits, pull)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(fits)
	}))
	e.t.Cleanup(web.Close)
	return web
}

func TestProvenanceFromAGitHubByOthers(t *testing.T) {
	t.Parallel()
	e := emulate(t)
	for login, role := range map[string]string{"dana": "push", "eli": "push", "gast": "pull"} {
		e.as("ann", http.MethodPut, "/collaborators/"+login, map[string]string{"permission": role}, nil)
	}
	since := e.head("main")
	e.as("dana", http.MethodPost, "/git/refs", map[string]string{"ref": "refs/heads/fix", "sha": since}, nil)
	e.write("dana", "fix", "a.txt", "Fix\n\nCo-authored-by: Eli <eli@shop.example>")
	first := e.head("fix")
	e.write("dana", "fix", ".github/workflows/deploy.yml", "Deploy otherwise")
	second := e.head("fix")
	e.as("dana", http.MethodPost, "/pulls", map[string]string{"title": "Fix it", "head": "fix", "base": "main"}, nil)
	e.review("eli", 1, "APPROVE")
	e.review("gast", 1, "APPROVE")
	dismissed := e.review("ann", 1, "APPROVE")
	e.as("ann", http.MethodPut, fmt.Sprintf("/pulls/1/reviews/%d/dismissals", dismissed), map[string]string{"message": "no"}, nil)
	var merged struct{ SHA string }
	e.as("ann", http.MethodPut, "/pulls/1/merge", map[string]string{"merge_method": "merge"}, &merged)
	e.write("eli", "main", "b.txt", "Directly")
	head := e.head("main")

	p, err := github.NewProvenance(github.ProvenanceSettings{
		URL: e.completed().URL, Token: "env:T", Repository: "ann/{service}", PipelineFile: ".github/workflows/deploy.yml",
	}, github.Outside{Secret: func(string) (string, error) { return "token-ann", nil }, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	got := ranged(t, p, since, head)
	var ids []string
	for _, c := range got.Commits {
		ids = append(ids, c.ID)
	}
	want := []string{first, second, merged.SHA, head}
	slices.Sort(ids)
	slices.Sort(want)
	if !slices.Equal(ids, want) || got.Since != since || got.Commit != head || got.More {
		t.Fatalf("%q, want %q", ids, want)
	}
	for _, c := range got.Commits {
		switch c.ID {
		case head:
			if c.Request != nil || c.Author.Account.ID != "eli" {
				t.Errorf("pushed directly: %+v", c)
			}
			continue
		case first:
			if c.Author.Account.ID != "dana" || c.Subject != "Fix" || len(c.CoAuthors) != 1 || c.CoAuthors[0].Email != "eli@shop.example" {
				t.Errorf("%+v", c)
			}
		}
		r := c.Request
		if r == nil || r.ID != "#1" || r.Author.Account.ID != "dana" || r.MergedBy.Account.ID != "ann" || r.Head != second || !r.PushedAt.IsZero() {
			t.Fatalf("%s: %+v", c.Subject, r)
		}
		if who := approvers(r); !slices.Equal(who, []string{"eli"}) || r.Approvals[0].Commit != second {
			t.Errorf("approved by %+v", r.Approvals)
		}
	}
	if got.Pipeline == nil || got.Pipeline.Request == nil || got.Pipeline.ID != second && got.Pipeline.ID != merged.SHA {
		t.Errorf("pipeline file: %+v", got.Pipeline)
	}
}

func TestWebhooksOfAGitHubByOthers(t *testing.T) {
	t.Parallel()
	e := emulate(t)
	set := settings()
	p, err := github.NewPipeline(set, github.Outside{Secret: secrets, Clock: time.Now, Listener: &listener{}})
	if err != nil {
		t.Fatal(err)
	}
	type delivery struct {
		event  string
		status int
	}
	came := make(chan delivery, 100)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		p.Handler().ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		came <- delivery{r.URL.Path + r.Header.Get("X-GitHub-Event"), answer.Code}
	}))
	defer web.Close()
	for path, secret := range map[string]string{"/right/": webhookSecret, "/wrong/": "a guess"} {
		e.as("ann", http.MethodPost, "/hooks", map[string]any{
			"name": "web", "active": true, "events": []string{"push", "pull_request", "pull_request_review"},
			"config": map[string]string{"url": web.URL + path, "content_type": "json", "secret": secret},
		}, nil)
	}
	e.as("ann", http.MethodPut, "/collaborators/dana", map[string]string{"permission": "push"}, nil)
	e.as("ann", http.MethodPost, "/git/refs", map[string]string{"ref": "refs/heads/fix", "sha": e.head("main")}, nil)
	e.write("ann", "fix", "a.txt", "Fix")
	e.as("ann", http.MethodPost, "/pulls", map[string]string{"title": "Fix it", "head": "fix", "base": "main"}, nil)
	e.review("dana", 1, "APPROVE")
	missing := map[string]bool{"/right/pull_request": true, "/right/pull_request_review": true, "/wrong/pull_request": true, "/wrong/pull_request_review": true}
	late := time.After(20 * time.Second)
	for len(missing) > 0 {
		select {
		case d := <-came:
			delete(missing, d.event)
			if want := map[bool]int{true: http.StatusNoContent, false: http.StatusUnauthorized}[strings.HasPrefix(d.event, "/right/")]; d.status != want {
				t.Errorf("%s is answered with %d, want %d", d.event, d.status, want)
			}
		case <-late:
			t.Fatalf("did not come: %v", missing)
		}
	}
}
