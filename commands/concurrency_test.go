package commands_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
)

// crowded is the organisation with a board of so many, all of whom must vote.
func crowded(t testing.TB, voters int) []byte {
	var people, group strings.Builder
	for n := range voters {
		fmt.Fprintf(&people, "  - {handle: v%d, accounts: [\"local:shop:v%d\"]}\n", n, n)
		fmt.Fprintf(&group, ", v%d", n)
	}
	text := string(readConfig(t))
	for was, is := range map[string]string{
		"people:\n":             "people:\n" + people.String(),
		"  security: [sec]":     "  many: [" + group.String()[2:] + "]\n  security: [sec]",
		"electorate: [cab], qu": "electorate: [many], qu",
		"quorum: 2":             fmt.Sprintf("quorum: %d", voters),
		", veto: [security]":    "",
		"groups: [cab]}":        "groups: [cab, many]}",
	} {
		if strings.Count(text, was) != 1 {
			t.Fatalf("%q is in the organisation %d times", was, strings.Count(text, was))
		}
		text = strings.Replace(text, was, is, 1)
	}
	return []byte(text)
}

// staged brings a version of payments to the point where the board is asked.
func (m *mortal) staged(t *testing.T, version string) (release string) {
	m.artifacts.put("payments", version, func(*port.Artifact) {})
	plan := m.insist(ask{key: "plan " + version, who: "dev", channel: "#releases", text: "/release plan payments " + version})
	release = plan.IDs["release"]
	m.insist(ask{key: "stage " + version, who: "dev", channel: "#releases", text: "/deploy " + release + " staging"})
	m.rest(15 * time.Second)
	return release
}

func (m *mortal) adopt() {
	m.artifacts.put("payments", "1.0.0", func(*port.Artifact) {})
	for _, environment := range []string{"staging", "prod"} {
		m.insist(ask{key: "adopt " + environment, who: "sre", channel: "#releases", text: "/deploy adopt payments " + environment + " 1.0.0"})
	}
}

// TestVotesOfManyAtOnce has 64 people vote at once, every vote delivered three times in any order, some by button and some
// in words; in half of the rounds the process dies on the way. The tally must be exact.
func TestVotesOfManyAtOnce(t *testing.T) {
	t.Parallel()
	const voters, deliveries, rounds = 64, 3, 8
	configuration := crowded(t, voters)
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(round), 64))
				m := newMortal(t, configuration)
				defer func() { m.end() }()
				m.adopt()
				release := m.staged(t, "1.1.0")
				if round%2 == 1 {
					m.doom(r)
				}
				votes, want := ballotPaper(r, voters, release)
				m.deliver(r, votes, deliveries)
				if m.isDead() {
					m.revive()
				}
				m.deliver(r, votes, 1) // whoever had no answer says it again
				m.rest(10 * time.Second)
				if got := tallyOf(m, release); got != want {
					t.Errorf("tally %v, want %v", got, want)
				}
				judge(m)
			})
		})
	}
}

// count is a tally: go, no-go, abstain.
type count [3]int

func ballotPaper(r *rand.Rand, voters int, release string) (votes []ask, want count) {
	for n := range voters {
		choice := r.IntN(5)
		choice = min(choice/2, 2) // more go than no-go, and some who abstain
		if n < voters/2 {
			choice = 0 // so that it passes with the last vote and not before
		}
		want[choice]++
		a := ask{key: fmt.Sprintf("vote-%d", n), who: fmt.Sprintf("v%d", n)}
		if n%2 == 0 {
			a.on, a.button = release, [...]string{"approve", "reject", "abstain"}[choice]
		} else {
			a.channel, a.text = "#cab", "/vote "+release+" "+[...]string{"go", "no-go", "abstain"}[choice]
		}
		votes = append(votes, a)
	}
	return votes, want
}

