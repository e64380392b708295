//go:build real

package real_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// delivery is a webhook as it came.
type delivery struct {
	event, signature string
	body             []byte
}

// TestGiteaAsWhereRevisionsAreDeclared changes a declared revision the way a protected branch demands: a request by one, a
// review by another, a merge, and a signed webhook of it.
func TestGiteaAsWhereRevisionsAreDeclared(t *testing.T) {
	ctx, g := startGitea(t)
	const secret = "known to two"
	heard := make(chan delivery, 16)
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			heard <- delivery{r.Header.Get("X-Gitea-Event"), r.Header.Get("X-Gitea-Signature"), body}
		}
	}))
	defer hooks.Close()
	asks, err := g.User(ctx, "asks")
	if err != nil {
		t.Fatal(err)
	}
	reviews, err := g.User(ctx, "reviews")
	if err != nil {
		t.Fatal(err)
	}
	do := func(token, method, path string, body, answer any) {
		t.Helper()
		if err := g.Call(ctx, token, method, path, body, answer); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	const repo = "/repos/keeper/manifests"
	do(g.Admin, http.MethodPost, "/user/repos", map[string]any{"name": "manifests", "auto_init": true, "default_branch": "main"}, nil)
	for _, name := range []string{"asks", "reviews"} {
		do(g.Admin, http.MethodPut, repo+"/collaborators/"+name, map[string]string{"permission": "write"}, nil)
	}
	file := func(revision string) string {
		return base64.StdEncoding.EncodeToString([]byte(stand.Declared{Name: "shop", Repo: g.URL + "/keeper/manifests.git", Path: "shop", Revision: revision, Namespace: "shop"}.YAML()))
	}
	var declared struct {
		Content struct {
			SHA string `json:"sha"`
		} `json:"content"`
	}
	do(g.Admin, http.MethodPost, repo+"/contents/apps/shop.yaml", map[string]string{"content": file("v1.1.0"), "message": "shop 1.1.0", "branch": "main"}, &declared)
	do(g.Admin, http.MethodPost, repo+"/branch_protections", map[string]any{"rule_name": "main", "required_approvals": 1, "enable_push": false}, nil)
	do(g.Admin, http.MethodPost, repo+"/hooks", map[string]any{
		"type": "gitea", "active": true, "events": []string{"pull_request", "pull_request_review", "push"},
		"config": map[string]string{"url": hooks.URL, "content_type": "json", "secret": secret},
	}, nil)

	change := map[string]string{"content": file("v1.0.0"), "message": "Back to 1.0.0", "branch": "main", "sha": declared.Content.SHA}
	refused(t, g.Call(ctx, asks, http.MethodPut, repo+"/contents/apps/shop.yaml", change, nil), answer{403, "cannot commit"})

	change["new_branch"] = "back"
	do(asks, http.MethodPut, repo+"/contents/apps/shop.yaml", change, nil)
	do(asks, http.MethodPost, repo+"/pulls", map[string]string{"head": "back", "base": "main", "title": "Back to 1.0.0"}, nil)
	merge := map[string]string{"Do": "merge"}
	var refusal error
	if err := stand.Await(ctx, "that it is known whether the request can be merged", func(ctx context.Context) (bool, error) {
		refusal = g.Call(ctx, asks, http.MethodPost, repo+"/pulls/1/merge", merge, nil)
		return !strings.Contains(fmt.Sprint(refusal), "try again later"), nil
	}); !strings.Contains(fmt.Sprint(refusal), "approvals") {
		t.Errorf("merged without a review: %v, %v", refusal, err)
	}
	refused(t, g.Call(ctx, asks, http.MethodPost, repo+"/pulls/1/reviews", map[string]string{"event": "APPROVED"}, nil), answer{422, "own pull"})
	do(reviews, http.MethodPost, repo+"/pulls/1/reviews", map[string]string{"event": "APPROVED"}, nil)
	if err := stand.Await(ctx, "that the approved request is merged", func(ctx context.Context) (bool, error) {
		return true, g.Call(ctx, asks, http.MethodPost, repo+"/pulls/1/merge", merge, nil)
	}); err != nil {
		t.Fatal(err)
	}
	var now struct {
		Content string `json:"content"`
	}
	do(asks, http.MethodGet, repo+"/contents/apps/shop.yaml?ref=main", nil, &now)
	if now.Content != file("v1.0.0") {
		t.Errorf("main declares %s", now.Content)
	}

	for { // until the merge was told
		var d delivery
		select {
		case d = <-heard:
		case <-ctx.Done():
			t.Fatal("the merge was never told")
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(d.body)
		if want := hex.EncodeToString(mac.Sum(nil)); d.signature != want {
			t.Fatalf("%s is signed %q, not %q", d.event, d.signature, want)
		}
		var told struct {
			Action      string `json:"action"`
			PullRequest struct {
				Merged bool `json:"merged"`
			} `json:"pull_request"`
		}
		if err := json.Unmarshal(d.body, &told); err != nil {
			t.Fatal(err)
		}
		if d.event == "pull_request" && told.Action == "closed" && told.PullRequest.Merged {
			return
		}
	}
}
