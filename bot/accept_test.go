package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// far is a platform that is answered after it was acknowledged, and has threads.
type far struct {
	platform
	answers []string
	fail    []error // of the coming answers
	under   []string
	links   []string // of cards
	slow    time.Duration
}

func (f *far) Answer(_ context.Context, a port.Answer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.fail) > 0 {
		err := f.fail[0]
		f.fail = f.fail[1:]
		return err
	}
	f.answers = append(f.answers, fmt.Sprintf("%s %s %s", a.Delivery.Handle, a.Delivery.Key, a.Reply.Code))
	return nil
}

func (f *far) Threads() bool { return true }

func (f *far) Post(ctx context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	if m.Message.Card != "" && f.slow > 0 {
		time.Sleep(f.slow)
	}
	ref, err := f.platform.Post(ctx, to, key, m)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range m.Message.Buttons {
		f.links = append(f.links, b.URL)
	}
	if m.Message.Card == "" {
		f.under = append(f.under, ref.ID+" under "+m.Under.ID)
	}
	return ref, err
}

func (f *far) said() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	said := strings.Join(f.answers, ", ")
	f.answers = nil
	return said
}

func playFar(t *testing.T, prepare func(*toy), test func(*toy, *far)) {
	t.Helper()
	f := &far{platform: platform{posts: map[string]string{}}}
	play(t, func(y *toy) {
		y.far = f
		if prepare != nil {
			prepare(y)
		}
	}, func(y *toy) { test(y, f) })
}

func delivery(key, who, text string) port.Delivery {
	return port.Delivery{Key: key, Account: account(who), Place: place("general"), Text: text, Handle: json.RawMessage(`"h"`), At: time.Now()}
}

func (y *toy) accept(d port.Delivery) {
	y.t.Helper()
	if err := y.bot.Accept(context.Background(), d); err != nil {
		y.t.Fatal(err)
	}
}

func TestAnAcceptedRequestTakesEffectOnceAndIsAnswered(t *testing.T) {
	playFar(t, func(y *toy) { y.deeds["count"] = count }, func(y *toy, f *far) {
		for range 3 {
			y.accept(delivery("k1", "dana", "/do count"))
		}
		synctest.Wait()
		y.accept(delivery("k1", "dana", "/do count"))
		synctest.Wait()
		if y.note("count") != "x" || f.said() != `"h" k1 toy.count` {
			t.Errorf("counted %q", y.note("count"))
		}
		y.crash(nil)
		y.accept(delivery("k1", "dana", "/do count"))
		y.accept(delivery("k2", "lee", "/do count"))
		y.accept(delivery("k3", "dana", "/nonsense"))
		synctest.Wait()
		if said := f.said(); y.note("count") != "x" || !strings.Contains(said, "k2 may.not") || !strings.Contains(said, "k3 command.unknown") || strings.Contains(said, "k1") {
			t.Errorf("counted %q, said %s", y.note("count"), said)
		}
	})
}

