package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The races of commands/races_test.go and its neighbours with real processes: two call the real bot over HTTP at once, it is killed
// and started again. What came of it is judged by what callers were answered, by what the pipeline was told, and by the trail's order.

// TestKilledWhileRacing plays the four races beside each other: they mostly wait, and so may be more than there are processors.
func TestKilledWhileRacing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kill -9 of real processes that race")
	}
	var group sync.WaitGroup
	for name, race := range map[string]func(*testing.T){
		"freeze and deployment": raceFreezeAndDeployment, "vote and artifact": raceVoteAndArtifact,
		"two takers of a lock": raceForALock, "vote and expiry": raceVoteAndExpiry,
	} {
		group.Go(func() { t.Run(name, race) })
	}
	group.Wait()
}

// raceFreezeAndDeployment: nothing is ordered once a freeze was answered, nor decided once one stands in the trail.
func raceFreezeAndDeployment(t *testing.T) {
	went, stopped := 0, 0
	wishes := []string{"1 leased deploy.start", "1 decided freeze add", "1 asked deploy.start", "1 committed freeze add", "1 performed deploy.start",
		"1 committed deploy", "1 settled deploy.start", "1 taken deploy.start"}
	race(t, "1h", wishes, func(a *arena, round int) {
		version := fmt.Sprintf("1.0.%d", round)
		a.put("web", version, "good")
		id := a.says("dev", fmt.Sprint("plan-", round), "/release plan web "+version).IDs["release"]
		freeze := &call{as: "sre", key: fmt.Sprint("freeze-", round), text: `/freeze add live now +2h "network work"`, after: a.drawn(4)}
		deploy := &call{as: "dev", key: fmt.Sprint("deploy-", round), text: "/deploy " + id + " live", after: a.drawn(2)}
		before, claimed := a.claimed(), 0
		freeze.heard = func() { claimed = a.claimed() }
		chains := [][]*call{{freeze}, {deploy}}
		switch round % 5 { // so that both outcomes are sure to occur
		case 0:
			chains = [][]*call{{freeze, deploy}}
		case 1:
			freeze.once = func() bool { return a.claimed() > before }
		}
		a.atOnce(chains...)
		if n := a.claimed(); n != claimed {
			t.Errorf("%d runs were claimed when the freeze was answered, and %d are", claimed, n)
		}
		if slices.ContainsFunc(a.ordered(), func(o order) bool { return o.version == version }) {
			went++
		} else {
			stopped++
		}
		a.says("sre", fmt.Sprint("lift-", round), "/freeze lift "+freeze.reply.IDs["freeze"])
		if round < rounds-1 {
			return
		}
		holding, starting := map[string]bool{}, map[string]bool{}
		for _, e := range a.trail() {
			switch e.Text.Code {
			case "freeze.begun":
				holding[e.about("F-")] = true
			case "freeze.lifted_now":
				delete(holding, e.about("F-"))
			case "deploy.starting":
				starting[e.about("D-")] = true
				if len(holding) > 0 {
					t.Errorf("entry %d starts a deployment although %v holds", e.Seq, holding)
				}
			}
		}
		a.orderedOnce(starting)
	})
	bothOccur(t, "went", went, "stopped", stopped)
}

