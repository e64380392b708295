package main

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestProbesAndMetrics(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	if got := s.get("/healthz"); got.status != http.StatusOK {
		t.Errorf("healthz: %+v", got)
	}
	s.say("admin", "/whoami")
	s.say("second", `/freeze add prod "now" "+2h" "sesame"`)
	s.say("second", "/sesame open")
	got := s.get("/metrics")
	says(t, got.body,
		`gonogo_turns_total{command="whoami",outcome="done"} 1`,
		`gonogo_turns_total{command="freeze add",outcome="refused"} 1`,
		`gonogo_turns_total{command="other",outcome="invalid"} 1`,
		"gonogo_turn_duration_seconds_count 3", "gonogo_commit_duration_seconds_count", "gonogo_build_info{",
		`gonogo_outbox_effects{status="parked"} 0`, "gonogo_audit_entries", "gonogo_store_bytes", "gonogo_accepting 1",
		"go_goroutines", "process_resident_memory_bytes")
	if strings.Contains(got.body, "sesame") || strings.Contains(got.body, "second\"") {
		t.Error("what people said is in the metrics")
	}
	s.say("admin", `/freeze add prod "now" "+2h" "closing"`, "--wait", "20s")
	says(t, s.get("/metrics").body, `gonogo_effects_total{kind="chat.post",result="done"}`, `gonogo_effects_total{kind="chat.card",result="done"}`)
	if got := s.get("/runs/none"); got.status != http.StatusNotFound {
		t.Errorf("the runner's pages are not mounted: %+v", got)
	}
	if got := s.get("/changes/none"); got.status != http.StatusNotFound {
		t.Errorf("the change book's pages are not mounted: %+v", got)
	}
}

func TestASecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	s := p.serve()
	r := p.must(1, "serve", "--config", p.file)
	says(t, r.err, "another gonogo works on")
	if _, status := s.say("admin", "/whoami"); status != 0 {
		t.Error("the first one was disturbed")
	}
}

func TestTermination(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	s := p.serve()
	reply, _ := s.say("admin", `/freeze add prod "now" "+2h" "closing"`)
	if status := s.stop(); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	says(t, s.log.String(), `"msg":"stopped"`)
	if _, err := os.Lstat(filepath.Join(p.data(), controlSocket)); err == nil {
		t.Error("the socket is left behind")
	}
	// The trail is signed to its end, and an outsider has it.
	verdict := p.must(0, "audit", "verify", "--data", p.data()).out
	says(t, verdict, "is whole")
	for _, line := range strings.Split(verdict, "\n")[1:] {
		if words := strings.Fields(strings.TrimSuffix(line, ".")); len(words) > 2 && words[len(words)-1] != words[len(words)-3] {
			t.Errorf("not to the end: %s", line)
		}
	}
	s = p.serve()
	list, _ := s.say("admin", "/freeze list")
	says(t, list.Text, reply.IDs["freeze"])
}

func TestKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	for round := range 3 {
		s := p.serve()
		if _, status := s.say("admin", `/freeze add prod "now" "+2h" "closing"`); status != 0 {
			t.Fatalf("round %d: status %d", round, status)
		}
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-s.ended
	}
	list, _ := p.serve().say("admin", "/freeze list")
	says(t, list.Text, "F-1", "F-2", "F-3")
	p.must(0, "audit", "verify", "--data", p.data())
}

func TestDiskBelowTheReserve(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "reserve: 1MB", "reserve: 1000TiB")
	r := p.must(1, "serve", "--config", p.file)
	says(t, r.err, "less free space than the reserve", "operations.reserve")
}

func TestKeys(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	p.serve().stop()
	for _, name := range []string{signingKeyFile, masterKeyFile} {
		info, err := os.Stat(filepath.Join(p.data(), keysFolder, name))
		if err != nil || info.Mode() != 0o600 || info.Size() != keySize {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	elsewhere := p.path("elsewhere")
	if err := os.Rename(filepath.Join(p.data(), keysFolder), elsewhere); err != nil {
		t.Fatal(err)
	}
	says(t, p.must(1, "serve", "--config", p.file).err, "keys of this store are missing")
	p.serve("--keys", elsewhere).stop()
	p.must(0, "audit", "verify", "--data", p.data()) // where the keys are was noted
	if err := os.Chmod(filepath.Join(elsewhere, masterKeyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	says(t, p.must(1, "serve", "--config", p.file, "--keys", elsewhere).err, "chmod 600")
}

func TestNothingIsReadableByOthers(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	for _, path := range []string{s.data(), filepath.Join(s.data(), controlSocket), filepath.Join(s.data(), locationFile)} {
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
}

func TestALongDataFolder(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a-folder-with-a-long-name/", 5) + "data"
	p := newPlace(t, append([]string{"data: gonogo-data", "data: " + long}, inDemo...)...)
	p.serve()
	r := p.must(0, "audit", "verify", "--data", p.path(long))
	says(t, r.out, "is whole")
}

func TestHangup(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	s := p.serve()
	good := p.read()
	hangup := func(waitFor string) {
		t.Helper()
		if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		s.await(waitFor, func() bool { return strings.Contains(s.log.String(), waitFor) })
	}
	hangup("config.unchanged")
	p.write(good + "\nbogus: 1\n")
	hangup("was not reloaded")
	says(t, s.log.String(), "gonogo.yaml:", "bogus")
	p.write(strings.Replace(good, "quorum: 1 ", "quorum: 2 ", 1))
	hangup("config.reloaded_operator") // the demonstration has no second administrator to ask
	says(t, s.log.String(), `"path":"approvals.cab.quorum"`, `"sensitive":true`)
	s.await("told", func() bool {
		return strings.Contains(s.get("/api/v1/entries?as=admin&in=%23releases").body, "Whoever runs the bot")
	})
	reply, status := s.say("admin", "/config reload")
	if status != 0 || reply.Code != "config.unchanged" {
		t.Errorf("status %d, %+v", status, reply)
	}
	says(t, p.must(0, "audit", "export", "--data", p.data()).out, `"system":"operator"`)
}

func TestNoKeyIsLogged(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	s := p.serve()
	s.say("admin", "/whoami")
	s.stop()
	err := filepath.WalkDir(filepath.Join(p.data(), keysFolder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := os.ReadFile(path)
		if err == nil && strings.Contains(s.log.String(), string(key)) {
			t.Errorf("%s is in the log", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
