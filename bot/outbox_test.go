package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// outcomes is a reaction that keeps what it is told.
func outcomes(list *[]string) bot.Reaction {
	return func(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
		t.Record("outcome", chat.Say("toy.outcome"))
		if !o.OK {
			t.Fail()
		}
		if o.Parked {
			return notes.Put(t.Tx, "outcome", "parked "+o.Fault)
		}
		said := fmt.Sprintf("%s %v %s", e.Key, o.OK, o.Fault)
		t.After(func() { *list = append(*list, said) })
		return nil
	}
}

func TestHowAnEffectIsTried(t *testing.T) {
	retry := func(after time.Duration) error { return effect.Retryable(errOther, after) }
	permanent := effect.Permanently(errOther)
	for name, tc := range map[string]struct {
		class          effect.Class
		guarded        bool
		answers, finds []error
		arrived        bool // though the answer was lost
		told           string
		outcome        string
		ended          port.Effects
	}{
		"done":                        {class: effect.Keyed, told: "perform @0s", outcome: "k true ", ended: port.Settled},
		"again, with a wait":          {class: effect.Keyed, answers: []error{retry(90 * time.Second)}, told: "perform @0s, perform @1m30s", outcome: "k true ", ended: port.Settled},
		"again and again":             {class: effect.Keyed, answers: []error{retry(0), retry(0), retry(0), retry(0), retry(0), retry(0), retry(0), retry(0)}, told: "perform @0s, perform @1s, perform @3s, perform @7s, perform @15s, perform @31s, perform @1m3s, perform @2m3s, perform @3m3s", outcome: "k true ", ended: port.Settled},
		"never":                       {class: effect.Keyed, answers: []error{permanent}, told: "perform @0s", outcome: "k false the other system says ***", ended: port.Failed},
		"unknown, and it arrived":     {class: effect.Keyed, answers: []error{errOther}, arrived: true, told: "perform @0s, find @2s", outcome: "k true ", ended: port.Settled},
		"unknown, and it had not":     {class: effect.Keyed, answers: []error{errOther}, told: "perform @0s, find @2s, perform @2s", outcome: "k true ", ended: port.Settled},
		"unknown, found at last":      {class: effect.Keyed, answers: []error{errOther}, finds: []error{errOther, permanent, nil}, told: "perform @0s, find @2s, find @6s, find @14s", outcome: "k true ", ended: port.Settled},
		"dangerous, and never known":  {class: effect.Keyed, guarded: true, answers: []error{errOther}, finds: []error{errOther, errOther, errOther, errOther, errOther}, told: "perform @0s, find @2s, find @6s, find @14s, find @30s", ended: port.Failed},
		"expiring, tried once":        {class: effect.Expiring, answers: []error{errOther}, told: "perform @0s", outcome: "k false the other system says ***", ended: port.Failed},
		"expiring, and not even once": {class: effect.Expiring, answers: []error{retry(0)}, told: "perform @0s", outcome: "k false the other system says ***", ended: port.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			play(t, func(y *toy) {
				intent := act("k", tc.class)
				intent.Guarded = tc.guarded
				y.deeds["act"] = enqueue(intent)
				y.behaviour.Reactions["act"] = outcomes(&told)
				y.other.answers, y.other.finds = tc.answers, tc.finds
				y.other.keys["k"] = tc.arrived
			}, func(y *toy) {
				y.do("r", "/do act")
				effects, err := y.bot.Settle(context.Background(), "r")
				synctest.Wait()
				if err != nil || effects != tc.ended {
					t.Errorf("%s, %v", effects, err)
				}
				if got := strings.ReplaceAll(y.other.told(), " k ", " "); got != tc.told {
					t.Errorf("asked: %s\nwant:  %s", got, tc.told)
				}
				if got := strings.Join(told, "; "); got != tc.outcome {
					t.Errorf("told %q, want %q", got, tc.outcome)
				}
				parked := tc.outcome == ""
				if got := y.note("outcome"); parked != strings.HasPrefix(got, "parked") || parked != (y.waiting() == "k parked") {
					t.Errorf("parked %q, waiting %q", got, y.waiting())
				}
				if strings.Contains(y.log.String(), "hunter2") {
					t.Errorf("a secret is in the log: %s", y.log)
				}
				y.crash(nil) // what has ended is not begun again
				time.Sleep(time.Hour)
				if got := strings.ReplaceAll(y.other.told(), " k ", " "); got != tc.told {
					t.Errorf("after a restart: %s", got)
				}
			})
		})
	}
}

