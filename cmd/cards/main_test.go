package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePageShowsEveryCardEverywhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cards.html")
	if err := write("../../testdata/cards", file); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	goldens, _ := filepath.Glob("../../testdata/cards/*.json")
	if n := strings.Count(page, `<div class="on">`); n != len(goldens) || n == 0 {
		t.Errorf("%d cards are shown of %d", n, len(goldens))
	}
	for _, platform := range []string{`class="slack"`, `class="discord"`, `class="entry`, "<pre>"} {
		if strings.Count(page, platform) < len(goldens) {
			t.Errorf("not every card is shown with %s", platform)
		}
	}
	// What somebody typed into a reason is text everywhere.
	if strings.Contains(page, "<!channel>") || strings.Contains(page, "<rollback>") || !strings.Contains(page, "&lt;rollback&gt;") {
		t.Error("what was typed is markup")
	}
}
