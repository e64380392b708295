package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/config"
)

// bomb expands to 10^9 values by aliases of aliases.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return b.String()
}

func TestAliasBombs(t *testing.T) {
	t.Parallel()
	start := string(config.Starting())
	// Where a list of lists fits nowhere the walk stops at the first level; in settings nothing is read before the
	// adapter does, and the snapshot is bounded.
	in := strings.Replace(start, "people:\n", bomb()+"people:\n", 1)
	if ps := problems(t, in); len(ps) > config.MaxProblems+1 {
		t.Errorf("%d problems", len(ps))
	}
	settings := strings.Replace(start, "    dir: artifacts\n", "    "+strings.ReplaceAll(strings.TrimSpace(bomb()), "\n", "\n    ")+"\n", 1)
	c := load(t, settings)
	if n := len(c.Snapshot(opaque)); n > 16<<20 {
		t.Errorf("the snapshot has %d bytes", n)
	}
	var into struct {
		A8 [][][][][][][][][]string `yaml:"a8"`
	}
	err := c.Artifacts.Decode(&into)
	if err == nil || !strings.Contains(err.Error(), "expands to more than") {
		t.Errorf("got %.200v", err)
	}
	// An anchor that holds itself.
	self := strings.Replace(start, "    dir: artifacts\n", "    a8: &a [*a]\n", 1)
	if c, err := config.Load([]byte(self), "self.yaml"); err == nil {
		c.Snapshot(opaque)
		if err := c.Artifacts.Decode(&into); err == nil {
			t.Error("an endless value was decoded")
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(string(config.Starting()))
	f.Add(demo(f))
	f.Add(bomb())
	for _, m := range mistakes {
		f.Add(strings.Replace(string(config.Starting()), m.old, strings.Replace(m.new, "§", "", 1), 1))
	}
	for _, s := range []string{"", "a: &a [*a]\n", "&a : *a", "? [a]\n: b", "{<<: {a: b}}", "!!binary x", "---\n---\n", "\xff", "a: !!int x", "%YAML 9.9\n---\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Load([]byte(text), "fuzz.yaml")
		if err != nil {
			var ps config.Problems
			if c != nil || !errors.As(err, &ps) || len(ps) == 0 {
				t.Fatalf("a refusal without problems: %v", err)
			}
			for _, p := range ps {
				if p.Line < 1 || p.Sentence == "" || strings.Contains(p.Sentence, "%!") {
					t.Fatalf("problem %+v", p)
				}
			}
			return
		}
		// What loads can be used: the same text gives the same record, and no difference.
		again, err := config.Load([]byte(text), "fuzz.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if d := config.Difference(c, again); len(d) != 0 {
			t.Fatalf("differs from itself: %+v", d)
		}
		if string(c.Snapshot(opaque)) != string(again.Snapshot(opaque)) {
			t.Fatal("two snapshots of one file")
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"1h", "2h30m", "1.5d", "0", "9999w", "..s", "1e9h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := config.ParseDuration(text)
		if err != nil {
			return
		}
		if d < 0 || d > config.MaxDuration {
			t.Fatalf("%q is %s", text, d)
		}
		if back, err := config.ParseDuration(config.Duration(d).String()); err != nil || back != d {
			t.Fatalf("%q is %s, then %s, %v", text, d, back, err)
		}
	})
}