func TestEffectsOfALaneKeepTheirOrder(t *testing.T) {
	play(t, func(y *toy) {
		b := act("b1", effect.Keyed)
		b.Lane = "R-2"
		y.deeds["act"] = enqueue(act("a1", effect.Keyed), b, act("a2", effect.Keyed))
		y.deeds["more"] = enqueue(act("a3", effect.Keyed))
		y.other.answers = nil
		y.other.takes = time.Second
	}, func(y *toy) {
		y.do("r", "/do act")
		y.do("s", "/do more")
		if got, _ := y.bot.Settle(context.Background(), "s"); got != port.Settled {
			t.Error(got)
		}
		order := []string{}
		for _, line := range strings.Split(y.other.told(), ", ") {
			if key := strings.Fields(line)[1]; key[0] == 'a' {
				order = append(order, key)
			} else if !strings.HasSuffix(line, "@0s") {
				t.Errorf("another lane waited: %s", line)
			}
		}
		if fmt.Sprint(order) != "[a1 a2 a3]" {
			t.Errorf("%v", order)
		}
	})
}

func TestSettleFollowsTheChain(t *testing.T) {
	play(t, func(y *toy) {
		y.deeds["act"] = enqueue(act("a", effect.Keyed))
		y.other.takes = time.Minute / 4
		y.behaviour.Reactions["act"] = func(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
			if len(e.Key) == 3 {
				t.Record("ended", chat.Say("x"))
				t.Fail()
				return nil
			}
			return t.Effect(act(e.Key+"a", effect.Keyed))
		}
	}, func(y *toy) {
		y.do("r", "/do act")
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second) // within the second of three
		defer cancel()
		if got, err := y.bot.Settle(ctx, "r"); got != port.Pending || err != nil {
			t.Error(got, err)
		}
		for key, want := range map[string]port.Effects{"r": port.Failed, "never said": port.Settled} {
			if got, err := y.bot.Settle(context.Background(), key); got != want || err != nil {
				t.Error(key, got, err)
			}
		}
		if got := y.other.told(); got != "perform a @0s, perform aa @15s, perform aaa @30s" {
			t.Error(got)
		}
		if reply, err := y.say("r", "dana", "/do act"); err != nil || reply.Code != "toy.done" {
			t.Errorf("once it failed, the request again gets %+v %v", reply, err)
		}
	})
}

func TestALeaseLostInACrashIsLookedFor(t *testing.T) {
	for name, tc := range map[string]struct {
		class         effect.Class
		arrived       bool
		told, outcome string
	}{
		"it had arrived":   {effect.Keyed, true, "perform k @0s, find k @0s", "k true "},
		"it had not":       {effect.Keyed, false, "perform k @0s, find k @0s, perform k @0s", "k true "},
		"it has no second": {effect.Expiring, false, "perform k @0s", "k false lost: the process ended while it was under way"},
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			play(t, func(y *toy) {
				y.deeds["act"] = enqueue(act("k", tc.class))
				y.behaviour.Reactions["act"] = outcomes(&told)
				y.other.takes = time.Hour
				p := y.behaviour.Performers["act"]
				p.Timeout = 2 * time.Hour
				y.behaviour.Performers["act"] = p
				y.grace = 0
			}, func(y *toy) {
				y.do("r", "/do act")
				y.crash(func() { y.other.takes, y.other.keys["k"] = 0, tc.arrived })
				if got := y.other.told(); got != tc.told || strings.Join(told, ", ") != tc.outcome || y.waiting() != "" {
					t.Errorf("asked %s; told %q; waiting %q", got, told, y.waiting())
				}
			})
		})
	}
}

// What the other system answered must not be asked for twice because the answer could not be written down at once.
func TestAnAnswerThatCouldNotBeWrittenIsLookedFor(t *testing.T) {
	for name, spoil := range map[string]func(y *toy, broken *atomic.Bool){
		"a full disk":       func(y *toy, _ *atomic.Bool) { y.engine.SetRefuse(kv.ErrNoSpace) },
		"a panic in a turn": func(_ *toy, broken *atomic.Bool) { broken.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			var broken atomic.Bool
			var reacted atomic.Int32
			play(t, func(y *toy) {
				y.deeds["act"] = enqueue(act("k", effect.Keyed))
				y.other.takes = time.Second
				y.behaviour.Reactions["act"] = func(t *bot.Turn, _ effect.Effect, o effect.Outcome) error {
					if broken.Load() {
						panic("boom")
					}
					t.After(func() { reacted.Add(1) })
					return nil
				}
			}, func(y *toy) {
				y.do("r", "/do act")
				spoil(y, &broken)
				time.Sleep(3500 * time.Millisecond)
				y.engine.SetRefuse(nil)
				broken.Store(false)
				if got, err := y.bot.Settle(context.Background(), "r"); got != port.Settled || err != nil {
					t.Error(got, err)
				}
				if got := strings.Count(y.other.told(), "perform"); got != 1 || reacted.Load() != 1 || y.waiting() != "" {
					t.Errorf("%s; reacted %d times; waiting %q", y.other.told(), reacted.Load(), y.waiting())
				}
			})
		})
	}
}

