package discord_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func verdict(err error) string {
	if err == nil {
		return "well"
	}
	v, _ := effect.Classify(err)
	return map[effect.Verdict]string{effect.Unknown: "unknown", effect.Retry: "retry", effect.Permanent: "permanent"}[v]
}

func line(s string) chat.Message { return chat.Message{Title: said(s)} }

func TestThreads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		root := w.post(t, "card:B-1", card(), chat.Ref{})
		quiet := w.post(t, "a", line("quiet"), root)
		w.post(t, "b", line("quiet too"), root)
		loud := w.post(t, "c", chat.Message{Title: said("loud"), Tone: chat.Bad, Mentions: []string{w.guild + "/" + w.alex}}, root)
		thread := w.Thread(root.ID)
		if len(thread) != 2 || thread[0].Text != "“quiet”" || !strings.HasPrefix(quiet.ID, root.ID+"/") {
			t.Errorf("in the thread: %v, %v", thread, quiet)
		}
		if name, _, ok := w.ThreadOf(root.ID); !ok || name != "“payments 1.1.0”" {
			t.Errorf("the thread is called %q", name)
		}
		p := w.Card(w.channel, "loud")
		if p.ID != loud.ID || p.ReplyTo != root.ID || len(p.Notified) != 1 {
			t.Errorf("loud: %+v", p)
		}
		changed := card()
		changed.Title = said("payments 1.1.1")
		changed.Buttons = nil
		if err := w.bot.Update(context.Background(), root, port.Worded{Message: changed, Reader: reader{}, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if p := w.Card(w.channel, "payments 1.1.1"); p.ID != root.ID || len(p.Buttons) != 0 {
			t.Errorf("updated: %+v", p)
		}
		if err := w.bot.Update(context.Background(), quiet, port.Worded{Message: line("edited"), Reader: reader{}, At: time.Now()}); err != nil || w.Thread(root.ID)[0].Text != "“edited”" {
			t.Errorf("a message of a thread: %v", err)
		}
		w.Archive(root.ID, false)
		w.post(t, "d", line("wakes it"), root)
		if _, archived, _ := w.ThreadOf(root.ID); archived {
			t.Error("the thread still rests")
		}
		w.Archive(root.ID, true)
		w.post(t, "e", line("locked out"), root)
		if p := w.Card(w.channel, "locked out"); p.ReplyTo != root.ID {
			t.Errorf("what a locked thread does not take: %+v", p)
		}
	})
}

// TestDeletedCard: what belongs under a card that somebody deleted is said in the channel.
func TestDeletedCard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		root := w.post(t, "card:B-1", card(), chat.Ref{})
		w.Delete(root.ID)
		w.post(t, "a", line("still said"), root)
		w.post(t, "b", chat.Message{Title: said("still warned"), Tone: chat.Warning}, root)
		if w.Card(w.channel, "still said").ID == "" || w.Card(w.channel, "still warned").ID == "" {
			t.Errorf("in the channel: %v", w.Read(w.channel))
		}
		err := w.bot.Update(context.Background(), root, port.Worded{Message: card(), Reader: reader{}, At: time.Now()})
		if verdict(err) != "permanent" {
			t.Errorf("updating it: %v", err)
		}
	})
}

// TestNoThread: what can't be said in a thread, since the bot may not begin one, is said in the channel.
func TestNoThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		root := w.post(t, "card:B-1", card(), chat.Ref{})
		w.Inject(discordtest.Fault{Method: "POST", Path: "/channels/*/messages/*/threads", Status: 403})
		w.post(t, "a", line("said all the same"), root)
		if p := w.Card(w.channel, "said all the same"); p.ReplyTo != root.ID {
			t.Errorf("in the channel: %v", w.Read(w.channel))
		}
	})
}

