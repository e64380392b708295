package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// placement is what runs in one service and environment.
type placement struct {
	Version string    `json:"version"`
	SHA256  string    `json:"sha256"`
	Since   time.Time `json:"since"`
}

// The outcomes of a run.
const (
	outcomeRunning   = "running"
	outcomeSucceeded = "succeeded"
	outcomeFailed    = "failed"
	outcomeCancelled = "cancelled"
)

// order is what a deploy asks for.
type order struct {
	Key     string `json:"key"`
	Service string `json:"service"`
	Env     string `json:"env"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

func (o order) slot() string { return o.Env + "/" + o.Service }

// record is what is kept of a run for good.
type record struct {
	order
	Outcome string    `json:"outcome"`
	Message string    `json:"message"`
	Started int       `json:"started"` // processes started for this run
	Begun   time.Time `json:"begun"`
	Ended   time.Time `json:"ended,omitzero"`
}

// book is the content of the state file.
type book struct {
	Fronts     map[string]string    `json:"fronts"`     // env/service → host:port
	Placements map[string]placement `json:"placements"` // env/service → what runs there
	Runs       []record             `json:"runs"`
}

func (b book) clone() book {
	return book{maps.Clone(b.Fronts), maps.Clone(b.Placements), slices.Clone(b.Runs)}
}

// run finds the record of a key.
func (b *book) run(key string) (*record, bool) {
	i := slices.IndexFunc(b.Runs, func(r record) bool { return r.Key == key })
	if i < 0 {
		return nil, false
	}
	return &b.Runs[i], true
}

// memory is the book with its file: nothing is in it that is not on disk.
type memory struct {
	path string
	mu   sync.Mutex
	book book
}

// openMemory reads the state folder. A run that was under way when the data
// centre died is settled as failed: what ran before it still counts as placed.
func openMemory(state string, now time.Time) (*memory, error) {
	m := &memory{path: filepath.Join(state, "state.json")}
	m.book = book{Fronts: map[string]string{}, Placements: map[string]placement{}, Runs: []record{}}
	text, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &m.book); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", m.path, err)
	}
	if m.book.Fronts == nil || m.book.Placements == nil {
		return nil, fmt.Errorf("%s is damaged: fronts or placements are missing", m.path)
	}
	return m, m.update(func(b *book) {
		for i := range b.Runs {
			if r := &b.Runs[i]; r.Outcome == outcomeRunning {
				r.Outcome, r.Ended = outcomeFailed, now
				r.Message = "failed: the data centre stopped during this run, nothing was switched"
			}
		}
	})
}

// update changes the book and its file together, or neither.
func (m *memory) update(change func(*book)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.book.clone()
	change(&next)
	text, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	if err := artifact.WriteFile(m.path, text, 0o600); err != nil {
		return err
	}
	m.book = next
	return nil
}

// view returns a copy of the book.
func (m *memory) view() book {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.book.clone()
}
