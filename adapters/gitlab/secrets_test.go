package gitlab_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// everything asks all that the adapters can be asked; the world looks through what they say.
func (w *world) everything() {
	ctx := w.t.Context()
	s := named()
	s.WebhookToken, s.Record, s.Job = "env:HOOK", true, "deploy"
	p, source := w.pipeline(s, nil), w.provenance(gitlab.ProvenanceSettings{})
	run, err := p.Start(ctx, deployment("D-1"))
	_ = w.heard(err)
	_, err = p.Find(ctx, "D-1")
	_ = w.heard(err)
	if run.ID == "" {
		run.ID = "shop/payments:1"
	}
	_, err = p.Follow(ctx, run, port.Progress{})
	_ = w.heard(err)
	_ = w.heard(p.Cancel(ctx, run))
	_, err = source.Range(ctx, "payments", "", "main")
	_ = w.heard(err)
	w.examined(p)
	w.examined(source)
	w.audited()
}

func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	t.Run("in trouble", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, time.Now)
		for _, k := range trouble.Kinds() {
			if k == trouble.Silent {
				continue // says nothing, and takes its time
			}
			w.side.Fail(k)
			w.everything()
			w.side.Heal()
		}
		w.everything()
		if len(w.said) < 50 {
			t.Errorf("only %d things were said", len(w.said))
		}
	})
	t.Run("by somebody who repeats them", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, time.Now)
		for _, status := range []int{200, 400, 401, 403, 404, 409, 422, 429, 500} {
			parrot := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				rw.WriteHeader(status)
				_ = json.NewEncoder(rw).Encode(map[string]any{"message": map[string]any{"base": []string{"you said " + r.Header.Get("PRIVATE-TOKEN")}}, "status": r.Header.Get("PRIVATE-TOKEN")})
			}))
			w.url, w.client = parrot.URL, parrot.Client()
			w.everything()
			parrot.Close()
		}
	})
}
