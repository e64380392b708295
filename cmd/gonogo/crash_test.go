package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// deathWish in the environment names the step at which the test's program kills itself: "2 leased deploy.start" is the
// second time that a deployment was leased.
const deathWish = "GONOGO_TEST_DIE_AT"

// dieAt ends the process as kill -9 does: nothing is finished, flushed or said.
func dieAt(wish string) func(bot.Step, string) {
	times, moment, ok := strings.Cut(wish, " ")
	n, err := strconv.ParseInt(times, 10, 64)
	if !ok || err != nil {
		return nil
	}
	var left atomic.Int64
	left.Store(n)
	return func(s bot.Step, what string) {
		if string(s)+" "+what == moment && left.Add(-1) == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

// wishes are where the rounds die, one after another; a round of several dies again after it was started again. Rounds
// beyond them die at a random moment.
var wishes = [][]string{
	{"1 received deploy"}, {"1 received release plan"}, {"2 received vote"},
	{"1 gathered vote"}, {"1 gathered deploy"}, {"2 gathered deploy"},
	{"1 decided release plan"}, {"1 decided vote"}, {"2 decided deploy"},
	{"1 committed release plan"}, {"2 committed vote"}, {"2 committed deploy"},
	{"1 taken deploy.start"}, {"2 taken deploy.start"}, {"1 taken ticket.open"},
	{"1 asked deploy.start"}, {"2 asked deploy.start"}, {"1 asked deploy.watch"},
	{"1 leased deploy.start", "1 sought deploy.start"}, {"2 leased deploy.start"}, {"1 leased page.trigger"}, {"1 leased ticket.open"},
	{"1 performed deploy.start", "1 sought deploy.start"}, {"2 performed deploy.start"}, {"1 performed deploy.follow"}, {"3 performed deploy.watch"},
	{"1 performed ticket.open", "1 sought ticket.open"}, {"3 performed deploy.start"}, {"1 performed page.trigger"}, {"4 performed chat.card"},
	{"1 reacted deploy.start"}, {"3 reacted deploy.watch"}, {"2 reacted deploy.follow"},
	{"1 settled deploy.start"}, {"2 settled deploy.watch"}, {"1 settled deploy.follow"},
}

// onlyBad are those that come only when a version is rolled back.
var onlyBad = map[string]bool{"1 leased page.trigger": true, "1 performed page.trigger": true, "3 performed deploy.start": true}

// aside is how many data folders the rounds are shared out over, to be told beside each other.
const aside = 3

// TestKilledWhileDeploying kills real processes with children deploying, at steps and at random moments; after every restart
// the release goes on to its end, and nothing that was answered is lost or done twice.
func TestKilledWhileDeploying(t *testing.T) {
	t.Parallel()
	rounds := len(wishes) + 6
	if said := os.Getenv("GONOGO_CRASH_ROUNDS"); said != "" {
		n, err := strconv.Atoi(said)
		if err != nil || n < 1 {
			t.Fatalf("GONOGO_CRASH_ROUNDS=%q is no number of rounds", said)
		}
		rounds = n
	}
	if _, err := exec.LookPath("go"); err != nil || testing.Short() {
		if os.Getenv("CI") == "true" {
			t.Fatal("no demonstration can be built here, and real processes must be killed in CI")
		}
		t.Skip("kill -9 of real processes: no demonstration is built")
	}
	var group sync.WaitGroup
	for n := range aside { // they mostly wait, and so may be more than there are processors
		group.Go(func() {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				v := newVictim(t)
				for round := n; round < rounds; round += aside {
					v.round(round)
				}
				v.whole()
			})
		})
	}
	group.Wait()
}

// victim is a demonstration whose bot is killed and whose data centre is not.
type victim struct {
	*place
	*server
	t       *testing.T
	data    string
	file    string
	replies map[string]words.Reply // by key
	random  *rand.Rand
}

