package changebook_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/changebook"
	"github.com/gonogo-chat/gonogo/adapters/contract/ticketer"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func open(t *testing.T, file string) *changebook.Adapter {
	t.Helper()
	a, err := changebook.New(changebook.Settings{File: file}, clock)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestContract(t *testing.T) {
	t.Parallel()
	ticketer.Test(t, func(t *testing.T) ticketer.Side {
		file := filepath.Join(t.TempDir(), "changes.jsonl")
		return ticketer.Side{
			New: func(t *testing.T) port.Ticketer {
				a, err := changebook.New(changebook.Settings{File: file}, clock)
				if err != nil {
					return nil
				}
				return a
			},
			Garble: func(t *testing.T) {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, append([]byte("rubbish\n"), b...), 0o600); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func TestTornLastLine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "changes.jsonl")
	a := open(t, file)
	for _, key := range []string{"R-1", "R-2"} {
		if _, err := a.Open(t.Context(), port.Change{Key: key, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b[:len(b)-10], 0o600); err != nil {
		t.Fatal(err)
	}
	a = open(t, file)
	if _, err := a.Find(t.Context(), "R-2"); err != effect.ErrNotFound {
		t.Errorf("the torn line counts: %v", err)
	}
	got, err := a.Open(t.Context(), port.Change{Key: "R-2", At: noon})
	if err != nil || got.ID != "CHG-2" {
		t.Errorf("opened again: %+v, %v", got, err)
	}
	if now, _ := os.ReadFile(file); string(now) != string(b) {
		t.Errorf("the book is\n%s\nwant\n%s", now, b)
	}
}

func TestNonsense(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		`{"ticket":"CHG-1","event":"moved","status":"done"}`, `{"ticket":"CHG-1","event":"noted","note":{}}`,
		`{"ticket":"","event":"opened","change":{}}`, `{"ticket":"CHG-1","event":"opened"}`, `{}`, `[]`, ``,
	} {
		file := filepath.Join(t.TempDir(), "changes.jsonl")
		if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := changebook.New(changebook.Settings{File: file}, clock); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v, want an error that names the line", line, err)
		}
	}
	if _, err := changebook.New(changebook.Settings{}, clock); err == nil {
		t.Error("New took no file")
	}
	a := open(t, filepath.Join(t.TempDir(), "changes.jsonl"))
	if _, err := a.Open(t.Context(), port.Change{}); err == nil {
		t.Error("a change without a key was opened")
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	a := open(t, filepath.Join(t.TempDir(), "changes.jsonl"))
	ticket, err := a.Open(t.Context(), port.Change{Key: "R-1", Summary: "<script>", Tier: "high", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Note(t.Context(), ticket.ID, port.Note{Key: "n", Text: "approved by the board", At: noon}); err != nil {
		t.Fatal(err)
	}
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	w := get("GET", ticket.Link)
	for _, want := range []string{"CHG-1", "open", "<script>", "2026-03-01T12:00:00Z  approved by the board"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, w.Body)
		}
	}
	if h := w.Header(); h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the page could be taken for HTML: %v", h)
	}
	if w := get("GET", "/changes/CHG-7"); w.Code != 404 {
		t.Errorf("an unknown ticket: %d", w.Code)
	}
	if w := get("POST", ticket.Link); w.Code != 405 {
		t.Errorf("POST: %d", w.Code)
	}
}
