package argocd_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestExamine(t *testing.T) {
	t.Parallel()
	rights := func(r ...string) func(*stage) {
		return func(s *stage) { s.argo.Account(token, "gonogo", r...) }
	}
	for name, c := range map[string]struct {
		app      func(*argocdtest.App)
		parent   bool
		set      func(*argocd.Settings)
		stage    func(*stage)
		targets  []port.Target
		finds    string // code of the finding that is not OK; empty for none
		contains string // in its arguments
	}{
		"all right":                  {},
		"all right through a parent": {parent: true, set: byParent},
		"wrong token":                {stage: func(s *stage) { s.argo.Revoke(token) }, finds: "argocd.check.no_token"},
		"not there":                  {stage: func(s *stage) { s.argo.Fail(trouble.Closed) }, finds: "argocd.check.unreachable"},
		"something else there":       {stage: func(s *stage) { s.argo.Fail(trouble.Garbled) }, finds: "argocd.check.unreachable"},
		"no such Application":        {set: func(s *argocd.Settings) { s.Application = "{service}" }, finds: "argocd.check.no_application", contains: "shop"},
		"another project":            {set: func(s *argocd.Settings) { s.Project = "other" }, stage: rights("applications, *, *"), finds: "argocd.check.no_application"},
		"may see nothing":            {stage: rights(), finds: "argocd.check.unseen"},
		"may only see":               {stage: rights("applications, get, shop/*"), finds: "argocd.check.no_right", contains: "applications, update, shop/shop-prod"},
		"may not sync":               {stage: rights("applications, get, shop/*", "applications, update, shop/*"), finds: "argocd.check.no_right", contains: "applications, sync, shop/shop-prod"},
		"may not change the parent":  {parent: true, set: byParent, stage: rights("applications, get, shop/*", "applications, update, shop/shop-prod", "applications, sync, shop/*"), finds: "argocd.check.no_right", contains: "update, shop/apps"},
		"declared by a parent":       {parent: true, finds: "argocd.check.undone", contains: "Application apps"},
		"declared by a set":          {app: func(a *argocdtest.App) { a.Set = "everything" }, finds: "argocd.check.undone", contains: "ApplicationSet everything"},
		"no parent there":            {set: byParent, finds: "argocd.check.no_application", contains: "apps"},
		"no such source":             {set: func(s *argocd.Settings) { s.Source = 3 }, finds: "argocd.check.no_source"},
		"no chart":                   {set: func(s *argocd.Settings) { s.Parameters = map[string]string{"tag": "{version}"} }, finds: "argocd.check.other_kind", contains: "Helm"},
		"no kustomization":           {set: func(s *argocd.Settings) { s.Images = map[string]string{"shop": "{version}"} }, finds: "argocd.check.other_kind", contains: "Kustomize"},
		"two in one":                 {set: func(s *argocd.Settings) { s.Application = "shop-prod" }, targets: []port.Target{{Service: "shop", Environment: "prod"}, {Service: "till", Environment: "prod"}}, finds: "argocd.check.shared"},
		"no name":                    {targets: []port.Target{{Service: "Shop", Environment: "prod"}}, finds: "argocd.check.no_name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, set := synthetic(t), settings()
				s.argo.Add(shop(func(a *argocdtest.App) {
					if c.app != nil {
						c.app(a)
					}
				}))
				if c.parent {
					s.argo.Add(apps("apps"))
				}
				if c.set != nil {
					c.set(&set)
				}
				if c.stage != nil {
					c.stage(s)
				}
				o := s.outside()
				if c.targets != nil {
					o.Targets = func() []port.Target { return c.targets }
				}
				a, err := argocd.New(set, o)
				if err != nil {
					t.Fatal(err)
				}
				wantFinding(t, a.Examine(t.Context()), c.finds, c.contains)
			})
		})
	}
}

func wantFinding(t *testing.T, found []port.Finding, code, contains string) {
	t.Helper()
	if len(found) == 0 {
		t.Fatal("nothing was examined")
	}
	var bad []string
	said := ""
	for _, f := range found {
		if f.OK != f.Do.IsZero() {
			t.Errorf("%s says what to do, or does not: %s", f.What.Code, f.Do.Code)
		}
		if f.OK {
			continue
		}
		bad = append(bad, string(f.What.Code))
		for _, a := range append(slices.Clone(f.What.Args), f.Do.Args...) {
			said += a.Word + " " + strings.Join(a.Words, " ") + " "
		}
	}
	switch {
	case code == "" && len(bad) > 0:
		t.Errorf("found %q: %s", bad, said)
	case code != "" && !slices.Contains(bad, code):
		t.Errorf("found %q, want %s", bad, code)
	case !strings.Contains(said, contains):
		t.Errorf("%s does not say %q: %s", code, contains, said)
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options argocdtest.Options
		stage   func(*testing.T, *stage)
		want    map[string]string // reading to "on", "off" or "unread"
	}{
		"a right set-up": {
			stage: func(t *testing.T, s *stage) { a := s.adapter(t, settings()); s.start(t, a, version("D-1", "2.0.0")) },
			want: map[string]string{
				"argocd.audit.events": "on", "argocd.audit.no_anonymous": "on", "argocd.audit.least": "on", "argocd.audit.unread": "unread", "argocd.audit.default": "unread",
			},
		},
		"an open one": {
			options: argocdtest.Options{Anonymous: true},
			stage:   func(_ *testing.T, s *stage) { s.argo.Account(token, "admin", "*") },
			want: map[string]string{
				"argocd.audit.no_events": "unread", "argocd.audit.anonymous": "off", "argocd.audit.beyond": "off", "argocd.audit.admin": "off", "argocd.audit.default": "unread",
			},
		},
		"without administrator": {
			options: argocdtest.Options{AdminDisabled: true},
			stage: func(_ *testing.T, s *stage) {
				s.argo.Account(token, "gonogo", append([]string{"accounts, get, admin"}, botRights...)...)
			},
			want: map[string]string{"argocd.audit.no_admin": "on", "argocd.audit.least": "on"},
		},
		"a revoked token": {
			stage: func(_ *testing.T, s *stage) { s.argo.Revoke(token) },
			want:  map[string]string{"argocd.audit.unread": "unread", "argocd.audit.no_anonymous": "on"},
		},
		"down": {
			stage: func(_ *testing.T, s *stage) { s.argo.Fail(trouble.Broken) },
			want:  map[string]string{"argocd.audit.unread": "unread"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, time.Now, synthPace, c.options)
				s.argo.Add(shop())
				c.stage(t, s)
				got := map[string]string{}
				for _, r := range s.adapter(t, settings()).Audit(t.Context()) {
					switch {
					case r.On == nil:
						got[string(r.What.Code)] = "unread"
					case *r.On:
						got[string(r.What.Code)] = "on"
					default:
						got[string(r.What.Code)] = "off"
					}
					if (r.On == nil || !*r.On) == r.Do.IsZero() {
						t.Errorf("%s says what to do, or does not", r.What.Code)
					}
				}
				for code, want := range c.want {
					if got[code] != want {
						t.Errorf("%s: %q, want %q: %v", code, got[code], want, got)
					}
				}
			})
		})
	}
}
