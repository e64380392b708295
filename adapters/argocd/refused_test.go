package argocd_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestWhatSomebodyElseDeclaresIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options argocdtest.Options
		app     argocdtest.App
		parent  bool
		says    string
	}{
		"app of apps":             {app: shop(), parent: true, says: "declared by the Application apps"},
		"app of apps by label":    {options: argocdtest.Options{LabelTracking: true}, app: shop(), parent: true, says: "declared by the Application apps"},
		"an ApplicationSet's own": {app: shop(func(a *argocdtest.App) { a.Set = "everything" }), says: "declared by the ApplicationSet everything"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, time.Now, synthPace, c.options)
				s.argo.Add(c.app)
				if c.parent {
					s.argo.Add(apps("apps"))
				}
				_, err := s.adapter(t, settings()).Start(t.Context(), version("D-1", "2.0.0"))
				if v, _ := effect.Classify(err); v != effect.Permanent || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v", err)
				}
				s.wantState(t, "v1.0.0", "v1.0.0")
			})
		})
	}
}

func TestWhatCanNotBeStarted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*argocd.Settings)
		d    func(*port.Deployment)
		says string
	}{
		"no such revision":     {d: func(d *port.Deployment) { d.Version = "x"; d.Commit = "nosuch" }, set: func(s *argocd.Settings) { s.Revision = "{commit}" }, says: "unable to resolve 'nosuch'"},
		"no such Application":  {d: func(d *port.Deployment) { d.Service = "till" }, says: "no such Application"},
		"no commit":            {d: func(d *port.Deployment) { d.Commit = "" }, set: func(s *argocd.Settings) { s.Revision = "{commit}" }, says: "is empty"},
		"no name":              {d: func(d *port.Deployment) { d.Service = "Shop/x" }, says: "no name of an Application"},
		"no key":               {d: func(d *port.Deployment) { d.Key = "" }, says: "no key"},
		"no such source":       {set: func(s *argocd.Settings) { s.Source = 2 }, says: "no source 2"},
		"an empty parameter":   {d: func(d *port.Deployment) { d.Commit = "" }, set: func(s *argocd.Settings) { s.Parameters = map[string]string{"tag": "{commit}"} }, says: `"tag" is empty`},
		"another's parent":     {set: func(s *argocd.Settings) { byParent(s); s.Parent.Application = "shop-prod" }, says: "declared by the Application apps"},
		"no such parent there": {set: func(s *argocd.Settings) { byParent(s); s.Parent.Application = "nobody" }, says: "no such Application"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := synthetic(t)
				s.argo.Add(shop())
				if strings.Contains(name, "parent") {
					s.argo.Add(apps("apps"))
				}
				set, d := settings(), version("D-1", "2.0.0")
				if c.set != nil {
					c.set(&set)
				}
				if c.d != nil {
					c.d(&d)
				}
				_, err := s.adapter(t, set).Start(t.Context(), d)
				if v, _ := effect.Classify(err); v != effect.Permanent || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v (%v)", err, v)
				}
				if errors.Is(err, effect.ErrNotFound) {
					t.Errorf("taken for an unknown key: %v", err)
				}
				s.wantState(t, "v1.0.0", "v1.0.0")
			})
		})
	}
}

// Whatever the other side does, no secret is in what the adapter says of it, and it says for how long to wait.
func TestTroubleTellsNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		for _, k := range trouble.Kinds() {
			s.argo.Fail(k)
			for _, ask := range []func(context.Context) error{
				func(ctx context.Context) error { _, err := a.Start(ctx, version("D-2", "3.0.0")); return err },
				func(ctx context.Context) error { _, err := a.Find(ctx, "D-3"); return err },
				func(ctx context.Context) error { _, err := a.Follow(ctx, run, port.Progress{}); return err },
				func(ctx context.Context) error { return a.Cancel(ctx, run) },
			} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				err := ask(ctx)
				cancel()
				if err == nil {
					t.Errorf("%s: no error", k)
				}
				s.failed(err)
			}
			for _, f := range a.Examine(t.Context()) {
				for _, arg := range append(f.What.Args, f.Do.Args...) {
					s.failed(errors.New(arg.Word + strings.Join(arg.Words, " ")))
				}
			}
			for _, r := range a.Audit(t.Context()) {
				for _, arg := range append(r.What.Args, r.Do.Args...) {
					s.failed(errors.New(arg.Word + strings.Join(arg.Words, " ")))
				}
			}
			s.argo.Heal()
		}
		s.end(t, a, run, port.RunSucceeded)
	})
}
