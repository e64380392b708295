//go:build real

package real_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDAndItsDouble asks the real Argo CD and the tests' own one the same, in the same order, and wants the same answers.
func TestArgoCDAndItsDouble(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights, Settle: time.Second})
	first := publish(ctx, t, a, "1.0.0")
	publish(ctx, t, a, "1.1.0")
	moved, err := a.Repo.Commit(ctx, "for another", map[string]string{"other/deployment.yaml": stand.Deployment("other", image("1.0.0"))})
	if err == nil {
		err = a.Repo.Tag(ctx, "other", moved)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Declare(ctx, stand.Declared{Name: "shop", Repo: a.Repo.URL, Path: "shop", Revision: "v1.0.0", Namespace: "shop"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Declare(ctx, stand.Declared{Name: "other", Repo: a.Repo.URL, Path: "other", Revision: "other", Namespace: "shop", Manual: true}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, a, "shop", first, "Healthy")
	if err := a.Call(ctx, a.Admin, http.MethodPost, "/api/v1/applications/other/sync", struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, a, "other", moved, "Healthy")

	double := argocdtest.New(argocdtest.Options{Clock: time.Now, Step: 100 * time.Millisecond})
	double.Account("all", "gonogo", "applications, get, default/*", "applications, sync, default/*", "applications, update, default/*")
	double.Account("looks", "looker", "applications, get, default/*")
	double.Add(argocdtest.App{Name: "shop", Revision: "v1.0.0", Auto: true, SelfHeal: true})
	double.Add(argocdtest.App{Name: "other", Revision: "other"})
	server := httptest.NewServer(double)
	defer server.Close()
	real := asked{a.URL, map[string]string{"all": a.Account, "looks": a.Looker, "nonsense": "nonsense", "": ""}}
	fake := asked{server.URL, map[string]string{"all": "all", "looks": "looks", "nonsense": "nonsense", "": ""}}

	for _, c := range []struct{ token, method, path, body string }{
		{"", "GET", "/api/v1/session/userinfo", ""},
		{"nonsense", "GET", "/api/v1/session/userinfo", ""},
		{"all", "GET", "/api/v1/session/userinfo", ""},
		{"", "GET", "/api/v1/applications/shop", ""},
		{"nonsense", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"merge","patch":"{}"}`},
		{"all", "GET", "/api/v1/applications/nosuch", ""},
		{"all", "GET", "/api/v1/applications/nosuch?project=default", ""},
		{"all", "GET", "/api/v1/applications/shop?project=other", ""},
		{"all", "GET", "/api/v1/account/can-i/applications/sync/default/shop", ""},
		{"looks", "GET", "/api/v1/account/can-i/applications/sync/default/shop", ""},
		{"all", "GET", "/api/v1/account/admin", ""},
		{"looks", "POST", "/api/v1/applications/shop/sync", `{"name":"shop"}`},
		{"looks", "POST", "/api/v1/applications/shop/rollback", `{"name":"shop","id":0}`},
		{"looks", "DELETE", "/api/v1/applications/shop/operation", ""},
		{"looks", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"merge","patch":"{}"}`},
		{"all", "POST", "/api/v1/applications/shop/rollback", `{"name":"shop","id":0}`},
		{"all", "POST", "/api/v1/applications/other/rollback", `{"name":"other","id":99}`},
		{"all", "POST", "/api/v1/applications/shop/sync", `{"name":"shop","revision":"v1.1.0"}`},
		{"all", "POST", "/api/v1/applications/other/sync", `{"name":"other","revision":"nosuch"}`},
		{"all", "DELETE", "/api/v1/applications/shop/operation", ""},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"merge","patch":"{\"spec\":{\"source\":{\"targetRevision\":\"nosuch\"}}}"}`},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"other","patch":"{}"}`},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"json","patch":"[{\"op\":\"test\",\"path\":\"/spec/source/targetRevision\",\"value\":\"v7\"}]"}`},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"json","patch":"[{\"op\":\"add\",\"path\":\"/metadata/annotations/a\",\"value\":\"b\"}]"}`},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"json","patch":"[{\"op\":\"remove\",\"path\":\"/metadata/nosuch\"}]"}`},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"json","patch":"["}`},
		{"all", "POST", "/api/v1/applications/other/sync", `{"name":"other","dryRun":true,"infos":[{"name":"key","value":"D-0"}]}`},
		{"all", "GET", "state:other", ""},
		{"all", "POST", "/api/v1/applications/other/sync", `{"name":"other","infos":[{"name":"key","value":"D-1"}]}`},
		{"all", "POST", "/api/v1/applications/other/sync", `{"name":"other"}`},
		{"all", "GET", "state:other", ""},
		{"all", "POST", "/api/v1/applications/shop/sync", `{"name":"shop","revision":"v1.0.0"}`},
		{"all", "GET", "state:shop", ""},
		{"all", "PATCH", "/api/v1/applications/shop", `{"name":"shop","patchType":"json","patch":"[{\"op\":\"replace\",\"path\":\"/spec/source/targetRevision\",\"value\":\"v1.1.0\"},{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{\"key\":\"D-2\"}}]"}`},
		{"all", "GET", "state:shop", ""},
	} {
		name := strings.Join([]string{c.token, c.method, c.path, c.body}, " ")
		if app, settle := strings.CutPrefix(c.path, "state:"); settle {
			want, got := real.state(ctx, t, app), fake.state(ctx, t, app)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: real (-), double (+):\n%s", name, diff)
			}
			continue
		}
		if diff := cmp.Diff(real.ask(ctx, t, c.token, c.method, c.path, c.body), fake.ask(ctx, t, c.token, c.method, c.path, c.body)); diff != "" {
			t.Errorf("%s: real (-), double (+):\n%s", name, diff)
		}
	}
	for _, err := range double.Wrong() {
		t.Error(err)
	}
}

