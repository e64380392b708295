//go:build real

package real_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDDeclaredOtherwise deploys and goes back where the Application declares a version not by its revision but by an
// image for Kustomize, or a parameter for Helm.
func TestArgoCDDeclaredOtherwise(t *testing.T) {
	ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights})
	const name = "registry.example/shop"
	revision, err := a.Repo.Commit(ctx, "rendered otherwise", map[string]string{
		"kustomize/kustomization.yaml":   "resources: [deployment.yaml]\n",
		"kustomize/deployment.yaml":      stand.Deployment("kustomized", name+":1.0.0"),
		"helm/Chart.yaml":                "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
		"helm/values.yaml":               "image: {tag: 1.0.0}\nother: kept\n",
		"helm/templates/deployment.yaml": stand.Deployment("helmed", name+":{{ .Values.image.tag }}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, c := range map[string]struct {
		live     string
		settings argocd.Settings
	}{
		"kustomize": {"kustomized", argocd.Settings{Images: map[string]string{name: name + ":{version}"}}},
		"helm":      {"helmed", argocd.Settings{Parameters: map[string]string{"image.tag": "{version}"}}},
	} {
		t.Run(path, func(t *testing.T) {
			s := &side{ArgoCD: a, ctx: ctx, name: path, line: newLine(t, a.URL)}
			if err := a.Declare(ctx, stand.Declared{Name: path, Repo: a.Repo.URL, Path: path, Revision: "main", Namespace: "shop"}); err != nil {
				t.Fatal(err)
			}
			settled(ctx, t, a, path, revision, "Healthy")
			settings := s.settings()
			settings.Revision, settings.Images, settings.Parameters = "", c.settings.Images, c.settings.Parameters
			d, err := argocd.New(settings, s.outside(a.Account, port.Target{Service: path, Environment: "prod"}))
			if err != nil {
				t.Fatal(err)
			}
			a.Nodes.Crash(name + ":1.2.0")
			for _, step := range []struct {
				key, version string
				ends         port.RunState
			}{{"D-1", "1.10", port.RunSucceeded}, {"D-2", "1.2.0", port.RunFailed}, {"D-3", "1.10", port.RunSucceeded}} {
				run, err := d.Start(ctx, port.Deployment{Key: step.key, Service: path, Environment: "prod", Version: step.version, Pipeline: "argocd", Rollback: step.key == "D-3"})
				if err != nil {
					t.Fatal(err)
				}
				if p := followed(ctx, t, d, run); p.State != step.ends {
					t.Errorf("%s ended %+v", step.key, p)
				}
				if live, err := a.Image(ctx, c.live); err != nil || live != name+":"+step.version {
					t.Errorf("%s runs, %v", live, err)
				}
			}
		})
	}
}
