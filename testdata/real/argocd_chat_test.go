//go:build real

package real_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDFromChat plays it from chat, through the program itself: a version is deployed, a bad one comes up nowhere, the
// bot puts back what ran before by itself, and auto-sync does not fight it.
func TestArgoCDFromChat(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights})
	first, good, bad := publish(ctx, t, a, "1.0.0"), publish(ctx, t, a, "1.1.0"), publish(ctx, t, a, "1.2.0")
	a.Nodes.Crash(image("1.2.0"))
	if err := a.Declare(ctx, stand.Declared{Name: "shop-prod", Repo: a.Repo.URL, Path: "shop", Revision: "v1.0.0", Namespace: "shop"}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, a, "shop-prod", first, "Healthy")
	front := httptest.NewServer(a.Front("shop"))
	defer front.Close()
	env := []string{"ARGOCD_TOKEN=" + a.Account}
	b := newBot(ctx, t, env, map[string]string{"shop": front.URL, "pipeline": `
    adapter: argocd
    settings:
      url: ` + a.URL + `
      token: env:ARGOCD_TOKEN
      revision: v{version}
      settle: 1s
      degraded_for: 2s
      poll: 2s`})
	for _, version := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		b.artifact(version)
	}

	// The sync that brought it is heard of as somebody else's, maybe before this is said: nobody told the bot what it brought.
	b.done("owner", "/deploy adopt shop prod 1.0.0 --replace")
	b.done("sre", "/release plan shop 1.1.0")
	b.done("sre", "/deploy R-1 prod")
	b.shows("/release show R-1", "shop 1.1.0 · released")
	settled(ctx, t, a, "shop-prod", good, "Healthy")

	b.done("sre", "/release plan shop 1.2.0")
	b.done("sre", "/deploy R-2 prod")
	if err := stand.Await(ctx, "that the bad version is there", func(ctx context.Context) (bool, error) {
		x, err := a.Application(ctx, "shop-prod")
		return x.Status.Sync.Revision == bad, err
	}); err != nil {
		t.Fatal(err)
	}
	b.kill() // whoever comes after goes on from what is on disk
	b.start(env)
	b.shows("/release show R-2", "shop 1.2.0 · rolled back")
	if pages, err := os.ReadFile(filepath.Join(b.dir, "pages.jsonl")); err != nil || !strings.Contains(string(pages), "1.2.0") {
		t.Errorf("nobody was called: %s, %v", pages, err)
	}
	settled(ctx, t, a, "shop-prod", good, "Healthy")
	leftAlone(ctx, t, a, "shop-prod", good, image("1.1.0"))
	if card := b.say("sre", "/release show R-2").Text; strings.Contains(card, "outside the bot") {
		x, err := a.Application(ctx, "shop-prod")
		t.Errorf("what the bot did before it was killed is taken for somebody else's: of %+v, %v", x.Status.History, err)
	}
	if strings.Contains(b.log.String(), a.Account) {
		t.Error("the token is in the bot's log")
	}
}
