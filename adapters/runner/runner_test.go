package runner_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestRunOutlivesKilledBot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hold(t, dir, "D-1")
	bot := command(t, "bot", dir)
	said, err := bot.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil || !strings.HasSuffix(line, "<nil>\n") {
		t.Fatalf("the bot said %q, %v", line, err)
	}
	bot.Process.Kill()
	bot.Wait()

	a := newRunner(t, settings(dir))
	run, err := a.Find(t.Context(), "D-1")
	if err != nil {
		t.Fatalf("the run of the killed bot: %v", err)
	}
	until(t, a, run, port.RunRunning)
	release(t, dir, "D-1")
	until(t, a, run, port.RunSucceeded)
	if n := began(t, dir, "D-1"); n != 1 {
		t.Errorf("the command began %d times", n)
	}
}

func TestCrashBetweenClaimAndStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := settings(dir)
	broken.Supervisor = []string{filepath.Join(dir, "no-such-supervisor")}
	_, err := newRunner(t, broken).Start(t.Context(), deployment("D-1", "succeeds"))
	if v, _ := effect.Classify(err); v != effect.Retry {
		t.Fatalf("a supervisor that can't be started: %v, want an error that says nothing happened", err)
	}

	a := newRunner(t, settings(dir))
	if _, err := a.Find(t.Context(), "D-1"); !errors.Is(err, effect.ErrNotFound) {
		t.Fatalf("a claimed run that never started: %v, want effect.ErrNotFound", err)
	}
	run := start(t, a, deployment("D-1", "succeeds"))
	until(t, a, run, port.RunSucceeded)
	if n := began(t, dir, "D-1"); n != 1 {
		t.Errorf("the command began %d times", n)
	}
}

func TestSupervisorEndedBeforeItStarted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := settings(dir)
	broken.Supervisor = []string{"/bin/sh", "-c", "exit 0"}
	run := start(t, newRunner(t, broken), deployment("D-1", "succeeds"))
	a := newRunner(t, settings(dir))
	p := until(t, a, run, port.RunFailed)
	if len(p.Tail) != 1 || !strings.Contains(p.Tail[0], "never started") {
		t.Errorf("the tail does not say that it never started: %q", p.Tail)
	}
	again := start(t, a, deployment("D-1", "succeeds"))
	until(t, a, again, port.RunFailed)
	if n := began(t, dir, "D-1"); n != 0 {
		t.Errorf("a run reported as failed began %d times afterwards", n)
	}
}

func TestSuperviseAgainRunsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := newRunner(t, settings(dir))
	run := start(t, a, deployment("D-1", "succeeds"))
	until(t, a, run, port.RunSucceeded)
	for range 3 {
		command(t, runner.SupervisorCommand, folder(dir, run)).Run()
	}
	if n := began(t, dir, "D-1"); n != 1 {
		t.Errorf("the command began %d times", n)
	}
}

func TestKeyUsedForAnotherDeployment(t *testing.T) {
	t.Parallel()
	a := newRunner(t, settings(t.TempDir()))
	until(t, a, start(t, a, deployment("D-1", "succeeds")), port.RunSucceeded)
	other := deployment("D-1", "succeeds")
	other.Version = "2.0.0"
	_, err := a.Start(t.Context(), other)
	if v, _ := effect.Classify(err); err == nil || v != effect.Permanent {
		t.Errorf("another deployment under the same key: %v, want a permanent error", err)
	}
}

func TestSecretsStayOutOfTheOutput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := newRunner(t, settings(dir))
	run := start(t, a, deployment("D-1", "secret"))
	until(t, a, run, port.RunSucceeded)
	for _, name := range []string{"run.json", "started.json", "exit.json", "output.log", "supervisor.log"} {
		b, err := os.ReadFile(filepath.Join(folder(dir, run), name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "hush-hush") {
			t.Errorf("%s holds the secret:\n%s", name, b)
		}
	}
	out, _ := os.ReadFile(filepath.Join(folder(dir, run), "output.log"))
	for _, want := range []string{"the token is [secret], really: [secret]\n", "cut:[secret]\n", "TOKEN=[secret]\n", "ALLOWED=yes\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	for _, not := range []string{"FORBIDDEN", "GONOGO_RUN_LOCK"} {
		if strings.Contains(string(out), not) {
			t.Errorf("the command saw %s:\n%s", not, out)
		}
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pipeline string
		state    port.RunState
		tail     string
	}{
		{"fails", port.RunFailed, "exit status 3"},
		{"missing", port.RunFailed, "could not be started"},
		{"endless", port.RunFailed, "took longer than 200ms"},
		{"stray", port.RunSucceeded, "left one behind"},
	} {
		t.Run(c.pipeline, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			hold(t, dir, "D-1")
			a := newRunner(t, settings(dir))
			p := until(t, a, start(t, a, deployment("D-1", c.pipeline)), c.state)
			if !slices.ContainsFunc(p.Tail, func(l string) bool { return strings.Contains(l, c.tail) }) {
				t.Errorf("the tail %q lacks %q", p.Tail, c.tail)
			}
			release(t, dir, "D-1") // what is left behind
		})
	}
}

func TestCancelKillsWhatDoesNotStop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hold(t, dir, "D-1")
	a := newRunner(t, settings(dir))
	run := start(t, a, deployment("D-1", "stubborn"))
	until(t, a, run, port.RunRunning)
	if err := a.Cancel(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	until(t, a, run, port.RunCancelled)
}

func TestRunsBeyondTheLimitWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hold(t, dir, "D-1")
	s := settings(dir)
	s.Concurrent = 1
	a := newRunner(t, s)
	first := start(t, a, deployment("D-1", "holds"))
	until(t, a, first, port.RunRunning)
	second := start(t, a, deployment("D-2", "succeeds"))
	third := start(t, a, deployment("D-3", "succeeds"))
	until(t, a, second, port.RunQueued)
	if err := a.Cancel(t.Context(), third); err != nil {
		t.Fatal(err)
	}
	until(t, a, third, port.RunCancelled)
	if n := began(t, dir, "D-2") + began(t, dir, "D-3"); n != 0 {
		t.Fatalf("%d waiting runs began", n)
	}
	release(t, dir, "D-1")
	until(t, a, second, port.RunSucceeded)
	until(t, a, first, port.RunSucceeded)
	if n := began(t, dir, "D-3"); n != 0 {
		t.Errorf("the run cancelled while it waited began")
	}
}

func TestTailIsBoundedAndClean(t *testing.T) {
	t.Parallel()
	a := newRunner(t, settings(t.TempDir()))
	p := until(t, a, start(t, a, deployment("D-1", "flood")), port.RunSucceeded)
	if len(p.Tail) != port.TailLines || p.Tail[len(p.Tail)-1] != "line 40 [31mred" {
		t.Errorf("the tail is %q", p.Tail)
	}
	if p.Stage != "switch over" || p.Percent != 80 {
		t.Errorf("the stage is %q %d", p.Stage, p.Percent)
	}
}

func TestParametersAreFilledInPerArgument(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := settings(dir)
	s.Pipelines["args"] = runner.Pipeline{Command: []string{"/bin/sh", "-c", `for a; do echo "<$a>"; done`, "sh",
		"{service}", "--to={environment}", "{version}@{digest}", "{location}", "{release}/{rollback}"}}
	a := newRunner(t, s)
	d := deployment("D-1", "args")
	d.Service, d.Environment, d.Location, d.Rollback = "a b; $(rm x)", "{version}", `'"*`, true
	p := until(t, a, start(t, a, d), port.RunSucceeded)
	want := []string{"<a b; $(rm x)>", "<--to={version}>", "<1.0.0@ab>", `<'"*>`, "<R-1/true>"}
	if !slices.Equal(p.Tail, want) {
		t.Errorf("the arguments were %q, want %q", p.Tail, want)
	}

	for _, bad := range []string{"--force", "a\nb", "a\x00b"} {
		d := deployment("D-2", "args")
		d.Version = bad
		_, err := a.Start(t.Context(), d)
		if v, _ := effect.Classify(err); err == nil || v != effect.Permanent {
			t.Errorf("version %q: %v, want a permanent error", bad, err)
		}
	}
}

func TestBadRuns(t *testing.T) {
	t.Parallel()
	a := newRunner(t, settings(t.TempDir()))
	for _, id := range []string{"", "..", "../../etc", strings.Repeat("z", 32)} {
		if _, err := a.Follow(t.Context(), port.Run{ID: id}, port.Progress{}); err == nil {
			t.Errorf("Follow(%q) gave no error", id)
		}
		if err := a.Cancel(t.Context(), port.Run{ID: id}); err == nil {
			t.Errorf("Cancel(%q) gave no error", id)
		}
	}
	gone := port.Run{ID: strings.Repeat("0", 32)}
	if p, err := a.Follow(t.Context(), gone, port.Progress{}); err != nil || p.State != port.RunLost {
		t.Errorf("a run whose folder is gone: %+v, %v, want lost", p, err)
	}
	if err := a.Cancel(t.Context(), gone); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("cancelling it: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Find(ctx, "D-1"); err == nil {
		t.Error("Find with a done context gave no error")
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hold(t, dir, "D-9")
	s := settings(dir)
	s.Keep, s.KeepFor = 2, time.Hour
	now := time.Now()
	o := outside()
	o.Clock = func() time.Time { return now }
	a, err := runner.New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	var runs []port.Run
	for _, key := range []string{"D-1", "D-2", "D-3"} {
		run := start(t, a, deployment(key, "succeeds"))
		until(t, a, run, port.RunSucceeded)
		runs = append(runs, run)
	}
	live := start(t, a, deployment("D-9", "holds"))
	until(t, a, live, port.RunRunning)

	kept := func(run port.Run) bool {
		_, err := os.Stat(filepath.Join(folder(dir, run), "output.log"))
		return err == nil
	}
	if n, err := a.Sweep(t.Context()); n != 1 || err != nil || kept(runs[0]) || !kept(runs[1]) || !kept(runs[2]) {
		t.Errorf("by number: swept %d, %v; kept %v %v %v", n, err, kept(runs[0]), kept(runs[1]), kept(runs[2]))
	}
	now = now.Add(2 * time.Hour)
	if n, err := a.Sweep(t.Context()); n != 2 || err != nil || !kept(live) {
		t.Errorf("by age: swept %d, %v; live kept %v", n, err, kept(live))
	}
	again := start(t, a, deployment("D-1", "succeeds"))
	until(t, a, again, port.RunSucceeded)
	if n := began(t, dir, "D-1"); n != 1 {
		t.Errorf("a swept run's key began %d times", n)
	}
	release(t, dir, "D-9")
	until(t, a, live, port.RunSucceeded)
}
