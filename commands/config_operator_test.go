package commands_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// reloads has whoever runs the bot reload a configuration.
func (w *world) reloads(t *testing.T, configuration string) chat.Code {
	t.Helper()
	w.proposed = []byte(configuration)
	outcome, _, err := w.ports.ReloadAsOperator(context.Background(), w.bot)
	if err != nil {
		return chat.Code("error: " + err.Error())
	}
	synctest.Wait()
	return outcome.Code
}

// What one administrator could put in force alone, a signal does at once; what takes two waits for an administrator; a bad
// file changes nothing; and the trail names the operator.
func TestOperatorReloads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		was := string(readConfig(t))
		w := newWorld(t, []byte(was))
		defer func() { w.end() }()
		began := w.bot.Organisation().Digest
		if code := w.reloads(t, was+"\nbogus: 1\n"); !strings.Contains(string(code), "bogus") {
			t.Errorf("a bad file: %s", code)
		}
		if code := w.reloads(t, was); code != "config.unchanged" {
			t.Errorf("the same file: %s", code)
		}
		if w.bot.Organisation().Digest != began {
			t.Fatal("nothing that was valid differed, and another configuration is in force")
		}

		harmless := strings.Replace(was, "announce: [1h]", "announce: [2h]", 1)
		if code := w.reloads(t, harmless); code != "config.reloaded_operator" {
			t.Errorf("a harmless change: %s", code)
		}
		now := w.bot.Organisation().Digest
		if now == began {
			t.Error("it is not in force")
		}
		if shown := w.chat.channel("#releases"); !strings.Contains(shown, "Whoever runs the bot put configuration") {
			t.Errorf("nobody is told:\n%s", shown)
		}

		sensitive := strings.Replace(harmless, "quorum: 2", "quorum: 1", 1)
		if code := w.reloads(t, sensitive); code != "config.proposed_operator" {
			t.Errorf("a change of the electorate: %s", code)
		}
		if w.bot.Organisation().Digest != now {
			t.Error("it is in force though nobody accepted it")
		}
		if card := w.chat.card("C-1"); !strings.Contains(card, "whoever runs the bot") || !strings.Contains(card, "[accept]") {
			t.Errorf("its card says:\n%s", card)
		}
		w.said(t, "dev", "/config accept C-1", chat.Refused, "may.not")
		r := w.said(t, "chair", "/config accept C-1", chat.Done, "config.accepted_operator")
		if text := w.words(r).Text; !strings.Contains(text, "Carla accepted C-1") {
			t.Errorf("accepted: %s", text)
		}
		if w.bot.Organisation().Digest == now {
			t.Error("what was accepted is not in force")
		}
		r = w.said(t, "sre", "/config show", chat.Done, "config.in_force")
		if text := w.words(r).Text; !strings.Contains(text, "whoever runs the bot, accepted by Carla") {
			t.Errorf("in force: %s", text)
		}
		r = w.said(t, "sre", "/audit show C-1", chat.Done, "audit.story")
		if text := w.words(r).Text; !strings.Contains(text, "the bot (operator)") {
			t.Errorf("the trail names no operator:\n%s", text)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}
