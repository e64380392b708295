package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// lived is a place where a bot decided some things and stopped.
func lived(t *testing.T) *place {
	t.Helper()
	p := newPlace(t, inDemo...)
	s := p.serve()
	decide(t, s, 5)
	if status := s.stop(); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	return p
}

func decide(t *testing.T, s *server, times int) {
	t.Helper()
	for range times {
		if _, status := s.say("admin", `/freeze add prod "now" "+2h" "closing"`); status != 0 {
			t.Fatalf("status %d", status)
		}
	}
}

// tamper changes the store behind the bot's back.
func (p *place) tamper(change func(kv.Reader) []kv.Op) {
	p.t.Helper()
	e, err := badgerkv.Open(filepath.Join(p.data(), storeFolder), badgerkv.Options{Reserve: -1})
	if err != nil {
		p.t.Fatal(err)
	}
	epoch, err := e.Acquire()
	if err == nil {
		err = e.Apply(epoch, change(e))
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// entries are the stored entries from one on.
func entries(r kv.Reader, from uint64) (ops []kv.Op) {
	_ = r.Scan(audit.Key(from), audit.PrefixEnd(audit.Prefix), false, func(k, v []byte) error {
		ops = append(ops, kv.Op{Key: bytes.Clone(k), Value: bytes.Clone(v)})
		return nil
	})
	return ops
}

func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(kv.Reader) []kv.Op
		says   []string
	}{
		"an entry edited": {func(r kv.Reader) []kv.Op {
			op := entries(r, 3)[0]
			op.Value = bytes.Replace(op.Value, []byte(`"outcome":"done"`), []byte(`"outcome":"gone"`), 1)
			return []kv.Op{op}
		}, []string{"from entry 3 on"}},
		"an entry deleted": {func(kv.Reader) []kv.Op { return []kv.Op{{Key: audit.Key(2), Delete: true}} }, []string{"from entry 2 on", "entry 2 is missing"}},
		"two entries swapped": {func(r kv.Reader) []kv.Op {
			es := entries(r, 2)
			return []kv.Op{{Key: es[0].Key, Value: es[1].Value}, {Key: es[1].Key, Value: es[0].Value}}
		}, []string{"from entry 2 on"}},
		"the end cut off, checkpoints too": {func(r kv.Reader) (ops []kv.Op) {
			for _, op := range entries(r, 4) {
				ops = append(ops, kv.Op{Key: op.Key, Delete: true})
			}
			_ = r.Scan([]byte(audit.CheckpointPrefix), audit.PrefixEnd(audit.CheckpointPrefix), false, func(k, _ []byte) error {
				ops = append(ops, kv.Op{Key: bytes.Clone(k), Delete: true})
				return nil
			})
			return ops
		}, []string{"from entry 4 on", "cut off"}},
		"a record edited": {func(r kv.Reader) (ops []kv.Op) {
			prefix := state.GovernedPrefix + "freeze/"
			_ = r.Scan([]byte(prefix), audit.PrefixEnd(prefix), false, func(k, v []byte) error {
				ops = append(ops, kv.Op{Key: bytes.Clone(k), Delete: true})
				return kv.ErrStop
			})
			return ops
		}, []string{"freeze/"}},
		"a token put in": {func(kv.Reader) []kv.Op {
			return []kv.Op{{Key: []byte(state.GovernedPrefix + "token/" + strings.Repeat("0", 64)), Value: []byte("\x01{}")}}
		}, []string{"token/"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := lived(t)
			p.must(0, "audit", "verify", "--data", p.data())
			var changed []kv.Op
			p.tamper(func(r kv.Reader) []kv.Op {
				changed = c.change(r)
				return changed
			})
			if len(changed) == 0 {
				t.Fatal("nothing was changed")
			}
			r := p.must(1, "audit", "verify", "--data", p.data())
			says(t, r.out, append(c.says, "does not hold")...)
		})
	}
}

func TestVerifyCantBeMisled(t *testing.T) {
	t.Parallel()
	p := lived(t)
	p.must(0, "audit", "verify")                                    // the configuration here leads to the store
	(&place{t: t, dir: t.TempDir()}).must(2, "audit", "verify")     // nothing names one
	p.must(2, "audit", "verify", "--data", p.path("none"))          // no store
	p.must(2, "audit", "verify", "--data", p.data(), "--bogus")     // wrong use
	p.must(2, "audit", "verify", "--data", p.data(), "--keys", ".") // no keys
	if err := os.Remove(p.path("gonogo-checkpoints.jsonl")); err != nil {
		t.Fatal(err)
	}
	says(t, p.must(0, "audit", "verify", "--data", p.data()).out, "confirms it up to entry 0")
}

func TestOperationsAreTheSameWithAndWithoutABot(t *testing.T) {
	t.Parallel()
	p := lived(t)
	for _, args := range [][]string{
		{"audit", "show", "F-1"}, {"audit", "show", "R-77"}, {"audit", "export"}, {"token", "list"}, {"token", "revoke", "admin"}, {"token", "create", "nobody"},
	} {
		args = append(args, "--data", p.data())
		without := p.run(args...)
		s := p.serve()
		with := p.run(args...)
		s.stop()
		if args[1] == "export" { // a start of the bot is an entry too
			with.out = with.out[:min(len(with.out), len(without.out))]
		}
		if with != without {
			t.Errorf("%v:\nwith a bot:    %+v\nwithout a bot: %+v", args, with, without)
		}
	}
}

