package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// board shows the card R-1 as its note says, in the channels named.
func board(y *toy, rendered *atomic.Int32, channels ...string) {
	y.behaviour.Cards["R"] = func(r *bot.Reading, subject string) (chat.Message, []chat.Place, error) {
		rendered.Add(1)
		text, _, err := notes.Get(r, subject)
		if strings.HasPrefix(text, "unrenderable") {
			err = effect.Permanently(errors.New(text))
		}
		var places []chat.Place
		for _, c := range channels {
			places = append(places, place(c))
		}
		return chat.Message{Card: subject, Title: chat.Say(chat.Code(text))}, places, err
	}
	for _, text := range []string{"one", "two", "three", "unrenderable"} {
		y.deeds[text] = sure(func(t *bot.Turn) error { return errors.Join(notes.Put(t.Tx, "R-1", text), t.Card("R-1")) })
	}
}

// slowly renders a card in some time: what is decided meanwhile is not on it.
func slowly(render bot.CardRenderer, takes *atomic.Int64) bot.CardRenderer {
	return func(r *bot.Reading, s string) (chat.Message, []chat.Place, error) {
		m, p, err := render(r, s)
		time.Sleep(time.Duration(takes.Load()))
		return m, p, err
	}
}

func TestACardIsKeptUpToDate(t *testing.T) {
	var rendered atomic.Int32
	var takes atomic.Int64
	play(t, func(y *toy) {
		board(y, &rendered, "cab", "releases")
		y.behaviour.Cards["R"] = slowly(y.behaviour.Cards["R"], &takes)
	}, func(y *toy) {
		told := func(want string) {
			t.Helper()
			time.Sleep(time.Minute)
			if got := y.platform.told(); got != want || y.waiting() != "" {
				t.Errorf("%s\nwant %s\nwaiting %q", got, want, y.waiting())
			}
		}
		y.do("", "/do one")
		told("post cab one, post releases one")
		y.do("", "/do one") // it looks as before
		told("")
		y.crash(nil)
		y.do("", "/do one")
		told("")
		y.do("", "/do two")
		told("update cab two, update releases two")
		before := rendered.Load()
		takes.Store(int64(70 * time.Millisecond))
		y.do("", "/do one")
		for range 20 { // while that is being rendered
			for _, text := range []string{"/do two", "/do three"} {
				if _, err := y.say("", "dana", text); err != nil {
					t.Error(err)
				}
			}
		}
		told("update cab one, update releases one, update cab three, update releases three")
		if n := rendered.Load() - before; n != 2 {
			t.Errorf("rendered %d times, want twice", n)
		}
	})
}

// However decisions and showings interleave, what stands at last is what was decided last.
func TestTheLastDecisionIsAlwaysShown(t *testing.T) {
	var rendered atomic.Int32
	var takes atomic.Int64
	play(t, func(y *toy) {
		board(y, &rendered, "cab")
		takes.Store(int64(70 * time.Millisecond))
		y.behaviour.Cards["R"] = slowly(y.behaviour.Cards["R"], &takes)
	}, func(y *toy) {
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				for j := range 10 {
					if _, err := y.say("", "dana", []string{"/do one", "/do two", "/do three"}[(i+j)%3]); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Duration(17*i+5) * time.Millisecond)
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Minute)
		if got, want := y.platform.stands("m1"), y.note("R-1"); got != want || y.waiting() != "" {
			t.Errorf("%q stands there, %q was decided; waiting %q", got, want, y.waiting())
		}
		if n := rendered.Load(); n > 10 {
			t.Errorf("rendered %d times", n)
		}
	})
}

func TestWhatAPlatformRefuses(t *testing.T) {
	pause := effect.Retryable(errors.New("slow down"), 40*time.Second)
	gone := effect.Permanently(errors.New("no such channel"))
	for name, tc := range map[string]struct {
		err  error
		told string // in the minute in which cab refuses
		then string // once it takes messages again and something was decided
	}{
		"a pause":  {pause, "post cab one, post releases one, post cab one", "update cab two, update releases two"},
		"for good": {gone, "post cab one, post releases one", "post cab two, update releases two"},
	} {
		t.Run(name, func(t *testing.T) {
			var rendered atomic.Int32
			play(t, func(y *toy) { board(y, &rendered, "cab", "releases") }, func(y *toy) {
				y.platform.set("cab", tc.err)
				y.do("", "/do one")
				time.Sleep(20 * time.Second)
				y.platform.set("cab", nil)
				time.Sleep(40 * time.Second)
				if got := y.platform.told(); got != tc.told {
					t.Errorf("%s\nwant %s", got, tc.told)
				}
				y.do("", "/do two")
				time.Sleep(time.Minute)
				if got := y.platform.told(); got != tc.then || y.waiting() != "" {
					t.Errorf("%s\nwant %s\nwaiting %q", got, tc.then, y.waiting())
				}
			})
		})
	}
}

