package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/config"
)

// printed is a line of the demonstration's that says what to try.
var printed = regexp.MustCompile(` say --server (\S+) --as (\S+) --in '([^']+)' '([^']+)'`)

// demo is a demonstration's folder, and how to start one there.
func demo(t *testing.T) (p *place, data string, args []string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs a Go toolchain")
	}
	folder, err := filepath.Abs("../../testdata/demo")
	if err != nil {
		t.Fatal(err)
	}
	p = &place{t: t, dir: t.TempDir()}
	data = p.path("demo")
	return p, data, []string{"demo", "--data", data, "--listen", "127.0.0.1:0", "--demo", folder}
}

// TestDemo builds the demonstration, does what it prints to try, for real, and starts it again.
func TestDemo(t *testing.T) {
	t.Parallel()
	p, data, args := demo(t)
	s := p.start(args...)
	b, err := os.ReadFile(filepath.Join(data, "gonogo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(b, "gonogo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	channel := func(name string) string {
		return s.get("/api/v1/entries?in=" + strings.ReplaceAll(name, "#", "%23")).body
	}
	for _, name := range []string{c.Chat.Channels.Releases, c.Chat.Channels.CAB, c.Chat.Channels.OnCall} {
		s.await("welcome in "+name, func() bool { return strings.Count(channel(name), "Welcome") == 1 })
	}
	// What runs is known: adopting it again is refused.
	directory := c.Directory(func(handle string) string { return handle })
	administrator := directory.Holders(people.Administer, people.Scope{})[0]
	for _, service := range c.ServiceNames() {
		versions, err := os.ReadDir(filepath.Join(data, "repo", service))
		if err != nil || len(versions) == 0 {
			t.Fatal(versions, err)
		}
		for _, env := range c.EnvironmentNames() {
			reply, _ := s.say(administrator, strings.Join([]string{"/deploy adopt", service, env, versions[0].Name()}, " "))
			if reply.Code != alreadyNoted {
				t.Errorf("%s in %s: %+v", service, env, reply)
			}
		}
	}
	s.await("what to try", func() bool { return strings.Contains(s.out.String(), "Ctrl-C") })
	tries := printed.FindAllStringSubmatch(s.out.String(), -1)
	if len(tries) < 4 {
		t.Fatalf("printed %s", s.out)
	}
	for _, try := range tries {
		r := p.must(0, "say", "--server", try[1], "--as", try[2], "--in", try[3], "--json", "--wait", "60s", try[4])
		var reply words.Reply
		if err := json.Unmarshal([]byte(r.out), &reply); err != nil || reply.Effects != "settled" {
			t.Errorf("%s: %v, %s", try[4], err, r.out)
		}
	}
	says(t, p.must(1, args...).err, "another gonogo works on")
	if status := s.stop(); status != 0 {
		t.Fatalf("exit status %d: %s", status, s.log)
	}
	p.must(0, "audit", "verify", "--data", data)
	says(t, p.must(0, "audit", "show", "R-1", "--data", data).out, "pass")
	s = p.start(args...)
	s.await("welcome", func() bool { return strings.Contains(s.out.String(), "Ctrl-C") })
	if n := strings.Count(channel(c.Chat.Channels.Releases), "Welcome"); n != 1 {
		t.Errorf("welcomed %d times", n)
	}
	if strings.Contains(s.log.String(), `"level":"ERROR"`) {
		t.Errorf("the second start logs errors: %s", s.log)
	}
	s.stop()
}

// TestDemoIsGoneWhenKilled leaves no data centre behind that would keep the next one out.
func TestDemoIsGoneWhenKilled(t *testing.T) {
	t.Parallel()
	p, _, args := demo(t)
	s := p.start(args...)
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	s = p.start(args...)
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}
