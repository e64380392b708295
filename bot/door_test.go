package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// count is a deed that counts in a note how often it was decided, and says so in public.
func count(t *bot.Turn) (chat.Reply, error) {
	was, _, err := notes.Get(t, "count")
	if err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("toy.count", chat.Word("n", was+"x"))
	return chat.Reply{Outcome: chat.Done, Code: "toy.count", Messages: []chat.Message{{Title: text}}}, notes.Put(t.Tx, "count", was+"x")
}

func TestARequestIsDecidedOnce(t *testing.T) {
	play(t, func(y *toy) { y.deeds["count"] = count }, func(y *toy) {
		var wg sync.WaitGroup
		replies := make([]chat.Reply, 20)
		for i := range replies {
			wg.Go(func() {
				var err error
				if replies[i], err = y.say("k1", "dana", "/do count"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		y.crash(nil)
		again, err := y.say("k1", "dana", "/do count")
		if err != nil {
			t.Error(err)
		}
		for _, r := range append(replies, again) {
			if diff := cmp.Diff(replies[0], r); diff != "" {
				t.Error(diff)
			}
		}
		if y.note("count") != "x" || y.acts() != "do done" {
			t.Errorf("counted %q; %s", y.note("count"), y.acts())
		}
		if got := y.platform.told(); got != "post general toy.count" {
			t.Errorf("said %q", got)
		}
		for range 2 { // without a key every delivery is another
			y.do("", "/do count")
		}
		if y.note("count") != "xxx" {
			t.Errorf("counted %q", y.note("count"))
		}
		y.do(strings.Repeat("k", bot.KeyLimit), "/do count")
		reply, err := y.say(strings.Repeat("k", bot.KeyLimit+1), "dana", "/do count")
		if err != nil || reply.Outcome != chat.Invalid || reply.Code != "request.key" || y.note("count") != "xxxx" {
			t.Errorf("%+v %v", reply, err)
		}
	})
}

// A repeated request gets its reply whoever repeats it, and though the line would be refused now.
func TestARepeatedRequestIsNotJudgedAnew(t *testing.T) {
	play(t, nil, func(y *toy) {
		y.do("k", "/do note")
		for _, text := range []string{"/do note", "/nonsense"} {
			if reply, err := y.say("k", "dana", text); err != nil || reply.Code != "toy.done" {
				t.Errorf("%s: %+v %v", text, reply, err)
			}
		}
	})
}

func TestWhoMayNot(t *testing.T) {
	may := func(t *bot.Turn) (chat.Reply, error) { return ok(), notes.Put(t.Tx, "n", "written") }
	for name, tc := range map[string]struct {
		who, text string
		code      chat.Code
		fails     bool // the program is wrong, not the speaker
		recorded  string
	}{
		"an unlinked account":           {who: "mallory", text: "/do note", code: "account.unlinked", recorded: "do refused"},
		"no right at all":               {who: "lee", text: "/do note", code: "may.not", recorded: "do refused"},
		"a handler that does not ask":   {who: "dana", text: "/do forgetful", fails: true},
		"not understood":                {who: "dana", text: "/do"},
		"no such command":               {who: "dana", text: "/dance"},
		"refused by the handler":        {who: "dana", text: "/do refuse", code: "toy.no", recorded: "do refused"},
		"rejected by the handler":       {who: "dana", text: "/do reject", code: "toy.what"},
		"refused by the facts":          {who: "dana", text: "/do facts", code: "toy.facts", recorded: "do refused"},
		"unlinked, and the facts fail":  {who: "mallory", text: "/do facts", code: "account.unlinked", recorded: "do refused"},
		"a dry run that is refused":     {who: "dana", text: "/do refuse --dry-run", code: "toy.no"},
		"a dry run of somebody unknown": {who: "mallory", text: "/do note --dry-run", code: "account.unlinked"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(y *toy) {
				y.deeds["note"], y.deeds["forgetful"] = may, may
				y.deeds["refuse"] = func(t *bot.Turn) (chat.Reply, error) {
					t.Evidence(port.Source{System: "mill"}, chat.Say("toy.fact"))
					if err := t.Announce("x", []chat.Place{place("general")}, chat.Plain(chat.Say("toy.leak"))); err != nil {
						return chat.Reply{}, err
					}
					_, err := may(t)
					return chat.Reply{}, errors.Join(err, fmt.Errorf("wrapped: %w", chat.Refuse("toy.no").Because(chat.Say("toy.why"), chat.Say("toy.whytoo"))))
				}
				y.deeds["reject"] = func(t *bot.Turn) (chat.Reply, error) {
					if _, err := may(t); err != nil {
						return chat.Reply{}, err
					}
					return chat.Reply{}, chat.Reject("toy.what")
				}
				y.gathers["facts"] = func(context.Context, *bot.Reading) (bot.Facts, error) { return nil, chat.Refuse("toy.facts") }
			}, func(y *toy) {
				reply, err := y.say("k", tc.who, tc.text)
				synctest.Wait()
				if (err != nil) != tc.fails || tc.code != "" && reply.Code != tc.code || !tc.fails && reply.Outcome == chat.Done {
					t.Errorf("%+v %v", reply, err)
				}
				if got := y.acts(); got != tc.recorded || y.note("n") != "" || y.waiting() != "" || y.platform.told() != "" {
					t.Errorf("recorded %q; note %q; waiting %q", got, y.note("n"), y.waiting())
				}
				for _, m := range reply.Messages {
					if !m.Private {
						t.Errorf("said to everybody: %+v", m)
					}
				}
				y.judgeRefusal(tc.who, reply)
			})
		})
	}
}

// judgeRefusal checks what a refusal leaves in the trail.
func (y *toy) judgeRefusal(who string, reply chat.Reply) {
	for _, e := range y.entries() {
		linked := who != "mallory"
		if (e.Actor.Person != "") != linked || (e.Said != nil) != linked || (e.Actor.Account != nil) == linked || len(e.Changes) > 0 {
			y.t.Errorf("%+v", e)
		}
		if reply.Code == "toy.no" && (len(e.Reasons) != 2 || len(e.Evidence) != 1) {
			y.t.Errorf("%d reasons, %d facts", len(e.Reasons), len(e.Evidence))
		}
	}
	err := y.engine.Scan(nil, nil, false, func(key, value []byte) error {
		if strings.Contains(string(value), "mallory") {
			y.t.Errorf("%q names the account: %s", key, value)
		}
		return nil
	})
	if err != nil {
		y.t.Error(err)
	}
}

func TestARefusalSaysWhoMay(t *testing.T) {
	play(t, nil, func(y *toy) {
		reply, err := y.say("k", "lee", "/do note R-7")
		if err != nil {
			t.Fatal(err)
		}
		holders, _ := reply.Messages[0].Title.Arg("holders")
		if right, _ := reply.Messages[0].Title.Arg("right"); right.Word != string(people.Plan) || fmt.Sprint(holders.Words) != fmt.Sprint([]string{y.ids["dana"]}) {
			t.Errorf("%+v", reply)
		}
		if e := y.entries()[0]; fmt.Sprint(e.Subjects) != "[R-7]" || e.Config != "digest-1" || e.Actor.Person != y.ids["lee"] {
			t.Errorf("%+v", e)
		}
	})
}

// A refusal that a handler gives as its reply keeps what was written; one that it gives as an error does not.
func TestARefusalAsReplyKeepsWhatWasWritten(t *testing.T) {
	play(t, func(y *toy) {
		y.deeds["void"] = func(t *bot.Turn) (chat.Reply, error) {
			return chat.Reply{Outcome: chat.Refused, Code: "toy.void"}, notes.Put(t.Tx, "n", "void")
		}
	}, func(y *toy) {
		if reply, err := y.say("k", "dana", "/do void"); err != nil || reply.Outcome != chat.Refused || y.note("n") != "void" || y.acts() != "do refused" {
			t.Errorf("%+v %v; %q; %s", reply, err, y.note("n"), y.acts())
		}
	})
}

func TestADryRunWritesNothing(t *testing.T) {
	play(t, func(y *toy) {
		y.deeds["all"] = func(t *bot.Turn) (chat.Reply, error) {
			return chat.Reply{Outcome: chat.Done, Code: "toy.done", Messages: []chat.Message{chat.Plain(chat.Say("toy.done"))}}, errors.Join(
				notes.Put(t.Tx, "n", "x"), t.Effect(act("k", "keyed")), t.Card("R-1"), t.Announce("a", []chat.Place{place("cab")}, chat.Plain(chat.Say("toy.done"))))
		}
	}, func(y *toy) {
		before, _ := y.engine.Size()
		for range 2 {
			reply, err := y.say("k", "dana", "/do all --dry-run")
			if synctest.Wait(); err != nil || reply.Outcome != chat.Done || reply.Messages[len(reply.Messages)-1].Title.Code != "dry.run" {
				t.Errorf("%+v %v", reply, err)
			}
		}
		if after, _ := y.engine.Size(); after != before || y.platform.told() != "" || y.other.told() != "" {
			t.Errorf("%d bytes before, %d after", before, after)
		}
	})
}

func TestPublicRepliesArePostedOnceAndPrivateNever(t *testing.T) {
	play(t, func(y *toy) {
		y.deeds["talk"] = func(*bot.Turn) (chat.Reply, error) {
			return chat.Reply{Outcome: chat.Done, Code: "a", Messages: []chat.Message{
				chat.Plain(chat.Say("a")), {Title: chat.Say("secret"), Private: true}, chat.Plain(chat.Say("b"))}}, nil
		}
		y.looks["talk"] = func(*bot.Reading) (chat.Reply, error) {
			return chat.Reply{Outcome: chat.Done, Messages: []chat.Message{chat.Plain(chat.Say("read"))}}, nil
		}
	}, func(y *toy) {
		for range 3 {
			y.do("k", "/do talk")
			y.do("k", "/look talk")
		}
		y.crash(nil)
		if got := y.platform.told(); got != "post general a, post general b" {
			t.Errorf("said %q", got)
		}
		if _, err := y.bot.Say(context.Background(), port.Said{Key: "elsewhere", Account: account("dana"), Text: "/do talk"}); err != nil {
			t.Error(err)
		}
		if synctest.Wait(); y.platform.told() != "" {
			t.Error("said where nobody spoke")
		}
	})
}

func TestAPanicIsAnErrorAndNoMore(t *testing.T) {
	boom := func() { panic("boom") }
	play(t, func(y *toy) {
		y.looks["boom"] = func(*bot.Reading) (chat.Reply, error) { boom(); return ok(), nil }
		y.deeds["boom"] = func(t *bot.Turn) (chat.Reply, error) {
			if err := notes.Put(t.Tx, "n", "x"); err != nil {
				return ok(), err
			}
			boom()
			return ok(), nil
		}
		y.gathers["gather"] = func(context.Context, *bot.Reading) (bot.Facts, error) { boom(); return nil, nil }
	}, func(y *toy) {
		for _, line := range []string{"/look boom", "/do boom", "/do gather"} {
			if reply, err := y.say("k", "dana", line); err == nil {
				t.Errorf("%s: %+v", line, reply)
			}
		}
		if y.acts() != "" || y.note("n") != "" {
			t.Errorf("left %s, %q", y.acts(), y.note("n"))
		}
		y.do("k", "/do note")
	})
}

func TestFactsAreGatheredWithinTheirTime(t *testing.T) {
	play(t, func(y *toy) {
		y.gathers["note"] = func(ctx context.Context, _ *bot.Reading) (bot.Facts, error) {
			<-ctx.Done()
			return "late", nil
		}
	}, func(y *toy) {
		start := time.Now()
		y.do("k", "/do note")
		if took := time.Since(start); took != bot.FactsTimeout || y.entries()[0].Evidence[0].What.Code != "late" {
			t.Errorf("%v; %+v", took, y.entries())
		}
	})
}

func TestAFullDiskIsSaidAndOvercome(t *testing.T) {
	play(t, nil, func(y *toy) {
		y.engine.SetRefuse(kv.ErrNoSpace)
		for range 2 {
			if reply, err := y.say("k", "dana", "/do note"); !errors.Is(err, kv.ErrNoSpace) {
				t.Errorf("%+v %v", reply, err)
			}
		}
		y.engine.SetRefuse(nil)
		y.do("k", "/do note")
		if y.acts() != "do done" {
			t.Errorf("recorded %q", y.acts())
		}
	})
}

func TestNothingNewOnceItStops(t *testing.T) {
	play(t, func(y *toy) {
		y.looks["note"] = func(*bot.Reading) (chat.Reply, error) { return ok(), nil }
	}, func(y *toy) {
		if err := y.bot.Accepting(); err != nil {
			t.Error(err)
		}
		y.stop()
		synctest.Wait()
		if _, err := y.say("k", "dana", "/do note"); !errors.Is(err, bot.ErrStopping) || !errors.Is(y.bot.Accepting(), bot.ErrStopping) {
			t.Errorf("%v, %v", err, y.bot.Accepting())
		}
		if _, err := y.say("k", "dana", "/look note"); err != nil {
			t.Errorf("it can still be read: %v", err)
		}
	})
}

func TestANewConfigurationIsNamedFromTheNextTurnOn(t *testing.T) {
	play(t, nil, func(y *toy) {
		y.do("a", "/do note")
		y.bot.Organise(y.organisation("digest-2"))
		y.do("b", "/do note")
		if e := y.entries(); e[0].Config != "digest-1" || e[1].Config != "digest-2" || y.bot.Organisation().Digest != "digest-2" {
			t.Errorf("%s, %s", e[0].Config, e[1].Config)
		}
	})
}

// Somebody of another organisation, in a channel shared with it, reads nothing before the account is linked to a person.
func TestAVisitorReadsNothing(t *testing.T) {
	play(t, func(y *toy) {
		y.looks["around"] = func(*bot.Reading) (chat.Reply, error) { return chat.Reply{Code: "toy.seen"}, nil }
	}, func(y *toy) {
		for workspace, want := range map[string]chat.Code{"w": "toy.seen", "elsewhere": "account.visitor", "": "toy.seen"} {
			said := port.Said{Account: chat.Account{Platform: "local", Workspace: workspace, ID: "mallory"}, Place: place("general"), Text: "/look around"}
			if reply, err := y.bot.Say(context.Background(), said); err != nil || reply.Code != want {
				t.Errorf("of %q: %s, %v, want %s", workspace, reply.Code, err, want)
			}
		}
	})
}
