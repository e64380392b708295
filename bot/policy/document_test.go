package policy_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/policy"
)

func page(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestPageNamesEveryField(t *testing.T) {
	t.Parallel()
	text := page(t)
	for _, f := range policy.Fields() {
		row := fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s |\n", f.Name, f.Type, cmp.Or(f.Unit, "–"), f.Doc, f.From, cmp.Or(f.Unknown, "–"))
		if !strings.Contains(text, row) {
			t.Errorf("lacks %s", row)
		}
	}
	if rows := strings.Count(text, "\n| `"); rows != len(policy.Fields()) {
		t.Errorf("has %d rows for %d fields", rows, len(policy.Fields()))
	}
}

// Every condition that the page shows can be used as it stands.
func TestPageShowsWhatWorks(t *testing.T) {
	t.Parallel()
	shown := regexp.MustCompile(`(?m)when: '([^']+)'`).FindAllStringSubmatch(page(t), -1)
	if len(shown) == 0 {
		t.Fatal("no condition is shown")
	}
	for _, m := range shown {
		if _, err := policy.Compile("shown", m[1]); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
	}
}