func TestShowAndExport(t *testing.T) {
	t.Parallel()
	p := lived(t)
	says(t, p.must(0, "audit", "show", "F-1", "--data", p.data()).out, "F-1", "First Administrator", "closing", "freeze add")
	lines := strings.Split(strings.TrimSpace(p.must(0, "audit", "export", "--data", p.data()).out), "\n")
	for n, line := range lines {
		var x struct {
			Hash  string
			Entry struct{ Seq int }
		}
		if err := json.Unmarshal([]byte(line), &x); err != nil || x.Entry.Seq != n+1 || len(x.Hash) != 64 {
			t.Fatalf("line %d: %v, %+v", n+1, err, x)
		}
	}
	if len(lines) < 6 {
		t.Errorf("%d lines only", len(lines))
	}
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	p := newPlace(t, inDemo...)
	s := p.serve()
	decide(t, s, 3)
	file := p.path("backup")
	p.must(0, "backup", file, "--data", p.data()) // while it runs
	p.must(2, "backup", file, "--data", p.data()) // replaces nothing
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	decide(t, s, 3)
	s.stop()
	p.must(2, "restore", file, "--data", p.data()) // there is a store
	if err := os.Rename(filepath.Join(p.data(), storeFolder), p.path("lost")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(p.data(), keysFolder), p.path("keys")); err != nil {
		t.Fatal(err)
	}
	says(t, p.must(2, "restore", file, "--data", p.data()).err, "keys")
	if err := os.Rename(p.path("keys"), filepath.Join(p.data(), keysFolder)); err != nil {
		t.Fatal(err)
	}
	p.must(0, "restore", file, "--data", p.data())
	// What an outsider knows beyond the backup was given up by an entry that says so, and that is told.
	r := p.must(0, "audit", "verify", "--data", p.data())
	says(t, r.out, "is whole", "given up")
	says(t, p.must(0, "audit", "show", "store", "--data", p.data()).out, "restored from a backup")
	s = p.serve()
	list, _ := s.say("admin", "/freeze list")
	says(t, list.Text, "F-1", "F-3")
	if strings.Contains(list.Text, "F-4") {
		t.Error("what came after the backup is there")
	}
	decide(t, s, 1)
	says(t, p.must(0, "audit", "verify", "--data", p.data()).out, "is whole", "given up")
	verdict, _ := s.say("admin", "/audit verify")
	says(t, verdict.Text, "is whole")
}

func TestATornBackupRestoresNothing(t *testing.T) {
	t.Parallel()
	p := lived(t)
	file := p.path("backup")
	p.must(0, "backup", file, "--data", p.data())
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(p.data(), storeFolder), p.path("lost")); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, b := range map[string][]byte{"empty": nil, "cut": whole[:len(whole)-7], "flipped": flipped, "other": []byte("what is this?")} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		says(t, p.must(1, "restore", file, "--data", p.data()).err, "not a whole backup")
		left, err := fs.Glob(os.DirFS(p.data()), "*restor*")
		if _, there := os.Stat(filepath.Join(p.data(), storeFolder)); there == nil || err != nil || len(left) > 0 {
			t.Errorf("%s: something is left behind: %v", name, left)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s := p.serve()
	ask := func(status int, token string, more ...string) ran {
		t.Helper()
		p.env = []string{"GONOGO_TOKEN=" + token, "GONOGO_SERVER=" + s.address}
		defer func() { p.env = nil }()
		return p.must(status, append([]string{"say", "--in", "#releases", "--json", "/whoami"}, more...)...)
	}
	says(t, ask(1, "").out, "request.no_token")
	says(t, ask(1, "gonogo_guessed").out, "request.bad_token")
	token := strings.TrimSpace(p.must(0, "token", "create", "admin", "--data", p.data()).out)
	if len(token) < 43 || strings.ContainsAny(token, " \n") {
		t.Fatalf("no token: %q", token)
	}
	says(t, ask(0, token).out, "First Administrator")
	says(t, ask(0, token, "--as", "admin").out, "First Administrator")
	says(t, ask(1, token, "--as", "second").out, "request.not_yours")
	file := p.path("token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, ask(0, "other", "--token-file", file).out, "First Administrator")
	says(t, p.must(2, "token", "create", "nobody", "--data", p.data()).err, "nobody")
	says(t, p.must(0, "token", "list", "--data", p.data()).out, "T-1", "admin")
	says(t, p.must(0, "audit", "show", "T-1", "--data", p.data()).out, "token create", "First Administrator")

	s.stop()
	s = p.serve()
	says(t, ask(0, token).out, "First Administrator")
	p.must(0, "token", "revoke", "T-1", "--data", p.data())
	says(t, ask(1, token).out, "request.bad_token")
	p.must(1, "token", "revoke", "T-1", "--data", p.data())
	s.stop()
	p.must(0, "audit", "verify", "--data", p.data())

	// Nowhere but in that one answer: neither in the log nor in any file.
	if strings.Contains(s.log.String(), token) {
		t.Error("the token is in the log")
	}
	_ = os.Remove(file)
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(token)) {
			t.Errorf("the token is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTokensWithoutABot(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.serve().stop()
	token := strings.TrimSpace(p.must(0, "token", "create", "second", "--data", p.data()).out)
	s := p.serve()
	p.env = []string{"GONOGO_TOKEN=" + token, "GONOGO_SERVER=" + s.address}
	says(t, p.must(0, "say", "--in", "#releases", "/whoami").out, "Second Person")
}

func TestCompacting(t *testing.T) {
	t.Parallel()
	s := newPlace(t, inDemo...).serve()
	decide(t, s, 2)
	s.stop()
	e, err := badgerkv.Open(filepath.Join(s.data(), storeFolder), badgerkv.Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	m := &meteredEngine{Engine: e, meters: newMeters()}
	if err := m.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, err := m.Size(); err != nil || n == 0 {
		t.Errorf("%d, %v", n, err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	says(t, fmt.Sprint(s.must(0, "audit", "verify", "--data", s.data()).out), "is whole")
}
