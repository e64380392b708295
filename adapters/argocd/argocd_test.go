package argocd_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// shop is the Application that most tests are about.
func shop(change ...func(*argocdtest.App)) argocdtest.App {
	a := argocdtest.App{Name: "shop-prod", Project: project, Revision: "v1.0.0", Auto: true, SelfHeal: true}
	for _, c := range change {
		c(&a)
	}
	return a
}

func byRequest(a *argocdtest.App) { a.Auto, a.SelfHeal = false, false }

func apps(name string) argocdtest.App {
	return argocdtest.App{
		Name: name, Project: project, Revision: "main", Auto: true, SelfHeal: true, Kind: "Helm",
		Parameters: map[string]string{"shop.revision": "v1.0.0"}, Renders: map[string]string{"shop-prod": "shop.revision"},
	}
}

func rollback(key, v string) port.Deployment {
	d := version(key, v)
	d.Rollback = true
	return d
}

// A bad version and its rollback under auto-sync: what is declared is what runs, and stays so.
func TestNoFightWithAutoSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Behaves("v2.0.0", argocdtest.Behaviour{After: 5 * time.Second, Health: "Degraded", Message: "back-off restarting failed container"})
		s.argo.Behaves("v1.0.0", argocdtest.Behaviour{After: 5 * time.Second})
		a := s.adapter(t, settings())
		p, stages := s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunFailed)
		if p.Stage != "synced and degraded" || !strings.Contains(strings.Join(p.Tail, "\n"), "Deployment shop-prod: Degraded: back-off restarting failed container") {
			t.Errorf("failed as %+v", p)
		}
		if !slices.Contains(stages, "syncing") || !slices.Contains(stages, "synced, waiting for health: progressing") {
			t.Errorf("went through %q", stages)
		}
		s.wantState(t, "v2.0.0", "v2.0.0")
		s.end(t, a, s.start(t, a, rollback("D-2", "1.0.0")), port.RunSucceeded)
		time.Sleep(time.Hour)
		if st := s.wantState(t, "v1.0.0", "v1.0.0"); st.Syncs != 2 || st.Health != "Healthy" || st.Sync != "Synced" {
			t.Errorf("an hour later: %+v", st)
		}
	})
}

// What Kubernetes refuses is tried again for minutes, with everything declared since held back: a rollback ends that.
func TestARollbackDoesNotWaitForAFailingSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Refused: "spec.replicas: Invalid value"})
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		p := port.Progress{}
		for !strings.HasPrefix(p.Stage, "syncing again") {
			var err error
			if p, err = a.Follow(t.Context(), run, p); err != nil || p.State.Ended() {
				t.Fatalf("%+v, %v", p, err)
			}
		}
		if !strings.Contains(p.Tail[0], "Invalid value") {
			t.Errorf("it does not say why: %q", p.Tail)
		}
		began := time.Now()
		s.end(t, a, s.start(t, a, rollback("D-2", "1.0.0")), port.RunSucceeded)
		if d := time.Since(began); d > 45*time.Second {
			t.Errorf("going back took %v", d)
		}
		s.wantState(t, "v1.0.0", "v1.0.0")
		if p, _ := s.end(t, a, run, port.RunLost); p.Stage != "superseded by D-2" {
			t.Errorf("what it superseded ended as %+v", p)
		}
	})
}

func TestARefusedVersionFails(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*argocdtest.App){"auto-sync": func(*argocdtest.App) {}, "by request": byRequest} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := synthetic(t)
				s.argo.Add(shop(change))
				s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Refused: "spec.replicas: Invalid value"})
				a := s.adapter(t, settings())
				p, _ := s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunFailed)
				if p.Stage != "the sync failed" || !strings.Contains(p.Tail[0], "Invalid value") {
					t.Errorf("%+v", p)
				}
				// auto-sync never tries the same again: the bot asks for it
				s.argo.Behaves("v2.0.0", argocdtest.Behaviour{})
				began := time.Now()
				s.end(t, a, s.start(t, a, version("D-2", "2.0.0")), port.RunSucceeded)
				if d := time.Since(began); d > 20*time.Second {
					t.Errorf("it was asked for late: done after %v", d)
				}
			})
		})
	}
}

// Right after a change Argo CD still says that all is synced and healthy: of what was before.
func TestTheVersionBeforeIsNotTakenForTheNewOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, time.Now, synthPace, argocdtest.Options{Step: time.Minute})
		s.argo.Add(shop())
		set := settings()
		set.Settle = 0
		a := s.adapter(t, set)
		began := time.Now()
		_, stages := s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunSucceeded)
		if d := time.Since(began); d < 3*time.Minute {
			t.Errorf("taken for done after %v, through %q", d, stages)
		}
		s.wantState(t, "v2.0.0", "v2.0.0")
	})
}

// A parent that is said to ignore the difference, and does not, is found out.
func TestAParentUndoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Add(apps("apps"))
		set := settings()
		set.Undone = "ignored"
		a := s.adapter(t, set)
		run := s.start(t, a, version("D-1", "2.0.0"))
		s.argo.Drift("apps") // what the parent's next comparison finds
		p, _ := s.end(t, a, run, port.RunFailed)
		if p.Stage != "superseded by v1.0.0" {
			t.Errorf("%+v", p)
		}
	})
}

