// Package ticketer is the contract suite that every port.Ticketer passes: what the bot counts on whatever keeps the
// organisation's changes.
package ticketer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Side is the other side under test, made afresh for each test. Functions left nil stand for what can't happen there.
type Side struct {
	// New makes an adapter on the side's state. Called again it stands for a restarted bot.
	New func(t *testing.T) port.Ticketer
	// LoseAnswer makes the side accept the next request that changes something and its answer get lost. If nil, the answer
	// is dropped by the suite, as a bot does that is killed while it waits.
	LoseAnswer func(t *testing.T)
	// Garble makes what the side says from now on malformed, also to adapters made later; those may refuse to be made, by
	// New returning nil.
	Garble func(t *testing.T)
	// Fail makes the side meet every request with trouble until Heal; nil where it can't.
	Fail func(t *testing.T, k trouble.Kind)
	Heal func(t *testing.T)
	// Opened counts the tickets that the side opened for key. Nil where what Find returns says it all.
	Opened func(t *testing.T, key string) int
}

// Test runs the suite; each test gets a side of its own.
func Test(t *testing.T, side func(t *testing.T) Side) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"a ticket says what the change said", opened},
		{"a repeated key opens one ticket", repeated},
		{"concurrent opens of one key open one ticket", concurrent},
		{"a lost answer is found by its key", lostAnswer},
		{"a note is added once", notes},
		{"every status can be set, twice too", moves},
		{"a restarted bot sees the same tickets", restarted},
		{"what is not there is not found", unknown},
		{"what is known later is added", amended},
		{"evidence is attached once", attached},
		{"no trouble is taken for an answer", troubled},
		{"a rate limit while opening opens one ticket", limited},
		{"nothing happens once the context is done", contextDone},
		{"malformed answers are errors", malformed},
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
	a   port.Ticketer
}

func change(key string) port.Change {
	return port.Change{
		Key: key, Release: "R-1", Service: "checkout", Version: "2.4.0", Digest: "ab12", Tier: "high",
		Environment: "prod", Commit: "c0ffee", Risk: "customers-money: customers pay through it",
		Requester: port.Party{Name: "Dana Developer"}, Link: "https://gonogo.example/r/R-1",
		Summary: `checkout 2.4.0 <b>"quoted"</b> & more`, Rollback: "back to 2.3.9", By: "p-7",
		At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}

func (b *bench) open(t *testing.T, key string) port.Ticket {
	t.Helper()
	ticket, err := b.a.Open(b.ctx, change(key))
	if err != nil || ticket.ID == "" {
		t.Fatalf("Open(%s): %+v, %v", key, ticket, err)
	}
	return ticket
}

func (b *bench) read(t *testing.T, id string) port.Ticket {
	t.Helper()
	ticket, err := b.a.Ticket(b.ctx, id)
	if err != nil {
		t.Fatalf("Ticket(%s): %v", id, err)
	}
	return ticket
}

// wantChange checks what a register must be able to show of a change.
func wantChange(t *testing.T, got port.Ticket, key string) {
	t.Helper()
	want := change(key)
	c := got.Change
	if c.Key != want.Key || c.Release != want.Release || c.Summary != want.Summary || c.Digest != want.Digest {
		t.Errorf("the ticket says %+v, want %+v", c, want)
	}
}

func opened(t *testing.T, b *bench) {
	made := b.open(t, "R-1")
	if made.Status != port.TicketOpen {
		t.Errorf("a new ticket is %q", made.Status)
	}
	got := b.read(t, made.ID)
	wantChange(t, got, "R-1")
	if got.ID != made.ID || got.Status != port.TicketOpen || got.Link != made.Link {
		t.Errorf("read back %+v, want %+v", got, made)
	}
	if other := b.open(t, "R-2"); other.ID == made.ID {
		t.Errorf("two changes share ticket %s", made.ID)
	}
}

func repeated(t *testing.T, b *bench) {
	first := b.open(t, "R-1")
	if err := b.a.Move(b.ctx, first.ID, port.TicketApproved); err != nil {
		t.Fatal(err)
	}
	if again := b.open(t, "R-1"); again.ID != first.ID || again.Status != port.TicketApproved {
		t.Errorf("the repeat gave %+v, want ticket %s as it is now", again, first.ID)
	}
}

func concurrent(t *testing.T, b *bench) {
	as := []port.Ticketer{b.a, b.New(t)}
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			ticket, err := as[i%2].Open(b.ctx, change("R-1"))
			if err != nil {
				t.Errorf("Open: %v", err)
			}
			ids[i] = ticket.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one key has several tickets: %v", ids)
		}
	}
}

