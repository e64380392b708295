package commands_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// The storm: how many interactions, from how many people, and how often the bot dies meanwhile.
const (
	stormInteractions = 10_000
	stormPeople       = 50
	stormReleases     = 20
	stormDeaths       = 10
)

// stormSlow is how long the artifact repository takes to answer: every vote asks it.
const stormSlow = 1800 * time.Millisecond

// storming is the organisation of the conversations with a large board.
func storming(t *testing.T) []byte {
	var handles, people []string
	for n := range stormPeople {
		handles = append(handles, fmt.Sprintf("m%d", n))
		people = append(people, fmt.Sprintf("  - {handle: m%d, name: Member %d, accounts: [\"slack:%s:UM%d\"]}", n, n, slackTeam, n))
	}
	raw := readConfig(t)
	raw = bytes.Replace(raw, []byte("cab: [chair, sec, owner, dev]"), []byte("cab: ["+strings.Join(handles, ", ")+"]"), 1)
	raw = bytes.Replace(raw, []byte("quorum: 2"), fmt.Appendf(nil, "quorum: %d", stormPeople), 1)
	return bytes.Replace(raw, []byte("groups:\n"), []byte(strings.Join(people, "\n")+"\ngroups:\n"), 1)
}

// TestStorm delivers ten thousand commands from fifty people through Slack's Socket Mode, a fifth of them twice and some out of
// order, cuts connections every few seconds and kills the bot ten times: everything that was acknowledged took effect exactly
// once, and nothing waited for the slow work that it caused.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := newSlack(t)
		for n := range stormPeople {
			slack.server.AddUser(slacktest.User{ID: fmt.Sprintf("UM%d", n), Team: slackTeam, Name: fmt.Sprintf("m%d", n)})
		}
		everybody := slack.server.Users()
		for _, room := range rooms {
			slack.server.ChangeChannel(slackChannel(room), func(c *slacktest.Channel) { c.Members = everybody })
		}
		on := newStaged(slack)
		w := newWorld(t, on.configured(storming(t)), func(w *world) { w.staged = on })
		defer func() { w.end() }()
		p := &play{T: t, path: "storm", world: w}
		for n := range stormReleases + 1 {
			w.artifacts.put("payments", fmt.Sprintf("1.%d.0", n), func(*port.Artifact) {})
		}
		for _, place := range []string{"staging", "prod"} {
			p.step("sre #releases: /deploy adopt payments " + place + " 1.0.0")
		}
		for n := range stormReleases {
			p.step(fmt.Sprintf("dev #releases: /release plan payments 1.%d.0", n+1))
			p.step(fmt.Sprintf("dev #releases: /deploy R-%d staging", n+1))
			p.step("wait 20s")
		}
		w.artifacts.slow(stormSlow)
		before := len(slack.server.Deliveries())
		slack.server.Shake(slacktest.Unsteady{Duplicate: 0.2, Late: 0.05, LateBy: 5 * time.Second})
		storm(w, slack)
		slack.server.Shake(slacktest.Unsteady{})
		time.Sleep(time.Hour)
		synctest.Wait()
		judgeStorm(w, slack.server.Deliveries()[before:])
	})
}

// storm has everybody type at their own pace, cuts connections and kills the bot, until all is said.
func storm(w *world, slack *onSlack) {
	var typing sync.WaitGroup
	for n := range stormPeople {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		typing.Go(func() {
			for range stormInteractions / stormPeople {
				choice := []string{"go", "no-go", "abstain"}[r.IntN(3)]
				slack.server.Send(fmt.Sprintf("UM%d", n), slackChannel("#cab"), fmt.Sprintf("/vote R-%d %s", 1+r.IntN(stormReleases), choice))
				time.Sleep(time.Duration(r.IntN(1500)) * time.Millisecond)
			}
		})
	}
	done := make(chan struct{})
	go func() { typing.Wait(); close(done) }()
	r, deaths := rand.New(rand.NewPCG(2, 2)), 0
	for n := 1; ; n++ {
		select {
		case <-done:
			if deaths < stormDeaths {
				w.t.Errorf("only %d deaths while it stormed", deaths)
			}
			return
		case <-time.After(time.Duration(1000+r.IntN(3000)) * time.Millisecond):
		}
		if n%5 == 0 && deaths < stormDeaths {
			w.crash()
			deaths++
			continue
		}
		slack.server.CutLinks(1)
	}
}

// judgeStorm: every acknowledged command is in the trail exactly once, and whatever is there was sent.
func judgeStorm(w *world, sent []slacktest.Delivery) {
	w.t.Helper()
	if err := w.verify(); err != nil {
		w.t.Errorf("audit: %v", err)
	}
	taken := map[string]int{}
	err := audit.Entries(w.engine, 1, func(_ audit.Hash, body []byte) error {
		e, err := audit.Decode(append(make([]byte, 32), body...))
		if e.Act == "vote" {
			taken[e.Key]++
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	var latencies []time.Duration
	acknowledged, redelivered := 0, 0
	for _, d := range sent {
		if d.Kind != "slash_commands" {
			continue
		}
		n := taken["slack:command:"+d.Trigger()]
		switch {
		case d.Acked && n != 1:
			w.t.Errorf("%s: acknowledged, and took effect %d times", d.Payload, n)
		case n > 1:
			w.t.Errorf("%s: not acknowledged, and took effect %d times", d.Payload, n)
		}
		if !d.Acked {
			continue
		}
		acknowledged++
		if d.Redelivered {
			redelivered++
			continue
		}
		latencies = append(latencies, d.Latency)
		if d.Latency > slacktest.AckWithin {
			w.t.Errorf("acknowledged after %v", d.Latency)
		}
	}
	slices.Sort(latencies)
	if acknowledged < stormInteractions*99/100 || len(latencies) == 0 {
		w.t.Fatalf("only %d of %d were acknowledged", acknowledged, stormInteractions)
	}
	w.t.Logf("%d acknowledged, %d of them when delivered again; p50 %v, p99 %v, longest %v; each decision waited %v for its facts",
		acknowledged, redelivered, latencies[len(latencies)/2], latencies[len(latencies)*99/100], latencies[len(latencies)-1], stormSlow)
}