// asked is one of the two.
type asked struct {
	url    string
	tokens map[string]string
}

// own are what differs between two servers and means nothing: ids, times, paths, and what exactly was wrong with a patch.
var own = regexp.MustCompile(`[0-9a-f]{40}|, iat: [-0-9T:Z]+|manifests in [a-z0-9]+|applying patch: ([^"\\]|\\.)*`)

// ask gives the status and what is said: of an application, what was asked of it and declared; of anything else, all.
func (x asked) ask(ctx context.Context, t *testing.T, token, method, path, body string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, x.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+x.tokens[token])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]any{}
	if err := json.Unmarshal([]byte(own.ReplaceAllString(string(text), "")), &said); err != nil {
		said["text"] = string(text)
	}
	if _, application := said["spec"]; application {
		said = digest(said)
	}
	said["status"] = resp.StatusCode
	return said
}

// digest is what an application says, without what is no part of the story: names, times, what runs where.
func digest(app map[string]any) map[string]any {
	at := func(path ...string) any {
		var v any = app
		for _, p := range path {
			m, _ := v.(map[string]any)
			v = m[p]
		}
		return v
	}
	d := map[string]any{
		"target": at("spec", "source", "targetRevision"), "operation": at("operation") != nil, "sync": at("status", "sync", "status"), "health": at("status", "health", "status"),
		"compared to": at("status", "sync", "comparedTo", "source", "targetRevision"), "key": at("metadata", "annotations", "key"),
		"phase": at("status", "operationState", "phase"), "message": at("status", "operationState", "message"), "infos": at("status", "operationState", "operation", "info"),
		"by": at("status", "operationState", "operation", "initiatedBy"), "dry": at("status", "operationState", "operation", "sync", "dryRun"),
	}
	return d
}

// state waits until nothing goes on, and gives what the application says.
func (x asked) state(ctx context.Context, t *testing.T, app string) map[string]any {
	t.Helper()
	var last map[string]any
	if err := stand.Await(ctx, app+" to come to rest", func(ctx context.Context) (bool, error) {
		last = x.ask(ctx, t, "all", http.MethodGet, "/api/v1/applications/"+app, "")
		return last["operation"] == false && last["health"] == "Healthy" && last["sync"] == "Synced" && last["target"] == last["compared to"], nil
	}); err != nil {
		t.Errorf("%v: %v", err, last)
	}
	return last
}
