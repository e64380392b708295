package commands_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// shortcut is the organisation with one environment: a plan asks the board at once, and one go of the board's decides.
func shortcut(t testing.TB) []byte {
	t.Helper()
	text := string(readConfig(t))
	for was, is := range map[string]string{
		"  - {name: staging, gates: [artifact, metadata, freeze, lock, rollback], pipeline: runner, verify: short}\n": "",
		"{name: prod, after: staging, gates: [artifact, metadata, ticket, staged, approval":                           "{name: prod, gates: [artifact, metadata, approval",
		`addresses: {staging: "http://staging/ledger", `:                                                              "addresses: {",
		`addresses: {staging: "http://staging/payments", `:                                                            "addresses: {",
		`addresses: {staging: "http://staging/web", `:                                                                 "addresses: {",
		"quorum: 2, threshold: 1/2, veto: [security], open: 2d, remind: 4h":                                           "quorum: 1, threshold: 1/2, open: 1h, remind: 0s",
		", environments: [staging]}":                                                                                  "}",
		"verify: full}":                                                                                               "verify: short}",
	} {
		if strings.Count(text, was) != 1 {
			t.Fatalf("%q is in the organisation %d times", was, strings.Count(text, was))
		}
		text = strings.Replace(text, was, is, 1)
	}
	return []byte(text)
}

// rounds is how often a race is run.
func rounds() int {
	if testing.Short() {
		return 100
	}
	return mostRounds
}

// outage is how often the power goes in the middle of a round, once in so many.
const outage = 10

