//go:build real

package real_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// bot is the program itself, running.
type bot struct {
	t       *testing.T
	ctx     context.Context
	program string
	dir     string
	address string
	log     *lines
	ended   chan struct{}
	cmd     *exec.Cmd
}

// lines may be written and read at once.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// build builds a program of the repository, for this test alone: others may build theirs meanwhile.
func build(t *testing.T, from string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), filepath.Base(from))
	if out, err := exec.Command("go", "build", "-o", program, "github.com/gonogo-chat/gonogo/"+from).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return program
}

// newBot writes the organisation with what a test fills in, and starts the bot.
func newBot(ctx context.Context, t *testing.T, env []string, fill map[string]string) *bot {
	t.Helper()
	program := build(t, "cmd/gonogo")
	text, err := os.ReadFile("organisation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b := &bot{t: t, ctx: ctx, program: program, dir: t.TempDir()}
	organisation := strings.ReplaceAll(string(text), "${data}", b.dir)
	for name, value := range fill {
		organisation = strings.ReplaceAll(organisation, "${"+name+"}", value)
	}
	if err := os.WriteFile(b.file(), []byte(organisation), 0o600); err != nil {
		t.Fatal(err)
	}
	b.start(env)
	return b
}

func (b *bot) file() string { return filepath.Join(b.dir, "gonogo.yaml") }

// start starts it, and waits until it is ready.
func (b *bot) start(env []string) {
	b.t.Helper()
	b.log, b.ended = &lines{}, make(chan struct{})
	b.cmd = exec.Command(b.program, "serve", "--config", b.file())
	b.cmd.Dir, b.cmd.Env, b.cmd.Stderr = b.dir, append(os.Environ(), env...), b.log
	out, err := b.cmd.StdoutPipe()
	if err == nil {
		err = b.cmd.Start()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	cmd, log, ended, addresses := b.cmd, b.log, b.ended, make(chan string, 1)
	go func() {
		defer close(ended)
		said := bufio.NewScanner(out)
		for said.Scan() {
			if _, address, ok := strings.Cut(said.Text(), " at http://"); ok {
				addresses <- "http://" + address
			}
		}
		_ = cmd.Wait()
	}()
	b.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if b.t.Failed() {
			b.t.Logf("log of the bot:\n%s", log)
		}
	})
	select {
	case b.address = <-addresses:
	case <-ended:
		b.t.Fatalf("the bot ended: %s", log)
	case <-b.ctx.Done():
		b.t.Fatal("the bot did not say its address")
	}
	b.await("ready", func() bool {
		r, err := http.Get(b.address + "/readyz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}

// kill ends it as kill -9 does.
func (b *bot) kill() {
	_ = b.cmd.Process.Signal(syscall.SIGKILL)
	<-b.ended
}

func (b *bot) await(what string, holds func() bool) {
	b.t.Helper()
	if err := stand.Await(b.ctx, what, func(context.Context) (bool, error) { return holds(), nil }); err != nil {
		b.t.Fatal(err)
	}
}

// say says a line in #releases and reads the reply.
func (b *bot) say(as, line string) words.Reply {
	b.t.Helper()
	cmd := exec.Command(b.program, "say", "--server", b.address, "--as", as, "--in", "#releases", "--json", line)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	var reply words.Reply
	if bad := json.Unmarshal(out, &reply); bad != nil {
		b.t.Fatalf("%s: %v, %v: %s", line, err, bad, out)
	}
	b.t.Logf("%s: %s\n%s", as, line, reply.Text)
	return reply
}

// done says a line that must be done.
func (b *bot) done(as, line string) words.Reply {
	b.t.Helper()
	reply := b.say(as, line)
	if string(reply.Outcome) != "done" {
		b.t.Fatalf("%s: %+v", line, reply)
	}
	return reply
}

// shows waits until what a line is answered with holds a text.
func (b *bot) shows(line, text string) {
	b.t.Helper()
	var last string
	b.await(line+" to show "+text, func() bool {
		cmd := exec.Command(b.program, "say", "--server", b.address, "--as", "sre", "--in", "#releases", line)
		cmd.Dir = b.dir
		out, _ := cmd.Output()
		last = string(out)
		return strings.Contains(last, text)
	})
	b.t.Logf("%s\n%s", line, last)
}

// artifact puts a version of the shop into the repository of artifacts.
func (b *bot) artifact(version string) {
	b.t.Helper()
	folder, text := filepath.Join(b.dir, "repo", "shop", version), "shop "+version
	manifest, err := json.Marshal(map[string]any{
		"commit": "5ca1ab1e", "run_id": "run-1", "authors": []string{"git::olga@shop.example"}, "sha256": fmt.Sprintf("%x", sha256.Sum256([]byte(text))),
		"built_at": time.Now().UTC().Format(time.RFC3339),
	})
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "artifact"), []byte(text), 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "manifest.json"), manifest, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