// TestOnce: a message whose answer was lost is there once after the second try, and a card even after a restart.
func TestOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		for _, m := range []chat.Message{card(), line("announced")} {
			w.Inject(discordtest.Fault{Method: "POST", Path: "/channels/*/messages", Lose: true})
			worded := port.Worded{Message: m, Reader: reader{}, At: time.Now()}
			if _, err := w.bot.Post(context.Background(), w.place, "key", worded); verdict(err) != "unknown" {
				t.Fatalf("a lost answer: %v", err)
			}
			if m.Card != "" {
				time.Sleep(20 * time.Minute) // Discord has forgotten the nonce
				w.start(t)
			}
			ref, err := w.bot.Post(context.Background(), w.place, "key", worded)
			if all := w.Read(w.channel); err != nil || len(all) == 0 || ref.ID != all[len(all)-1].ID {
				t.Errorf("the second try: %v, %v", ref, err)
			}
		}
		if all := w.Read(w.channel); len(all) != 2 {
			t.Errorf("in the channel: %v", all)
		}
	})
}

// TestTrouble: an error says whether something happened, and when to try again.
func TestTrouble(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault        discordtest.Fault
		post, update string
	}{
		"overloaded": {discordtest.Fault{Status: 502, Times: -1}, "unknown", "retry"},
		"cut":        {discordtest.Fault{Cut: true, Times: -1}, "unknown", "retry"},
		"forbidden":  {discordtest.Fault{Status: 403, Times: -1}, "permanent", "permanent"},
		"no token":   {discordtest.Fault{Status: 401, Times: -1}, "retry", "retry"},
		"rate limit": {discordtest.Fault{Status: 429, Times: -1}, "retry", "retry"},
		"no answer":  {discordtest.Fault{Delay: time.Minute, Times: -1}, "unknown", "retry"},
		"no trouble": {discordtest.Fault{Times: 1, Path: "/nowhere"}, "well", "well"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{}, nil)
				ref := w.post(t, "before", line("before"), chat.Ref{})
				w.Inject(test.fault)
				worded := port.Worded{Message: line("x"), Reader: reader{}, At: time.Now()}
				_, err := w.bot.Post(context.Background(), w.place, "key", worded)
				if verdict(err) != test.post {
					t.Errorf("posting: %v", err)
				}
				if err := w.bot.Update(context.Background(), ref, worded); verdict(err) != test.update {
					t.Errorf("updating: %v", err)
				}
				if err != nil && strings.Contains(err.Error(), w.Token()) {
					t.Errorf("the token is in %q", err)
				}
				w.Heal()
			})
		})
	}
}

// TestRateLimit: many messages at once wait as long as Discord asks for, and all arrive.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		waited := 0
		for n := range 40 {
			for {
				_, err := w.bot.Post(context.Background(), w.place, "key"+string(rune('A'+n)), port.Worded{Message: line("x"), Reader: reader{}, At: time.Now()})
				if err == nil {
					break
				}
				v, after := effect.Classify(err)
				if v != effect.Retry || after <= 0 || after > time.Minute {
					t.Fatalf("message %d: %v after %v", n, err, after)
				}
				waited++
				time.Sleep(after)
			}
		}
		if all := w.Read(w.channel); len(all) != 40 || waited == 0 {
			t.Errorf("%d messages, %d waits", len(all), waited)
		}
		refused := 0
		for _, r := range w.Requests() {
			if r.Status == 429 {
				refused++
			}
		}
		if refused > 1 {
			t.Errorf("%d requests were refused: what Discord says of its limits is not heeded", refused)
		}
	})
}

// TestElsewhere: the bot writes nowhere but in channels of its servers, and private messages only to whom they are for.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		for _, p := range []chat.Place{
			{Platform: "discord", Workspace: "1", Channel: w.channel},
			{Platform: "slack", Workspace: w.guild, Channel: w.channel},
			{Platform: "discord", Workspace: w.guild, Channel: "releases/../../x"},
		} {
			if _, err := w.bot.Post(context.Background(), p, "k", port.Worded{Message: line("x"), Reader: reader{}}); verdict(err) != "permanent" {
				t.Errorf("%v: %v", p, err)
			}
		}
		_, err := w.bot.Post(context.Background(), w.place, "k", port.Worded{Message: chat.Message{Title: said("secret"), Private: true}, Reader: reader{}})
		if verdict(err) != "permanent" || len(w.Read(w.channel)) != 0 {
			t.Errorf("a private message for nobody: %v, %v", err, w.Read(w.channel))
		}
		if n := len(w.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}