func lostAnswer(t *testing.T, b *bench) {
	if b.LoseAnswer != nil {
		b.LoseAnswer(t)
	}
	_, err := b.a.Open(b.ctx, change("R-1"))
	if v, _ := effect.Classify(err); b.LoseAnswer != nil && (err == nil || v != effect.Unknown) {
		t.Fatalf("an open whose answer was lost returned %v, want an error of unknown outcome", err)
	}
	b.a = b.New(t)
	found, err := b.a.Find(b.ctx, "R-1")
	if err != nil {
		t.Fatalf("Find after the lost answer: %v", err)
	}
	wantChange(t, found, "R-1")
	if again := b.open(t, "R-1"); again.ID != found.ID {
		t.Errorf("the repeat opened %s beside %s", again.ID, found.ID)
	}
}

func notes(t *testing.T, b *bench) {
	id := b.open(t, "R-1").ID
	at := time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)
	for _, n := range []port.Note{{Key: "n1", Text: "voted <i>yes</i>", At: at}, {Key: "n1", Text: "voted again", At: at}, {Key: "n2", Text: "deployed", At: at}} {
		if err := b.a.Note(b.ctx, id, n); err != nil {
			t.Fatalf("Note: %v", err)
		}
	}
	got := b.read(t, id).Notes
	if len(got) != 2 || got[0].Text != "voted <i>yes</i>" || got[1].Text != "deployed" || !got[0].At.Equal(at) {
		t.Errorf("the notes are %+v", got)
	}
}

func moves(t *testing.T, b *bench) {
	id := b.open(t, "R-1").ID
	for _, s := range []port.TicketStatus{port.TicketApproved, port.TicketImplementing, port.TicketBackedOut,
		port.TicketOpen, port.TicketDone, port.TicketCancelled} {
		for range 2 {
			if err := b.a.Move(b.ctx, id, s); err != nil {
				t.Fatalf("Move to %s: %v", s, err)
			}
		}
		if got := b.read(t, id).Status; got != s {
			t.Errorf("moved to %s, the ticket is %s", s, got)
		}
	}
	err := b.a.Move(b.ctx, id, "no-such-status")
	if v, _ := effect.Classify(err); err == nil || v != effect.Permanent {
		t.Errorf("an unknown status: %v, want a permanent error", err)
	}
}

func restarted(t *testing.T, b *bench) {
	id := b.open(t, "R-1").ID
	at := time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)
	if err := errors.Join(b.a.Note(b.ctx, id, port.Note{Key: "n1", Text: "voted", At: at}), b.a.Move(b.ctx, id, port.TicketDone)); err != nil {
		t.Fatal(err)
	}
	b.a = b.New(t)
	got := b.read(t, id)
	wantChange(t, got, "R-1")
	if got.Status != port.TicketDone || len(got.Notes) != 1 {
		t.Errorf("after the restart the ticket is %+v", got)
	}
	if err := b.a.Note(b.ctx, id, port.Note{Key: "n1", Text: "voted", At: at}); err != nil {
		t.Fatal(err)
	}
	if n := len(b.read(t, id).Notes); n != 1 {
		t.Errorf("the note repeated after the restart is there %d times", n)
	}
	if other := b.open(t, "R-2"); other.ID == id {
		t.Errorf("after the restart the id %s was given again", id)
	}
}

func unknown(t *testing.T, b *bench) {
	if _, err := b.a.Find(b.ctx, "R-9"); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("Find: %v", err)
	}
	if _, err := b.a.Ticket(b.ctx, "CHG-999999"); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("Ticket: %v", err)
	}
	for name, err := range map[string]error{
		"Note": b.a.Note(b.ctx, "CHG-999999", port.Note{Key: "n", Text: "x"}),
		"Move": b.a.Move(b.ctx, "CHG-999999", port.TicketDone),
	} {
		if v, _ := effect.Classify(err); err == nil || v != effect.Permanent {
			t.Errorf("%s on an unknown ticket: %v, want a permanent error", name, err)
		}
	}
}

func contextDone(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if _, err := b.a.Open(ctx, change("R-1")); err == nil {
		t.Error("Open succeeded though its context was done")
	}
	if _, err := b.a.Find(b.ctx, "R-1"); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("an open whose context was done from the start left a ticket: %v", err)
	}
}