// deliver delivers everything so many times at once, and compares the answers to one vote.
func (m *mortal) deliver(r *rand.Rand, votes []ask, times int) {
	m.t.Helper()
	all := slices.Repeat(votes, times)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var group sync.WaitGroup
	var mu sync.Mutex
	first := map[string]chat.Reply{}
	for _, a := range all {
		delay := time.Duration(r.IntN(4)) * time.Millisecond
		group.Go(func() {
			time.Sleep(delay)
			reply, ok := m.try(a)
			if !ok {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if was, known := first[a.key]; known && !reflect.DeepEqual(was, reply) {
				m.t.Errorf("%v is answered %v and %v", a, was.Code, reply.Code)
			}
			if first[a.key] = reply; reply.Code != "vote.counted" {
				m.t.Errorf("%v is answered %s", a, reply.Code)
			}
		})
	}
	group.Wait()
}

func tallyOf(m *mortal, release string) (got count) {
	check(m.world, m.store.View(func(v *state.View) error {
		return commands.EveryBallot(v, func(_ string, b approval.Ballot) error {
			if b.Subject != release {
				return nil
			}
			if b.Final == nil || b.State != approval.StatePassed {
				m.t.Errorf("the ballot is %s", b.State)
				return nil
			}
			got = count{b.Final.Go, b.Final.NoGo, b.Final.Abstain}
			return nil
		})
	}))
	return got
}

// TestTwoDeploymentsRaceForOneLock lets two releases of a service go to one place at the same moment: one gets the lock, the
// other is told who has it, and no two runs are ever under way there.
func TestTwoDeploymentsRaceForOneLock(t *testing.T) {
	t.Parallel()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		m := newMortal(t, configuration)
		defer func() { m.end() }()
		m.adopt()
		for _, v := range []string{"1.1.0", "1.2.0"} {
			m.artifacts.put("payments", v, func(*port.Artifact) {})
			m.insist(ask{key: v, who: "dev", channel: "#releases", text: "/release plan payments " + v})
		}
		m.pipeline.arriving = func(d port.Deployment) {
			m.pipeline.mu.Lock()
			defer m.pipeline.mu.Unlock()
			for _, other := range m.pipeline.runs {
				if time.Since(other.began) < runTakes {
					t.Errorf("%s starts while %s runs", d.Key, other.Key)
				}
			}
		}
		for round := range 200 {
			replies := make([]chat.Reply, 4)
			var group sync.WaitGroup
			for i := range replies {
				who := [...]string{"dev", "peer", "sre", "dev"}[i]
				a := ask{key: fmt.Sprintf("%d-%d", round, i), who: who, channel: "#releases", text: fmt.Sprintf("/deploy R-%d staging", 1+i%2)}
				group.Go(func() { replies[i], _ = m.try(a) })
			}
			group.Wait()
			won := 0
			for _, r := range replies {
				switch r.Code {
				case "deploy.queued":
					won++
				case "gate.closed":
					if !strings.Contains(m.words(r).Text, "lock") {
						t.Errorf("round %d: refused for %s", round, m.words(r).Text)
					}
				default:
					t.Errorf("round %d: %s", round, r.Code)
				}
			}
			if won != 1 {
				t.Fatalf("round %d: %d deployments got the lock", round, won)
			}
			m.rest(10 * time.Second)
		}
		judge(m)
	})
}

// TestVotesAndAnArtifactThatChanges changes the artifact while the board votes and the operator deploys: whatever reaches
// production is what a ballot passed on, and what is in the repository when its gates are asked for the last time.
func TestVotesAndAnArtifactThatChanges(t *testing.T) {
	t.Parallel()
	configuration := readConfig(t)
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 3))
		m := newMortal(t, configuration)
		defer func() { m.end() }()
		m.adopt()
		reached, stopped := 0, 0
		for round := range 60 {
			version := fmt.Sprintf("1.%d.0", round+1)
			release := m.staged(t, version)
			acts := []func(){
				func() {
					m.artifacts.put("payments", version, func(v *port.Artifact) {
						v.Digest = fmt.Sprintf("%064x", 1_000_000+round)
						v.Declared = v.Digest
					})
				},
			}
			for i, a := range []ask{{who: "chair", text: "/vote " + release + " go"}, {who: "owner", text: "/vote " + release + " go"},
				{who: "sre", text: "/deploy " + release + " prod"}} {
				a.key, a.channel = fmt.Sprintf("%s-%d", release, i), "#cab"
				acts = append(acts, func() { m.try(a) })
			}
			var group sync.WaitGroup
			for i, act := range acts {
				delay := time.Duration(r.IntN([...]int{6, 2, 2, 4}[i])) * time.Millisecond
				group.Go(func() { time.Sleep(delay); act() })
			}
			group.Wait()
			m.rest(30 * time.Second)
			m.insist(ask{key: "last " + release, who: "sre", channel: "#cab", text: "/deploy " + release + " prod"})
			m.rest(30 * time.Second)
			a, _ := m.artifacts.Artifact(context.Background(), "payments", version)
			if digest := inProduction(m, release); digest == "" {
				stopped++
			} else if reached++; !passedOn(m, release, digest) || digest == a.Digest {
				t.Errorf("round %d: %s reached production, and nobody voted on it", round, digest)
			}
		}
		if reached == 0 || stopped == 0 {
			t.Errorf("%d reached production, %d did not: both must occur", reached, stopped)
		}
		judge(m)
	})
}

func inProduction(m *mortal, release string) (digest string) {
	check(m.world, m.store.View(func(v *state.View) error {
		return commands.Deployments.All(v, func(_ string, d rollout.Deployment) error {
			if d.Release == release && d.Environment == "prod" && d.Run.ID != "" {
				digest = d.Digest
			}
			return nil
		})
	}))
	return digest
}

func passedOn(m *mortal, release, digest string) (passed bool) {
	check(m.world, m.store.View(func(v *state.View) error {
		return commands.EveryBallot(v, func(_ string, b approval.Ballot) error {
			passed = passed || b.Subject == release && b.Final != nil &&
				slices.Contains(b.Proposal.Parts, approval.Part{Name: "artifact", Value: digest})
			return nil
		})
	}))
	return passed
}
