package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// With asCentre set, the test program is the data centre, so that daemon and
// clients are real processes that are checked for races like the rest.
const asCentre = "DATACENTRE_TEST_IS_DATACENTRE"

func TestMain(m *testing.M) {
	if os.Getenv(asCentre) != "" {
		main()
	}
	os.Exit(m.Run())
}

const patience = 30 * time.Second // bound of everything that is waited for

// program compiles the sample service once for all tests.
var program = sync.OnceValues(func() ([]byte, error) {
	root, err := artifact.Checkout(".")
	if err != nil {
		return nil, err
	}
	return artifact.Compile(context.Background(), root)
})

// hall is a data centre under test: its folders and its daemon.
type hall struct {
	t           *testing.T
	state, repo string
	daemon      *exec.Cmd
	gone        chan struct{}
	log         *bytes.Buffer
}

// newHall makes a repository with version 1.0.0 of each service and starts a
// daemon on it.
func newHall(t *testing.T, flags ...string) *hall {
	t.Helper()
	h := &hall{t: t, state: filepath.Join(t.TempDir(), "state"), repo: t.TempDir()}
	for _, service := range []string{"web", "payments", "ledger"} {
		h.publish(service, "1.0.0", "none")
	}
	h.start(flags...)
	return h
}

func (h *hall) publish(service, version, fault string) (digest string) {
	h.t.Helper()
	base, err := program()
	if err != nil {
		h.t.Fatal(err)
	}
	bytes, err := artifact.Append(base, artifact.Stanza{Service: service, Version: version, Fault: fault, Build: 1})
	if err != nil {
		h.t.Fatal(err)
	}
	m, err := artifact.Publish(h.repo, bytes, artifact.Manifest{Service: service, Version: version})
	if err != nil {
		h.t.Fatal(err)
	}
	return m.SHA256
}

func (h *hall) start(flags ...string) {
	h.t.Helper()
	h.log = new(bytes.Buffer)
	h.daemon = command(append([]string{"serve", "-state", h.state, "-repo", h.repo, "-bootstrap", "1.0.0"}, flags...)...)
	h.daemon.Stderr = h.log
	if err := h.daemon.Start(); err != nil {
		h.t.Fatal(err)
	}
	gone := make(chan struct{})
	h.gone = gone
	daemon := h.daemon
	go func() { daemon.Wait(); close(gone) }()
	h.t.Cleanup(func() { daemon.Process.Signal(syscall.SIGTERM); <-gone })
	if status, _, stderr := h.say("status", "-wait", patience.String()); status != exitDone {
		h.t.Fatalf("not ready: %d %s", status, stderr)
	}
}

func (h *hall) end(sig os.Signal) {
	h.t.Helper()
	h.daemon.Process.Signal(sig)
	select {
	case <-h.gone:
	case <-time.After(patience):
		h.daemon.Process.Kill()
		h.t.Fatalf("did not end on %s", sig)
	}
}

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	// A program under the race detector sleeps a second at its exit unless told not to.
	cmd.Env = append(os.Environ(), asCentre+"=1", "GORACE=atexit_sleep_ms=0")
	return cmd
}

// say runs one client command on the state folder.
func (h *hall) say(args ...string) (status int, stdout, stderr string) {
	h.t.Helper()
	cmd := command(append([]string{args[0], "-state", h.state}, args[1:]...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func deployArgs(service, env, version, digest, key string) []string {
	return []string{"deploy", "-service", service, "-env", env, "-version", version, "-sha256", digest, "-key", key}
}

func (h *hall) mustDeploy(service, env, version, digest, key string) string {
	h.t.Helper()
	status, out, errs := h.say(deployArgs(service, env, version, digest, key)...)
	if status != exitDone {
		h.t.Fatalf("deploy %s %s: status %d\n%s%s", service, version, status, out, errs)
	}
	return out
}

func (h *hall) standing(name string) standing {
	h.t.Helper()
	status, out, errs := h.say("status")
	var all standings
	if err := json.Unmarshal([]byte(out), &all); status != exitDone || err != nil {
		h.t.Fatalf("status: %d %v %s", status, err, errs)
	}
	return all.Services[name]
}

func (h *hall) record(key string) record {
	h.t.Helper()
	_, out, _ := h.say("runs", "-key", key)
	var all []record
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 1 {
		h.t.Fatalf("runs of %s: %v %s", key, err, out)
	}
	return all[0]
}

func (h *hall) addresses() map[string]string {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.state, "addresses.json"))
	if err != nil {
		h.t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(text, &out); err != nil {
		h.t.Fatal(err)
	}
	return out
}

// get asks a front; status 0 stands for no answer within the timeout.
func get(url string, timeout time.Duration) (int, string) {
	client := &http.Client{Timeout: timeout}
	defer client.CloseIdleConnections()
	resp, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

// eventually asks again and again until ok or until patience is at its end.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !bytes.Contains(stat, []byte(") Z ")) // a zombie awaits its reaper
}
