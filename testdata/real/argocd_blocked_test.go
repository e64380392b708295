//go:build real

package real_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDRollbackDuringAFailingSync goes back while Argo CD repeats, for minutes, a sync that nothing accepts.
func TestArgoCDRollbackDuringAFailingSync(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights})
	s := newSide(ctx, t, a, "shop", false)
	good := s.publish(t, "1.1.0", "D-1")
	broken, err := a.Repo.Commit(ctx, "nothing accepts this", map[string]string{
		"shop/deployment.yaml": strings.Replace(stand.Deployment("shop", s.image("1.2.0")), "replicas: 2", "replicas: -2", 1),
	})
	if err == nil {
		err = a.Repo.Tag(ctx, "shop-1.2.0", broken)
	}
	if err != nil {
		t.Fatal(err)
	}
	d := s.adapter(t)
	start := func(key, version string, rollback bool) port.Run {
		t.Helper()
		run, err := d.Start(ctx, port.Deployment{Key: key, Service: "shop", Environment: "prod", Version: version, Pipeline: "argocd", Rollback: rollback})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	bad := start("D-2", "1.2.0", false)
	if err := stand.Await(ctx, "that the sync is repeated", func(ctx context.Context) (bool, error) {
		x, err := a.Application(ctx, "shop")
		return x.Operation != nil && x.Status.OperationState != nil && x.Status.OperationState.RetryCount > 0, err
	}); err != nil {
		t.Fatal(err)
	}
	if p := followed(ctx, t, d, start("D-3", "1.1.0", true)); p.State != port.RunSucceeded {
		t.Errorf("going back ended %+v", p)
	}
	if p := followed(ctx, t, d, bad); p.State == port.RunSucceeded {
		t.Errorf("what was overtaken ended %+v", p)
	}
	leftAlone(ctx, t, a, "shop", good, s.image("1.1.0"))
}

// TestArgoCDTwoAtOnce lets two processes declare two versions at once. The server answers both that they did; one of them is
// there, and the other must not be called a success.
func TestArgoCDTwoAtOnce(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights})
	s := newSide(ctx, t, a, "shop", false)
	versions := map[string]string{"D-1": "1.1.0", "D-2": "1.2.0"}
	for key, version := range versions {
		s.publish(t, version, key)
	}
	var mu sync.Mutex
	var won []string
	var all sync.WaitGroup
	for key, version := range versions {
		d := s.adapter(t)
		all.Go(func() {
			run, err := d.Start(ctx, port.Deployment{Key: key, Service: "shop", Environment: "prod", Version: version, Pipeline: "argocd"})
			if err != nil {
				t.Logf("%s: %v", key, err)
				return
			}
			if p := followed(ctx, t, d, run); p.State == port.RunSucceeded {
				mu.Lock()
				defer mu.Unlock()
				won = append(won, version)
			}
		})
	}
	all.Wait()
	live, err := a.Image(ctx, "shop")
	if err != nil || len(won) != 1 || live != s.image(won[0]) {
		t.Errorf("%q succeeded, and %s runs (%v)", won, live, err)
	}
}

// adapter is one as the bot has it.
func (s *side) adapter(t *testing.T) *argocd.Adapter {
	t.Helper()
	d, err := argocd.New(s.settings(), s.outside(s.Account, port.Target{Service: s.name, Environment: "prod"}))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
