package gitlab_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// slow takes its time with the first new pipeline, and makes it though nobody waits for the answer any more.
func slow(side http.Handler, takes time.Duration) http.Handler {
	var begun atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/pipeline") && begun.CompareAndSwap(false, true) {
			body, _ := io.ReadAll(r.Body)
			time.Sleep(takes)
			r = r.Clone(context.WithoutCancel(r.Context()))
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			side.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		side.ServeHTTP(w, r)
	})
}

// A pipeline that GitLab is still making is not started a second time, whoever looks for it: the process that asked, or the one after it.
func TestAStartThatTakesEffectLate(t *testing.T) {
	t.Parallel()
	for name, restarted := range map[string]bool{"the same process": false, "a restarted one": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				var net memnet.Net
				t.Cleanup(net.Serve("slow.test", slow(w.side, 45*time.Second)))
				w.url, w.client = "https://slow.test", net.Client()
				s := named()
				s.StartLag = 30 * time.Second
				began := func() *gitlab.Pipeline { return w.pipeline(s, nil) }
				p := began()
				time.Sleep(time.Hour)
				_, err := p.Start(t.Context(), deployment("D-1"))
				if restarted {
					p = began()
				}
				for err != nil { // as the outbox does
					if verdict, _ := effect.Classify(w.heard(err)); verdict != effect.Unknown {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
					if _, err = p.Find(t.Context(), "D-1"); errors.Is(err, effect.ErrNotFound) {
						_, err = p.Start(t.Context(), deployment("D-1"))
					}
				}
				time.Sleep(time.Minute)
				if n := w.side.Started("D-1"); n != 1 {
					t.Errorf("%d pipelines were started", n)
				}
			})
		})
	}
}

// Nobody starts again what is in doubt, not even who does not look first.
func TestAStartInDoubtIsNotRepeated(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		var net memnet.Net
		t.Cleanup(net.Serve("slow.test", slow(w.side, 45*time.Second)))
		w.url, w.client = "https://slow.test", net.Client()
		s := named()
		s.StartLag = 30 * time.Second
		p := w.pipeline(s, nil)
		var run port.Run
		for range 5 {
			var err error
			run, err = p.Start(t.Context(), deployment("D-1"))
			if verdict, _ := effect.Classify(err); err != nil && verdict != effect.Unknown {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		if n := w.side.Started("D-1"); n != 1 || run.ID == "" {
			t.Errorf("%d pipelines were started, the last is %+v", n, run)
		}
	})
}
