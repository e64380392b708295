package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

func TestSecretsShowNowhere(t *testing.T) {
	t.Setenv("GONOGO_TEST_SECRET", "open sesame")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &secrets{}
	if got := s.redact("open sesame"); got != "open sesame" {
		t.Errorf("%q before anything is secret", got)
	}
	for ref, want := range map[string]string{"env:GONOGO_TEST_SECRET": "open sesame", "file:" + file: "sesame"} {
		if got, err := s.resolve(ref); got != want || err != nil {
			t.Errorf("%s: %q, %v", ref, got, err)
		}
	}
	for _, ref := range []string{"open sesame", "env:GONOGO_TEST_NOTHING", ""} {
		if _, err := s.resolve(ref); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q: %v", ref, err)
		}
	}
	s.add("abc") // too short: half of all sentences would be blotted
	if got := s.redact("abc: open sesame, sesame"); got != "abc: [secret], [secret]" {
		t.Errorf("got %q", got)
	}
	for level, write := range map[string]func(*slog.Logger){
		"message": func(l *slog.Logger) { l.Info("said open sesame") },
		"text":    func(l *slog.Logger) { l.Info("said", "what", "open sesame") },
		"error":   func(l *slog.Logger) { l.Info("said", "error", fmt.Errorf("said %w", errors.New("open sesame"))) },
		"value":   func(l *slog.Logger) { l.Info("said", "what", []string{"open sesame"}) },
		"bytes":   func(l *slog.Logger) { l.Info("said", "what", struct{ A string }{"open sesame"}) },
		"group":   func(l *slog.Logger) { l.With("with", "open sesame").WithGroup("g").Info("said", "what", "sesame") },
		"pointer": func(l *slog.Logger) { l.Info("said", "what", slog.GroupValue(slog.String("in", "sesame"))) },
	} {
		var out bytes.Buffer
		write(newLog(&out, "debug", s.redact))
		if got := out.String(); strings.Contains(got, "sesame") || !strings.Contains(got, blot) {
			t.Errorf("%s: %s", level, got)
		}
	}
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := newLog(&out, "warn", func(s string) string { return s })
	l.Info("quiet")
	l.Warn("loud")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.HasPrefix(got, "{") {
		t.Errorf("got %q", got)
	}
}

func TestMeteredCommand(t *testing.T) {
	t.Parallel()
	d := &meteredDoor{}
	d.to(nil, []bot.Command{
		{Spec: command.Spec{Words: []string{"help"}}}, {Spec: command.Spec{Words: []string{"freeze", "add"}}},
		{Spec: command.Spec{Words: []string{"deploy"}}}, {Spec: command.Spec{Words: []string{"deploy", "adopt"}}},
	})
	for line, want := range map[string]string{
		"/help": "help", "help": "help", "/help me": "help", "/freeze add prod": "freeze add", "/freeze": "other", "/freezeadd": "other",
		"/deploy R-1 prod": "deploy", "/deploy adopt a b": "deploy adopt", "": "other", "/": "other", "   ": "other", "/secret words": "other",
	} {
		if got := d.command(line); got != want {
			t.Errorf("%q: %q, not %q", line, got, want)
		}
	}
}

func TestCompactInQuietMoments(t *testing.T) {
	t.Parallel()
	q := &quietude{}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for n, c := range []struct {
		seq   uint64
		after time.Duration
		want  bool
	}{
		{1, 0, false},
		{1, 2 * time.Hour, false},               // nothing was written
		{5, 2 * time.Hour, false},               // not quiet
		{5, 2*time.Hour + time.Second, true},    // quiet
		{6, 2*time.Hour + time.Minute, false},   // too soon
		{6, 2*time.Hour + 2*time.Minute, false}, // too soon, though quiet
		{7, 27 * time.Hour, true},               // never quiet, but long ago
	} {
		if got := q.compactNow(c.seq, start.Add(c.after)); got != c.want {
			t.Errorf("step %d: %v", n, got)
		}
	}
}

func TestNotAccepting(t *testing.T) {
	t.Parallel()
	for _, err := range []error{kv.ErrNoSpace, kv.ErrReadOnly, state.ErrClosed, bot.ErrStopping, fmt.Errorf("%w: %w", state.ErrBroken, kv.ErrUncertain)} {
		if !notAccepting(fmt.Errorf("commit: %w", err)) {
			t.Errorf("%v leaves the outcome unknown", err)
		}
	}
	for _, err := range []error{kv.ErrUncertain, errors.New("boom"), kv.ErrTooLarge} {
		if notAccepting(err) {
			t.Errorf("%v says that nothing was done", err)
		}
	}
}

func TestPagesOfSeveralAdapters(t *testing.T) {
	t.Parallel()
	one := func(path, text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-From", text)
			if r.URL.Path != path {
				http.Error(w, "not here", http.StatusNotFound)
				return
			}
			_, _ = w.Write([]byte(text))
		})
	}
	h := firstFound([]http.Handler{one("/a", "first"), one("/b", "second")})
	for path, want := range map[string]string{"/a": "200 first first", "/b": "200 second second", "/c": "404 not here second"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := fmt.Sprint(w.Code, " ", strings.TrimSpace(w.Body.String()), " ", w.Header().Get("X-From")); got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}

func TestRestorationGivesUpWhatCameAfter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	x := restoration{End: 10, At: at}
	for _, c := range []struct {
		seq  uint64
		at   time.Time
		want bool
	}{
		{10, at.Add(-time.Hour), false}, // in the backup
		{11, at.Add(-time.Hour), true},
		{11, at, false}, // signed by whoever goes on
		{12, at.Add(time.Hour), false},
	} {
		if got := x.gaveUp(port.Checkpoint{Seq: c.seq, At: c.at}); got != c.want {
			t.Errorf("entry %d at %v: %v", c.seq, c.at, got)
		}
	}
}

func TestChangesThatNeedARestart(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"pipelines.deploy.adapter": true, "operations.listen": true, "tickets.settings.file": true, "people.admin.name": false, "chat.platforms.1.settings.groups.cab": true,
		"environments.prod.pipeline": false, "chat.also.1.channels.cab": false,
	} {
		if got := atStart(commands.Change{Path: path}); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestMetricsBeyondThisMachineNeedALogin(t *testing.T) {
	t.Parallel()
	i := &instance{meters: newMeters(), outside: newOutside(&secrets{})}
	for address, open := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "0.0.0.0:80": false, "[::]:80": false, "192.0.2.1:80": false} {
		pages, members := i.pages(address)
		if (pages[metricsPage] != nil) != open || (members[metricsPage] != nil) == open {
			t.Errorf("%s: open %v, for members %v", address, pages[metricsPage] != nil, members[metricsPage] != nil)
		}
		if pages["GET /readyz"] == nil || pages["GET /healthz"] == nil {
			t.Errorf("%s: no probes", address)
		}
	}
}
