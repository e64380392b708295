//go:build real

package real_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDDeclaredInGitFromChat plays the same from chat where a parent declares the version in Git, on a branch that takes
// no pushes: a pipeline asks for each change by a request, and going back is one more. Argo CD looks at the repository once
// an hour, so what happens at once happens for Gitea's webhook.
func TestArgoCDDeclaredInGitFromChat(t *testing.T) {
	_, g := startGitea(t)
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights, Resync: time.Hour})
	do := func(token, method, path string, body, answer any) {
		t.Helper()
		if err := g.Call(ctx, token, method, path, body, answer); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	const repo = "/repos/keeper/manifests"
	do(g.Admin, http.MethodPost, "/user/repos", map[string]any{"name": "manifests", "auto_init": true, "default_branch": "main"}, nil)
	tokens := map[string]string{}
	for _, name := range []string{"asks", "reviews"} {
		token, err := g.User(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		tokens[name] = token
		do(g.Admin, http.MethodPut, repo+"/collaborators/"+name, map[string]string{"permission": "write"}, nil)
	}
	write := func(path, text, sha string) (content, commit string) {
		t.Helper()
		var written struct {
			Content, Commit struct {
				SHA string `json:"sha"`
			}
		}
		method := http.MethodPost
		if sha != "" {
			method = http.MethodPut
		}
		do(g.Admin, method, repo+"/contents/"+path, map[string]string{"content": base64.StdEncoding.EncodeToString([]byte(text)), "sha": sha, "branch": "main", "message": path}, &written)
		return written.Content.SHA, written.Commit.SHA
	}
	revisions, sha := map[string]string{}, ""
	for _, version := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		sha, revisions[version] = write("shop/deployment.yaml", stand.Deployment("shop", image(version)), sha)
		do(g.Admin, http.MethodPost, repo+"/tags", map[string]string{"tag_name": "v" + version, "target": revisions[version]}, nil)
	}
	a.Nodes.Crash(image("1.2.0"))
	url := g.URL + "/keeper/manifests.git"
	write("apps/shop.yaml", stand.Declared{Name: "shop", Repo: url, Path: "shop", Revision: "v1.0.0", Namespace: "shop"}.YAML(), "")
	do(g.Admin, http.MethodPost, repo+"/branch_protections", map[string]any{"rule_name": "main", "required_approvals": 1, "enable_push": false}, nil)
	do(g.Admin, http.MethodPost, repo+"/hooks", map[string]any{
		"type": "gitea", "active": true, "events": []string{"push"}, "config": map[string]string{"url": a.URL + "/api/webhook", "content_type": "json"},
	}, nil)
	if err := a.Declare(ctx, stand.Declared{Name: "root", Repo: url, Path: "apps", Revision: "main", Namespace: "argocd"}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, a, "shop", revisions["1.0.0"], "Healthy")

	front := httptest.NewServer(a.Front("shop"))
	defer front.Close()
	env := []string{"GITEA=" + g.URL, "ARGOCD=" + a.URL, "ASKS=" + tokens["asks"], "REVIEWS=" + tokens["reviews"], "ARGOCD_TOKEN=" + a.Account}
	b := newBot(ctx, t, env, map[string]string{"shop": front.URL, "pipeline": `
    adapter: runner
    settings:
      dir: ` + t.TempDir() + `
      pipelines:
        deploy:
          command: [` + build(t, "testdata/real/promote") + `, -key, "{key}", -version, "{version}"]
          env: [GITEA, ARGOCD]
          secrets: {ASKS: env:ASKS, REVIEWS: env:REVIEWS, ARGOCD_TOKEN: env:ARGOCD_TOKEN}`})
	for _, version := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		b.artifact(version)
	}
	b.done("owner", "/deploy adopt shop prod 1.0.0 --replace")
	b.done("sre", "/release plan shop 1.1.0")
	b.done("sre", "/deploy R-1 prod")
	b.shows("/release show R-1", "shop 1.1.0 · released")
	settled(ctx, t, a, "shop", revisions["1.1.0"], "Healthy")

	b.done("sre", "/release plan shop 1.2.0")
	b.done("sre", "/deploy R-2 prod")
	b.shows("/release show R-2", "shop 1.2.0 · rolled back")
	for range resyncs {
		if err := a.Call(ctx, a.Admin, http.MethodGet, "/api/v1/applications/root?refresh=hard", nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := a.Call(ctx, a.Admin, http.MethodGet, "/api/v1/applications/shop?refresh=hard", nil, nil); err != nil {
			t.Fatal(err)
		}
		settled(ctx, t, a, "shop", revisions["1.1.0"], "Healthy")
	}
	var requests []struct {
		Title  string `json:"title"`
		Merged bool   `json:"merged"`
	}
	do(g.Admin, http.MethodGet, repo+"/pulls?state=all&sort=oldest", nil, &requests)
	var story []string
	for _, r := range requests {
		if r.Merged {
			story = append(story, r.Title)
		}
	}
	if got := strings.Join(story, ", "); got != "Shop v1.1.0, Shop v1.2.0, Shop v1.1.0" {
		t.Errorf("requests merged: %s", got)
	}
}