func TestWhatWasAcceptedSurvivesACrash(t *testing.T) {
	gate := make(chan struct{})
	var once sync.Once
	playFar(t, func(y *toy) {
		y.deeds["count"] = count
		y.gathers["count"] = func(ctx context.Context, _ *bot.Reading) (bot.Facts, error) {
			select {
			case <-gate:
				return nil, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}, func(y *toy, f *far) {
		y.accept(delivery("k1", "dana", "/do count"))
		y.accept(delivery("k2", "dana", "/do count"))
		y.crash(func() { once.Do(func() { close(gate) }) })
		synctest.Wait()
		if y.note("count") != "xx" || f.said() != `"h" k1 toy.count, "h" k2 toy.count` {
			t.Errorf("counted %q", y.note("count"))
		}
		y.crash(nil) // what was answered is forgotten
		if said := f.said(); said != "" {
			t.Errorf("answered again: %s", said)
		}
	})
}

// Requests of one account are decided in their order; a slow one does not hold up others' requests.
func TestAccountsDoNotWaitForEachOther(t *testing.T) {
	playFar(t, func(y *toy) {
		y.deeds["slow"], y.deeds["quick"] = y.deeds["note"], y.deeds["note"]
		y.gathers["slow"] = func(context.Context, *bot.Reading) (bot.Facts, error) {
			time.Sleep(time.Second)
			return nil, nil
		}
	}, func(y *toy, f *far) {
		y.accept(delivery("k1", "dana", "/do slow"))
		y.accept(delivery("k2", "dana", "/do quick"))
		y.accept(delivery("k3", "lee", "/do quick"))
		synctest.Wait()
		if said := f.said(); said != `"h" k3 may.not` {
			t.Errorf("while a gate is slow: %s", said)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if said := f.said(); said != `"h" k1 toy.done, "h" k2 toy.done` {
			t.Errorf("then: %s", said)
		}
	})
}

func TestAnAnswerIsTriedAgain(t *testing.T) {
	playFar(t, nil, func(y *toy, f *far) {
		f.fail = []error{errors.New("lost"), effect.Retryable(errOther, 20*time.Second)}
		y.accept(delivery("k1", "dana", "/do note"))
		time.Sleep(time.Minute)
		if said := f.said(); said != `"h" k1 toy.done` {
			t.Errorf("said %q", said)
		}
		f.fail = []error{effect.Permanently(errOther)}
		y.accept(delivery("k2", "dana", "/do note"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if said := f.said(); said != "" || strings.Contains(y.log.String(), "hunter2") || !strings.Contains(y.log.String(), "nobody could be told") {
			t.Errorf("said %q, logged %s", said, y.log)
		}
	})
}

// deaf is a platform that no answer comes through to.
type deaf struct{ platform }

func (*deaf) Name() string { return "deaf" }

func (*deaf) Post(ctx context.Context, _ chat.Place, _ string, _ port.Worded) (chat.Ref, error) {
	<-ctx.Done()
	return chat.Ref{}, ctx.Err()
}

func (*deaf) Answer(ctx context.Context, _ port.Answer) error {
	<-ctx.Done()
	return ctx.Err()
}

// Answers on one platform don't wait for another that takes none.
func TestPlatformsAreAnsweredBesideEachOther(t *testing.T) {
	playFar(t, func(y *toy) { y.more = []port.Platform{&deaf{}} }, func(y *toy, f *far) {
		for i := range 200 {
			d := delivery(fmt.Sprint("deaf", i), "dana", "/nonsense")
			d.Account = chat.Account{Platform: "deaf", Workspace: "w", ID: fmt.Sprint(i)}
			y.accept(d)
		}
		y.accept(delivery("k1", "dana", "/nonsense"))
		synctest.Wait()
		if said := f.said(); said != `"h" k1 command.unknown` {
			t.Errorf("said %q", said)
		}
	})
}

// A request that the bot fails at again and again is given up, said so, and holds up no other of the same account.
func TestARequestThatBreaksTheBotIsGivenUp(t *testing.T) {
	playFar(t, func(y *toy) {
		y.deeds["break"] = func(*bot.Turn) (chat.Reply, error) { panic("a fault of the bot's") }
		failing := 0
		y.deeds["mend"] = func(*bot.Turn) (chat.Reply, error) {
			if failing++; failing < 3 {
				return chat.Reply{}, errOther
			}
			return ok(), nil
		}
	}, func(y *toy, f *far) {
		y.accept(delivery("k1", "dana", "/do mend"))
		y.accept(delivery("k2", "dana", "/do break"))
		y.accept(delivery("k3", "dana", "/do note"))
		time.Sleep(10 * time.Minute)
		// Giving up and going on happen at one moment: their answers may overtake each other.
		said := strings.Split(f.said(), ", ")
		slices.Sort(said)
		if want := []string{`"h" k1 toy.done`, `"h" k2 request.given_up`, `"h" k3 toy.done`}; !slices.Equal(said, want) {
			t.Errorf("said %q", said)
		}
		if strings.Contains(y.log.String(), "hunter2") {
			t.Errorf("logged %s", y.log)
		}
	})
}

// What can't be stored for a while waits, however long that is.
func TestARequestWaitsForTheStore(t *testing.T) {
	playFar(t, func(y *toy) {
		begun := time.Now()
		y.deeds["store"] = func(*bot.Turn) (chat.Reply, error) {
			if time.Since(begun) < 10*time.Minute {
				return chat.Reply{}, fmt.Errorf("put: %w", kv.ErrNoSpace)
			}
			return ok(), nil
		}
	}, func(y *toy, f *far) {
		y.accept(delivery("k1", "dana", "/do store"))
		time.Sleep(15 * time.Minute)
		if said := f.said(); said != `"h" k1 toy.done` {
			t.Errorf("said %q", said)
		}
	})
}

func TestOnlyWhatCanBeKeptIsAccepted(t *testing.T) {
	playFar(t, nil, func(y *toy, _ *far) {
		for _, key := range []string{"", strings.Repeat("k", bot.KeyLimit+1)} {
			err := y.bot.Accept(context.Background(), delivery(key, "dana", "/do note"))
			if verdict, _ := effect.Classify(err); verdict != effect.Permanent {
				t.Errorf("a key of %d bytes: %v", len(key), err)
			}
		}
		y.stop()
		synctest.Wait()
		if err := y.bot.Accept(context.Background(), delivery("k", "dana", "/do note")); !errors.Is(err, bot.ErrStopping) {
			t.Errorf("stopping: %v", err)
		}
	})
}

func TestMessagesWaitForTheCardThatTheyBelongUnder(t *testing.T) {
	playFar(t, func(y *toy) {
		y.far.slow = 2 * time.Second
		y.behaviour.Cards["R"] = func(*bot.Reading, string) (chat.Message, []chat.Place, error) {
			return chat.Message{Card: "R-1", Title: chat.Say("toy.card")}, []chat.Place{place("general")}, nil
		}
		y.deeds["plan"] = func(turn *bot.Turn) (chat.Reply, error) {
			turn.About("R-1")
			return chat.Reply{Outcome: chat.Done, Code: "toy.done", Messages: []chat.Message{{Title: chat.Say("toy.done")}}}, turn.Card("R-1")
		}
		y.deeds["aside"] = func(turn *bot.Turn) (chat.Reply, error) {
			turn.About("X-9")
			return chat.Reply{Outcome: chat.Done, Code: "toy.done", Messages: []chat.Message{{Title: chat.Say("toy.done")}}}, nil
		}
	}, func(y *toy, f *far) {
		y.do("k1", "/do plan")
		time.Sleep(time.Minute)
		y.do("k2", "/do plan")
		y.crash(nil)
		y.do("k3", "/do plan")
		y.do("k4", "/do aside")
		time.Sleep(time.Minute)
		if got := strings.Join(f.under, ", "); got != "m2 under m1, m3 under m1, m4 under m1, m5 under " {
			t.Errorf("%s", got)
		}
	})
}

// Links to the bot's own pages are whole where readers are not on them already.
func TestLinksAreWholeElsewhere(t *testing.T) {
	playFar(t, func(y *toy) {
		y.address = "https://gonogo.example.org/"
		y.behaviour.Cards["R"] = func(*bot.Reading, string) (chat.Message, []chat.Place, error) {
			buttons := []chat.Button{{Name: "run", URL: "/runs/1"}, {Name: "else", URL: "https://ci.example.org/1"}}
			return chat.Message{Card: "R-1", Title: chat.Say("toy.card"), Buttons: buttons}, []chat.Place{place("general")}, nil
		}
		y.deeds["plan"] = sure(func(turn *bot.Turn) error { return turn.Card("R-1") })
	}, func(y *toy, f *far) {
		y.do("k1", "/do plan")
		time.Sleep(time.Minute)
		if got := strings.Join(f.links, ", "); got != "https://gonogo.example.org/runs/1, https://ci.example.org/1" {
			t.Errorf("the card links to %s", got)
		}
	})
}