// A place that takes nothing holds up neither the other places of its cards nor, where it takes no edits, what is announced there.
func TestAPlaceInTroubleHoldsUpNothingElse(t *testing.T) {
	var rendered atomic.Int32
	play(t, func(y *toy) {
		board(y, &rendered, "cab", "releases")
		y.deeds["say"] = sure(func(t *bot.Turn) error {
			return t.Announce(t.Key, []chat.Place{place("cab")}, chat.Message{Title: chat.Say("toy.said")})
		})
	}, func(y *toy) {
		y.do("", "/do one")
		time.Sleep(time.Minute)
		y.platform.told()
		y.platform.set("cab", effect.Retryable(errors.New("slow down"), 40*time.Second))
		y.do("", "/do two")
		time.Sleep(time.Second)
		y.platform.set("cab", nil)
		y.do("", "/do say")
		y.do("", "/do three")
		time.Sleep(10 * time.Second)
		if got := y.platform.told(); got != "update cab two, update releases two, post cab toy.said" {
			t.Errorf("within the pause: %s", got)
		}
		time.Sleep(time.Minute)
		if got := y.platform.told(); got != "update cab three, update releases three" || y.waiting() != "" {
			t.Errorf("after it: %s; waiting %q", got, y.waiting())
		}
	})
}

// A platform that answers nothing keeps the cards of others waiting for none of its time.
func TestCardsOfOnePlatformDoNotWaitForAnother(t *testing.T) {
	var rendered atomic.Int32
	play(t, func(y *toy) {
		y.more = []port.Platform{&deaf{}}
		board(y, &rendered)
		render := y.behaviour.Cards["R"]
		y.behaviour.Cards["R"] = func(r *bot.Reading, subject string) (chat.Message, []chat.Place, error) {
			m, places, err := render(r, subject)
			if m.Title = chat.Say("toy.card"); subject != "R-9" {
				places = append(places, chat.Place{Platform: "deaf", Workspace: "w", Channel: "c"})
			}
			return m, append(places, place(subject)), err
		}
		for i := 1; i < 10; i++ {
			y.deeds[fmt.Sprint("card", i)] = sure(func(t *bot.Turn) error { return t.Card(fmt.Sprint("R-", i)) })
		}
	}, func(y *toy) {
		for i := 1; i < 10; i++ {
			y.do("", fmt.Sprint("/do card", i))
		}
		time.Sleep(time.Second)
		if got := y.platform.told(); strings.Count(got, "post R-") != 9 {
			t.Errorf("shown elsewhere: %s", got)
		}
	})
}

// A message that a platform refuses for good, after an attempt of which nothing is known, holds up nothing that is said after it.
func TestAMessageRefusedAfterADoubtIsGivenUp(t *testing.T) {
	play(t, func(y *toy) {
		for _, word := range []chat.Code{"first", "second"} {
			y.deeds[string(word)] = sure(func(t *bot.Turn) error {
				return t.Announce(t.Key, []chat.Place{place("cab")}, chat.Message{Title: chat.Say(word)})
			})
		}
	}, func(y *toy) {
		y.platform.set("cab", errors.New("cut off"))
		y.do("", "/do first")
		synctest.Wait()
		y.platform.set("cab", effect.Permanently(errors.New("too long")))
		y.do("", "/do second")
		time.Sleep(2 * time.Minute)
		if got := y.waiting(); got != "" {
			t.Errorf("still waiting: %q", got)
		}
	})
}

// A pause that one card met holds for every card of the channel.
func TestAPauseHoldsForTheChannel(t *testing.T) {
	var rendered atomic.Int32
	play(t, func(y *toy) {
		board(y, &rendered, "cab")
		y.deeds["other"] = sure(func(t *bot.Turn) error { return t.Card("R-2") })
	}, func(y *toy) {
		y.platform.set("cab", effect.Retryable(errors.New("slow down"), 40*time.Second))
		y.do("", "/do one")
		y.platform.set("cab", nil)
		y.do("", "/do other")
		time.Sleep(39 * time.Second)
		if got := y.platform.told(); got != "post cab one" {
			t.Errorf("within the pause: %s", got)
		}
		time.Sleep(2 * time.Second)
		if got := strings.Count(y.platform.told(), "post"); got != 2 {
			t.Errorf("%d posts after it", got)
		}
	})
}

func TestACardThatCannotBeShownIsShownOnceItCan(t *testing.T) {
	var rendered atomic.Int32
	play(t, func(y *toy) {
		board(y, &rendered, "cab")
		y.deeds["cardless"] = sure(func(t *bot.Turn) error { return t.Card("Z-1") })
	}, func(y *toy) {
		for range 2 {
			y.do("", "/do unrenderable")
			time.Sleep(time.Minute)
			if y.waiting() != "" || y.platform.told() != "" {
				t.Errorf("waiting %q", y.waiting())
			}
			y.do("", "/do one")
			time.Sleep(time.Minute)
			if got := y.platform.stands("m1"); got != "one" || y.waiting() != "" {
				t.Errorf("shown %q, waiting %q", got, y.waiting())
			}
			y.platform.told()
		}
		y.do("", "/do cardless")
		if synctest.Wait(); y.waiting() != "" {
			t.Errorf("waiting %q", y.waiting())
		}
	})
}

