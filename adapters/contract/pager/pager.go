// Package pager is the contract suite that every port.Pager passes: what the bot counts on whatever wakes the on-call.
package pager

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// State is where a page stands on the other side.
type State string

// The states of a page.
const (
	None         State = ""
	Triggered    State = "triggered"
	Acknowledged State = "acknowledged"
	Resolved     State = "resolved"
)

// Side is the other side under test, made afresh for each test. Functions left nil stand for what can't happen there.
type Side struct {
	// New makes an adapter on the side's state. Called again it stands for a restarted bot.
	New func(t *testing.T) port.Pager
	// State is where the side has the page of key, and the title it shows.
	State func(t *testing.T, key string) (s State, title string)
	// Woken counts how often the side woke somebody for key.
	Woken func(t *testing.T, key string) int
	// LoseAnswer makes the side accept the next request and its answer get lost. If nil, the answer is dropped by the suite.
	LoseAnswer func(t *testing.T)
	// Garble makes the side's next answer malformed.
	Garble func(t *testing.T)
	// Fail makes the side meet every request with trouble until Heal; nil where it can't.
	Fail func(t *testing.T, k trouble.Kind)
	Heal func(t *testing.T)
	// Changes counts the changes that the side was told of under key; nil for an adapter that is no port.ChangeFeed.
	Changes func(t *testing.T, key string) int
}

// Test runs the suite; each test gets a side of its own.
func Test(t *testing.T, side func(t *testing.T) Side) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"a page goes its way", way},
		{"everything said twice happens once", twice},
		{"concurrent triggers of one key wake once", concurrent},
		{"a lost answer is repeated without waking twice", lostAnswer},
		{"a restarted bot acknowledges and resolves", restarted},
		{"pages are kept apart by their keys", apart},
		{"a trigger repeated after the end wakes nobody", late},
		{"changes are told", changes},
		{"no trouble is taken for an answer", troubled},
		{"nothing happens once the context is done", contextDone},
		{"a malformed answer is an error", malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s := side(t)
			c.test(t, &bench{Side: s, ctx: ctx, a: s.New(t)})
		})
	}
}

type bench struct {
	Side
	ctx context.Context
	a   port.Pager
}

func page(key string) port.Page {
	return port.Page{
		Key: key, Service: "checkout", Environment: "prod", Severity: port.Critical,
		Details: []port.Detail{{Label: "why", Text: "error rate 12 %, limit 5 %"}, {Label: "running now", Text: "checkout 2.3.9"}},
		Links:   []port.Link{{Text: "Release R-1", URL: "https://gonogo.example/r/R-1"}},
		Title:   "checkout 2.4.0 was rolled back", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Message: chat.Plain(chat.Say("page.rolled-back", chat.Word("service", "checkout"))),
	}
}

func (b *bench) want(t *testing.T, key string, want State, woken int) {
	t.Helper()
	got, title := b.State(t, key)
	if got != want {
		t.Errorf("page %s is %q, want %q", key, got, want)
	}
	if want != None && title != page(key).Title {
		t.Errorf("page %s shows the title %q", key, title)
	}
	if n := b.Woken(t, key); n != woken {
		t.Errorf("page %s woke %d times, want %d", key, n, woken)
	}
}

