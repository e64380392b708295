package commands_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
)

// A deployment that still waits in the outbox is cancelled at once, frees its place, and never starts: not even after a
// crash, when the outbox is taken over.
func TestCancelWhileQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		for _, version := range []string{"1.0.0", "1.1.0"} {
			w.artifacts.put("payments", version, func(*port.Artifact) {})
		}
		// A bot that is not run performs nothing: what it queues stays queued.
		ports := commands.Ports{Artifacts: w.artifacts, Tickets: w.tickets, Log: slog.New(slog.DiscardHandler)}
		idle, err := bot.New(bot.Options{Store: w.store, Organisation: w.bot.Organisation(), Behaviour: ports.Behaviour(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			who, line string
			want      chat.Code
		}{
			{"sre", "/deploy adopt payments staging 1.0.0", "adopt.noted"},
			{"dev", "/release plan payments 1.1.0", "release.planned"},
			{"dev", "/deploy R-1 staging", "deploy.queued"},
			{"dev", "/deploy cancel D-1 --dry-run", "deploy.cancelled"},
			{"dev", "/deploy cancel D-1", "deploy.cancelled"},
			{"dev", "/deploy cancel D-1", "rollout.not_now"},
			{"dev", "/deploy R-1 staging", "deploy.queued"},
		} {
			reply, err := idle.Say(context.Background(), port.Said{Account: account(step.who), Place: w.place("#releases"), Text: step.line})
			if err != nil || reply.Code != step.want {
				t.Fatalf("%s: got %s %v, want %s:\n%s", step.line, reply.Code, err, step.want, w.words(reply).Text)
			}
		}
		w.crash()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := w.pipeline.count(); n != 1 {
			t.Errorf("%d runs were started, want the second deployment's alone", n)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}
