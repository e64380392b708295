package lock_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
)

// Every state of a lock against everything that can be done with it.
func TestWholeProduct(t *testing.T) {
	t.Parallel()
	states := []struct {
		name string
		make func(*lock.Book)
	}{
		{"free", func(*lock.Book) {}},
		{"own", func(b *lock.Book) { b.Take(web, person("me", time.Hour), noon) }},
		{"another's", func(b *lock.Book) { b.Take(web, person("p1", time.Hour), noon) }},
		{"another's, I wait", func(b *lock.Book) {
			b.Take(web, person("p1", time.Hour), noon)
			b.Wait(web, person("me", time.Hour), 1, noon)
		}},
		{"a deployment's", func(b *lock.Book) { b.Take(web, deployment("D-1", "p1"), noon) }},
		{"my deployment's", func(b *lock.Book) { b.Take(web, deployment("D-1", "me"), noon) }},
		{"within a wider one", func(b *lock.Book) { b.Take(prod, person("p1", time.Hour), noon) }},
		{"within my wider one", func(b *lock.Book) { b.Take(prod, person("me", time.Hour), noon) }},
		{"expired", func(b *lock.Book) { b.Take(web, person("p1", time.Minute), noon.Add(-time.Hour)) }},
	}
	ops := []struct {
		name string
		do   func(*lock.Book) error
	}{
		{"take", func(b *lock.Book) error { _, r := b.Take(web, person("me", time.Hour), noon); return fault(r) }},
		{"wait", func(b *lock.Book) error { b.Wait(web, person("me", time.Hour), 2, noon); return nil }},
		{"leave", func(b *lock.Book) error { b.Leave(web, "me"); return nil }},
		{"release", func(b *lock.Book) error { return fault(b.Release(web, "me", noon)) }},
		{"break", func(b *lock.Book) error { return fault(b.Break(web, noon)) }},
		{"steal", func(b *lock.Book) error { _, r := b.Steal(web, person("me", time.Hour), noon); return fault(r) }},
		{"hand over", func(b *lock.Book) error {
			_, r := b.HandOver(web, "D-1", deployment("D-2", ""), noon)
			return fault(r)
		}},
		{"expire", func(*lock.Book) error { return nil }},
	}
	// What comes of it: who has the lock afterwards, or the refusal.
	want := map[string][]string{
		//                    take         wait   leave  release          break            steal            hand over        expire
		"free":                {"me", "me", "", "lock.free", "lock.free", "lock.free", "lock.free", ""},
		"own":                 {"me", "me", "me", "", "", "lock.steal_own", "lock.held", "me"},
		"another's":           {"lock.held", "p1", "p1", "lock.held", "", "me", "lock.held", "p1"},
		"another's, I wait":   {"lock.held", "p1", "p1", "lock.held", "me", "me", "lock.held", "p1"},
		"a deployment's":      {"lock.held", "D-1", "D-1", "lock.held", "", "me", "D-2", "D-1"},
		"my deployment's":     {"lock.held", "D-1", "D-1", "lock.held", "", "me", "D-2", "D-1"},
		"within a wider one":  {"lock.held_wide", "", "", "lock.free", "lock.free", "lock.free", "lock.free", ""},
		"within my wider one": {"me", "me", "", "lock.free", "lock.free", "lock.free", "lock.free", ""},
		"expired":             {"me", "me", "", "lock.free", "lock.free", "lock.free", "lock.free", ""},
	}
	for _, state := range states {
		for i, op := range ops {
			b := lock.NewBook()
			state.make(b)
			err := op.do(b)
			b.Settle(noon, nil)
			got := b.Lock(web).Owner
			if err != nil {
				got = err.Error()
			}
			if got != want[state.name][i] {
				t.Errorf("%s, %s: %q, want %q", state.name, op.name, got, want[state.name][i])
			}
		}
	}
}

type code string

func (c code) Error() string { return string(c) }

func fault(r *chat.Refusal) error {
	if r == nil {
		return nil
	}
	return code(r.Text.Code)
}
