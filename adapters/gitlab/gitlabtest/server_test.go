package gitlabtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
)

func begin(t *testing.T, o gitlabtest.Options) *gitlabtest.Server {
	t.Helper()
	s := gitlabtest.New(o)
	t.Cleanup(s.Close)
	s.AddUser("gonogo")
	s.AddToken("good", "gonogo", "api")
	s.AddToken("reading", "gonogo", "read_api")
	s.AddProject(gitlabtest.Project{
		Path: "a/b", Members: map[string]gitlabtest.Role{"gonogo": gitlabtest.Developer},
		Definition: gitlabtest.Definition{Name: "of $X", Jobs: []gitlabtest.Job{{Name: "one", Stage: "s"}, {Name: "two", Stage: "t", Environment: "prod"}}},
	})
	return s
}

func ask(s http.Handler, method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/api/v4/"+path, strings.NewReader(body))
	r.Header.Set("PRIVATE-TOKEN", token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// A request that GitLab does not describe is noted, and so is one that it describes otherwise.
func TestWrongRequestsAreNoted(t *testing.T) {
	t.Parallel()
	if _, err := vendorspec.Sample("gitlab/openapi3-converted.yaml.gz"); err != nil {
		t.Skipf("%s: %v", t.Name(), err)
	}
	for _, c := range []struct {
		method, path, body string
		wrong              bool
	}{
		{"GET", "projects/a%2Fb/pipelines?source=api&per_page=100", "", false},
		{"GET", "projects/a%2Fb/pipelines?sauce=api", "", true},
		{"GET", "projects/a%2Fb/pipelines?status=wonderful", "", true},
		{"GET", "projects/a/b/pipelines", "", true},
		{"POST", "projects/a%2Fb/pipeline", `{"ref":"main","variables":[{"key":"X","value":"y"}]}`, false},
		{"POST", "projects/a%2Fb/pipeline", `{"variables":[]}`, true},
		{"POST", "projects/a%2Fb/pipeline", `{"ref":"main","variables":{"X":"y"}}`, true},
		{"PUT", "projects/a%2Fb/pipeline", `{"ref":"main"}`, true},
		{"POST", "projects/a%2Fb/deployments", `{"environment":"prod","sha":"x","ref":"main","tag":false,"status":"wonderful"}`, true},
		{"GET", "projects/a%2Fb/merge_requests/1/notes?sort=asc", "", false},
		{"GET", "projects/a%2Fb/merge_requests/1/notes?order=asc", "", true},
		{"POST", "users/1", "{}", true},
	} {
		s := begin(t, gitlabtest.Options{})
		ask(s, c.method, c.path, "good", c.body)
		if wrong := s.Wrong(); (len(wrong) > 0) != c.wrong {
			t.Errorf("%s %s %s: %v", c.method, c.path, c.body, wrong)
		}
	}
}

func TestRightsAndLimits(t *testing.T) {
	t.Parallel()
	s := begin(t, gitlabtest.Options{Limit: 12, Clock: func() time.Time { return time.Unix(30, 0) }})
	for _, c := range []struct {
		method, path, token, body string
		want                      int
	}{
		{"GET", "user", "", "", 401},
		{"GET", "user", "bad", "", 401},
		{"GET", "user", "good", "", 200},
		{"GET", "projects/a%2Fb", "reading", "", 200},
		{"GET", "projects/1", "reading", "", 200},
		{"GET", "projects/a%2Fc", "reading", "", 404},
		{"POST", "projects/a%2Fb/pipeline", "reading", `{"ref":"main"}`, 403},
		{"POST", "projects/a%2Fb/pipeline", "good", `{"ref":"nowhere"}`, 400},
		{"POST", "projects/a%2Fb/pipeline", "good", `{"ref":"main"}`, 201},
		{"POST", "projects/a%2Fb/jobs/1/play", "good", ``, 400},
		{"GET", "projects/a%2Fb/hooks", "good", "", 403},
		{"GET", "projects/a%2Fb/deployments?updated_after=2026-01-01T00:00:00Z", "good", "", 400},
	} {
		if got := ask(s, c.method, c.path, c.token, c.body); got.Code != c.want {
			t.Errorf("%s %s with %q gave %d, want %d: %s", c.method, c.path, c.token, got.Code, c.want, got.Body)
		}
	}
	for range 10 {
		ask(s, "GET", "user", "good", "")
	}
	over := ask(s, "GET", "user", "good", "")
	if over.Code != 429 || over.Header().Get("Retry-After") != "30" || over.Header().Get("RateLimit-Reset") != "60" || over.Header().Get("RateLimit-Remaining") != "0" {
		t.Errorf("over the limit: %d %v", over.Code, over.Header())
	}
}

func TestTroubleComesAndGoes(t *testing.T) {
	t.Parallel()
	s := begin(t, gitlabtest.Options{})
	for k, want := range map[trouble.Kind]int{trouble.Limited: 429, trouble.Broken: 500, trouble.Closed: 503, trouble.Forbidden: 403, trouble.Revoked: 401, trouble.Garbled: 200} {
		s.Fail(k)
		if got := ask(s, "GET", "user", "good", ""); got.Code != want || k == trouble.Limited && got.Header().Get("Retry-After") != "7" {
			t.Errorf("%s gave %d %v", k, got.Code, got.Header())
		}
		s.Heal()
	}
	if got := ask(s, "GET", "user", "good", ""); got.Code != 200 {
		t.Errorf("healed, it gives %d", got.Code)
	}
}

// Webhooks carry the token, and a failed attempt is repeated under the same key.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, gitlabtest.Options{})
		var mu sync.Mutex
		kinds, keys, failed := map[string]int{}, map[string]int{}, false
		var net memnet.Net
		stop := net.Serve("gonogo.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			_, _ = io.Copy(io.Discard, r.Body)
			if r.Header.Get("X-Gitlab-Token") != "shh" || r.Header.Get("X-Gitlab-Event-UUID") == "" {
				t.Errorf("headers: %v", r.Header)
			}
			keys[r.Header.Get("Idempotency-Key")]++
			if !failed {
				failed = true
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			kinds[r.Header.Get("X-Gitlab-Event")]++
		}))
		defer stop()
		s.Webhooks(net.Client(), "https://gonogo.test/", "shh")
		s.Begin("a/b", "gonogo", "main", map[string]string{"X": "y"})
		if got := s.Deployments("a/b"); len(got) != 1 || got[0].Status != "success" {
			t.Errorf("deployed: %+v", got)
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		twice := 0
		for _, n := range keys {
			if n == 2 {
				twice++
			}
		}
		if twice != 1 || kinds["Pipeline Hook"] < 2 || kinds["Job Hook"] < 4 || kinds["Deployment Hook"] < 2 {
			t.Errorf("delivered %v, and %d of them twice", kinds, twice)
		}
	})
}
