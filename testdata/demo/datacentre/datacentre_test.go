package main

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var stageLine = regexp.MustCompile(`(?m)^::stage ([a-z-]+) (\d+)$`)

func TestDeploy(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0")
	digest := h.publish("payments", "1.1.0", "none")
	front := h.addresses()["prod/payments"]
	before := h.standing("prod/payments")

	// Nobody notices the switch: requests that run all the while succeed.
	var asked, failed atomic.Int64
	stop := make(chan struct{})
	var users sync.WaitGroup
	for range 3 {
		users.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				asked.Add(1)
				if code, _ := get(front+"/work", 5*time.Second); code != 200 {
					failed.Add(1)
				}
			}
		})
	}
	out := h.mustDeploy("payments", "prod", "1.1.0", digest, "k1")
	close(stop)
	users.Wait()
	if asked.Load() == 0 || failed.Load() != 0 {
		t.Errorf("%d of %d requests failed during the switch", failed.Load(), asked.Load())
	}

	var names []string
	for _, m := range stageLine.FindAllStringSubmatch(out, -1) {
		names = append(names, m[1]+" "+m[2])
	}
	if got := strings.Join(names, ", "); got != "fetch 10, verify 30, start 50, switch 80, stop-old 90, done 100" {
		t.Errorf("stages %s", got)
	}
	after := h.standing("prod/payments")
	if after.Version != "1.1.0" || after.SHA256 != digest || after.State != "running" || after.PID == before.PID || after.URL != front {
		t.Errorf("status %+v", after)
	}
	if alive(before.PID) {
		t.Error("the old process still runs")
	}
	if _, body := get(front+"/version", patience); !strings.Contains(body, digest) {
		t.Errorf("front shows %s", body)
	}
	if h.standing("staging/payments").Version != "1.0.0" {
		t.Error("staging was touched")
	}
	if status, out, _ := h.say("smoke", "-service", "web", "-env", "prod"); status != exitDone {
		t.Errorf("smoke: %d %s", status, out)
	}
	if status, out, _ := h.say("smoke", "-service", "payments", "-env", "prod", "-version", "1.0.0"); status != exitNotDone || strings.Count(out, "\n") != 1 {
		t.Errorf("smoke with the wrong version: %d %s", status, out)
	}
}

func TestWrongChecksumIsRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0")
	h.publish("payments", "1.3.0", "none")
	other := h.publish("payments", "1.1.0", "none")
	h.mustDeploy("payments", "staging", "1.1.0", other, "k0")
	before := h.standing("prod/payments")
	for key, c := range map[string]struct{ version, digest, why string }{
		"k1": {"1.3.0", strings.Repeat("ab", 32), "checksum mismatch"},
		"k2": {"9.9.9", strings.Repeat("ab", 32), "not in the artifact repository"},
		"k3": {"1.3.0", other, "is payments 1.1.0, not payments 1.3.0"},
	} {
		status, out, _ := h.say(deployArgs("payments", "prod", c.version, c.digest, key)...)
		if status != exitNotDone || !strings.Contains(out, c.why) {
			t.Errorf("%s: status %d, %s", key, status, out)
		}
		if r := h.record(key); r.Outcome != outcomeFailed || r.Started != 0 {
			t.Errorf("%s: %+v", key, r)
		}
	}
	if after := h.standing("prod/payments"); after != before {
		t.Errorf("was %+v, is %+v", before, after)
	}
}

func TestKeyNamesOneRun(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0")
	digest := h.publish("payments", "1.1.0", "none")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if status, out, errs := h.say(deployArgs("payments", "prod", "1.1.0", digest, "once")...); status != exitDone || !strings.Contains(out, "deployed payments 1.1.0 to prod") {
				t.Errorf("status %d: %s%s", status, out, errs)
			}
		})
	}
	all.Wait()
	pid := h.standing("prod/payments").PID
	h.mustDeploy("payments", "prod", "1.1.0", digest, "once")
	if r := h.record("once"); r.Started != 1 || r.Outcome != outcomeSucceeded {
		t.Errorf("run %+v", r)
	}
	if now := h.standing("prod/payments").PID; now != pid {
		t.Error("the repeated key started a process")
	}
	if status, _, errs := h.say(deployArgs("payments", "staging", "1.1.0", digest, "once")...); status != exitUsage || !strings.Contains(errs, "already names") {
		t.Errorf("reused key: %d %s", status, errs)
	}
	h.end(syscall.SIGKILL)
	h.start("-traffic", "0")
	h.mustDeploy("payments", "prod", "1.1.0", digest, "once")
	if r := h.record("once"); r.Started != 1 {
		t.Errorf("after a restart: %+v", r)
	}
}

