package github_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Through every kind of trouble, nothing that is said, found, logged or told holds a secret.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Conclusion: "failure", Log: "2026-11-23T09:00:00.0000000Z broken\n"}))
		p, v := w.pipeline(t), w.provenance(t)
		defer running(t, p)()
		run, _ := started(t, w, p)
		head := w.Head(payments, "main")
		said := 0
		tell := func(kind trouble.Kind, what string, of any) {
			raw, err := json.Marshal(of)
			if err != nil {
				t.Fatal(err)
			}
			if string(raw) != "null" {
				said++
			}
			w.quiet(t, string(kind)+" "+what+": "+string(raw))
		}
		text := func(err error) any {
			if err == nil {
				return nil
			}
			return fmt.Sprintf("%v %+v %#v", err, err, err)
		}
		for _, kind := range append(trouble.Kinds(), "") {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			w.Fail(kind)
			_, err := p.Start(ctx, order("gonogo-D-2-"+string(kind)))
			tell(kind, "Start", text(err))
			_, err = p.Find(ctx, "gonogo-D-3-x")
			tell(kind, "Find", text(err))
			progress, err := p.Follow(ctx, run, port.Progress{})
			tell(kind, "Follow", text(err))
			tell(kind, "Follow", progress)
			tell(kind, "Cancel", text(p.Cancel(ctx, run)))
			_, err = v.Range(ctx, "payments", "", head)
			tell(kind, "Range", text(err))
			tell(kind, "Examine", append(p.Examine(ctx), v.Examine(ctx)...))
			tell(kind, "Audit", p.Audit(ctx))
			cancel()
		}
		w.Heal()
		w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "k"})
		time.Sleep(time.Hour)
		tell("", "notices", w.heard.notices)
		tell("", "described", p.Described())
		tell("", "settings", fmt.Sprintf("%+v", settings()))
		if said < 50 || len(w.heard.notices) == 0 {
			t.Errorf("only %d things were said, %d told", said, len(w.heard.notices))
		}
	})
}
