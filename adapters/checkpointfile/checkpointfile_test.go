package checkpointfile_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/checkpointfile"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func open(t *testing.T, file string) *checkpointfile.Adapter {
	t.Helper()
	a, err := checkpointfile.New(checkpointfile.Settings{File: file})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func checkpoint(seq uint64) port.Checkpoint {
	return port.Checkpoint{
		Seq: seq, Hash: []byte{1, byte(seq)}, State: []byte{2}, At: time.Date(2026, 3, 1, 12, 0, int(seq), 0, time.UTC),
		Epoch: 1, Key: []byte{3}, Signature: []byte{4, byte(seq)},
	}
}

func publish(t *testing.T, a *checkpointfile.Adapter, seqs ...uint64) {
	t.Helper()
	for _, seq := range seqs {
		if err := a.Publish(t.Context(), checkpoint(seq)); err != nil {
			t.Fatal(err)
		}
	}
}

func want(t *testing.T, a *checkpointfile.Adapter, seqs ...uint64) {
	t.Helper()
	got, err := a.Checkpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []port.Checkpoint
	for _, seq := range seqs {
		all = append(all, checkpoint(seq))
	}
	if d := cmp.Diff(all, got); d != "" {
		t.Errorf("the file holds (-want +got)\n%s", d)
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "checkpoints.jsonl")
	a := open(t, file)
	want(t, a)
	publish(t, a, 1, 2, 2, 1)
	want(t, a, 1, 2)
	b := open(t, file)
	publish(t, b, 2, 3)
	want(t, a, 1, 2, 3)
	other := checkpoint(3)
	other.Hash = []byte{9}
	if err := b.Publish(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Checkpoints(t.Context()); err != nil || len(got) != 4 {
		t.Errorf("a contradicting checkpoint is what verifying must see; the file holds %d, %v", len(got), err)
	}
}

func TestEveryTornTail(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "checkpoints.jsonl")
	publish(t, open(t, file), 1, 2)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	end := strings.IndexByte(string(whole), '\n') + 1
	for cut := end; cut < len(whole); cut++ {
		file := filepath.Join(t.TempDir(), "checkpoints.jsonl")
		if err := os.WriteFile(file, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		a := open(t, file)
		publish(t, a, 2, 3)
		want(t, a, 1, 2, 3)
		now, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(now), string(whole[:cut])) {
			t.Fatalf("cut at %d, the file was rewritten", cut)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	if _, err := checkpointfile.New(checkpointfile.Settings{}); err == nil {
		t.Error("New took no file")
	}
	file := filepath.Join(t.TempDir(), "missing", "checkpoints.jsonl")
	err := open(t, file).Publish(t.Context(), checkpoint(1))
	if v, _ := effect.Classify(err); err == nil || v != effect.Retry {
		t.Errorf("a folder that is not there (not mounted): %v, want an error to try again after", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := open(t, filepath.Join(t.TempDir(), "f"))
	if err := a.Publish(ctx, checkpoint(1)); err == nil {
		t.Error("Publish succeeded though its context was done")
	}
	if _, err := a.Checkpoints(ctx); err == nil {
		t.Error("Checkpoints succeeded though its context was done")
	}
	want(t, a)
}