// underWay starts a deploy of a build that takes long to listen and returns
// when its process is being started.
func underWay(t *testing.T, h *hall, key string) (client interface{ Signal(os.Signal) error }, wait func() (int, string)) {
	t.Helper()
	digest := h.publish("payments", "1.5.0", "slow-start:1h")
	args := deployArgs("payments", "prod", "1.5.0", digest, key)
	cmd := command(append([]string{args[0], "-state", h.state}, args[1:]...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	var said bytes.Buffer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "::stage start") {
			break
		}
	}
	eventually(t, "a counted start", func() bool { return h.record(key).Started == 1 })
	return cmd.Process, func() (int, string) {
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
		}
		cmd.Wait()
		return cmd.ProcessState.ExitCode(), said.String()
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0", "-start-timeout", "5m")
	before := h.standing("prod/payments")

	client, wait := underWay(t, h, "by-signal")
	client.Signal(syscall.SIGTERM)
	if status, out := wait(); status != exitNotDone || !strings.Contains(out, "cancelled") {
		t.Errorf("status %d: %s", status, out)
	}
	_, wait = underWay(t, h, "by-command")
	if status, out, _ := h.say("cancel", "-key", "by-command"); status != exitDone {
		t.Errorf("cancel: %d %s", status, out)
	}
	if status, out := wait(); status != exitNotDone || !strings.Contains(out, "cancelled") {
		t.Errorf("status %d: %s", status, out)
	}
	for _, key := range []string{"by-signal", "by-command"} {
		if r := h.record(key); r.Outcome != outcomeCancelled {
			t.Errorf("%+v", r)
		}
	}
	if after := h.standing("prod/payments"); after != before {
		t.Errorf("was %+v, is %+v", before, after)
	}
	if status, _, _ := h.say("cancel", "-key", "by-signal"); status != exitNotDone {
		t.Errorf("cancelling a settled run: %d", status)
	}
}

func TestLostClientLeavesTheRun(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0", "-start-timeout", "5m")
	client, wait := underWay(t, h, "k")
	client.Signal(syscall.SIGKILL)
	wait()
	if r := h.record("k"); r.Outcome != outcomeRunning {
		t.Errorf("%+v", r)
	}
	if status, _, _ := h.say("cancel", "-key", "k"); status != exitDone {
		t.Errorf("cancel: %d", status)
	}
	eventually(t, "the run settled", func() bool { return h.record("k").Outcome == outcomeCancelled })
}

func TestRestartAfterACrash(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0", "-start-timeout", "5m")
	digest := h.publish("payments", "1.1.0", "none")
	h.mustDeploy("payments", "prod", "1.1.0", digest, "k1")
	if err := os.RemoveAll(filepath.Join(h.repo, "payments", "1.1.0")); err != nil {
		t.Fatal(err)
	}
	_, wait := underWay(t, h, "k2")
	addresses := h.addresses()
	var pids []int
	for name := range addresses {
		pids = append(pids, h.standing(name).PID)
	}

	h.end(syscall.SIGKILL)
	if status, _ := wait(); status != exitUnknown {
		t.Errorf("the client of a dead data centre says %d", status)
	}
	for _, pid := range pids {
		eventually(t, "a child gone with the data centre", func() bool { return !alive(pid) })
	}
	if status, _, errs := h.say("status"); status != exitUnknown || strings.Count(errs, "\n") != 1 {
		t.Errorf("status of a dead data centre: %d %q", status, errs)
	}

	h.start("-traffic", "0")
	for name, url := range addresses {
		if h.addresses()[name] != url {
			t.Errorf("%s moved from %s to %s", name, url, h.addresses()[name])
		}
		want := "1.0.0"
		if name == "prod/payments" {
			want = "1.1.0"
		}
		if code, body := get(url+"/healthz", patience); code != 200 || !strings.Contains(body, `"version":"`+want+`"`) {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	if r := h.record("k2"); r.Outcome != outcomeFailed || r.Started != 1 {
		t.Errorf("the interrupted run is %+v", r)
	}
}

func TestStopEndsTheChildren(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	pid := h.standing("staging/web").PID
	h.end(syscall.SIGTERM)
	if code := h.daemon.ProcessState.ExitCode(); code != 0 {
		t.Errorf("status %d: %s", code, h.log)
	}
	eventually(t, "the child gone", func() bool { return !alive(pid) })
}

func TestSecondDaemonIsRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, "-traffic", "0")
	cmd := command("serve", "-state", h.state, "-repo", h.repo)
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "another data centre") {
		t.Errorf("%v: %s", err, said)
	}
	if h.standing("prod/web").State != "running" {
		t.Error("the first was disturbed")
	}
}

func TestSocketInADeepFolder(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30))
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	ln, err := listenSocket(state)
	if err != nil {
		t.Fatal(err)
	}
	path := ln.Addr().(*net.UnixAddr).Name
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || len(path) > maxSocketPath {
		t.Errorf("socket %s: %v %v", path, info, err)
	}
	conn, err := dial(state)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	ln.Close()
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("the temporary folder was left behind")
	}
}