func TestACardIsShownAfterACrash(t *testing.T) {
	var rendered atomic.Int32
	play(t, func(y *toy) { board(y, &rendered, "cab") }, func(y *toy) {
		y.platform.set("cab", errors.New("down"))
		y.do("", "/do one")
		y.crash(func() { y.platform.set("cab", nil) })
		if got := y.platform.stands("m1"); got != "one" || y.waiting() != "" {
			t.Errorf("shown %q, waiting %q", got, y.waiting())
		}
	})
}

func TestButtons(t *testing.T) {
	play(t, func(y *toy) {
		for i, name := range []string{"late", "early", "middle"} {
			y.deeds[name] = sure(func(t *bot.Turn) error {
				return t.Offer("R-1", bot.Offer{Name: name, Label: "l", Line: "/do note R-1", Order: []int{9, 1, 5}[i]})
			})
		}
		y.deeds["take"] = sure(func(t *bot.Turn) error { return t.Retract("R-1", "early", "never") })
	}, func(y *toy) {
		buttons := func() (list []chat.Button) {
			err := y.bot.Read(func(r *bot.Reading) (err error) { list, err = bot.Offers(r, "R-1"); return err })
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		for _, name := range []string{"late", "early", "middle", "early"} {
			y.do("", "/do "+name)
		}
		list := buttons()
		if len(list) != 3 || list[0].Name != "early" || list[1].Name != "middle" || list[2].Name != "late" || list[0].Token == list[1].Token {
			t.Fatalf("%+v", list)
		}
		early := list[0].Token
		y.do("", "/do early")
		if again := buttons()[0].Token; again != early {
			t.Error("offered again it has another token")
		}
		press := func(key, who, token, on, button string) chat.Reply {
			t.Helper()
			reply, err := y.bot.Press(context.Background(), port.Pressed{Key: key, Account: account(who), Place: place("cab"), Token: token, On: on, Button: button})
			if err != nil {
				t.Fatal(err)
			}
			return reply
		}
		for _, tc := range []struct {
			key, who, token, on, button string
			code                        chat.Code
		}{
			{"a", "dana", early, "", "", "toy.done"}, {"b", "dana", "", "R-1", "early", "toy.done"}, {"c", "lee", early, "", "", "may.not"},
			{"d", "mallory", early, "", "", "account.unlinked"}, {"e", "dana", "made-up", "", "", "button.gone"},
			{"f", "dana", "", "R-1", "nothing", "button.gone"}, {"g", "dana", "", "", "", "button.gone"},
			{"h", "dana", "made-up", "R-1", "early", "button.gone"},
		} {
			if got := press(tc.key, tc.who, tc.token, tc.on, tc.button); got.Code != tc.code {
				t.Errorf("%s: %s, want %s", tc.key, got.Code, tc.code)
			}
		}
		y.do("", "/do take")
		for key, code := range map[string]chat.Code{"a": "toy.done", "new": "button.gone", "": "button.gone"} {
			if got := press(key, "dana", early, "", ""); got.Code != code {
				t.Errorf("once retracted, %q: %s, want %s", key, got.Code, code)
			}
		}
		y.do("", "/do early")
		if got := buttons()[0].Token; got == early {
			t.Error("a retracted button has its token back")
		}
	})
}

func TestCompletion(t *testing.T) {
	play(t, nil, func(y *toy) {
		for line, want := range map[string]string{"/cl": "/close", "/l": "/look", "/zzz": ""} {
			got := y.bot.Complete(context.Background(), port.Said{Account: account("dana"), Text: line})
			if want == "" && len(got) != 0 || want != "" && (len(got) == 0 || !strings.HasPrefix(got[0], want)) {
				t.Errorf("%s: %s", line, fmt.Sprint(got))
			}
		}
	})
}

// A card that somebody deleted on its platform is shown again, once, and kept up to date there.
func TestADeletedCardIsPostedAnew(t *testing.T) {
	var rendered atomic.Int32
	play(t, func(y *toy) { board(y, &rendered, "cab") }, func(y *toy) {
		y.do("k1", "/do one")
		time.Sleep(time.Minute)
		y.platform.mu.Lock()
		y.platform.gone = map[string]bool{"m1": true}
		y.platform.mu.Unlock()
		y.do("k2", "/do two")
		time.Sleep(time.Minute)
		y.do("k3", "/do three")
		time.Sleep(time.Minute)
		if got := y.platform.told(); got != "post cab one, update cab two, post cab two, update cab three" {
			t.Errorf("%s", got)
		}
		if y.platform.stands("m2") != "three" {
			t.Errorf("the new card says %q", y.platform.stands("m2"))
		}
	})
}
