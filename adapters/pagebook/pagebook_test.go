package pagebook_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/pager"
	"github.com/gonogo-chat/gonogo/adapters/pagebook"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func clock() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func settings(dir string) pagebook.Settings {
	return pagebook.Settings{
		File:   filepath.Join(dir, "pages.jsonl"),
		Notify: []string{"/bin/sh", "-c", `cat >> "$1/stdin"; echo "$2|$3|$4" >> "$1/woken-$2"`, "sh", dir, "{key}", "{service}", "{title}"},
	}
}

func open(t *testing.T, s pagebook.Settings) *pagebook.Adapter {
	t.Helper()
	a, err := pagebook.New(s, clock)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func TestContract(t *testing.T) {
	t.Parallel()
	pager.Test(t, func(t *testing.T) pager.Side {
		dir := t.TempDir()
		return pager.Side{
			New: func(t *testing.T) port.Pager { return open(t, settings(dir)) },
			State: func(t *testing.T, key string) (pager.State, string) {
				r, err := open(t, settings(dir)).Lookup(t.Context(), key)
				if err != nil && !errors.Is(err, effect.ErrNotFound) {
					t.Fatal(err)
				}
				return pager.State(r.State), r.Page.Title
			},
			Woken: func(t *testing.T, key string) int {
				return strings.Count(read(t, filepath.Join(dir, "woken-"+key)), "\n")
			},
			Changes: func(t *testing.T, key string) int {
				return strings.Count(read(t, settings(dir).File), `"changed":{"key":"`+key+`"`)
			},
			Garble: func(t *testing.T) {
				if err := os.WriteFile(settings(dir).File, []byte("rubbish\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func TestNotify(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := open(t, settings(dir))
	p := port.Page{Key: "D-1", Service: "--web", Title: "a; $(b) {key}\n", At: clock()}
	if err := a.Trigger(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dir, "woken-D-1")); got != "D-1|web|a; $(b) {key}\n\n" {
		t.Errorf("the command got %q", got)
	}
	if got := read(t, filepath.Join(dir, "stdin")); !strings.Contains(got, `"key":"D-1"`) {
		t.Errorf("its standard input was %q", got)
	}
}

func TestFailedNotifyIsRepeated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := settings(dir)
	s.Notify = []string{"/bin/sh", "-c", `echo tried >> "$1/tried"; test -e "$1/mended"`, "sh", dir}
	a := open(t, s)
	p := port.Page{Key: "D-1", At: clock()}
	err := a.Trigger(t.Context(), p)
	if v, _ := effect.Classify(err); err == nil || v == effect.Permanent {
		t.Fatalf("a failed command: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "mended"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := open(t, s).Trigger(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(read(t, filepath.Join(dir, "tried")), "tried"); n != 2 {
		t.Errorf("the command ran %d times, want 2", n)
	}
	if r, err := a.Lookup(t.Context(), "D-1"); err != nil || !r.Notified {
		t.Errorf("the book says %+v, %v", r, err)
	}
}

func TestHangingNotifyIsStopped(t *testing.T) {
	t.Parallel()
	s := settings(t.TempDir())
	s.Notify, s.Limit = []string{"/bin/sh", "-c", "exec tail -f /dev/null"}, 50*time.Millisecond
	if err := open(t, s).Trigger(t.Context(), port.Page{Key: "D-1"}); err == nil {
		t.Error("a command that hangs was taken for success")
	}
}

// What changed is in the book for people, and leaves its pages as they are.
func TestChangesAreKeptApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := open(t, settings(dir))
	if err := a.Trigger(t.Context(), port.Page{Key: "D-1", Title: "rolled back", At: clock()}); err != nil {
		t.Fatal(err)
	}
	if err := a.Changed(t.Context(), port.Changed{Key: "D-1", Summary: "checkout 2.4.0 was deployed", At: clock()}); err != nil {
		t.Fatal(err)
	}
	r, err := open(t, settings(dir)).Lookup(t.Context(), "D-1")
	if err != nil || r.State != pagebook.Triggered || r.Page.Title != "rolled back" {
		t.Errorf("the book says %+v, %v", r, err)
	}
	if got := read(t, settings(dir).File); !strings.Contains(got, "checkout 2.4.0 was deployed") {
		t.Errorf("the book has %s", got)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	a := open(t, settings(t.TempDir()))
	for name, err := range map[string]error{
		"acknowledge": a.Acknowledge(t.Context(), "D-9"), "resolve": a.Resolve(t.Context(), "D-9"),
	} {
		if v, _ := effect.Classify(err); v != effect.Permanent || !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%s of an unknown page: %v", name, err)
		}
	}
	if err := a.Trigger(t.Context(), port.Page{}); err == nil {
		t.Error("a page without a key was triggered")
	}
	if err := a.Changed(t.Context(), port.Changed{}); err == nil {
		t.Error("a change without a key was written down")
	}
	for _, s := range []pagebook.Settings{
		{}, {File: "f", Notify: []string{""}}, {File: "f", Notify: []string{"{key}"}}, {File: "f", Limit: -1},
	} {
		if _, err := pagebook.New(s, clock); err == nil {
			t.Errorf("New took %+v", s)
		}
	}
	for _, line := range []string{
		`{"key":"D-1","event":"acknowledged"}`, `{"key":"D-1","event":"triggered"}`, `{"key":"D-1","notified":true}`, `[]`,
		`{"key":"","changed":{"key":""}}`, `{"key":"D-1","event":"resolved","changed":{"key":"D-1"}}`,
	} {
		s := settings(t.TempDir())
		if err := os.WriteFile(s.File, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := pagebook.New(s, clock); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v, want an error that names the line", line, err)
		}
	}
}