// raceVoteAndArtifact: what is ordered is what was voted on, whenever another artifact is put in its place, and nothing is
// once that had happened before the vote.
func raceVoteAndArtifact(t *testing.T) {
	stood, fell := 0, 0
	wishes := []string{"1 decided vote", "1 gathered deploy", "1 committed vote", "1 leased deploy.start", "1 gathered vote", "1 asked deploy.start",
		"1 committed deploy"}
	race(t, "1h", wishes, func(a *arena, round int) {
		version := fmt.Sprintf("1.0.%d", round)
		a.put("payments", version, "good")
		id := a.says("dev", fmt.Sprint("plan-", round), "/release plan payments "+version).IDs["release"]
		vote := &call{as: "chair", key: fmt.Sprint("vote-", round), text: "/vote " + id + " go", after: a.drawn(2)}
		deploy := &call{as: "sre", key: fmt.Sprint("deploy-", round), text: "/deploy " + id + " live"}
		changed := make(chan time.Time, 1)
		swap := func() {
			a.put("payments", version, "evil")
			changed <- time.Now()
		}
		switch round % 5 {
		case 0: // it stays what it is
			changed <- time.Time{}
		case 1: // it changes before the vote
			swap()
		default:
			time.AfterFunc(a.drawn(8), swap)
		}
		a.atOnce([]*call{vote, deploy})
		swapped := <-changed
		runs := 0
		for _, o := range a.ordered() {
			if o.digest != digestOf("payments", o.version, "good") {
				t.Errorf("%v is ordered, and nobody voted on it", o)
			}
			if o.version == version {
				runs++
			}
		}
		switch {
		case runs > 0 && !swapped.IsZero() && swapped.Before(vote.asked):
			t.Errorf("%s is ordered although another artifact was there before the vote", id)
		case runs == 0 && swapped.IsZero():
			t.Errorf("%s is not ordered although nothing changed: %s, %s", id, vote.reply.Text, deploy.reply.Text)
		case runs > 0:
			stood++
		default:
			fell++
		}
		a.says("dev", fmt.Sprint("cancel-", round), "/release cancel "+id+` "next"`)
		if round < rounds-1 {
			return
		}
		voted, void, starting := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, e := range a.trail() {
			switch id := e.about("R-"); e.Text.Code {
			case "vote.counted":
				voted[id] = true
			case "ballot.voided":
				void[id] = true
			case "deploy.starting":
				starting[e.about("D-")] = true
				if !voted[id] || void[id] {
					t.Errorf("entry %d starts %s: voted on %v, void %v", e.Seq, id, voted[id], void[id])
				}
			}
		}
		a.orderedOnce(starting)
	})
	bothOccur(t, "stood", stood, "fell", fell)
}

// raceForALock: of two who take a lock at once, one has it.
func raceForALock(t *testing.T) {
	winners := map[string]int{}
	wishes := []string{"1 decided lock", "2 decided lock", "1 committed lock", "2 committed lock", "2 received lock"}
	race(t, "1h", wishes, func(a *arena, round int) {
		suffix := ""
		if round%2 == 0 {
			suffix = " --wait"
		}
		var takers []*call
		for _, who := range []string{"sre", "chair"} {
			takers = append(takers, &call{as: who, key: fmt.Sprint("lock-", round), text: `/lock payments live "race"` + suffix, after: a.drawn(1)})
		}
		chains := [][]*call{takers[:1], takers[1:]}
		switch round % 5 { // so that both outcomes are sure to occur
		case 0:
			chains = [][]*call{takers}
		case 1:
			chains = [][]*call{{takers[1], takers[0]}}
		}
		a.atOnce(chains...)
		won := ""
		for _, c := range takers {
			if c.reply.Code == "lock.taken" {
				won += c.as
				winners[c.as]++
			}
		}
		list := a.says("dev", fmt.Sprint("list-", round), "/lock list").Text
		if !strings.Contains(list, won+" has the lock of payments in live") || strings.Count(list, " has the lock") != 1 {
			t.Errorf("taken by %q, and the list says:\n%s", won, list)
		}
		for n, c := range slices.Concat(takers, takers) { // who waited has it in between
			a.says(c.as, fmt.Sprintf("unlock-%d-%d", round, n), "/unlock payments live")
		}
		if round < rounds-1 {
			return
		}
		var line []string // whoever has it, then who waits
		for _, e := range a.trail() {
			switch e.Text.Code {
			case "lock.taken":
				if len(line) > 0 {
					t.Errorf("entry %d gives a lock away that somebody has", e.Seq)
				}
				line = append(line, e.Actor.Person)
			case "lock.waits":
				line = append(line, e.Actor.Person)
			case "lock.released":
				line = slices.DeleteFunc(line, func(who string) bool { return who == e.Actor.Person })
			}
		}
	})
	bothOccur(t, "sre", winners["sre"], "chair", winners["chair"])
}

