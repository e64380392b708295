package githubtest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
)

const repo = "/repos/shop/payments"

const workflow = "name: Deploy\nrun-name: Deploy ${{ inputs.key }}\non:\n  workflow_dispatch:\n    inputs:\n      key: {required: true}\n"

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func begin(t *testing.T, o githubtest.Options) (*githubtest.Server, *clock) {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	o.Clock = c.now
	s := githubtest.New(o)
	s.AddUser("mira", "mira@shop.example", "User")
	s.AddRepository("shop/payments", map[string]string{".github/workflows/deploy.yml": workflow})
	return s, c
}

func ask(s http.Handler, method, path, body string) *httptest.ResponseRecorder {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, reader)
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// A request that GitHub does not describe is answered as it would, and noted.
func TestWhatIsWrongIsNoted(t *testing.T) {
	t.Parallel()
	if _, err := vendorspec.Sample("github/webhooks-schema.json"); errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	dispatches := repo + "/actions/workflows/deploy.yml/dispatches"
	for name, c := range map[string]struct {
		method, path, body string
		wrong              bool
	}{
		"right":             {"GET", repo + "/actions/workflows/deploy.yml/runs?event=workflow_dispatch&per_page=100", "", false},
		"a right start":     {"POST", dispatches, `{"ref": "main", "inputs": {"key": "k"}}`, false},
		"no such query":     {"GET", repo + "/actions/workflows/deploy.yml/runs?key=k", "", true},
		"no number":         {"GET", repo + "/commits?per_page=many", "", true},
		"no ref":            {"POST", dispatches, `{"inputs": {"key": "k"}}`, true},
		"inputs as a list":  {"POST", dispatches, `{"ref": "main", "inputs": ["k"]}`, true},
		"no body":           {"POST", dispatches, "", true},
		"no such state":     {"POST", repo + "/deployments/1/statuses", `{"state": "done"}`, true},
		"another method":    {"PUT", dispatches, `{"ref": "main"}`, true},
		"nothing there":     {"GET", repo + "/nothing", "", true},
		"a body for a read": {"GET", repo, `{}`, true},
	} {
		s, _ := begin(t, githubtest.Options{})
		ask(s, c.method, c.path, c.body)
		if wrong := s.Wrong(); (len(wrong) > 0) != c.wrong {
			t.Errorf("%s: %.300v", name, wrong)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	start := func(s http.Handler) int {
		return ask(s, "POST", repo+"/actions/workflows/deploy.yml/dispatches", `{"ref": "main", "inputs": {"key": "k"}}`).Code
	}
	s, c := begin(t, githubtest.Options{})
	if got := start(s); got != http.StatusNoContent {
		t.Errorf("started: %d", got)
	}
	s.Permit("actions", "read")
	w := ask(s, "POST", repo+"/actions/workflows/deploy.yml/dispatches", `{"ref": "main", "inputs": {"key": "k"}}`)
	if w.Code != http.StatusForbidden || w.Header().Get("X-Accepted-GitHub-Permissions") != "actions=write" {
		t.Errorf("without the permission: %d %v", w.Code, w.Header())
	}
	s.Permit("actions", "write")
	s.Role("shop/payments", "gonogo", "triage")
	if got := start(s); got != http.StatusForbidden {
		t.Errorf("without the role: %d", got)
	}
	s.Hide("shop/payments", true)
	if got := start(s); got != http.StatusNotFound {
		t.Errorf("out of sight: %d", got)
	}
	s.Exhaust(c.now().Add(time.Minute))
	if w := ask(s, "GET", repo, ""); w.Code != http.StatusForbidden || w.Header().Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("the limit used up: %d %v", w.Code, w.Header())
	}
	c.pass(time.Minute)
	s.Hide("shop/payments", false)
	if w := ask(s, "GET", repo, ""); w.Code != http.StatusOK {
		t.Errorf("the limit over: %d", w.Code)
	}
	s, _ = begin(t, githubtest.Options{Token: "other"})
	if w := ask(s, "GET", repo, ""); w.Code != http.StatusUnauthorized {
		t.Errorf("another token: %d", w.Code)
	}
	s, _ = begin(t, githubtest.Options{Scopes: []string{"repo"}})
	if w := ask(s, "GET", repo, ""); w.Code != http.StatusOK || w.Header().Get("X-OAuth-Scopes") != "repo" {
		t.Errorf("a classic token: %d %v", w.Code, w.Header())
	}
}

func TestRunsGoOnAsTimePasses(t *testing.T) {
	t.Parallel()
	s, c := begin(t, githubtest.Options{ListingLag: 3 * time.Second})
	run := s.Dispatch("shop/payments", "deploy.yml", "mira", map[string]string{"key": "k"})
	listed := func() int {
		var said struct {
			Total int `json:"total_count"`
		}
		_ = json.Unmarshal(ask(s, "GET", repo+"/actions/workflows/deploy.yml/runs", "").Body.Bytes(), &said)
		return said.Total
	}
	if listed() != 0 {
		t.Error("listed at once")
	}
	c.pass(3 * time.Second)
	if listed() != 1 || s.Runs("shop/payments")[0].Status != "in_progress" {
		t.Errorf("%+v", s.Runs("shop/payments"))
	}
	c.pass(7 * time.Second)
	if r := s.Runs("shop/payments")[0]; r.ID != run || r.Status != "completed" || r.Ended != "success" || r.Title != "Deploy k" {
		t.Errorf("%+v", r)
	}
	if w := ask(s, "POST", repo+"/actions/runs/"+strings.TrimSpace(jsonOf(run))+"/cancel", ""); w.Code != http.StatusConflict {
		t.Errorf("an ended run is cancelled: %d", w.Code)
	}
	for _, err := range s.Wrong() {
		t.Errorf("%.300v", err)
	}
}

func jsonOf(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func TestDeploymentsAskForChecks(t *testing.T) {
	t.Parallel()
	s, _ := begin(t, githubtest.Options{})
	for body, want := range map[string]int{
		`{"ref": "main"}`: http.StatusConflict,
		`{"ref": "nowhere", "required_contexts": []}`: http.StatusUnprocessableEntity,
		`{"ref": "main", "required_contexts": []}`:    http.StatusCreated,
	} {
		if w := ask(s, "POST", repo+"/deployments", body); w.Code != want {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	for _, err := range s.Wrong() {
		t.Errorf("%.300v", err)
	}
}

// Every kind of webhook is as GitHub's own schema has it, comes once and signed, and comes again under its own id when that is asked for.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	if _, err := vendorspec.Sample("github/webhooks-schema.json"); errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	var mu sync.Mutex
	ids := map[string][]string{}
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.Header.Get("X-Hub-Signature-256") != githubtest.Sign("s", body) {
			t.Error("not signed")
		}
		ids[r.Header.Get("X-GitHub-Event")] = append(ids[r.Header.Get("X-GitHub-Event")], r.Header.Get("X-GitHub-Delivery"))
	}))
	defer web.Close()
	s, c := begin(t, githubtest.Options{Course: func(_ string, in map[string]string) githubtest.Course {
		return githubtest.Course{Queued: time.Second, Environment: in["key"], Conclusion: map[string]string{"fails": "failure"}[in["key"]]}
	}})
	s.AddEnvironment("shop/payments", githubtest.Environment{Name: "production", Reviewers: []string{"mira"}})
	s.Webhooks(web.Client(), web.URL, "s")
	for _, key := range []string{"k", "fails", "production"} {
		id := s.Dispatch("shop/payments", "deploy.yml", "mira", map[string]string{"key": key})
		for range 4 {
			c.pass(5 * time.Second)
			s.Pass()
		}
		if key == "production" {
			s.Reject(id)
		}
	}
	s.Commit("shop/payments", "fix", "mira", githubtest.Change{Message: "Fix"})
	number := s.OpenRequest("shop/payments", "fix", "main", "mira", "Fix")
	for _, state := range []string{"APPROVED", "CHANGES_REQUESTED", "COMMENTED"} {
		s.Review("shop/payments", number, "gonogo", state)
	}
	s.Dismiss("shop/payments", number, "gonogo")
	s.Pass()
	s.Close()
	s.Redeliver(s.Deliveries()[0])
	s.Close()
	for _, err := range s.Wrong() {
		t.Errorf("%.600v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	for event, want := range map[string]int{"ping": 2, "workflow_run": 8, "workflow_job": 5, "deployment_review": 1, "pull_request_review": 4} {
		if len(ids[event]) != want {
			t.Errorf("%d of %s, want %d", len(ids[event]), event, want)
		}
	}
	if ping := ids["ping"]; len(ping) == 2 && ping[0] != ping[1] {
		t.Errorf("delivered again as %q", ping)
	}
	if githubtest.CheckWebhook("workflow_run", []byte(`{"action": "completed", "workflow_run": {"id": 1}}`)) == nil {
		t.Error("a webhook that is none passes")
	}
}
