package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/config"
)

// asProgram in the environment makes the test binary be the program itself.
const asProgram = "GONOGO_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" || len(os.Args) > 1 && os.Args[1] == runner.SupervisorCommand {
		onStep = dieAt(os.Getenv(deathWish))
		main()
		return
	}
	os.Exit(m.Run())
}

// patience bounds everything that a test waits for.
const patience = 60 * time.Second

// place is a folder to run the program in, with a configuration.
type place struct {
	t    *testing.T
	dir  string
	env  []string
	file string
	// under is a program that the next server runs under.
	under []string
}

// newPlace writes the starting configuration with some of it replaced: old text, new text, in turn.
func newPlace(t *testing.T, replace ...string) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir()}
	p.file = filepath.Join(p.dir, "gonogo.yaml")
	text := strings.Replace(string(config.Starting()), "127.0.0.1:7474", "127.0.0.1:0", 1)
	text = strings.Replace(text, "reserve: 512MB", "reserve: 1MB", 1)
	for n := 0; n < len(replace); n += 2 {
		if !strings.Contains(text, replace[n]) {
			t.Fatalf("%q is not in the starting configuration", replace[n])
		}
		text = strings.Replace(text, replace[n], replace[n+1], 1)
	}
	p.write(text)
	return p
}

// inDemo lets anybody speak as anybody.
var inDemo = []string{"  name: Our organisation\n", "  name: Our organisation\n  demo: true\n"}

func (p *place) write(text string) {
	p.t.Helper()
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) read() string {
	p.t.Helper()
	b, err := os.ReadFile(p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

func (p *place) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

func (p *place) data() string { return p.path("gonogo-data") }

func (p *place) command(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = p.dir
	cmd.Env = append(childEnv(), asProgram+"=1", "GONOGO_TOKEN=", "GONOGO_SERVER=")
	cmd.Env = append(cmd.Env, p.env...)
	return cmd
}

// childEnv is this process's environment, in which a program that was built with the race detector does not sleep for a second at
// its end.
func childEnv() []string { return append([]string{"GORACE=atexit_sleep_ms=0"}, os.Environ()...) }

// beneath runs a command under another program.
func (p *place) beneath(cmd *exec.Cmd) *exec.Cmd {
	if len(p.under) > 0 {
		cmd.Path, cmd.Args = p.under[0], slices.Concat(p.under, []string{cmd.Path}, cmd.Args[1:])
	}
	return cmd
}

// ran is how a command ended.
type ran struct {
	status   int
	out, err string
}

// run runs a command to its end.
func (p *place) run(args ...string) ran {
	p.t.Helper()
	var out, fault bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	err := cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), fault.String()}
}

// must runs a command that ends with a status.
func (p *place) must(status int, args ...string) ran {
	p.t.Helper()
	r := p.run(args...)
	if r.status != status {
		p.t.Fatalf("gonogo %s: exit status %d, not %d\nstdout: %s\nstderr: %s", strings.Join(args, " "), r.status, status, r.out, r.err)
	}
	return r
}

// says wants text in an output.
func says(t *testing.T, output string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(output, w) {
			t.Errorf("%q is not in:\n%s", w, output)
		}
	}
}

// server is a running bot.
type server struct {
	*place
	cmd     *exec.Cmd
	address string
	out     *buffer
	log     *buffer
	ended   chan struct{}

	addresses chan string
}

// buffer may be written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// serve starts a bot and waits until it is ready.
func (p *place) serve(args ...string) *server {
	p.t.Helper()
	return p.start(append([]string{"serve", "--config", p.file}, args...)...)
}

func (p *place) start(args ...string) *server {
	p.t.Helper()
	s := p.launch(args...)
	if !s.opens() {
		p.t.Fatalf("the bot ended: %s", s.log)
	}
	return s
}

// launch starts a bot.
func (p *place) launch(args ...string) *server {
	p.t.Helper()
	s := &server{addresses: make(chan string, 1), place: p, cmd: p.beneath(p.command(args...)), out: &buffer{}, log: &buffer{}, ended: make(chan struct{})}
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			_, _ = s.out.Write(append(lines.Bytes(), '\n'))
			if _, address, ok := strings.Cut(lines.Text(), " at http://"); ok {
				s.addresses <- "http://" + address
			}
		}
		_ = s.cmd.Wait()
	}()
	p.t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
		if p.t.Failed() {
			p.t.Logf("log of the bot:\n%s", s.log)
		}
	})
	return s
}

// opens waits until the bot is ready; false if it ended before.
func (s *server) opens() bool {
	s.t.Helper()
	select {
	case s.address = <-s.addresses:
	case <-s.ended:
		return false
	case <-time.After(patience):
		s.t.Fatal("the bot did not say its address")
	}
	ready := false
	s.await("ready", func() bool {
		select {
		case <-s.ended:
			return true
		default:
			ready = s.get("/readyz").status == http.StatusOK
			return ready
		}
	})
	return ready
}

// await polls until a condition holds.
func (s *server) await(what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			s.t.Fatalf("waited in vain: %s", what)
		case <-s.ended:
			if holds() {
				return
			}
			s.t.Fatalf("the bot ended while waited for: %s", what)
		case <-poll.C:
		}
	}
}

type page struct {
	status int
	body   string
}

func (s *server) get(path string) page {
	s.t.Helper()
	r, err := http.Get(s.address + path)
	if err != nil {
		return page{}
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return page{}
	}
	return page{r.StatusCode, string(b)}
}

// stop ends the bot as a service manager would, and returns its exit status.
func (s *server) stop() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the bot did not stop")
	}
	return s.cmd.ProcessState.ExitCode()
}

// say says a line and reads the reply.
func (s *server) say(as, line string, more ...string) (words.Reply, int) {
	s.t.Helper()
	r := s.run(append([]string{"say", "--server", s.address, "--as", as, "--in", "#releases", "--json", line}, more...)...)
	var reply words.Reply
	if err := json.Unmarshal([]byte(r.out), &reply); err != nil {
		s.t.Fatalf("no JSON: %v: %s %s", err, r.out, r.err)
	}
	return reply, r.status
}
