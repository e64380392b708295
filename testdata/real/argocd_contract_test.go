//go:build real

package real_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/contract/deployer"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDKeepsTheContract puts the adapter through what every pipeline must keep to, each test on an Application of its own
// of the real Argo CD, which syncs by itself or only when it is told to.
func TestArgoCDKeepsTheContract(t *testing.T) {
	for name, manual := range map[string]bool{"synced by itself": false, "synced when told": true} {
		t.Run(name, func(t *testing.T) {
			ctx, a := startArgoCD(t, stand.Settings{Policy: stand.LeastRights, Settle: 500 * time.Millisecond})
			var sides atomic.Int64
			deployer.Test(t, func(t *testing.T) deployer.Side {
				return newSide(ctx, t, a, fmt.Sprintf("shop-%d", sides.Add(1)), manual).side()
			})
		})
	}
}

// side is an Application with a Deployment of its own.
type side struct {
	*stand.ArgoCD
	ctx      context.Context
	name     string
	mu       sync.Mutex
	revision map[string]string // commits by key
	line     *line             // between the bot and the server
}

func newSide(ctx context.Context, t *testing.T, a *stand.ArgoCD, name string, manual bool) *side {
	t.Helper()
	s := &side{ArgoCD: a, ctx: ctx, name: name, revision: map[string]string{}, line: newLine(t, a.URL)}
	first := s.publish(t, "1.0.0", "")
	if err := a.Declare(ctx, stand.Declared{Name: name, Repo: a.Repo.URL, Path: name, Revision: name + "-1.0.0", Namespace: "shop", Manual: manual}); err != nil {
		t.Fatal(err)
	}
	if manual {
		if err := a.Call(ctx, a.Account, http.MethodPost, "/api/v1/applications/"+name+"/sync", struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	settled(ctx, t, a, name, first, "Healthy")
	return s
}

func (s *side) image(version string) string { return "registry.example/" + s.name + ":" + version }

// publish commits and tags the manifests of a version.
func (s *side) publish(t *testing.T, version, key string) string {
	t.Helper()
	revision, err := s.Repo.Commit(s.ctx, s.name+" "+version, map[string]string{s.name + "/deployment.yaml": stand.Deployment(s.name, s.image(version))})
	if err == nil {
		err = s.Repo.Tag(s.ctx, s.name+"-"+version, revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision[key] = revision
	return revision
}

func (s *side) side() deployer.Side {
	var versions atomic.Int64
	var mu sync.Mutex
	asked := map[string]port.Deployment{}
	return deployer.Side{
		New: func(t *testing.T) port.Deployer {
			t.Helper()
			d, err := argocd.New(s.settings(), s.outside(s.Account, port.Target{Service: s.name, Environment: "prod"}))
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Ask: func(t *testing.T, key string, b deployer.Behaviour) port.Deployment {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			if d, again := asked[key]; again {
				return d
			}
			version := fmt.Sprintf("1.%d.0", versions.Add(1))
			switch b {
			case deployer.Fails:
				s.Nodes.Crash(s.image(version))
			case deployer.Holds:
				s.Nodes.Hold(s.image(version))
			}
			s.publish(t, version, key)
			asked[key] = port.Deployment{Key: key, Service: s.name, Environment: "prod", Version: version, Pipeline: "argocd", Release: "R-1", Previous: "1.0.0"}
			return asked[key]
		},
		Release: func(t *testing.T, key string) {
			mu.Lock()
			defer mu.Unlock()
			s.Nodes.Release(s.image(asked[key].Version))
		},
		// Self-healing syncs the same revision again: what counts is how often it came anew.
		Started: func(t *testing.T, key string) int {
			t.Helper()
			x, err := s.Application(s.ctx, s.name)
			if err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			times, before := 0, ""
			for _, h := range x.Status.History {
				if h.Revision != before && h.Revision == s.revision[key] {
					times++
				}
				before = h.Revision
			}
			return times
		},
		LoseAnswer: func(*testing.T) { s.line.loses() },
		Garble:     func(*testing.T, port.Run) { s.line.fails(trouble.Garbled) },
		Lose: func(t *testing.T, _ port.Run) {
			t.Helper()
			if err := s.Call(s.ctx, s.Admin, http.MethodDelete, "/api/v1/applications/"+s.name+"?cascade=false", nil, nil); err != nil {
				t.Fatal(err)
			}
		},
		Fail:  func(_ *testing.T, k trouble.Kind) { s.line.fails(k) },
		Heal:  func(*testing.T) { s.line.fails("") },
		Stage: "synced and healthy", Percent: 100,
	}
}

// settings are quick: a test has no minutes.
func (s *side) settings() argocd.Settings {
	return argocd.Settings{
		URL: s.line.URL, Token: "env:ARGOCD_TOKEN", Application: "{service}", Revision: "{service}-{version}",
		Settle: time.Second, DegradedFor: time.Second, Limit: time.Minute, Poll: time.Second,
	}
}

func (s *side) outside(token string, targets ...port.Target) argocd.Outside {
	return argocd.Outside{
		Secret: func(string) (string, error) { return token, nil }, Clock: time.Now, Pipeline: "argocd",
		Targets: func() []port.Target { return targets },
	}
}
