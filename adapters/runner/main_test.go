package runner_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// TestMain lets the test binary stand for the bot's program: as supervisor, and as a bot that is to be killed.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 {
		switch os.Args[1] {
		case runner.SupervisorCommand:
			os.Exit(runner.Supervise(os.Args[2]))
		case "bot":
			botToBeKilled(os.Args[2])
		}
	}
	os.Exit(m.Run())
}

func botToBeKilled(dir string) {
	a, err := runner.New(settings(dir), outside())
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	run, err := a.Start(context.Background(), deployment("D-1", "holds"))
	fmt.Println("started", run.ID, err)
	select {}
}

const script = `echo began >> "$1/began-$2"; echo "::stage unpack 10"; echo "::stage switch over 80%"; echo working; `

// scripts are the pipelines of the tests: each notes that it began, and then does as its name says.
var scripts = map[string]string{
	"succeeds": script + `echo "::stage done 100"; echo all well`,
	"fails":    script + `echo broken >&2; exit 3`,
	"holds":    script + `read line < "$1/hold-$2"; echo "::stage done 100"; echo all well`,
	"stubborn": script + `trap "" TERM; while read line < "$1/hold-$2"; do :; done`,
	"endless":  script + `read line < "$1/hold-$2"`,
	"secret":   `echo began >> "$1/began-$2"; echo "the token is $TOKEN, really: $TOKEN"; printf "cut:"; printf "${TOKEN%%ret}"; printf "ret\n"; env`,
	"stray":    script + `(read line < "$1/hold-$2") & echo left one behind`,
	"flood":    script + `i=0; while [ $i -lt 40 ]; do i=$((i+1)); printf "line %s \033[31mred\n" $i; done`,
}

func settings(dir string) runner.Settings {
	s := runner.Settings{Dir: dir, Pipelines: map[string]runner.Pipeline{}, Concurrent: 16}
	for name, text := range scripts {
		s.Pipelines[name] = runner.Pipeline{Command: []string{"/bin/sh", "-c", text, "sh", dir, "{key}"}, Grace: 300 * time.Millisecond}
	}
	secret := s.Pipelines["secret"]
	secret.Secrets = map[string]string{"TOKEN": "env:TEST_TOKEN"}
	secret.Env = []string{"ALLOWED"}
	s.Pipelines["secret"] = secret
	endless := s.Pipelines["endless"]
	endless.Limit = 200 * time.Millisecond
	s.Pipelines["endless"] = endless
	s.Pipelines["missing"] = runner.Pipeline{Command: []string{filepath.Join(dir, "no-such-program")}}
	return s
}

func outside() runner.Outside {
	return runner.Outside{
		Clock:  time.Now,
		Poll:   10 * time.Millisecond,
		Secret: func(string) (string, error) { return "hush-hush-secret", nil },
		Lookup: func(name string) (string, bool) {
			v, ok := map[string]string{"PATH": os.Getenv("PATH"), "ALLOWED": "yes", "FORBIDDEN": "no"}[name]
			return v, ok
		},
	}
}

func deployment(key, pipeline string) port.Deployment {
	return port.Deployment{
		Key: key, Service: "web", Environment: "staging", Version: "1.0.0", Digest: "ab", Pipeline: pipeline, Release: "R-1",
	}
}

// hold makes what a held run waits at; release lets it go on. The writing end stays open until the test ends.
func hold(t *testing.T, dir, key string) {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(dir, "hold-"+key), 0o600); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
}

func release(t *testing.T, dir, key string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "hold-"+key), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.WriteString("go\n"); err != nil {
		t.Fatal(err)
	}
}

func began(t *testing.T, dir, key string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "began-"+key))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(b), "began")
}

func newRunner(t *testing.T, s runner.Settings) *runner.Adapter {
	t.Helper()
	a, err := runner.New(s, outside())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func start(t *testing.T, a *runner.Adapter, d port.Deployment) port.Run {
	t.Helper()
	run, err := a.Start(t.Context(), d)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	return run
}

// until follows a run to a state.
func until(t *testing.T, a *runner.Adapter, run port.Run, want port.RunState) port.Progress {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var seen port.Progress
	for {
		p, err := a.Follow(ctx, run, seen)
		if err != nil || ctx.Err() != nil {
			t.Fatalf("following to %q: %+v, %v", want, p, err)
		}
		if p.State == want {
			return p
		}
		if p.State.Ended() {
			t.Fatalf("the run ended as %q instead of %q: %+v", p.State, want, p)
		}
		seen = p
	}
}

func folder(dir string, run port.Run) string { return filepath.Join(dir, "runs", run.ID) }

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(self, args...)
}
