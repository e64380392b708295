package main

import (
	"os"
	"strings"
	"testing"
)

// TestPolicyTest replays what a bot decided under another configuration: through the bot while it runs, on its store afterwards.
func TestPolicyTest(t *testing.T) {
	p := newPlace(t, inDemo...)
	s := p.serve()
	next := p.path("next.yaml")
	if err := os.WriteFile(next, []byte(p.read()), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := p.must(exitDone, "policy", "test", "--data", p.data(), "--since", "30d", next); !strings.Contains(said.out, "0 of 0 decisions") {
		t.Errorf("through the bot: %s", said.out)
	}
	if status := s.stop(); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	if said := p.must(exitDone, "policy", "test", "--data", p.data(), next); !strings.Contains(said.out, "0 of 0 decisions") {
		t.Errorf("on the store: %s", said.out)
	}
	p.must(exitUsage, "policy", "test", "--data", p.data(), "--since", "soon", next)
	p.must(exitUsage, "policy", "test", "--data", p.data(), p.path("none.yaml"))
}