// race plays rounds of something that two people do at once, in a world in which the power goes now and then.
func race(t *testing.T, seed uint64, play func(w *world, dice *rand.Rand, round int)) {
	t.Helper()
	configuration := shortcut(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, configuration)
		defer func() { w.end() }()
		w.artifacts.put("payments", "1.0.0", func(*port.Artifact) {})
		w.say("", "sre", "#releases", "/deploy adopt payments prod 1.0.0")
		dice := rand.New(rand.NewPCG(seed, 5))
		for round := range rounds() {
			play(w, dice, round)
			if t.Failed() {
				t.Fatalf("seed %d, round %d", seed, round)
			}
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}

// atOnce runs two things beside each other, begun up to a few milliseconds apart; in some rounds the power goes on the way.
func atOnce(w *world, dice *rand.Rand, round int, first, second func()) {
	ctx := w.t.Context()
	var both sync.WaitGroup
	for _, do := range []func(){first, second} {
		wait := time.Duration(dice.IntN(3000)) * time.Microsecond
		both.Go(func() {
			time.Sleep(wait)
			if ctx.Err() == nil {
				do()
			}
		})
	}
	if round%outage == outage-1 {
		time.Sleep(time.Duration(dice.IntN(6000)) * time.Microsecond)
		w.engine.Crash()
		both.Wait()
		w.crash()
	}
	both.Wait()
	synctest.Wait()
}

// trail tells of every entry since one, oldest first, and returns the number of the next.
func (w *world) trail(since uint64, tell func(audit.Entry)) (next uint64) {
	next = since
	err := audit.Entries(w.engine, since, func(_ audit.Hash, body []byte) error {
		var e audit.Entry
		if err := json.Unmarshal(body, &e); err != nil {
			return err
		}
		tell(e)
		next = e.Seq + 1
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
	return next
}

// attempt says something while the power may go: no answer then. With a key it may be said again.
func attempt(w *world, key, who, text string) (chat.Reply, bool) {
	reply, err := w.bot.Say(w.t.Context(), port.Said{Key: key, Account: account(who), Place: w.place("#releases"), Text: text})
	return reply, err == nil
}

// A vote in the last moments and the end of its ballot never both win: either it counted and the ballot passed, or it did not
// and the ballot expired; what was answered is what is in the trail.
func TestVoteAndExpiryNeverBothWin(t *testing.T) {
	t.Parallel()
	const seed = 1
	passed, expired := 0, 0
	var since uint64 = 1
	race(t, seed, func(w *world, dice *rand.Rand, round int) {
		version := fmt.Sprintf("1.1.%d", round)
		w.artifacts.put("payments", version, func(*port.Artifact) {})
		closes := time.Now().Add(time.Hour)
		plan := w.say("", "dev", "#releases", "/release plan payments "+version)
		id := plan.IDs["release"]
		slow := time.Duration(dice.IntN(2)) * time.Millisecond // what is said in time may be decided too late
		w.artifacts.slow(slow)
		time.Sleep(time.Until(closes.Add(-5 * time.Millisecond)))
		var reply chat.Reply
		answered := false
		after := time.Duration(dice.IntN(5)) * time.Millisecond
		vote := func() {
			if round%3 == 0 { // to be decided at that very instant
				after = time.Until(closes.Add(-slow))
			}
			time.Sleep(after)
			reply, answered = attempt(w, "", "chair", "/vote "+id+" go")
		}
		atOnce(w, dice, round, vote, func() {})
		time.Sleep(time.Second)
		synctest.Wait()
		w.artifacts.slow(0)
		state := ""
		votes := 0
		since = w.trail(since, func(e audit.Entry) {
			switch {
			case e.Act == "vote" && e.Outcome == chat.Done:
				if votes++; !e.At.Before(closes) {
					t.Errorf("entry %d counts a vote at %v, and the ballot closes at %v", e.Seq, e.At, closes)
				}
			case e.Act == "ballot closes":
				state += "expired "
			}
		})
		switch {
		case votes == 1 && state == "":
			passed++
		case votes == 0 && state == "expired ":
			expired++
		default:
			t.Errorf("%s: %d votes counted, and the ballot %s", id, votes, state)
		}
		if answered && (reply.Outcome == chat.Done) != (votes == 1) {
			t.Errorf("%s: answered %v, and %d votes are in the trail", id, reply, votes)
		}
		if done := w.say("", "dev", "#releases", `/release cancel `+id+` "next"`); done.Outcome != chat.Done {
			t.Errorf("%v", done)
		}
	})
	if least := rounds() / 20; passed < least || expired < least {
		t.Errorf("%d passed, %d expired", passed, expired)
	}
}

// The vote that decides and another artifact under the same version never both win: what is deployed is what was voted on,
// or nothing is.
func TestVoteAndAnotherArtifactNeverBothWin(t *testing.T) {
	t.Parallel()
	const seed = 2
	stands, fell := 0, 0
	var since uint64 = 1
	race(t, seed, func(w *world, dice *rand.Rand, round int) {
		version := fmt.Sprintf("1.2.%d", round)
		w.artifacts.put("payments", version, func(*port.Artifact) {})
		id := w.say("", "dev", "#releases", "/release plan payments "+version).IDs["release"]
		w.artifacts.slow(time.Duration(dice.IntN(2)) * time.Millisecond)
		swapped := strings.Repeat(fmt.Sprintf("%08x", round+1), 8)
		swap := func() {
			w.artifacts.put("payments", version, func(a *port.Artifact) { a.Digest, a.Declared = swapped, swapped })
		}
		vote := func() { attempt(w, "", "chair", "/vote "+id+" go") }
		if dice.IntN(3) == 0 { // the vote alone: both outcomes must occur
			swap = func() {}
		}
		atOnce(w, dice, round, vote, swap)
		w.artifacts.slow(0)
		before := w.pipeline.count()
		attempt(w, "", "chair", "/vote "+id+" go") // a vote that was lost is given again
		w.say("", "sre", "#releases", "/deploy "+id+" prod")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		w.pipeline.mu.Lock()
		live := w.pipeline.live["prod/payments"]
		w.pipeline.mu.Unlock()
		started := w.pipeline.count() - before
		triggered := 0
		since = w.trail(since, func(e audit.Entry) {
			if e.Text.Code == "deploy.starting" {
				triggered++
			}
		})
		a, _ := w.artifacts.Artifact(t.Context(), "payments", version)
		switch changed := a.Digest == swapped; {
		case changed && started == 0 && triggered == 0:
			fell++
		case !changed && started == 1 && triggered == 1 && live == version:
			stands++
		default:
			t.Errorf("%s: changed %v, %d triggered, %d runs started, %s runs", id, changed, triggered, started, live)
		}
		w.say("", "dev", "#releases", `/release cancel `+id+` "next"`)
	})
	if least := rounds() / 20; stands < least || fell < least {
		t.Errorf("%d stood, %d fell", stands, fell)
	}
}