func no(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func way(t *testing.T, b *bench) {
	b.want(t, "D-1", None, 0)
	no(t, b.a.Trigger(b.ctx, page("D-1")))
	b.want(t, "D-1", Triggered, 1)
	no(t, b.a.Acknowledge(b.ctx, "D-1"))
	b.want(t, "D-1", Acknowledged, 1)
	no(t, b.a.Resolve(b.ctx, "D-1"))
	b.want(t, "D-1", Resolved, 1)
}

func twice(t *testing.T, b *bench) {
	for range 2 {
		no(t, b.a.Trigger(b.ctx, page("D-1")))
	}
	b.want(t, "D-1", Triggered, 1)
	for range 2 {
		no(t, b.a.Acknowledge(b.ctx, "D-1"))
	}
	no(t, b.a.Trigger(b.ctx, page("D-1")))
	b.want(t, "D-1", Acknowledged, 1)
	for range 2 {
		no(t, b.a.Resolve(b.ctx, "D-1"))
	}
	b.want(t, "D-1", Resolved, 1)
}

func concurrent(t *testing.T, b *bench) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := b.a.Trigger(b.ctx, page("D-1")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	b.want(t, "D-1", Triggered, 1)
}

func lostAnswer(t *testing.T, b *bench) {
	if b.LoseAnswer != nil {
		b.LoseAnswer(t)
	}
	err := b.a.Trigger(b.ctx, page("D-1"))
	if v, _ := effect.Classify(err); b.LoseAnswer != nil && (err == nil || v != effect.Unknown) {
		t.Fatalf("a trigger whose answer was lost returned %v, want an error of unknown outcome", err)
	}
	no(t, b.New(t).Trigger(b.ctx, page("D-1")))
	b.want(t, "D-1", Triggered, 1)
}

func restarted(t *testing.T, b *bench) {
	no(t, b.a.Trigger(b.ctx, page("D-1")))
	no(t, b.New(t).Acknowledge(b.ctx, "D-1"))
	b.want(t, "D-1", Acknowledged, 1)
	no(t, b.New(t).Resolve(b.ctx, "D-1"))
	b.want(t, "D-1", Resolved, 1)
}

func apart(t *testing.T, b *bench) {
	no(t, b.a.Trigger(b.ctx, page("D-1")))
	no(t, b.a.Trigger(b.ctx, page("D-2")))
	no(t, b.a.Resolve(b.ctx, "D-2"))
	b.want(t, "D-1", Triggered, 1)
	b.want(t, "D-2", Resolved, 1)
}

func contextDone(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if err := b.a.Trigger(ctx, page("D-1")); err == nil {
		t.Error("Trigger succeeded though its context was done")
	}
	b.want(t, "D-1", None, 0)
}

func malformed(t *testing.T, b *bench) {
	if b.Garble == nil {
		return // nothing malformed can come from this side
	}
	b.Garble(t)
	if err := b.a.Trigger(b.ctx, page("D-1")); err == nil {
		t.Error("a malformed answer was taken for success")
	}
}

func late(t *testing.T, b *bench) {
	no(t, b.a.Trigger(b.ctx, page("D-1")))
	no(t, b.a.Resolve(b.ctx, "D-1"))
	no(t, b.New(t).Trigger(b.ctx, page("D-1")))
	b.want(t, "D-1", Resolved, 1)
}

func changed(key string) port.Changed {
	return port.Changed{
		Key: key, Service: "checkout", Environment: "prod", Version: "2.4.0", Release: "R-1", Deployment: "D-1",
		Summary: "checkout 2.4.0 was deployed to prod", Details: []port.Detail{{Label: "release", Text: "R-1"}},
		Links: []port.Link{{Text: "Release R-1", URL: "https://gonogo.example/r/R-1"}}, At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}

func changes(t *testing.T, b *bench) {
	feed, ok := b.a.(port.ChangeFeed)
	if !ok {
		return
	}
	no(t, feed.Changed(b.ctx, changed("D-1")))
	if n := b.Changes(t, "D-1"); n != 1 {
		t.Errorf("one change was told %d times", n)
	}
	if got, _ := b.State(t, "D-1"); got != None || b.Woken(t, "D-1") != 0 {
		t.Error("a change woke somebody")
	}
}

func troubled(t *testing.T, b *bench) {
	if b.Fail == nil {
		return
	}
	no(t, b.a.Trigger(b.ctx, page("D-1")))
	requests := map[string]func(context.Context) error{
		"Trigger":     func(ctx context.Context) error { return b.a.Trigger(ctx, page("D-2")) },
		"Acknowledge": func(ctx context.Context) error { return b.a.Acknowledge(ctx, "D-1") },
		"Resolve":     func(ctx context.Context) error { return b.a.Resolve(ctx, "D-1") },
	}
	if rota, ok := b.a.(port.Rota); ok {
		requests["OnCall"] = func(ctx context.Context) error { _, err := rota.OnCall(ctx, "checkout"); return err }
	}
	if incidents, ok := b.a.(port.Incidents); ok {
		requests["Open"] = func(ctx context.Context) error { _, err := incidents.Open(ctx, "checkout"); return err }
	}
	for name, request := range requests {
		t.Run(name, func(t *testing.T) { trouble.Meet(t, b.Fail, b.Heal, request) })
	}
	b.want(t, "D-1", Triggered, 1)
	b.want(t, "D-2", None, 0)
}
