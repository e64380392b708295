//go:build real

package real_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDAppOfApps deploys, and goes back, where a parent declares the version: the child itself may not be changed, for
// its parent undoes it.
func TestArgoCDAppOfApps(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights})
	s := &side{ArgoCD: a, ctx: ctx, name: "shop", revision: map[string]string{}, line: newLine(t, a.URL)}
	first := s.publish(t, "1.0.0", "")
	good, bad := s.publish(t, "1.1.0", "D-1"), s.publish(t, "1.2.0", "D-2")
	a.Nodes.Crash(s.image("1.2.0"))
	if _, err := a.Repo.Commit(ctx, "the parent's chart", map[string]string{
		"apps/Chart.yaml":           "apiVersion: v2\nname: apps\nversion: 0.1.0\n",
		"apps/values.yaml":          "shop: {revision: shop-1.0.0}\n",
		"apps/templates/child.yaml": stand.Declared{Name: "shop", Repo: a.Repo.URL, Path: "shop", Revision: "{{ .Values.shop.revision }}", Namespace: "shop"}.YAML(),
	}); err != nil {
		t.Fatal(err)
	}
	if err := a.Declare(ctx, stand.Declared{Name: "root", Repo: a.Repo.URL, Path: "apps", Revision: "main", Namespace: "argocd"}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, a, "shop", first, "Healthy")

	target := port.Target{Service: "shop", Environment: "prod"}
	settings := s.settings()
	child, err := argocd.New(settings, s.outside(a.Account, target))
	if err != nil {
		t.Fatal(err)
	}
	settings.Declared = argocd.ByParent
	settings.Parent = argocd.Parent{Application: "root", Parameters: map[string]string{"{service}.revision": "{service}-{version}"}}
	parent, err := argocd.New(settings, s.outside(a.Account, target))
	if err != nil {
		t.Fatal(err)
	}
	order := func(key, version string, rollback bool) port.Deployment {
		return port.Deployment{Key: key, Service: "shop", Environment: "prod", Version: version, Pipeline: "argocd", Rollback: rollback}
	}
	if _, err := child.Start(ctx, order("D-0", "1.1.0", false)); err == nil {
		t.Error("the child was changed though its parent declares it")
	} else if v, _ := effect.Classify(err); v != effect.Permanent {
		t.Errorf("%v is not refused for good", err)
	} else {
		t.Log(err)
	}
	for _, step := range []struct {
		key, version string
		rollback     bool
		ends         port.RunState
		revision     string
		health       string
	}{
		{"D-1", "1.1.0", false, port.RunSucceeded, good, "Healthy"},
		{"D-2", "1.2.0", false, port.RunFailed, bad, "Degraded"},
		{"D-3", "1.1.0", true, port.RunSucceeded, good, "Healthy"},
	} {
		run, err := parent.Start(ctx, order(step.key, step.version, step.rollback))
		if err != nil {
			t.Fatal(err)
		}
		if p := followed(ctx, t, parent, run); p.State != step.ends {
			t.Errorf("%s to %s ended %+v", step.key, step.version, p)
		}
		settled(ctx, t, a, "shop", step.revision, step.health)
	}
	leftAlone(ctx, t, a, "shop", good, s.image("1.1.0"))
}
