// Command bench measures what gonogo promises of its speed and size: each figure in one run beside its peer or limit, as
// the median of several rounds. Baselines use the same options and write the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"
)

// settings of a run.
type settings struct {
	rounds  int
	length  time.Duration
	entries int
	dir     string
}

// parts are the figures, by the letter that docs/performance.md gives them.
var parts = []struct {
	letter, title string
	measure       func(settings, *report) error
}{
	{"a", "durable turns a second, and b: one person alone", turns},
	{"c", "the local chat's HTTP door", door},
	{"g", "acknowledging Slack", chatDoor},
	{"p", "what another policy would have decided of past releases", replays},
	{"t", "the order of a train", sequence},
	{"h", "what gates ask of the calendar", gates},
	{"d", "start, verification, export and memory with many entries (d, e, f)", trail},
}

func main() {
	var s settings
	flag.IntVar(&s.rounds, "rounds", 3, "rounds of each figure; the median counts")
	flag.DurationVar(&s.length, "time", 2*time.Second, "length of a round")
	flag.IntVar(&s.entries, "entries", 1_000_000, "audit entries of d, e and f")
	flag.StringVar(&s.dir, "dir", "", "folder for the stores; a temporary one if empty")
	only := flag.String("only", "acgdhpt", "letters of the parts to run")
	child := flag.String("child", "", "used by the program itself")
	flag.Parse()
	// As the program itself: see cmd/gonogo/memory.go.
	debug.SetMemoryLimit(200 << 20)
	debug.SetGCPercent(300)
	if *child != "" {
		exit(beChild(*child, s))
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "gonogo-bench-")
		if err != nil {
			exit(err)
		}
		defer os.RemoveAll(dir)
		s.dir = dir
	}
	r := &report{}
	for _, p := range parts {
		if !strings.Contains(*only, p.letter) {
			continue
		}
		fmt.Printf("\n%s\n", p.title)
		if err := p.measure(s, r); err != nil {
			exit(fmt.Errorf("%s: %w", p.title, err))
		}
	}
	r.summary()
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
