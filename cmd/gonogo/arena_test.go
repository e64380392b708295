package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// arenaFile is an organisation with one place, where one go of the board's decides, and whose pipeline writes down what it was
// told to do. %s is how long the board is asked for.
const arenaFile = `
organisation: {name: Arena, zone: UTC, demo: true}
operations: {listen: "127.0.0.1:0", data: gonogo-data, reserve: 1MB}
chat: {workspace: main, channels: {releases: "#releases", cab: "#cab", oncall: "#oncall"}}
services:
  - {name: web, criticality: low}
  - {name: payments, data: financial}
environments:
  - {name: live, gates: [artifact, metadata, approval, freeze, lock], pipeline: deploy}
pipelines:
  deploy:
    adapter: runner
    settings:
      dir: gonogo-data/runs
      pipelines: {deploy: {command: [sh, -c, 'echo "$1 $2 $3" >> ordered', sh, "{key}", "{version}", "{digest}"], limit: 1m}}
artifacts: {adapter: artifactdir, settings: {dir: artifacts}}
tickets: {adapter: changebook, settings: {file: gonogo-data/changes.jsonl}}
pager: {adapter: pagebook, settings: {file: gonogo-data/pages.jsonl}}
metrics: {adapter: promtext}
checkpoints: {adapter: checkpointfile, settings: {file: checkpoints.jsonl}}
risk:
  default: high
  rules: [{name: small, when: 'service.criticality == "low"', tier: low, why: little depends on it}]
  tiers: {low: {}, medium: {}, high: {approval: cab}}
approvals:
  cab: {electorate: [cab], quorum: 1, open: %s, remind: 0s}
freezes: {exception: cab, lifetime: 4h}
people:
  - {handle: dev, accounts: ["local:main:dev", "git::dev@example.org"]}
  - {handle: chair, accounts: ["local:main:chair"]}
  - {handle: sre, accounts: ["local:main:sre"]}
groups: {cab: [chair]}
roles:
  - {name: developer, rights: [release.plan, release.cancel, deploy]}
  - {name: operator, rights: [deploy, freeze, lock]}
  - {name: board, rights: [vote, review]}
  - {name: administrator, rights: [administer]}
grants:
  - {role: developer, people: [dev]}
  - {role: operator, people: [sre, chair]}
  - {role: board, groups: [cab]}
  - {role: administrator, people: [sre, chair]}
`

// rounds is how often each race is run by real processes.
const rounds = 20

// arena is a bot whose callers race while it is killed: at a step of its own in every other life, else at a drawn moment.
type arena struct {
	*place
	*server
	t      *testing.T
	dice   *rand.Rand
	wishes []string
	lives  int
	doomed bool // it dies by itself, at a step
	amid   int  // rounds in which it died before everybody was answered
	// pace is how long the last thing took that was said by itself: what is drawn follows it, on machines fast and slow.
	pace time.Duration
}

