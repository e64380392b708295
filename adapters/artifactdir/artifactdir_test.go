package artifactdir_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/artifactdir"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// later is a clock on which every file has settled, so that stamps are trusted.
func later() time.Time { return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) }

func open(t *testing.T, dir string, clock func() time.Time) *artifactdir.Adapter {
	t.Helper()
	a, err := artifactdir.New(artifactdir.Settings{Dir: dir}, clock)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func put(t *testing.T, dir, path, text string) {
	t.Helper()
	path = filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func TestArtifact(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "web/1.0.0/artifact", "bytes")
	put(t, dir, "web/1.0.0/manifest.json", `{"service":"web","version":"1.0.0","sha256":"`+sum("other")+`","size":5,
		"commit":"c0ffee","built_at":"2026-03-01T12:00:00Z","run_id":"17","pipeline":"main","authors":["a@example.org"],
		"changes":["W-1"],"lines_changed":42,"more":true}`)
	want := port.Artifact{
		Service: "web", Version: "1.0.0", Location: filepath.Join(dir, "web", "1.0.0", "artifact"),
		Digest: sum("bytes"), Declared: sum("other"), Size: 5,
		Build: port.Build{Commit: "c0ffee", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), RunID: "17", Pipeline: "main",
			Authors: []string{"a@example.org"}, Changes: []string{"W-1"}, LinesChanged: new(42)},
		Source: port.Source{System: "artifactdir", At: later()},
	}
	a := open(t, dir, later)
	for range 2 {
		got, err := a.Artifact(t.Context(), "web", "1.0.0")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
	}
	put(t, dir, "web/1.1.0/artifact", "bare")
	got, err := a.Artifact(t.Context(), "web", "1.1.0")
	if err != nil || got.Digest != sum("bare") || got.Declared != "" || got.Build.Commit != "" {
		t.Errorf("without a manifest: %+v, %v", got, err)
	}
}

func TestEveryChangeIsSeen(t *testing.T) {
	t.Parallel()
	for name, clock := range map[string]func() time.Time{"settled": later, "just written": time.Now} {
		dir := t.TempDir()
		file := filepath.Join(dir, "web", "1.0.0", "artifact")
		put(t, dir, "web/1.0.0/artifact", "good")
		a := open(t, dir, clock)
		digest := func() string {
			got, err := a.Artifact(t.Context(), "web", "1.0.0")
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return got.Digest
		}
		if digest() != sum("good") {
			t.Fatalf("%s: not the digest of the bytes", name)
		}
		before, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if name == "settled" { // replaced by a file of the same size and time: another inode
			put(t, dir, "new", "evil")
			if err := os.Rename(filepath.Join(dir, "new"), file); err != nil {
				t.Fatal(err)
			}
		} else { // rewritten in place at once, with the time set back
			put(t, dir, "web/1.0.0/artifact", "evil")
		}
		if err := os.Chtimes(file, before.ModTime(), before.ModTime()); err != nil {
			t.Fatal(err)
		}
		if digest() != sum("evil") {
			t.Errorf("%s: a change kept from the file's time and size went unseen", name)
		}
	}
}

// bytesRead is how much this process has read so far, as Linux counts it.
func bytesRead(t *testing.T) (n int64) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("this system does not count what is read")
	}
	if _, err := fmt.Sscanf(string(b), "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUnchangedIsNotReadAgain(t *testing.T) { // not parallel: it counts what the process reads
	dir := t.TempDir()
	put(t, dir, "web/1.0.0/artifact", strings.Repeat("x", 8<<20))
	a := open(t, dir, later)
	read := func() int64 {
		before := bytesRead(t)
		if _, err := a.Artifact(t.Context(), "web", "1.0.0"); err != nil {
			t.Fatal(err)
		}
		return bytesRead(t) - before
	}
	if n := read(); n < 8<<20 {
		t.Fatalf("the first look-up read only %d bytes", n)
	}
	if n := read(); n > 1<<20 {
		t.Errorf("the second look-up read %d bytes", n)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "secret", "x")
	put(t, dir, "repo/web/1.0.0/artifact", "bytes")
	put(t, dir, "repo/web/empty/manifest.json", "{}")
	if err := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "repo", "web", "empty", "artifact")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "repo", "web", "folder", "artifact"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := open(t, filepath.Join(dir, "repo"), later)
	for _, n := range [][2]string{
		{"web", "9.9.9"}, {"nobody", "1.0.0"}, {"..", "secret"}, {"web", ".."}, {"", ""}, {"web/1.0.0", "x"}, {"web", "../web/1.0.0"},
		{".", "web"}, {"web", "1.0.0\x00"},
	} {
		if got, err := a.Artifact(t.Context(), n[0], n[1]); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%q: %+v, %v, want effect.ErrNotFound", n, got, err)
		}
	}
	for _, v := range []string{"empty", "folder"} {
		if got, err := a.Artifact(t.Context(), "web", v); err == nil || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%s: %+v, %v, want an error", v, got, err)
		}
	}
	for _, text := range []string{
		"", "{", `{"version":"1.0.0"`, "[]", `{"service":"other"}`, `{"version":"1.0.1"}`, `{"sha256":"AB"}`,
		`{"built_at":"yesterday"}`, `{"size":-1}`, `{} {}`, strings.Repeat(" ", 1<<20) + "{}",
	} {
		put(t, dir, "repo/web/1.0.0/manifest.json", text)
		if got, err := a.Artifact(t.Context(), "web", "1.0.0"); err == nil || !strings.Contains(err.Error(), "web/1.0.0/manifest.json") {
			t.Errorf("manifest %.40q: %+v, %v, want an error that names it", text, got, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Artifact(ctx, "web", "1.0.0"); !errors.Is(err, context.Canceled) {
		t.Errorf("a done context: %v", err)
	}
	if _, err := open(t, filepath.Join(dir, "unmounted"), later).Artifact(t.Context(), "web", "1.0.0"); err == nil || errors.Is(err, effect.ErrNotFound) {
		t.Errorf("a folder that is not there: %v, want an error that does not say that the version is unknown", err)
	}
	if _, err := artifactdir.New(artifactdir.Settings{}, later); err == nil {
		t.Error("New took no folder")
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for v, at := range map[string]string{"1.10.0": "2026-03-03T00:00:00Z", "1.9.0": "2026-03-02T00:00:00Z", "1.9.1": "2026-03-04T00:00:00Z"} {
		put(t, dir, "web/"+v+"/artifact", v)
		put(t, dir, "web/"+v+"/manifest.json", `{"built_at":"`+at+`"}`)
	}
	put(t, dir, "web/torn/artifact", "x")
	put(t, dir, "web/torn/manifest.json", `{"built`)
	put(t, dir, "web/uploading/manifest.json", `{}`)
	put(t, dir, "web/.hidden/artifact", "x")
	put(t, dir, "web/README", "x")
	a := open(t, dir, later)
	got, err := a.Versions(t.Context(), "web")
	if want := []string{"torn", "1.9.0", "1.10.0", "1.9.1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, s := range []string{"nobody", "..", ""} {
		if _, err := a.Versions(t.Context(), s); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("service %q: %v", s, err)
		}
	}
}
