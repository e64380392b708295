package commands_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// said fails the test unless somebody's line is answered so.
func (w *world) said(t *testing.T, who, line string, outcome chat.Outcome, code chat.Code) chat.Reply {
	t.Helper()
	r := w.say("", who, "#releases", line)
	if r.Outcome != outcome || r.Code != code {
		t.Fatalf("%s: %s is answered %s %s, want %s %s", who, line, r.Outcome, r.Code, outcome, code)
	}
	return r
}

// A rollback that somebody stops behind the bot's back restored nothing: the release is given up as failed, the on-call is
// told, the lock is free, and the rollback can be tried again.
func TestRollbackCancelledElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		for _, version := range []string{"1.0.0", "1.1.0"} {
			w.artifacts.put("payments", version, func(*port.Artifact) {})
		}
		w.said(t, "sre", "/deploy adopt payments prod 1.0.0", chat.Done, "adopt.noted")
		w.said(t, "dev", "/release plan payments 1.1.0", chat.Done, "release.planned")
		w.said(t, "dev", "/deploy R-1 staging", chat.Done, "deploy.queued")
		time.Sleep(10 * time.Second)
		w.press("chair", "R-1", "approve")
		w.press("owner", "R-1", "approve")
		w.said(t, "sre", "/deploy R-1 prod", chat.Done, "deploy.queued")
		time.Sleep(20 * time.Second)
		w.pipeline.behave("payments 1.0.0", "hangs")
		w.said(t, "sre", "/rollback R-1 prod", chat.Done, "rollback.queued")
		time.Sleep(3 * time.Second)
		w.pipeline.mu.Lock()
		for _, r := range w.pipeline.runs {
			r.cancelled = r.Version == "1.0.0"
		}
		w.pipeline.mu.Unlock()
		time.Sleep(5 * time.Second)
		if card := w.chat.card("R-1"); !strings.Contains(card, "failed") || !strings.Contains(card, "[rollback]") {
			t.Errorf("the card says:\n%s", card)
		}
		if shown := w.chat.channel("#oncall"); !strings.Contains(shown, "P-1") {
			t.Errorf("nobody was paged:\n%s", shown)
		}
		w.said(t, "sre", "/unlock payments prod", chat.Refused, "lock.free")
		w.pipeline.behave("payments 1.0.0", "works")
		w.said(t, "sre", "/rollback R-1 prod", chat.Done, "rollback.queued")
		time.Sleep(20 * time.Second)
		if card := w.chat.card("R-1"); !strings.Contains(card, "rolled back") {
			t.Errorf("after the second rollback the card says:\n%s", card)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}

// The configuration concerns everything, so a right to administer one service does not reach it.
func TestNarrowAdministrator(t *testing.T) {
	t.Parallel()
	configuration := string(readConfig(t))
	was := "- {role: administrator, people: [sre, chair]}"
	if !strings.Contains(configuration, was) {
		t.Fatalf("the configuration has no %q", was)
	}
	configuration = strings.Replace(configuration, was, was+"\n  - {role: administrator, people: [owner], services: [web]}", 1)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, []byte(configuration))
		defer func() { w.end() }()
		w.proposed = []byte(strings.Replace(configuration, "quorum: 2", "quorum: 1", 1))
		w.said(t, "owner", "/config reload", chat.Refused, "may.not")
		w.said(t, "sre", "/config reload", chat.Done, "config.proposed")
		w.said(t, "owner", "/config accept C-1", chat.Refused, "may.not")
		w.said(t, "owner", "/config reject C-1", chat.Refused, "may.not")
		w.said(t, "chair", "/config accept C-1", chat.Done, "config.accepted")
	})
}

// What an account is called stays out of the trail in the clear, also where it is linked to nobody.
func TestUnlinkedAccountIsSealed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		r := w.said(t, "stranger-4711", "/release plan payments 1.1.0", chat.Refused, "account.unlinked")
		if text := w.words(r).Text; !strings.Contains(text, "stranger-4711") {
			t.Errorf("the answer names no account: %s", text)
		}
		held := 0
		err := w.engine.Scan([]byte{0}, []byte{0xff}, false, func(key, value []byte) error {
			held++
			if strings.Contains(string(key)+string(value), "stranger-4711") {
				t.Errorf("%s holds the account in the clear: %s", key, value)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if held == 0 {
			t.Error("nothing was looked through")
		}
	})
}

// An emergency takes two, also where whoever plans a release may vote on it.
func TestNobodyIsTheirOwnSecond(t *testing.T) {
	t.Parallel()
	configuration := string(readConfig(t)) + "\nduty: {requester_may_approve: true, author_may_approve: true}\n"
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, []byte(configuration))
		defer func() { w.end() }()
		w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
		w.said(t, "dev", "/release plan payments 1.1.0", chat.Done, "release.planned")
		w.said(t, "sre", `/emergency R-1 prod "refunds are paid twice"`, chat.Done, "emergency.asked")
		w.said(t, "sre", "/vote R-1 go", chat.Refused, "vote.duty")
		w.said(t, "chair", "/vote R-1 go", chat.Done, "vote.counted")
		if shown := w.chat.channel("#oncall"); !strings.Contains(shown, "Carla") {
			t.Errorf("the second person is not named:\n%s", shown)
		}
	})
}