func newVictim(t *testing.T) *victim {
	p, data, args := demo(t)
	s := p.start(args...)
	s.await("that it is known what runs", func() bool { return strings.Contains(s.out.String(), "Ctrl-C") })
	s.stop()
	v := &victim{place: p, t: t, data: data, file: filepath.Join(data, "crash.yaml"), replies: map[string]words.Reply{}}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	v.random = rand.New(rand.NewPCG(seed, 9))
	b, err := os.ReadFile(filepath.Join(data, "gonogo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	quick := strings.NewReplacer("127.0.0.1:7474", "127.0.0.1:0", "duration: 3s", "duration: 2s", "interval: 500ms", "interval: 200ms",
		"duration: 8s", "duration: 4s", "interval: 1s", "interval: 400ms", "min_count: 10", "min_count: 3",
		"timeout: 1s", "timeout: 10s", "timeout: 2s", "timeout: 10s", "below: 0.5\n", "below: 30\n") // a busy machine is no fault
	if err := os.WriteFile(v.file, []byte(quick.Replace(string(b))), 0o600); err != nil {
		t.Fatal(err)
	}
	services, err := os.ReadDir(filepath.Join(data, "repo"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range services {
		if s.IsDir() {
			names = append(names, s.Name())
		}
	}
	centre := exec.Command(filepath.Join(data, "bin", centreProgram), "serve", "-state", v.centre(), "-repo", filepath.Join(data, "repo"),
		"-bootstrap", "1.0.0", "-services", strings.Join(names, ","), "-traffic", "40")
	if err := centre.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = centre.Process.Signal(syscall.SIGTERM)
		_ = centre.Wait()
	})
	v.tool(centreProgram, "status", "-state", v.centre(), "-wait", "30s")
	return v
}

func (v *victim) centre() string { return filepath.Join(v.data, "datacentre") }

// tool runs a program of the demonstration's.
func (v *victim) tool(name string, args ...string) []byte {
	v.t.Helper()
	var fault bytes.Buffer
	cmd := exec.Command(filepath.Join(v.data, "bin", name), args...)
	cmd.Stderr = &fault
	out, err := cmd.Output()
	if err != nil {
		v.t.Fatalf("%s %v: %v: %s", name, args, err, &fault)
	}
	return out
}

// revive starts the bot again, perhaps to die anew.
func (v *victim) revive(wish string) {
	v.t.Helper()
	v.env = nil
	if wish != "" {
		v.env = []string{deathWish + "=" + wish}
	}
	defer func() { v.env = nil }()
	if v.server = v.launch("serve", "--config", v.file); !v.opens() { // it may die before it is ready
		v.env = nil
		v.server = v.place.start("serve", "--config", v.file)
	}
}

func (v *victim) gone() bool {
	select {
	case <-v.ended:
		return true
	default:
		return false
	}
}

// insist says something with its key until there is an answer, over as many deaths as it takes.
func (v *victim) insist(wishes *[]string, key, as, line string) words.Reply {
	v.t.Helper()
	for range 6 {
		r := v.run("say", "--server", v.address, "--as", as, "--in", "#releases", "--json", "--key", key, line)
		var reply words.Reply
		if err := json.Unmarshal([]byte(r.out), &reply); err != nil {
			v.t.Fatalf("%s: %v: %s %s", line, err, r.out, r.err)
		}
		if r.status != terminal.ExitUnreachable && r.status != terminal.ExitUnknown {
			v.replies[key+" "+as+" "+line] = reply
			return reply
		}
		<-v.ended
		v.again(wishes)
	}
	v.t.Fatalf("%s is never answered", line)
	return words.Reply{}
}

func (v *victim) again(wishes *[]string) {
	v.t.Helper()
	wish := ""
	if len(*wishes) > 0 {
		wish, *wishes = (*wishes)[0], (*wishes)[1:]
	}
	v.revive(wish)
}

// until waits until a release is in one of some states, or its card says how a deployment stands ("staging: rolled back"), over
// deaths, and returns which.
func (v *victim) until(wishes *[]string, id string, wanted ...string) string {
	v.t.Helper()
	text := ""
	for late := time.Now().Add(patience); time.Now().Before(late); {
		r := v.run("say", "--server", v.address, "--as", "dev", "--in", "#releases", "--json", "/release show "+id)
		var reply words.Reply
		if _ = json.Unmarshal([]byte(r.out), &reply); len(reply.Messages) > 0 {
			text = reply.Text
			title := strings.Split(reply.Messages[0].Title, " · ")
			state := title[len(title)-1]
			i := slices.IndexFunc(wanted, func(w string) bool { return w == state || strings.Contains(w, ": ") && strings.Contains(text, w) })
			if i >= 0 {
				return wanted[i]
			}
		}
		if v.gone() {
			v.again(wishes)
			continue
		}
		select {
		case <-v.ended:
		case <-time.After(100 * time.Millisecond):
		}
	}
	v.t.Fatalf("waited in vain for %q:\n%s", wanted, text)
	return ""
}

// round takes one version, some of them bad, to its end, while the bot dies on the way.
func (v *victim) round(n int) {
	v.t.Helper()
	version := fmt.Sprintf("2.%d.0", n)
	fault, bad := "none", n%4 == 2
	if n < len(wishes) && onlyBad[wishes[n][0]] {
		bad = true
	}
	if bad {
		fault = "errors-after:2s:0.9"
	}
	v.tool(millProgram, "-out", filepath.Join(v.data, "repo"), "-shop", v.shop(), "-add", "payments@"+version, "-fault", fault, "-author", "dana@shop.example")
	var plan []string
	if n < len(wishes) {
		plan = append(plan, wishes[n]...)
	}
	v.again(&plan)
	if n >= len(wishes) {
		victim := v.cmd.Process
		moment := time.AfterFunc(time.Duration(v.random.IntN(5000))*time.Millisecond, func() { _ = victim.Kill() })
		defer moment.Stop()
	}
	say := func(as, line, code string) words.Reply {
		v.t.Helper()
		reply := v.insist(&plan, fmt.Sprintf("%d-%s-%d", n, as, len(v.replies)), as, line)
		if string(reply.Code) != code {
			v.t.Fatalf("round %d: %s: %s, want %s: %s", n, line, reply.Code, code, reply.Text)
		}
		return reply
	}
	id := say("dev", "/release plan payments "+version, "release.planned").IDs["release"]
	tried := say("dev", "/deploy "+id+" staging", "deploy.queued").IDs["deployment"]
	// On a machine that takes seconds for what takes milliseconds, a bad version may show itself in staging already, and too few looks may be had
	// for any verdict: then somebody says it.
	switch how := v.until(&plan, id, "in review", "staging: rolled back", "staging: held"); {
	case how == "staging: held":
		say("sre", "/deploy resolve "+tried+" well", "resolve.well")
		v.until(&plan, id, "in review")
	case how != "in review" && bad:
		say("dev", "/deploy "+id+" staging", "deploy.queued")
		v.until(&plan, id, "in review")
	}
	say("chair", "/vote "+id+" go", "vote.counted")
	say("owner", "/vote "+id+" go", "vote.counted")
	say("sre", "/deploy "+id+" prod", "deploy.queued")
	want := "released"
	if bad {
		want = "rolled back"
	}
	v.until(&plan, id, want)
	if len(plan) > 0 {
		v.t.Errorf("round %d never came to %v", n, plan)
	}
	v.judge(n)
	_ = v.cmd.Process.Kill()
	<-v.ended
}

// shop is the sample service's program, compiled once.
func (v *victim) shop() string {
	v.t.Helper()
	program := filepath.Join(v.data, "bin", "shop")
	if _, err := os.Stat(program); err != nil {
		cmd := exec.Command("go", "build", "-o", program, "./shop")
		cmd.Dir = "../../testdata/demo"
		if out, err := cmd.CombinedOutput(); err != nil {
			v.t.Fatalf("build the sample service: %v: %s", err, out)
		}
	}
	return program
}

// judge checks what no death may break.
func (v *victim) judge(n int) {
	v.t.Helper()
	for said, was := range v.replies {
		key, rest, _ := strings.Cut(said, " ")
		if !strings.HasPrefix(key, fmt.Sprint(n)+"-") {
			continue
		}
		as, line, _ := strings.Cut(rest, " ")
		again := v.insist(&[]string{}, key, as, line)
		if again.Code != was.Code || !reflect.DeepEqual(again.IDs, was.IDs) {
			v.t.Errorf("round %d: %q was answered %s %v, and now %s %v", n, line, was.Code, was.IDs, again.Code, again.IDs)
		}
	}
	v.runs(n)
}

// runs checks that the data centre started nothing twice, under one key or two.
func (v *victim) runs(n int) {
	v.t.Helper()
	var runs []struct {
		Key, Outcome string
		Started      int
	}
	if err := json.Unmarshal(v.tool(centreProgram, "runs", "-state", v.centre()), &runs); err != nil {
		v.t.Fatal(err)
	}
	of := map[string]string{}
	for _, r := range runs {
		deployment := r.Key[:strings.LastIndex(r.Key, "-")]
		if r.Started > 1 || of[deployment] != "" {
			v.t.Errorf("round %d: %s was started %d times, and before as %q", n, r.Key, r.Started, of[deployment])
		}
		of[deployment] = r.Key
	}
	if len(runs) == 0 {
		v.t.Error("the data centre did nothing")
	}
}

// whole verifies the trail of all rounds, and that every release's end is stated.
func (v *victim) whole() {
	v.t.Helper()
	v.must(0, "audit", "verify", "--data", v.data)
	v.revive("")
	list, _ := v.say("dev", "/release list --all")
	for _, unsettled := range []string{"deploying", "rolling back"} {
		if strings.Contains(list.Text, unsettled) {
			v.t.Errorf("a release is left so:\n%s", list.Text)
		}
	}
	v.stop()
	says(v.t, v.must(0, "audit", "verify", "--data", v.data).out, "is whole")
}
