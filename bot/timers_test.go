package bot_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
)

// clock keeps which timers fired when, counted from when it was made.
type clock struct {
	mu    sync.Mutex
	begun time.Time
	fired []string
	fails int // how many of the coming turns fail
}

func (c *clock) fire(t *bot.Turn, timer state.Timer) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails > 0 {
		if c.fails--; c.fails%2 == 0 {
			panic("boom")
		}
		return errors.New("not now")
	}
	t.Record("fired", chat.Say("toy.fired"))
	line := fmt.Sprint(timer.ID, " ", timer.Subject, " ", t.Now.Sub(c.begun))
	t.After(func() { c.mu.Lock(); defer c.mu.Unlock(); c.fired = append(c.fired, line) })
	return nil
}

func (c *clock) told() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprint(c.fired)
}

func TestTimers(t *testing.T) {
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	for name, tc := range map[string]struct {
		fails int
		play  func(y *toy)
		want  string
	}{
		"in the order of time": {play: func(y *toy) { y.do("", "/do c3"); y.do("", "/do a1"); y.do("", "/do b2") }, want: "[a R-1 1m0s b R-1 2m0s c R-1 3m0s]"},
		"once":                 {play: func(y *toy) { y.do("", "/do a1"); time.Sleep(minutes(5)); y.crash(nil) }, want: "[a R-1 1m0s]"},
		"moved later":          {play: func(y *toy) { y.do("", "/do a1"); y.do("", "/do a9") }, want: "[a R-1 9m0s]"},
		"moved earlier":        {play: func(y *toy) { y.do("", "/do a9"); y.do("", "/do a1") }, want: "[a R-1 1m0s]"},
		"cancelled":            {play: func(y *toy) { y.do("", "/do a1"); y.do("", "/do cancel") }, want: "[]"},
		"over a crash":         {play: func(y *toy) { y.do("", "/do a3"); y.crash(nil) }, want: "[a R-1 3m0s]"},
		"due during a stop": {play: func(y *toy) {
			y.do("", "/do a1")
			y.crash(func() { time.Sleep(minutes(2)) })
		}, want: "[a R-1 2m0s]"},
		"a turn that fails": {fails: 3, play: func(y *toy) { y.do("", "/do a1"); y.do("", "/do b1") }, want: "[b R-1 1m5s a R-1 1m10s]"},
		"moved while its turn fails": {fails: 1, play: func(y *toy) {
			y.do("", "/do a1")
			time.Sleep(minutes(1) + time.Second)
			y.do("", "/do a9")
		}, want: "[a R-1 10m1s]"},
		"nothing after all": {play: func(y *toy) {
			if _, err := y.say("", "dana", "/do a1 --dry-run"); err != nil {
				y.t.Error(err)
			}
		}, want: "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &clock{fails: tc.fails}
			play(t, func(y *toy) {
				c.begun = time.Now()
				y.behaviour.Timers["toy"] = c.fire
				for _, id := range []string{"a", "b", "c"} {
					for n := range 10 {
						y.deeds[fmt.Sprint(id, n)] = sure(func(t *bot.Turn) error {
							return t.Wake(state.Timer{ID: id, At: t.Now.Add(minutes(n)), Kind: "toy", Subject: "R-1"})
						})
					}
				}
				y.deeds["cancel"] = sure(func(t *bot.Turn) error { t.CancelTimer("a"); return nil })
			}, func(y *toy) {
				tc.play(y)
				time.Sleep(time.Hour)
				synctest.Wait()
				if got := c.told(); got != tc.want {
					t.Errorf("fired %s, want %s", got, tc.want)
				}
			})
		})
	}
}
