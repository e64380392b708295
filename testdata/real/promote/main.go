// Program promote is a pipeline as an organisation may have one whose versions are declared in Git, on a branch that takes no
// pushes: it asks for the change by a request, has it reviewed, merges it, and waits for what Argo CD makes of it. It ends
// with status 0 once the version is healthy.
//
// Its way is in the environment: GITEA and ARGOCD are addresses, ASKS, REVIEWS and ARGOCD_TOKEN tokens.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

const (
	repo = "/repos/keeper/manifests"
	file = repo + "/contents/apps/shop.yaml"
	// settle is how long an application must be healthy, or degraded, before that is believed.
	settle = 2 * time.Second
)

var declared = regexp.MustCompile(`targetRevision: "[^"]*"`)

func main() {
	key, version := flag.String("key", "", "name of the run"), flag.String("version", "", "version to declare")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p := promotion{
		gitea: stand.Gitea{URL: os.Getenv("GITEA")}, argocd: stand.ArgoCD{URL: os.Getenv("ARGOCD"), Admin: os.Getenv("ARGOCD_TOKEN")},
		asks: os.Getenv("ASKS"), reviews: os.Getenv("REVIEWS"), branch: "run-" + strings.ToLower(*key), revision: "v" + *version,
	}
	err := p.declare(ctx)
	if err == nil {
		err = p.follow(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type promotion struct {
	gitea            stand.Gitea
	argocd           stand.ArgoCD
	asks, reviews    string
	branch, revision string
}

// declare changes the revision on main, by a request that somebody else approved.
func (p *promotion) declare(ctx context.Context) error {
	var now struct {
		Content string `json:"content"`
		SHA     string `json:"sha"`
	}
	if err := p.gitea.Call(ctx, p.asks, http.MethodGet, file+"?ref=main", nil, &now); err != nil {
		return err
	}
	text, err := base64.StdEncoding.DecodeString(now.Content)
	if err != nil {
		return err
	}
	next := declared.ReplaceAllString(string(text), `targetRevision: "`+p.revision+`"`)
	if next == string(text) {
		fmt.Println("declared already")
		return nil
	}
	title := "Shop " + p.revision
	if err := p.gitea.Call(ctx, p.asks, http.MethodPut, file, map[string]string{
		"content": base64.StdEncoding.EncodeToString([]byte(next)), "sha": now.SHA, "branch": "main", "new_branch": p.branch, "message": title,
	}, nil); err != nil {
		return err
	}
	var request struct {
		Number int `json:"number"`
	}
	if err := p.gitea.Call(ctx, p.asks, http.MethodPost, repo+"/pulls", map[string]string{"head": p.branch, "base": "main", "title": title}, &request); err != nil {
		return err
	}
	path := fmt.Sprintf("%s/pulls/%d", repo, request.Number)
	if err := p.gitea.Call(ctx, p.reviews, http.MethodPost, path+"/reviews", map[string]string{"event": "APPROVED"}, nil); err != nil {
		return err
	}
	fmt.Printf("request %d is approved\n", request.Number)
	return stand.Await(ctx, "for the request to be merged", func(ctx context.Context) (bool, error) { // whether it can be is worked out meanwhile
		return true, p.gitea.Call(ctx, p.asks, http.MethodPost, path+"/merge", map[string]string{"Do": "merge"}, nil)
	})
}

// follow waits until the application is at the revision and has been healthy, or degraded, for a while.
func (p *promotion) follow(ctx context.Context) error {
	var health string
	var since time.Time
	err := stand.Await(ctx, "for Argo CD to bring "+p.revision, func(ctx context.Context) (bool, error) {
		x, err := p.argocd.Application(ctx, "shop")
		if err != nil {
			return false, err
		}
		now := x.Status.Health.Status
		if x.Operation != nil || x.Spec.Source.TargetRevision != p.revision || x.Status.Sync.ComparedTo.Source.TargetRevision != p.revision || x.Status.Sync.Status != "Synced" {
			now = ""
		}
		if now != health {
			health, since = now, time.Now()
			fmt.Println("shop is " + health)
		}
		return (health == "Healthy" || health == "Degraded") && time.Since(since) >= settle, nil
	})
	if err == nil && health != "Healthy" {
		err = errors.New(p.revision + " is " + health)
	}
	return err
}
