package commands_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
)

// TestCompletionKnowsWhatIsUnderWay completes ids of what can be meant, and versions that the repository has.
func TestCompletionKnowsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		complete := func(line string) []string {
			return w.bot.Complete(t.Context(), port.Said{Account: account("dev"), Text: line})
		}
		offers := func(line string, want ...string) {
			t.Helper()
			for n, end := range want {
				want[n] = line + end
			}
			got := complete(line)
			for n := range got {
				got[n] = got[n][:len(line)] + trimmed(got[n][len(line):])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q goes on as %q, not %q", line, got, want)
			}
		}
		for _, version := range []string{"1.1.0", "1.2.0"} {
			w.artifacts.put("payments", version, func(*port.Artifact) {})
		}
		offers("/release show R-")
		offers("/release plan nothing 1.")
		w.say("one", "dev", "#releases", "/release plan payments 1.1.0")
		w.say("two", "dev", "#releases", "/release plan payments 1.2.0")
		offers("/release show R-", "2", "1")
		offers("/release plan payments 1.", "2.0", "1.0") // the newest first
		offers("/vote R-", "2", "1")
		w.say("three", "dev", "#releases", `/release cancel R-2 "not this one"`)
		offers("/release show R-", "1", "2") // what has ended comes last
		offers("/freeze lift F-")
		w.say("four", "chair", "#releases", `/freeze add prod "now" "+2h" "closing"`)
		offers("/freeze lift F-", "1")
		w.say("five", "chair", "#releases", `/freeze lift F-1`)
		offers("/freeze lift F-")
	})
}

func trimmed(end string) string {
	for len(end) > 0 && end[len(end)-1] == ' ' {
		end = end[:len(end)-1]
	}
	return end
}

// slowArtifacts is a repository that counts how often it is asked for versions, and takes its time.
type slowArtifacts struct {
	*artifacts
	asked atomic.Int32
	takes time.Duration
	fails bool
}

func (a *slowArtifacts) Versions(ctx context.Context, service string) ([]string, error) {
	a.asked.Add(1)
	time.Sleep(a.takes)
	if a.fails {
		return nil, errors.New("the repository is down")
	}
	return a.artifacts.Versions(ctx, service)
}

// Versions are suggested from what is at hand; the repository is asked beside it, at most every half minute.
func TestVersionsAreAtHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowArtifacts{artifacts: &artifacts{}, takes: time.Second}
		names := commands.Ports{Artifacts: slow}.Behaviour().Names
		org := &organisation.Organisation{Services: []organisation.Service{{Name: "payments"}}}
		suggest := func(service string) []string {
			return names(&bot.Reading{Org: org, Now: time.Now()}, command.KindVersion, map[string]command.Value{"service": {Text: service}})
		}
		slow.put("payments", "1.1.0", func(*port.Artifact) {})
		check := func(took time.Duration, asked int32, want ...string) {
			t.Helper()
			began := time.Now()
			got := suggest("payments")
			waited := time.Since(began)
			synctest.Wait()
			if !slices.Equal(got, want) || waited != took || slow.asked.Load() != asked {
				t.Errorf("%q after %v and %d questions, want %q after %v and %d", got, waited, slow.asked.Load(), want, took, asked)
			}
		}
		check(300*time.Millisecond, 1) // not soon enough, and once however many wait
		check(300*time.Millisecond, 1)
		time.Sleep(time.Second)
		check(0, 1, "1.1.0")
		slow.put("payments", "1.2.0", func(*port.Artifact) {})
		time.Sleep(20 * time.Second)
		check(0, 1, "1.1.0")
		time.Sleep(10 * time.Second)
		check(0, 2, "1.1.0") // asks, and does not wait
		time.Sleep(2 * time.Second)
		check(0, 2, "1.2.0", "1.1.0")
		slow.fails = true
		time.Sleep(time.Minute)
		check(0, 3, "1.2.0", "1.1.0")
		time.Sleep(2 * time.Second)
		check(0, 3, "1.2.0", "1.1.0") // what is known stays
		time.Sleep(2 * time.Second)
		check(0, 4, "1.2.0", "1.1.0")
		if got := suggest("moon"); got != nil || slow.asked.Load() != 4 {
			t.Errorf("of a service that nobody configured: %v", got)
		}
		time.Sleep(time.Second)
	})
}
