package journal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/internal/journal"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

type numbers struct {
	*journal.Journal
	sum int
}

func open(path string) (*numbers, error) {
	n := &numbers{}
	j, err := journal.Open(path, func(line []byte) error {
		var v int
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		n.sum += v
		return nil
	})
	n.Journal = j
	return n, err
}

func mustOpen(t *testing.T, path string) *numbers {
	t.Helper()
	n, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *numbers) add(ctx context.Context, v any) error {
	return n.Append(ctx, func() (any, error) { return v, nil })
}

func TestEveryPrefixIsReadable(t *testing.T) {
	t.Parallel()
	whole := "1\n20\n300\n"
	for cut := range len(whole) + 1 {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(whole[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		kept := whole[:strings.LastIndexByte(whole[:cut], '\n')+1]
		n := mustOpen(t, path)
		if err := n.add(t.Context(), 7); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if b, _ := os.ReadFile(path); string(b) != kept+"7\n" {
			t.Errorf("cut at %d: the file is %q, want %q", cut, b, kept+"7\n")
		}
		if again := mustOpen(t, path); again.sum != n.sum {
			t.Errorf("cut at %d: read again the sum is %d, was %d", cut, again.sum, n.sum)
		}
	}
}

func TestManyWriters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "f")
	var all sync.WaitGroup
	for range 4 {
		n := mustOpen(t, path)
		for range 5 {
			all.Go(func() {
				// Each decides on the sum that it sees: a lost update would show.
				if err := n.Append(t.Context(), func() (any, error) { return n.sum + 1, nil }); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if n := mustOpen(t, path); n.sum != 1<<20-1 {
		t.Errorf("the sum is %d, want %d", n.sum, 1<<20-1)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	n := mustOpen(t, path)
	for i := range 3 {
		if err := n.add(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	verdict := func(err error) effect.Verdict { v, _ := effect.Classify(err); return v }
	if err := n.add(t.Context(), strings.Repeat("x", journal.MaxLine)); verdict(err) != effect.Permanent {
		t.Errorf("an oversized entry: %v", err)
	}
	if err := n.add(t.Context(), nil); err != nil {
		t.Errorf("nothing to append: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := n.add(ctx, 1); verdict(err) != effect.Retry {
		t.Errorf("a done context: %v", err)
	}
	refused := fmt.Errorf("refused")
	if err := n.Append(t.Context(), func() (any, error) { return 1, refused }); err != refused {
		t.Errorf("a refusal came back as %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "0\n1\n2\n" {
		t.Errorf("the file is %q", b)
	}
	if err := os.Truncate(path, 2); err != nil {
		t.Fatal(err)
	}
	if err := n.add(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "was cut") {
		t.Errorf("a file cut behind its back: %v", err)
	}
	if err := os.WriteFile(path, []byte("1\nrubbish\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(path); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a malformed line: %v", err)
	}
}
