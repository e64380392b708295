package words

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// update writes docs/codes.md anew: go test ./bot/words -run TestCodesDocument -update
var update = flag.Bool("update", false, "write docs/codes.md anew")

const codesHead = `# Codes

Every code with its English, from the tables in bot/words: go test ./bot/words -run TestCodesDocument -update writes this page.
Scripts key on codes; sentences may change. ` + "`{name}` is an argument, `{n|one|many}` a choice by number, `{n|or}` a list of alternatives, and what stands in `[[…]]`" + `
is left out where its argument is missing.

| code | English |
|---|---|
`

// TestCodesDocument keeps docs/codes.md as the tables are.
func TestCodesDocument(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	for _, s := range sources {
		for code, text := range s.table {
			all[string(code)] = text
		}
	}
	var b strings.Builder
	b.WriteString(codesHead)
	for _, code := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", code, strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;").Replace(all[code]))
	}
	const file = "../../docs/codes.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != b.String() {
		t.Errorf("docs/codes.md is not what the tables say: go test ./bot/words -run TestCodesDocument -update (%v)", err)
	}
}
