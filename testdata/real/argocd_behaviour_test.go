//go:build real

package real_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDUnderAutoSync holds on to what the real Argo CD does that the bot is built on, and its double imitates: under
// auto-sync nothing but a change where the revision is declared moves an application, and what is declared wins.
func TestArgoCDUnderAutoSync(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights})
	good, bad := publish(ctx, t, a, "1.0.0"), publish(ctx, t, a, "1.1.0")
	a.Nodes.Crash(image("1.1.0"))
	if err := a.Declare(ctx, stand.Declared{Name: "shop", Repo: a.Repo.URL, Path: "shop", Revision: "v1.0.0", Namespace: "shop"}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, a, "shop", good, "Healthy")
	call := func(method, path string, body any) error {
		return a.Call(ctx, a.Account, method, "/api/v1/applications"+path, body, nil)
	}
	patch := func(name, revision string) error {
		return call(http.MethodPatch, "/"+name, map[string]string{"name": name, "patchType": "merge", "patch": `{"spec":{"source":{"targetRevision":"` + revision + `"}}}`})
	}

	t.Run("refusals", func(t *testing.T) {
		refused(t, call(http.MethodPost, "/shop/rollback", map[string]int{"id": 0}), answer{400, `"code":9,"message":"rollback cannot be initiated when auto-sync is enabled"`})
		for _, revision := range []string{"v1.1.0", bad, good, "main"} {
			refused(t, call(http.MethodPost, "/shop/sync", map[string]string{"revision": revision}), answer{400, "Cannot sync to " + revision + ": auto-sync currently set to v1.0.0"})
		}
		refused(t, patch("shop", "v9.9.9"), answer{400, "unable to resolve 'v9.9.9' to a commit SHA"})
		refused(t, call(http.MethodDelete, "/shop/operation", nil), answer{400, "Unable to terminate operation. No operation is in progress"})
		refused(t, call(http.MethodDelete, "/shop", nil), answer{403, "permission denied: applications, delete, default/shop, sub: gonogo"})
		refused(t, call(http.MethodGet, "/nosuch", nil), answer{403, `"permission denied"`})
		refused(t, call(http.MethodGet, "/nosuch?project=default", nil), answer{404, "not found"})
		refused(t, a.Call(ctx, "nonsense", http.MethodGet, "/api/v1/applications/shop", nil, nil), answer{401, "no session information"})
	})

	t.Run("the declared revision moves it there and back", func(t *testing.T) {
		if err := patch("shop", "v1.1.0"); err != nil {
			t.Fatal(err)
		}
		settled(ctx, t, a, "shop", bad, "Degraded")
		if err := patch("shop", "v1.0.0"); err != nil {
			t.Fatal(err)
		}
		settled(ctx, t, a, "shop", good, "Healthy")
	})

	t.Run("a sync that fails blocks the next until it is ended", func(t *testing.T) {
		broken, err := a.Repo.Commit(ctx, "nothing accepts this", map[string]string{"shop/deployment.yaml": strings.Replace(stand.Deployment("shop", image("1.2.0")), "replicas: 2", "replicas: -2", 1)})
		if err == nil {
			err = a.Repo.Tag(ctx, "v1.2.0", broken)
		}
		if err == nil {
			err = patch("shop", "v1.2.0")
		}
		if err != nil {
			t.Fatal(err)
		}
		state := func(what string, is func(stand.Application) bool) {
			t.Helper()
			if err := stand.Await(ctx, what, func(ctx context.Context) (bool, error) {
				x, err := a.Application(ctx, "shop")
				return is(x), err
			}); err != nil {
				t.Fatal(err)
			}
		}
		state("that it is tried again, and called running", func(x stand.Application) bool {
			o := x.Status.OperationState
			return o != nil && o.RetryCount > 0 && o.Phase == "Running" && strings.Contains(o.Message, "failed to apply")
		})
		if err := patch("shop", "v1.0.0"); err != nil {
			t.Fatal(err)
		}
		state("that the new revision is seen and not synced", func(x stand.Application) bool {
			return x.Status.Sync.Revision == good && x.Operation != nil && x.Operation.Sync.Revision == broken
		})
		if err := call(http.MethodDelete, "/shop/operation", nil); err != nil {
			t.Fatal(err)
		}
		settled(ctx, t, a, "shop", good, "Healthy")
	})

	t.Run("a parent puts back what it declares", func(t *testing.T) {
		declared := stand.Declared{Name: "child", Repo: a.Repo.URL, Path: "shop", Revision: "v1.0.0", Namespace: "shop"}.YAML()
		_, err := a.Repo.Commit(ctx, "the child", map[string]string{"apps/child.yaml": declared})
		if err == nil {
			err = a.Call(ctx, a.Admin, http.MethodDelete, "/api/v1/applications/shop?cascade=false", nil, nil)
		}
		if err == nil {
			err = a.Declare(ctx, stand.Declared{Name: "root", Repo: a.Repo.URL, Path: "apps", Revision: "main", Namespace: "argocd"})
		}
		if err != nil {
			t.Fatal(err)
		}
		settled(ctx, t, a, "child", good, "Healthy")
		before, err := a.Application(ctx, "child")
		if err == nil {
			err = patch("child", "v1.1.0")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := stand.Await(ctx, "that the patch is undone", func(ctx context.Context) (bool, error) {
			x, err := a.Application(ctx, "child")
			return x.Spec.Source.TargetRevision == "v1.0.0" && len(x.Status.History) > len(before.Status.History), err
		}); err != nil {
			t.Fatal(err)
		}
		settled(ctx, t, a, "child", good, "Healthy")
	})
}
