package argocd_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/deployer"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// speed is how much faster than the machine's the clock of the contract's stages runs: Argo CD's times are whole seconds.
const speed = 500

func fast() func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(speed * time.Since(began)) }
}

func TestContract(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]struct {
		app      argocdtest.App
		parent   *argocdtest.App
		settings func(*argocd.Settings)
		prefix   string
	}{
		"by request":    {app: argocdtest.App{}},
		"auto-sync":     {app: argocdtest.App{Auto: true, SelfHeal: true}},
		"other sources": {app: argocdtest.App{Sources: 1}},
		"parameters": {app: argocdtest.App{Auto: true, Kind: "Helm", Parameters: map[string]string{"image.tag": "v1.0.0"}}, settings: func(s *argocd.Settings) {
			s.Revision, s.Parameters = "", map[string]string{"image.tag": "v{version}"}
		}},
		"parent": {
			app:      argocdtest.App{Auto: true},
			parent:   &argocdtest.App{Name: "apps", Project: project, Revision: "main", Auto: true, SelfHeal: true, Kind: "Helm", Parameters: map[string]string{"shop.revision": "v1.0.0"}, Renders: map[string]string{"shop-prod": "shop.revision"}},
			settings: byParent, prefix: "shop-prod.",
		},
		"parent by request": {
			app:      argocdtest.App{},
			parent:   &argocdtest.App{Name: "apps", Project: project, Revision: "main", Kind: "Helm", Parameters: map[string]string{"shop.revision": "v1.0.0"}, Renders: map[string]string{"shop-prod": "shop.revision"}},
			settings: byParent, prefix: "shop-prod.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deployer.Test(t, func(t *testing.T) deployer.Side {
				s := newStage(t, fast(), poll.Pace{Least: 2 * time.Millisecond, Most: 10 * time.Millisecond}, argocdtest.Options{})
				app := mode.app
				app.Name, app.Project, app.Revision = "shop-prod", project, "v1.0.0"
				s.argo.Add(app)
				holder := app.Name
				if mode.parent != nil {
					s.argo.Add(*mode.parent)
					holder = mode.parent.Name
				}
				set := settings()
				if mode.settings != nil {
					mode.settings(&set)
				}
				return deployer.Side{
					New: func(t *testing.T) port.Deployer { return s.adapter(t, set) },
					Ask: func(_ *testing.T, key string, b deployer.Behaviour) port.Deployment {
						s.argo.Behaves("v2-"+key, map[deployer.Behaviour]argocdtest.Behaviour{
							deployer.Fails: {Health: "Degraded", Message: "the readiness probe fails"},
							deployer.Holds: {Health: "Progressing"},
						}[b])
						return version(key, "2-"+key)
					},
					Release:    func(_ *testing.T, key string) { s.argo.Release("v2-" + key) },
					Started:    func(_ *testing.T, key string) int { return s.argo.Begun(key) },
					LoseAnswer: func(*testing.T) { s.argo.LoseAnswer() },
					Garble:     func(*testing.T, port.Run) { s.argo.Annotate(holder, mode.prefix+"gonogo.chat/run", "{") },
					Lose:       func(*testing.T, port.Run) { s.argo.Remove("shop-prod") },
					Fail:       func(_ *testing.T, k trouble.Kind) { s.argo.Fail(k) },
					Heal:       func(*testing.T) { s.argo.Heal() },
					Stage:      "synced and healthy",
					Percent:    100,
				}
			})
		})
	}
}

func byParent(s *argocd.Settings) {
	s.Declared = argocd.ByParent
	s.Parent = argocd.Parent{Application: "apps", Parameters: map[string]string{"{service}.revision": "v{version}"}}
}
