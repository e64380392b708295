package argocdtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

type bench struct {
	*argocdtest.Server
	now time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	b.Server = argocdtest.New(argocdtest.Options{Clock: func() time.Time { return b.now }})
	t.Cleanup(b.Close)
	b.Account("t", "gonogo", "applications, *, shop/*")
	b.Account("other", "eve", "applications, get, other/*", "applications, get, shop/*")
	b.Add(argocdtest.App{Name: "auto", Project: "shop", Revision: "v1", Auto: true})
	b.Add(argocdtest.App{Name: "manual", Project: "shop", Revision: "v1"})
	return b
}

func (b *bench) ask(method, path, token, body string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	answer, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(answer)
}

// What a real Argo CD 3.2.6 was seen to answer.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		says                      string
	}{
		{"GET", "/api/v1/applications/auto", "", "", 401, `"no session information"`},
		{"GET", "/api/v1/applications/auto", "bad", "", 401, `"code":16`},
		{"GET", "/api/v1/applications/nosuch", "t", "", 403, `{"code":7,"error":"permission denied","message":"permission denied"}`},
		{"GET", "/api/v1/applications/nosuch?project=shop", "t", "", 404, `applications.argoproj.io \"nosuch\" not found`},
		{"GET", "/api/v1/applications/auto?project=other", "other", "", 404, `not found`},
		{"GET", "/api/v1/applications/auto?project=other", "t", "", 403, `permission denied`},
		{"POST", "/api/v1/applications/auto/sync", "other", `{"name":"auto"}`, 403, `permission denied: applications, sync, shop/auto`},
		{"POST", "/api/v1/applications/auto/sync", "t", `{"name":"auto","revision":"v2"}`, 400, `Cannot sync to v2: auto-sync currently set to v1`},
		{"POST", "/api/v1/applications/auto/rollback", "t", `{"name":"auto","id":7}`, 400, `rollback cannot be initiated when auto-sync is enabled`},
		{"POST", "/api/v1/applications/manual/rollback", "t", `{"name":"manual","id":7}`, 400, `does not have deployment with id 7`},
		{"DELETE", "/api/v1/applications/auto/operation", "t", "", 400, `Unable to terminate operation. No operation is in progress`},
		{"PATCH", "/api/v1/applications/auto", "other", `{"patch":"[]","patchType":"json"}`, 403, `permission denied: applications, update, shop/auto`},
		{"PATCH", "/api/v1/applications/auto", "t", `{"patch":"[{\"op\":\"test\",\"path\":\"/spec/source/targetRevision\",\"value\":\"v9\"}]","patchType":"json"}`, 500, `error applying patch: testing value /spec/source/targetRevision failed: test failed`},
		{"PATCH", "/api/v1/applications/auto", "t", `{"patch":"[{\"op\":\"add\",\"path\":\"/metadata/annotations/a\",\"value\":\"b\"}]","patchType":"json"}`, 500, `add operation does not apply: doc is missing path: \"/metadata/annotations/a\": missing value`},
		{"PATCH", "/api/v1/applications/auto", "", `{"patch":"[]"}`, 500, `required field \"patchType\" not set`},
		{"PATCH", "/api/v1/applications/auto", "t", `{"patch":"{","patchType":"merge"}`, 500, `Invalid JSON Patch`},
		{"PATCH", "/api/v1/applications/auto", "t", `{"patch":"{}","patchType":"strategic"}`, 400, `Patch type 'strategic' is not supported`},
		{"PATCH", "/api/v1/applications/auto", "t", `{"patch":"{\"spec\":{\"source\":{\"targetRevision\":\"nosuch\"}}}","patchType":"merge"}`, 400, `unable to resolve 'nosuch' to a commit SHA`},
	} {
		status, answer := b.ask(c.method, c.path, c.token, c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s %s: %d %s, want %d %s", c.method, c.path, status, answer, c.status, c.says)
		}
	}
	for _, err := range b.Wrong() {
		t.Errorf("not as described: %v", err)
	}
}

func TestOnlyJSONIsTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequest(http.MethodDelete, "/api/v1/applications/auto/operation", nil))
	if w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("%d", w.Code)
	}
}

// A request that is not as described is caught.
func TestStrictness(t *testing.T) {
	t.Parallel()
	vendorspec.Need(t, vendorspec.Options{File: "argocd/swagger.json", Keep: []string{"/api/version"}})
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/api/v1/applications/auto?projekt=shop", ""},
		{"GET", "/api/v1/application/auto", ""},
		{"POST", "/api/v1/applications/auto/sync", `{"prune":"yes"}`},
		{"PATCH", "/api/v1/applications/auto", `{"patch":[]}`},
		{"DELETE", "/api/v1/applications/auto/operation?prune=true", ""},
	} {
		b := newBench(t)
		b.ask(c.method, c.path, "t", c.body)
		if len(b.Wrong()) == 0 {
			t.Errorf("%s %s %s passes", c.method, c.path, c.body)
		}
	}
}

// A sync goes through the states that a real one's watcher sees.
func TestAChangeUnderAutoSync(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if status, answer := b.ask("PATCH", "/api/v1/applications/auto", "t", `{"patchType":"merge","patch":"{\"spec\":{\"source\":{\"targetRevision\":\"v2\"}}}"}`); status != 200 || !strings.Contains(answer, `"targetRevision":"v2"`) {
		t.Fatalf("%d %s", status, answer)
	}
	for i, want := range []string{
		`"status":"Synced"`, // of what was before
		`"operation":{`,
		`"phase":"Running"`,
		`"phase":"Succeeded"`,
	} {
		_, answer := b.ask("GET", "/api/v1/applications/auto", "t", "")
		if !strings.Contains(answer, want) {
			t.Fatalf("after %d seconds: no %s in %s", i, want, answer)
		}
		if i == 1 && strings.Contains(answer, "operationState") {
			t.Errorf("what was known of the operation before is not gone: %s", answer)
		}
		b.now = b.now.Add(time.Second)
	}
	if st := b.State("auto"); st.Running != "v2" || st.Syncs != 1 {
		t.Errorf("%+v", st)
	}
	if status, answer := b.ask("POST", "/api/v1/applications/manual/sync", "t", `{"name":"manual","infos":[{"name":"a","value":"b"}]}`); status != 200 || strings.Contains(answer, "operationState") {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := b.ask("POST", "/api/v1/applications/manual/sync", "t", `{"name":"manual"}`); status != 400 || !strings.Contains(answer, "another operation is already in progress") {
		t.Errorf("%d %s", status, answer)
	}
	for _, err := range b.Wrong() {
		t.Errorf("not as described: %v", err)
	}
}