func TestAppOfApps(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*argocdtest.App){"auto-sync": func(*argocdtest.App) {}, "by request": byRequest} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := synthetic(t)
				s.argo.Add(shop(change))
				parent := apps("apps")
				change(&parent)
				s.argo.Add(parent)
				s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Health: "Degraded"})
				set := settings()
				byParent(&set)
				a := s.adapter(t, set)
				_, stages := s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunFailed)
				if stages[0] != "waiting for apps to declare it" {
					t.Errorf("went through %q", stages)
				}
				s.end(t, a, s.start(t, a, rollback("D-2", "1.0.0")), port.RunSucceeded)
				time.Sleep(time.Hour)
				s.wantState(t, "v1.0.0", "v1.0.0")
			})
		})
	}
}

// A sync of the parent brings the one Application: what else is declared there and not synced yet is not the bot's to bring.
func TestTheParentsOtherApplicationsAreLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Add(argocdtest.App{Name: "till-prod", Project: project, Revision: "v7.0.0", Auto: true})
		parent := apps("apps")
		byRequest(&parent)
		parent.Parameters["till.revision"], parent.Renders["till-prod"] = "v7.0.0", "till.revision"
		s.argo.Add(parent)
		s.argo.Parameter("apps", "till.revision", "v8.0.0")
		set := settings()
		byParent(&set)
		a := s.adapter(t, set)
		s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunSucceeded)
		if st := s.argo.State("till-prod"); st.Declared != "v7.0.0" {
			t.Errorf("%+v", st)
		}
	})
}

func TestSomebodyElseChangesWhatIsDeclared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Health: "Progressing"})
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		time.AfterFunc(30*time.Second, func() { s.argo.Declare("shop-prod", "v3.0.0") })
		if p, _ := s.end(t, a, run, port.RunFailed); p.Stage != "superseded by v3.0.0" {
			t.Errorf("%+v", p)
		}
	})
}

// Argo CD answers a change with success that another one made at the same time overwrites.
func TestAnOvertakenChangeIsMadeAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Overtake("shop-prod", "v1.5.0")
		a := s.adapter(t, settings())
		s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunSucceeded)
		s.wantState(t, "v2.0.0", "v2.0.0")
	})
}

func TestASyncWindowHoldsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop(byRequest))
		s.argo.CloseWindow("shop-prod", true)
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		time.AfterFunc(time.Minute, func() { s.argo.CloseWindow("shop-prod", false) })
		_, stages := s.end(t, a, run, port.RunSucceeded)
		if stages[0] != "held back by a sync window of Argo CD" {
			t.Errorf("went through %q", stages)
		}
	})
}

func TestGivenUpAfterTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Health: "Suspended"})
		set := settings()
		set.Limit = 5 * time.Minute
		a := s.adapter(t, set)
		began := time.Now()
		p, _ := s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunFailed)
		if d := time.Since(began); d < 5*time.Minute || d > 6*time.Minute || p.Stage != "given up after 5m0s: synced, waiting for health: suspended" {
			t.Errorf("after %v: %+v", d, p)
		}
	})
}

// Health comes and goes while pods start: neither a moment of it nor a moment without decides.
func TestItMustStayHealthy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		set := settings()
		set.Settle = time.Minute
		a := s.adapter(t, set)
		run := s.start(t, a, version("D-1", "2.0.0"))
		time.AfterFunc(30*time.Second, func() { s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Health: "Degraded"}); s.argo.Drift("shop-prod") })
		time.AfterFunc(50*time.Second, func() { s.argo.Release("v2.0.0") })
		began := time.Now()
		s.end(t, a, run, port.RunSucceeded)
		if d := time.Since(began); d < 110*time.Second {
			t.Errorf("succeeded after %v", d)
		}
	})
}

func TestACancelledRunLeavesWhatIsDeclared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, time.Now, synthPace, argocdtest.Options{Step: 20 * time.Second})
		s.argo.Add(shop())
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		p := port.Progress{}
		for p.Stage != "syncing" {
			var err error
			if p, err = a.Follow(t.Context(), run, p); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Cancel(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		s.end(t, s.adapter(t, settings()), run, port.RunCancelled)
		s.wantState(t, "v2.0.0", "v1.0.0")
		s.end(t, a, s.start(t, a, rollback("D-2", "1.0.0")), port.RunSucceeded)
	})
}

func TestImagesAndParametersAreDeclared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop(func(a *argocdtest.App) {
			a.Kind, a.Images = "Kustomize", []string{"proxy=registry.example/proxy:7", "shop:v1"}
		}))
		set := settings()
		set.Revision, set.Images = "", map[string]string{"shop": "registry.example/shop:{version}"}
		a := s.adapter(t, set)
		s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunSucceeded)
		images, _ := s.argo.State("shop-prod").Source["kustomize"].(map[string]any)["images"].([]any)
		if len(images) != 2 || images[0] != "proxy=registry.example/proxy:7" || images[1] != "shop=registry.example/shop:2.0.0" {
			t.Errorf("%v", images)
		}
	})
}

// Whoever may update the Application may write what the run left there, and so let it say that it declared something else. That is no success
// of what was to be deployed.
func TestARecordThatSomebodyRewrote(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Behaves("v2.0.0", argocdtest.Behaviour{After: time.Hour})
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		time.Sleep(time.Minute)
		s.argo.Annotate("shop-prod", "gonogo.chat/run", `{"key":"D-1","service":"shop","environment":"prod","version":"2.0.0","at":"2000-01-01T00:00:00Z","declares":{}}`)
		s.argo.Declare("shop-prod", "v1.0.0")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var p port.Progress
		for !p.State.Ended() && ctx.Err() == nil {
			var err error
			if p, err = a.Follow(ctx, run, p); err != nil {
				t.Fatal(err)
			}
		}
		if p.State != port.RunLost {
			t.Errorf("followed as %+v", p)
		}
	})
}