func TestAPanickingPerformerIsTriedAgain(t *testing.T) {
	play(t, func(y *toy) {
		first := true
		y.behaviour.Performers["act"] = bot.Performer{Perform: func(context.Context, effect.Effect) (any, error) {
			if first {
				first = false
				panic("boom")
			}
			return nil, nil
		}}
		y.deeds["act"] = enqueue(act("k", effect.Keyed))
		y.deeds["nobody"] = enqueue(bot.Intent{Kind: "nobody.does", Class: effect.Keyed, Key: "n", Lane: "n"})
	}, func(y *toy) {
		y.do("r", "/do act")
		if got, _ := y.bot.Settle(context.Background(), "r"); got != port.Settled {
			t.Error(got)
		}
		y.do("s", "/do nobody")
		if got, _ := y.bot.Settle(context.Background(), "s"); got != port.Failed || !strings.HasSuffix(y.acts(), "effect nobody.does done") {
			t.Errorf("%s; %s", got, y.acts())
		}
	})
}

// gates guard the effects of a toy, and can be told not to know.
type gates struct{ down, panics atomic.Bool }

func (g *gates) prepare(y *toy) {
	intent := act("k", effect.Keyed)
	intent.Guarded = true
	y.deeds["act"] = enqueue(intent)
	y.deeds["shut"] = sure(func(t *bot.Turn) error { return notes.Put(t.Tx, "gate", "shut") })
	y.behaviour.Guards["act"] = bot.Guard{
		Gather: func(context.Context, *bot.Reading, effect.Effect) (bot.Facts, error) {
			if g.panics.Load() {
				panic("boom")
			}
			if g.down.Load() {
				return nil, errOther
			}
			return "fresh", nil
		},
		Decide: func(t *bot.Turn, _ effect.Effect, f bot.Facts) (*chat.Refusal, error) {
			if f != "fresh" {
				return nil, errors.New("no facts")
			}
			gate, _, err := notes.Get(t, "gate")
			if err != nil || gate == "" {
				return nil, err
			}
			t.Record("act stopped", chat.Say("toy.stopped"))
			t.Fail()
			return chat.Refuse("toy.stopped"), nil
		},
	}
}

func TestGatesAreAskedAgain(t *testing.T) {
	t.Run("closed meanwhile", func(t *testing.T) {
		g := &gates{}
		play(t, g.prepare, func(y *toy) {
			g.down.Store(true)
			y.do("r", "/do act")
			y.do("s", "/do shut")
			g.down.Store(false)
			if got, _ := y.bot.Settle(context.Background(), "r"); got != port.Failed || y.other.told() != "" || y.waiting() != "" {
				t.Errorf("%s; asked %q; waiting %q", got, y.other.told(), y.waiting())
			}
			if y.acts() != "do done, do done, act stopped done" || strings.Contains(y.log.String(), "hunter2") {
				t.Errorf("%s; %s", y.acts(), y.log)
			}
		})
	})
	t.Run("no facts for a while", func(t *testing.T) {
		g := &gates{}
		play(t, g.prepare, func(y *toy) {
			g.panics.Store(true)
			y.do("r", "/do act")
			time.Sleep(10 * time.Second)
			g.panics.Store(false)
			if got, _ := y.bot.Settle(context.Background(), "r"); got != port.Settled || !strings.HasPrefix(y.other.told(), "perform k") {
				t.Errorf("%s; asked %q", got, y.other.told())
			}
		})
	})
	t.Run("a fence waits for what was let through", func(t *testing.T) {
		play(t, func(y *toy) { new(gates).prepare(y); y.other.takes = 5 * time.Second }, func(y *toy) {
			y.do("r", "/do act")
			start := time.Now()
			y.do("s", "/close shut")
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("answered after %v", took)
			}
		})
	})
}

func TestWhatWaitsIsSaid(t *testing.T) {
	play(t, func(y *toy) {
		y.deeds["act"] = enqueue(act("k", effect.Keyed))
		y.other.answers = []error{effect.Retryable(errOther, time.Minute)}
	}, func(y *toy) {
		waiting := func() (list []effect.Effect) {
			err := y.store.View(func(v *state.View) (err error) { list, err = y.bot.Waiting(v, "R-1"); return err })
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		y.do("r", "/do act")
		for range 2 {
			if list := waiting(); len(list) != 1 || list[0].Fault != "the other system says ***" {
				t.Errorf("waits %+v", list)
			}
			y.crash(nil)
		}
		time.Sleep(time.Hour)
		if list := waiting(); len(list) != 0 {
			t.Errorf("still waits %+v", list)
		}
	})
}
