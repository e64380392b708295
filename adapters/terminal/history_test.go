package terminal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
)

func lines(h *terminal.History) []string {
	var all []string
	for i := range h.Len() {
		all = append(all, h.At(i))
	}
	return all
}

func TestHistory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	h, err := terminal.OpenHistory(path)
	if err != nil || h.Len() != 0 {
		t.Fatal(h, err)
	}
	for _, line := range []string{"one", "", "  ", " not remembered", "two", "two", "one"} {
		h.Add(line)
	}
	want := []string{"one", "two", "one"}
	if diff := cmp.Diff(want, lines(h)); diff != "" {
		t.Error(diff)
	}
	again, err := terminal.OpenHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, lines(again)); diff != "" {
		t.Errorf("read back: %s", diff)
	}
}

func TestHistoryIsCutBackAndClosedToOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	var b strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&b, "line %d\x1b[2J\r\n\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := terminal.OpenHistory(path)
	if err != nil || h.Len() != 1000 || h.At(0) != "line 2499[2J" || h.At(999) != "line 1500[2J" {
		t.Fatalf("%d lines, %v", h.Len(), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() > 20_000 {
		t.Errorf("%v, %v", info, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
}