// race plays rounds in an arena of its own, in each of which the bot is killed and started again, and verifies the trail.
func race(t *testing.T, open string, wishes []string, play func(a *arena, round int)) {
	t.Helper()
	p := &place{t: t, dir: t.TempDir()}
	p.file = p.path("gonogo.yaml")
	p.write(fmt.Sprintf(arenaFile, open))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	a := &arena{place: p, t: t, dice: rand.New(rand.NewPCG(seed, 20)), wishes: wishes}
	a.revive()
	for round := range rounds {
		play(a, round)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("in %d of %d rounds it died before everybody was answered", a.amid, rounds)
	if a.amid < rounds/10 {
		t.Error("it died too late to be in anybody's way")
	}
	a.stop()
	says(t, a.must(0, "audit", "verify", "--data", a.data()).out, "is whole")
}

// revive starts the bot, which may die before it is ready.
func (a *arena) revive() {
	a.t.Helper()
	a.doomed = a.lives%2 == 1
	if a.doomed {
		a.env = []string{deathWish + "=" + a.wishes[a.lives/2%len(a.wishes)]}
	}
	a.lives++
	defer func() { a.env = nil }()
	if a.server = a.launch("serve", "--config", a.file); !a.opens() {
		a.env, a.doomed = nil, false
		a.server = a.serve()
	}
}

// dies waits until the bot is dead.
func (a *arena) dies() {
	a.t.Helper()
	select {
	case <-a.ended:
	case <-time.After(patience):
		a.t.Fatal("it does not answer, and does not die either")
	}
}

// call is something that somebody says, under a key of its own, until it is answered.
type call struct {
	as, key, text string
	after         time.Duration // since the race began
	once          func() bool   // and once this holds; nil for at once
	heard         func()        // told when it is answered; nil for nobody
	asked         time.Time     // when it was said first
	reply         words.Reply
	answered      bool
}

// try says it over the bot's HTTP door; false if there was no answer.
func (a *arena) try(c *call) (words.Reply, bool) {
	body, err := json.Marshal(map[string]string{"as": c.as, "in": "#releases", "key": c.key, "text": c.text})
	if err != nil {
		a.t.Error(err)
	}
	r, err := http.Post(a.address+"/api/v1/say", "application/json", bytes.NewReader(body))
	if err != nil {
		return words.Reply{}, false
	}
	defer r.Body.Close()
	var reply words.Reply
	if err := json.NewDecoder(r.Body).Decode(&reply); err != nil || r.StatusCode >= http.StatusInternalServerError {
		return words.Reply{}, false
	}
	if r.StatusCode != http.StatusOK || reply.Outcome == chat.Invalid {
		a.t.Errorf("%s: %s: %s", c.text, r.Status, reply.Text)
	}
	return reply, true
}

// chain says one thing after another, each once the one before was answered.
func (a *arena) chain(calls []*call) {
	for _, c := range calls {
		if c.answered {
			continue
		}
		if c.asked.IsZero() {
			a.hold(c)
			c.asked = time.Now()
		}
		if c.reply, c.answered = a.try(c); !c.answered {
			return
		}
		if c.heard != nil {
			c.heard()
		}
	}
}

// hold waits for the time of a call; a bot that is dead is waited for no longer.
func (a *arena) hold(c *call) {
	<-time.After(c.after)
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for late := time.Now().Add(patience); c.once != nil && !c.once() && time.Now().Before(late); {
		select {
		case <-a.ended:
			return
		case <-poll.C:
		}
	}
}

// atOnce lets chains of calls race while the bot dies, and again after it was started, until everything is answered and done; what was
// answered before is then answered again as it was.
func (a *arena) atOnce(chains ...[]*call) {
	a.t.Helper()
	var all sync.WaitGroup
	for _, chain := range chains {
		all.Go(func() { a.chain(chain) })
	}
	victim := a.cmd.Process
	if !a.doomed {
		<-time.After(a.drawn(5))
		_ = victim.Kill()
	}
	all.Wait()
	if slices.ContainsFunc(slices.Concat(chains...), func(c *call) bool { return !c.answered }) {
		a.amid++
	} else if a.doomed {
		a.quiet() // its step may be one of those that follow
		_ = victim.Kill()
	}
	a.dies()
	if a.lives%5 == 0 { // as it was left; the end of all rounds is verified in any case
		a.must(0, "audit", "verify", "--data", a.data())
	}
	a.revive()
	for _, chain := range chains {
		all.Go(func() { a.chain(chain) })
	}
	all.Wait()
	for _, c := range slices.Concat(chains...) {
		a.insist(c)
	}
	a.settle()
}

// settle waits until nothing is left to do, over deaths.
func (a *arena) settle() {
	a.t.Helper()
	for !a.quiet() {
		a.revive()
	}
}

// insist says something until it is answered, over deaths; what was answered must be answered the same.
func (a *arena) insist(c *call) words.Reply {
	a.t.Helper()
	for range 3 {
		reply, ok := a.try(c)
		switch {
		case ok && !c.answered:
			c.reply, c.answered = reply, true
			if c.heard != nil {
				c.heard()
			}
		case ok && (reply.Code != c.reply.Code || !reflect.DeepEqual(reply.IDs, c.reply.IDs)):
			a.t.Errorf("%s by %s was answered %s %v, and then %s %v", c.text, c.as, c.reply.Code, c.reply.IDs, reply.Code, reply.IDs)
		}
		if ok {
			return reply
		}
		a.dies()
		a.revive()
	}
	a.t.Fatalf("%s is never answered", c.text)
	return words.Reply{}
}

// says insists on an answer.
func (a *arena) says(as, key, text string) words.Reply {
	a.t.Helper()
	began := time.Now()
	reply := a.insist(&call{as: as, key: key, text: text})
	a.pace = min(time.Since(began), time.Second/4) // a death on the way took longer
	return reply
}

// quiet waits until nothing is left to do; false if the bot died before.
func (a *arena) quiet() bool {
	a.t.Helper()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for late := time.Now().Add(patience); time.Now().Before(late); {
		if metrics := a.get("/metrics").body; metrics != "" && !busy.MatchString(metrics) {
			return true
		}
		select {
		case <-a.ended:
			return false
		case <-poll.C:
		}
	}
	a.t.Fatal("something is never done")
	return false
}

// drawn is a time in which less than so many things can be said one after another.
func (a *arena) drawn(most int) time.Duration {
	return time.Duration(a.dice.Int64N(int64(most) * int64(max(a.pace, time.Millisecond))))
}

// bytesOf are an artifact's, told apart by their text, and digestOf its digest.
func bytesOf(service, version, text string) string { return service + " " + version + " " + text }

func digestOf(service, version, text string) string {
	sum := sha256.Sum256([]byte(bytesOf(service, version, text)))
	return hex.EncodeToString(sum[:])
}

// put puts an artifact into the repository, or another one in its place.
func (p *place) put(service, version, text string) {
	folder := p.path("artifacts", service, version)
	digest := digestOf(service, version, text)
	manifest := fmt.Sprintf(`{"service":%q,"version":%q,"sha256":%q,"size":%d,"commit":%q,"built_at":"2026-03-01T12:00:00Z","run_id":"1","pipeline":"main","authors":["dev@example.org"],"lines_changed":1}`,
		service, version, digest, len(bytesOf(service, version, text)), digest[:40])
	err := os.MkdirAll(folder, 0o700)
	for file, content := range map[string]string{"artifact": bytesOf(service, version, text), "manifest.json": manifest} {
		fresh := filepath.Join(folder, "."+file)
		if err == nil {
			err = os.WriteFile(fresh, []byte(content), 0o600)
		}
		if err == nil {
			err = os.Rename(fresh, filepath.Join(folder, file))
		}
	}
	if err != nil {
		p.t.Error(err)
	}
}

// order is something that the pipeline was told to do, as it wrote it down itself.
type order struct{ key, version, digest string }

func (a *arena) ordered() (orders []order) {
	a.t.Helper()
	b, err := os.ReadFile(a.path("ordered"))
	if err != nil && !os.IsNotExist(err) {
		a.t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if fields := strings.Fields(line); len(fields) == 3 {
			orders = append(orders, order{fields[0], fields[1], fields[2]})
		}
	}
	return orders
}

// entry is what the trail says of one decision: read here with no code of the bot's.
type entry struct {
	Seq      int
	At       time.Time
	Act      string
	Outcome  string
	Actor    struct{ Person string }
	Text     struct{ Code string }
	Subjects []string
}

// about is the first subject of a kind, "R-": empty if there is none.
func (e entry) about(kind string) string {
	i := slices.IndexFunc(e.Subjects, func(s string) bool { return strings.HasPrefix(s, kind) })
	if i < 0 {
		return ""
	}
	return e.Subjects[i]
}

// trail is everything that was decided, oldest first.
func (a *arena) trail() (entries []entry) {
	a.t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(a.must(0, "audit", "export", "--data", a.data()).out), "\n") {
		var x struct{ Entry entry }
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			a.t.Fatal(err)
		}
		entries = append(entries, x.Entry)
	}
	return entries
}
