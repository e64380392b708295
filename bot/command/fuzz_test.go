package command_test

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
)

var seeds = []string{
	"", "/", "/release plan payments 1.1.0 --dry-run", `/vote R-12 go "looks fine"`, "/vote r-1 no-go “it isn't”",
	`/freeze add prod tomorrow 02:00 +2h "closing"`, "/freeze add prod sat 02:00 Europe/Berlin until 04:00 x —dry-run",
	`/do F-1 2 "a \"b\" \\" --for=90m --at "2026-12-24 18:00" --until 2h a-1`, "/help release plan", "/help rel", "/relaese",
	"/vote R-1 go -- --x", `/vote R-1 go "unclosed`, "/vote R-1 go 'a' \"b\" c", "/release plan --after ", "/vote R-1 go \u00a0x\u3000",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	c, at := catalogue(f), moment(f)
	f.Fuzz(func(t *testing.T, line string) {
		call, failure := c.Parse(line, at, organisation{})
		if failure != nil {
			if call.Spec != nil || call.Values != nil || call.DryRun || failure.Text.Code == "" || failure.Outcome != chat.Invalid {
				t.Fatalf("%q: a failure with %v: %v", line, call, failure.Text)
			}
			return
		}
		printed := command.Print(call)
		if len(printed) > command.MaxLine {
			return // quotes and escapes may make it longer than a line can be
		}
		again, failure := c.Parse(printed, at, organisation{})
		if failure != nil {
			t.Fatalf("%q is printed as %q: %v", line, printed, failure.Text)
		}
		call.Line = again.Line
		if d := cmp.Diff(call, again); d != "" {
			t.Fatalf("%q is printed as %q:\n%s", line, printed, d)
		}
		if twice := command.Print(again); twice != printed {
			t.Fatalf("%q is printed as %q, then %q", line, printed, twice)
		}
	})
}

func FuzzComplete(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	c, at := catalogue(f), moment(f)
	f.Fuzz(func(t *testing.T, line string) {
		offers := c.Complete(line, at, organisation{})
		seen := map[string]bool{}
		for _, o := range offers {
			if seen[o] || !utf8.ValidString(o) || len(o) > command.MaxLine {
				t.Fatalf("%q offers %q", line, offers)
			}
			seen[o] = true
		}
		if len(offers) > command.MaxCompletions {
			t.Fatalf("%q offers %d lines", line, len(offers))
		}
	})
}

func BenchmarkParseVote(b *testing.B) {
	c, at := catalogue(b), moment(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, failure := c.Parse(`/vote R-12 go "looks fine"`, at, organisation{}); failure != nil {
			b.Fatal(failure)
		}
	}
}

func BenchmarkParseFreeze(b *testing.B) {
	c, at := catalogue(b), moment(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, failure := c.Parse(`/freeze add prod tomorrow 02:00 +2h "closing"`, at, organisation{}); failure != nil {
			b.Fatal(failure)
		}
	}
}

// Votes come a hundred thousand a second: what one costs the garbage collector is part of the contract.
func TestParseVoteAllocations(t *testing.T) {
	c, at := catalogue(t), moment(t)
	const most = 5
	if n := testing.AllocsPerRun(100, func() { c.Parse(`/vote R-12 go "looks fine"`, at, nil) }); n > most {
		t.Errorf("%v allocations, want at most %d", n, most)
	}
}