// raceVoteAndExpiry: a vote at the last moment counts and the ballot passes, or it does not and the ballot expires.
func raceVoteAndExpiry(t *testing.T) {
	const open = time.Second
	passed, expired := 0, 0
	ends := map[string]string{} // by release, what its card says
	wishes := []string{"1 decided vote", "1 timed ballot.closes", "1 committed vote", "1 woken ballot.closes", "1 gathered vote", "1 slept ballot.closes"}
	race(t, open.String(), wishes, func(a *arena, round int) {
		version := fmt.Sprintf("1.0.%d", round)
		a.put("payments", version, "good")
		id := a.says("dev", fmt.Sprint("plan-", round), "/release plan payments "+version).IDs["release"]
		closes := time.Now().Add(open)
		vote := &call{as: "chair", key: fmt.Sprint("vote-", round), text: "/vote " + id + " go"}
		at := closes.Add(a.drawn(2) - a.drawn(4))
		switch round % 5 { // so that both outcomes are sure to occur
		case 0:
			at = closes.Add(-open)
		case 1:
			at = closes.Add(a.drawn(2))
		}
		<-time.After(time.Until(at))
		a.atOnce([]*call{vote})
		<-time.After(time.Until(closes))
		a.settle()
		show := a.says("dev", fmt.Sprint("show-", round), "/release show "+id).Text
		switch {
		case vote.reply.Code == "vote.counted" && strings.Contains(show, " is passed"):
			passed++
			ends[id] = "passed"
		case vote.reply.Outcome == "refused" && strings.Contains(show, " is expired"):
			expired++
			ends[id] = "expired"
		default:
			t.Errorf("answered %s, and the card says:\n%s", vote.reply.Text, show)
		}
		a.says("dev", fmt.Sprint("cancel-", round), "/release cancel "+id+` "next"`)
		if round < rounds-1 {
			return
		}
		opened, said := map[string]time.Time{}, map[string]string{}
		for _, e := range a.trail() {
			id := e.about("R-")
			switch {
			case e.Act == "release plan":
				opened[id] = e.At
			case e.Act == "vote" && e.Outcome == "done":
				said[id] += "passed"
				if e.At.Sub(opened[id]) >= open {
					t.Errorf("entry %d counts a vote %v after the ballot was opened", e.Seq, e.At.Sub(opened[id]))
				}
			case e.Act == "ballot closes":
				said[id] += "expired"
				if e.At.Sub(opened[id]) < open {
					t.Errorf("entry %d closes a ballot %v after it was opened", e.Seq, e.At.Sub(opened[id]))
				}
			}
		}
		for id, end := range ends {
			if said[id] != end {
				t.Errorf("the trail says %q of %s, and its card %q", said[id], id, end)
			}
		}
	})
	bothOccur(t, "passed", passed, "expired", expired)
}

// claimed counts the runs that the pipeline was ordered to do, begun or not.
func (a *arena) claimed() int {
	runs, err := filepath.Glob(filepath.Join(a.data(), "runs", "runs", "[0-9a-f]*"))
	if err != nil && !os.IsNotExist(err) {
		a.t.Error(err)
	}
	return len(runs)
}

// orderedOnce checks that every order has its entry in the trail, and that no deployment was ordered twice.
func (a *arena) orderedOnce(starting map[string]bool) {
	a.t.Helper()
	seen := map[string]bool{}
	for _, o := range a.ordered() {
		deployment := strings.TrimPrefix(o.key[:strings.LastIndex(o.key, "-")], "gonogo-")
		if seen[deployment] || !starting[deployment] {
			a.t.Errorf("%s was ordered: before %v, in the trail %v", deployment, seen[deployment], starting[deployment])
		}
		seen[deployment] = true
	}
}

// bothOccur checks that a race was one.
func bothOccur(t *testing.T, one string, n int, other string, m int) {
	t.Helper()
	t.Logf("%s %d times, %s %d times", one, n, other, m)
	if n == 0 || m == 0 {
		t.Errorf("%s %d times, %s %d times: both must occur", one, n, other, m)
	}
}
