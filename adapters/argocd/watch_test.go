package argocd_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/adapters/argocd/argocdtest"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// listening runs the adapter's Run until the function that it returns is called.
func listening(t *testing.T, a *argocd.Adapter) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestSyncsOfOthersAreHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop(byRequest))
		a := s.adapter(t, settings())
		stop := listening(t, a)
		s.argo.Sync("shop-prod", "dana", "")
		time.Sleep(2 * time.Minute)
		heard := s.heard()
		if len(heard) == 0 || heard[len(heard)-1].Run.State != port.RunSucceeded {
			t.Fatalf("heard %+v", heard)
		}
		seen := map[string]bool{}
		for _, n := range heard {
			if seen[n.Key] || n.Account != (chat.Account{Platform: "argocd", ID: "dana"}) || n.System != "argocd" || n.At.IsZero() {
				t.Errorf("heard %+v", n)
			}
			seen[n.Key] = true
			if r := n.Run; r.Key != "" || r.Pipeline != "argo" || r.Service != "shop" || r.Environment != "prod" || r.Run.Link != "https://argocd.example/applications/shop-prod" {
				t.Errorf("heard %+v", n.Run)
			}
		}
		if p, err := a.Follow(t.Context(), heard[0].Run.Run, port.Progress{}); err != nil || p.State != port.RunSucceeded {
			t.Errorf("followed: %+v, %v", p, err)
		}
		stop()
		s.argo.Sync("shop-prod", "eve", "D-9")
		stop = listening(t, s.adapter(t, settings())) // another process: it tells of what is there again, under the same keys
		time.Sleep(2 * time.Minute)
		stop()
		claimed := false
		for _, n := range s.heard()[len(heard):] {
			claimed = claimed || n.Run.Key == "D-9" && n.Account.ID == "eve"
		}
		if !claimed {
			t.Errorf("heard %+v", s.heard())
		}
	})
}

// What auto-sync brings of somebody else's change is heard; its own healing, and what the bot declared, is not.
func TestAutomaticSyncs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		a := s.adapter(t, settings())
		stop := listening(t, a)
		s.end(t, a, s.start(t, a, version("D-1", "2.0.0")), port.RunSucceeded)
		time.Sleep(2 * time.Minute)
		s.argo.Drift("shop-prod")
		time.Sleep(2 * time.Minute)
		if heard := s.heard(); len(heard) > 0 {
			t.Errorf("heard of its own: %+v", heard[0].Run)
		}
		s.argo.Declare("shop-prod", "v6.6.6")
		time.Sleep(2 * time.Minute)
		s.argo.Drift("shop-prod")
		time.Sleep(2 * time.Minute)
		stop()
		heard := s.heard()
		if len(heard) == 0 || heard[len(heard)-1].Run.State != port.RunSucceeded || heard[0].Run.Key != "" || heard[0].Account != (chat.Account{}) {
			t.Fatalf("heard %+v", heard)
		}
		if n := len(heard); n > 2 {
			t.Errorf("heard %d notices of one sync", n)
		}
	})
}

// A restarted bot hears of the run before: under its key, with its version, as the run that it can follow.
func TestARunFromBeforeClaimsItsKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		a := s.adapter(t, settings())
		run := s.start(t, a, version("D-1", "2.0.0"))
		s.end(t, a, run, port.RunSucceeded)
		stop := listening(t, s.adapter(t, settings()))
		time.Sleep(time.Minute)
		stop()
		heard := s.heard()
		if len(heard) != 1 || heard[0].Run.Key != "D-1" || heard[0].Run.Run.ID != run.ID || heard[0].Run.Version != "2.0.0" {
			t.Errorf("heard %+v", heard)
		}
	})
}

// A notice is given again until the listener has it.
func TestANoticeThatIsNotTakenComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop(byRequest))
		s.refuse = errDisk
		stop := listening(t, s.adapter(t, settings()))
		s.argo.Sync("shop-prod", "dana", "")
		time.Sleep(5 * time.Minute)
		s.mu.Lock()
		s.refuse = nil
		s.mu.Unlock()
		time.Sleep(10 * time.Minute)
		stop()
		if heard := s.heard(); len(heard) != 1 || heard[0].Run.State != port.RunSucceeded {
			t.Errorf("heard %+v", heard)
		}
	})
}

func TestOldSyncsAreNotTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop(byRequest))
		s.argo.Sync("shop-prod", "dana", "")
		time.Sleep(2 * argocd.Back)
		stop := listening(t, s.adapter(t, settings()))
		time.Sleep(2 * time.Minute)
		stop()
		if heard := s.heard(); len(heard) > 0 {
			t.Errorf("heard %+v", heard)
		}
	})
}

func TestWebhooksAreReasonsToLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop())
		s.argo.Behaves("v2.0.0", argocdtest.Behaviour{Health: "Progressing"})
		set := settings()
		set.Settle = 0
		a := s.adapter(t, set)
		defer s.net.Serve("gonogo.example", a.Handler())()
		s.argo.Webhooks(s.net.Client(), "http://gonogo.example/", webhookToken)
		run := s.start(t, a, version("D-1", "2.0.0"))
		var ended time.Time
		go func() {
			s.end(t, a, run, port.RunSucceeded)
			ended = time.Now()
		}()
		time.Sleep(61 * time.Second) // looks are 15 seconds apart by now
		released := time.Now()
		s.argo.Release("v2.0.0")
		time.Sleep(1100 * time.Millisecond)
		s.argo.Notify("shop-prod")
		synctest.Wait()
		time.Sleep(2 * time.Second)
		if ended.IsZero() || ended.Sub(released) > 3*time.Second {
			t.Errorf("seen %v after it was so", ended.Sub(released))
		}
		time.Sleep(time.Minute)
	})
}

func TestForgedWebhooks(t *testing.T) {
	t.Parallel()
	s := newStage(t, time.Now, synthPace, argocdtest.Options{})
	for _, c := range []struct {
		method, authorization, body string
		status                      int
	}{
		{"POST", "Bearer " + webhookToken, `{"application":"shop-prod"}`, http.StatusNoContent},
		{"POST", "Bearer " + webhookToken, ``, http.StatusNoContent},
		{"POST", "", `{}`, http.StatusUnauthorized},
		{"POST", "Bearer ", `{}`, http.StatusUnauthorized},
		{"POST", "Bearer " + token, `{}`, http.StatusUnauthorized},
		{"POST", webhookToken, `{}`, http.StatusUnauthorized},
		{"GET", "Bearer " + webhookToken, ``, http.StatusMethodNotAllowed},
	} {
		r := httptest.NewRequest(c.method, "/", strings.NewReader(c.body))
		r.Header.Set("Authorization", c.authorization)
		w := httptest.NewRecorder()
		s.adapter(t, settings()).Handler().ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %q: %d, want %d", c.method, c.authorization, w.Code, c.status)
		}
	}
	set := settings()
	set.WebhookToken = ""
	if s.adapter(t, set).Handler() != nil {
		t.Error("webhooks are taken without a token")
	}
	if heard := s.adapter(t, set).Described().Heard; heard != port.Asking {
		t.Errorf("heard by %s", heard)
	}
}

// What a real one answered is read as it was meant.
func TestTheCapturedApplication(t *testing.T) {
	t.Parallel()
	sample, err := vendorspec.Sample("argocd/samples/application-get-after-sync.json")
	if err != nil {
		t.Skipf("%s: %v", t.Name(), err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := synthetic(t)
		s.argo.Add(shop()) // unused: the sample answers
		defer s.net.Serve("sample.example", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(sample) }))()
		set := settings()
		set.URL, set.Application = "https://sample.example", "{service}"
		o := s.outside()
		o.Clock = func() time.Time { return time.Date(2026, 11, 22, 22, 56, 30, 0, time.UTC) }
		a, err := argocd.New(set, o)
		if err != nil {
			t.Fatal(err)
		}
		stop := listening(t, a)
		time.Sleep(time.Minute)
		stop()
		heard := s.heard()
		if len(heard) != 3 {
			t.Fatalf("heard %d syncs, want 3", len(heard))
		}
		for i, at := range []string{"22:55:31Z", "22:55:45Z", "22:55:51Z"} {
			n := heard[i]
			if n.Account.ID != "admin" || n.Run.State != port.RunSucceeded || !strings.HasSuffix(n.At.Format(time.RFC3339), at) {
				t.Errorf("heard %+v %+v", n, n.Run)
			}
		}
	})
}
