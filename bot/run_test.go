package bot_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Stopping waits for what is under way, and for nothing else; what is left is for the next start.
func TestStopping(t *testing.T) {
	for name, tc := range map[string]struct {
		takes   time.Duration
		answers []error
		took    time.Duration
		left    string // in the outbox once stopped
		told    string // in all, the next start included
	}{
		"nothing under way":   {took: 0, told: "perform k @0s, perform l @0s"},
		"within the grace":    {takes: 4 * time.Second, took: 3 * time.Second, left: "l due", told: "perform k @0s, perform l @4s"},
		"beyond the grace":    {takes: time.Minute, took: 10 * time.Second, left: "k leased, l due", told: "perform k @0s, find k @11s, perform k @11s, perform l @11s"},
		"waiting for a retry": {answers: []error{effect.Retryable(errors.New("later"), time.Hour)}, took: 0, left: "k due, l due", told: "perform k @0s, perform k @1h0m0s, perform l @1h0m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(y *toy) {
				y.deeds["act"] = enqueue(act("k", effect.Keyed), act("l", effect.Keyed))
				y.other.takes, y.other.answers = tc.takes, tc.answers
				p := y.behaviour.Performers["act"]
				p.Timeout = time.Hour
				y.behaviour.Performers["act"] = p
			}, func(y *toy) {
				y.do("r", "/do act")
				time.Sleep(time.Second)
				start := time.Now()
				settled := make(chan port.Effects, 1)
				go func() { effects, _ := y.bot.Settle(context.Background(), "r"); settled <- effects }()
				y.stop()
				<-y.ended
				if took := time.Since(start); took != tc.took {
					t.Errorf("it took %v, want %v", took, tc.took)
				}
				if got := y.waiting(); got != tc.left {
					t.Errorf("left %q, want %q", got, tc.left)
				}
				if got := <-settled; (got == port.Pending) != (tc.left != "") {
					t.Errorf("whoever waits is told %s", got)
				}
				y.crash(func() { y.other.takes = 0 })
				time.Sleep(2 * time.Hour)
				if got := y.other.told(); got != tc.told || y.waiting() != "" {
					t.Errorf("asked %s\nwant  %s\nwaiting %q", got, tc.told, y.waiting())
				}
			})
		})
	}
}

func TestEveryStartIsATurn(t *testing.T) {
	play(t, func(y *toy) {
		y.behaviour.Start = func(t *bot.Turn) error {
			t.Record("start", chat.Say("toy.start"))
			was, _, err := notes.Get(t, "starts")
			return errors.Join(err, notes.Put(t.Tx, "starts", was+"x"), t.Effect(act("k"+was, effect.Keyed)))
		}
	}, func(y *toy) {
		y.crash(nil)
		if e := y.entries(); len(e) != 2 || e[1].Actor.System != "start" || e[0].Key == e[1].Key || y.note("starts") != "xx" {
			t.Errorf("%+v", e)
		}
		if synctest.Wait(); y.other.told() != "perform k @0s, perform kx @0s" {
			t.Error(y.other.told())
		}
	})
}

func TestABotThatCannotStart(t *testing.T) {
	play(t, nil, func(y *toy) {
		for name, change := range map[string]func(*bot.Options){
			"a start turn that fails":  func(o *bot.Options) { o.Behaviour.Start = func(*bot.Turn) error { return errOther } },
			"a start turn that panics": func(o *bot.Options) { o.Behaviour.Start = func(*bot.Turn) error { panic("boom") } },
			"writing without saying why": func(o *bot.Options) {
				o.Behaviour.Start = func(t *bot.Turn) error { return notes.Put(t.Tx, "n", "x") }
			},
			"a command said twice": func(o *bot.Options) { o.Behaviour.Commands = append(o.Behaviour.Commands, o.Behaviour.Commands[0]) },
		} {
			o := bot.Options{Store: y.store, Organisation: y.organisation("d"), Behaviour: bot.Behaviour{Commands: y.commands()}, Now: time.Now}
			change(&o)
			if _, err := bot.New(o); err == nil {
				t.Errorf("%s: it starts", name)
			}
		}
		if y.acts() != "" || y.note("n") != "" {
			t.Errorf("left %s, %q", y.acts(), y.note("n"))
		}
	})
}