func malformed(t *testing.T, b *bench) {
	if b.Garble == nil {
		return // nothing malformed can come from this side
	}
	id := b.open(t, "R-1").ID
	b.Garble(t)
	a := b.New(t)
	if a == nil {
		return
	}
	if got, err := a.Ticket(b.ctx, id); err == nil {
		t.Errorf("a malformed answer was taken for %+v", got)
	}
	if _, err := a.Find(b.ctx, "R-1"); err == nil || errors.Is(err, effect.ErrNotFound) {
		t.Errorf("a malformed answer was taken for %v: the change would be opened twice", err)
	}
}

func amended(t *testing.T, b *bench) {
	id := b.open(t, "R-1").ID
	c := change("R-1")
	c.Tier, c.Approvers = "medium", []port.Party{{Name: "Charlie Chair"}, {Name: "Sam Security"}}
	c.Window = port.Window{From: c.At.Add(time.Hour), Until: c.At.Add(2 * time.Hour)}
	for range 2 {
		if err := b.a.Amend(b.ctx, id, c); err != nil {
			t.Fatalf("Amend: %v", err)
		}
	}
	got := b.read(t, id)
	wantChange(t, got, "R-1")
	if got.Change.Tier != "medium" || len(got.Change.Approvers) != 2 || got.Change.Approvers[0].Name != "Charlie Chair" ||
		!got.Change.Window.From.Equal(c.Window.From) || !got.Change.Window.Until.Equal(c.Window.Until) {
		t.Errorf("amended, the ticket says %+v", got.Change)
	}
	if got.Status != port.TicketOpen {
		t.Errorf("amended, the ticket is %s", got.Status)
	}
}

func attached(t *testing.T, b *bench) {
	id := b.open(t, "R-1").ID
	for _, f := range []port.Evidence{
		{Name: "decisions.md", Type: "text/markdown", Body: []byte("# voted")},
		{Name: "decisions.md", Type: "text/markdown", Body: []byte("# voted")},
		{Name: "trail.jsonl", Type: "application/json", Body: []byte("{}\n")},
	} {
		if err := b.a.Attach(b.ctx, id, f); err != nil {
			t.Fatalf("Attach: %v", err)
		}
	}
	files := b.read(t, id).Files
	slices.Sort(files)
	if !slices.Equal(files, []string{"decisions.md", "trail.jsonl"}) {
		t.Errorf("attached are %v", files)
	}
	long := port.Evidence{Name: "long", Type: "text/plain", Body: make([]byte, port.EvidenceMost+1)}
	if v, _ := effect.Classify(b.a.Attach(b.ctx, id, long)); v != effect.Permanent {
		t.Error("evidence beyond the bound is taken, or tried again")
	}
}

func troubled(t *testing.T, b *bench) {
	if b.Fail == nil {
		return
	}
	id := b.open(t, "R-1").ID
	for name, request := range map[string]func(context.Context) error{
		"Open":   func(ctx context.Context) error { _, err := b.a.Open(ctx, change("R-2")); return err },
		"Find":   func(ctx context.Context) error { _, err := b.a.Find(ctx, "R-2"); return err },
		"Ticket": func(ctx context.Context) error { _, err := b.a.Ticket(ctx, id); return err },
		"Note": func(ctx context.Context) error {
			return b.a.Note(ctx, id, port.Note{Key: "n", Text: "x", At: change("").At})
		},
		"Move":  func(ctx context.Context) error { return b.a.Move(ctx, id, port.TicketDone) },
		"Amend": func(ctx context.Context) error { return b.a.Amend(ctx, id, change("R-1")) },
		"Attach": func(ctx context.Context) error {
			return b.a.Attach(ctx, id, port.Evidence{Name: "e", Type: "text/plain", Body: []byte("x")})
		},
	} {
		t.Run(name, func(t *testing.T) { trouble.Meet(t, b.Fail, b.Heal, request) })
	}
}

func limited(t *testing.T, b *bench) {
	if b.Fail == nil {
		return
	}
	b.Fail(t, trouble.Limited)
	if _, err := b.a.Open(b.ctx, change("R-1")); err == nil {
		t.Fatal("a rate limit was taken for success")
	}
	b.Heal(t)
	id := b.open(t, "R-1").ID
	if again := b.open(t, "R-1").ID; again != id {
		t.Errorf("the repeat opened %s beside %s", again, id)
	}
	if b.Opened != nil && b.Opened(t, "R-1") != 1 {
		t.Errorf("%d tickets were opened", b.Opened(t, "R-1"))
	}
}
