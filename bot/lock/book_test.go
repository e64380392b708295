package lock_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
)

var (
	noon    = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)
	web     = lock.Scope{Service: "web", Environment: "prod"}
	ledger  = lock.Scope{Service: "ledger", Environment: "prod"}
	staging = lock.Scope{Service: "web", Environment: "staging"}
	prod    = lock.Scope{Service: lock.All, Environment: "prod"}
	webAll  = lock.Scope{Service: "web", Environment: lock.All}
	all     = lock.Scope{Service: lock.All, Environment: lock.All}
)

func deployment(id, executor string) lock.Ask {
	return lock.Ask{Owner: id, Kind: lock.Deployment, Under: executor}
}

func person(id string, length time.Duration) lock.Ask {
	return lock.Ask{Owner: id, Kind: lock.Manual, For: length}
}

func take(t *testing.T, b *lock.Book, s lock.Scope, a lock.Ask, at time.Time) lock.Lock {
	t.Helper()
	l, refusal := b.Take(s, a, at)
	if refusal != nil {
		t.Fatalf("%s takes %v: %v", a.Owner, s, refusal)
	}
	return l
}

func refused(t *testing.T, refusal *chat.Refusal, code chat.Code) {
	t.Helper()
	if refusal == nil || refusal.Text.Code != code {
		t.Errorf("refusal is %v, want %s", refusal, code)
	}
}

func owns(t *testing.T, b *lock.Book, s lock.Scope, owner string) {
	t.Helper()
	if got := b.Lock(s).Owner; got != owner {
		t.Errorf("%v is %q's, want %q", s, got, owner)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	scopes := []lock.Scope{web, ledger, staging, prod, webAll, all}
	overlap := []string{"x  xxx", " x x x", "  x xx", "xx xxx", "x xxxx", "xxxxxx"}
	cover := []string{"x     ", " x    ", "  x   ", "xx x  ", "x x x ", "xxxxxx"}
	for i, a := range scopes {
		for j, b := range scopes {
			if got, want := a.Overlaps(b), overlap[i][j] == 'x'; got != want {
				t.Errorf("%v overlaps %v: %v", a, b, got)
			}
			if got, want := a.Covers(b), cover[i][j] == 'x'; got != want {
				t.Errorf("%v covers %v: %v", a, b, got)
			}
		}
	}
	for s, want := range map[lock.Scope]int{web: 4, prod: 2, webAll: 2, all: 1} {
		if got := s.Around(); len(got) != want || got[0] != s {
			t.Errorf("around %v: %v", s, got)
		}
	}
}

func TestOthersLockRefuses(t *testing.T) {
	t.Parallel()
	reason := chat.Sealed{Person: "p1"}
	b := lock.NewBook()
	take(t, b, prod, lock.Ask{Owner: "p1", Kind: lock.Manual, Reason: &reason, For: time.Hour}, noon)
	_, refusal := b.Take(web, deployment("D-1", "p2"), noon.Add(time.Hour-1))
	refused(t, refusal, "lock.held_wide")
	owner, _ := refusal.Text.Arg("owner")
	until, _ := refusal.Text.Arg("until")
	if owner.Kind != chat.KindPerson || owner.Word != "p1" || !until.Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("the refusal says %+v until %+v", owner, until)
	}
	refused(t, b.Release(prod, "p2", noon), "lock.held_wide")
	refused(t, b.Release(web, "p2", noon), "lock.free")
	_, refusal = b.HandOver(prod, "D-1", deployment("D-2", ""), noon)
	refused(t, refusal, "lock.held_wide")
	_, refusal = b.Take(web, lock.Ask{}, noon)
	refused(t, refusal, "lock.nobody")
	take(t, b, staging, deployment("D-1", "p2"), noon)
	// Its time over, it is in nobody's way.
	take(t, b, web, deployment("D-2", "p2"), noon.Add(time.Hour))
}

func TestADeploymentKeepsItsLock(t *testing.T) {
	t.Parallel()
	b := lock.NewBook()
	a := deployment("D-1", "p1")
	a.For = time.Hour
	l := take(t, b, web, a, noon)
	if !l.Held(noon.AddDate(1, 0, 0)) || l.Overtaken(l.Token) {
		t.Error("lost by time")
	}
	if l.Expires.IsZero() {
		t.Error("when people are told is not kept")
	}
	if err := b.Break(web, noon); err != nil {
		t.Error(err)
	}
	if b.Lock(web).Overtaken(l.Token) {
		t.Error("overtaken while nobody else had it")
	}
	if next := take(t, b, web, deployment("D-2", "p2"), noon); !next.Overtaken(l.Token) || next.Overtaken(next.Token) {
		t.Errorf("token %d after %d", next.Token, l.Token)
	}
}

func TestWhoHasALockDeploysWithin(t *testing.T) {
	t.Parallel()
	b := lock.NewBook()
	take(t, b, prod, person("p1", time.Hour), noon)
	b.Wait(web, person("p2", time.Hour), 1, noon)
	take(t, b, web, deployment("D-1", "p1"), noon)
	_, refusal := b.Take(ledger, deployment("D-2", "p2"), noon)
	refused(t, refusal, "lock.held_wide")
	// A wide lock is not stolen over a deployment that goes on within it.
	_, refusal = b.Steal(prod, person("p3", 0), noon)
	refused(t, refusal, "lock.held")
	owns(t, b, prod, "p1")
	if err := b.Release(prod, "p1", noon); err != nil {
		t.Error(err)
	}
	b.Settle(noon, nil)
	owns(t, b, web, "D-1")
	if err := b.Release(web, "D-1", noon); err != nil {
		t.Error(err)
	}
	b.Settle(noon, nil)
	owns(t, b, web, "p2")
}

// A lock lent to a deployment comes back to who lent it, whoever waits.
func TestLend(t *testing.T) {
	t.Parallel()
	reason := chat.Sealed{Person: "p1"}
	b := lock.NewBook()
	take(t, b, web, lock.Ask{Owner: "p1", Kind: lock.Manual, Reason: &reason, For: time.Hour}, noon)
	b.Wait(prod, person("p2", time.Hour), 1, noon)
	b.Wait(web, person("p3", time.Hour), 2, noon)
	take(t, b, web, deployment("D-1", "p1"), noon)
	if err := b.Release(web, "D-1", noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	b.Settle(noon.Add(time.Minute), nil)
	l := b.Lock(web)
	if l.Owner != "p1" || l.Reason == nil || !l.Expires.Equal(noon.Add(time.Hour+time.Minute)) {
		t.Errorf("it came back as %+v", l)
	}
	end := noon.Add(2 * time.Hour)
	if done := b.Settle(end, nil); len(done.Ended) != 1 || len(done.Given) != 1 || done.Given[0].Owner != "p2" {
		t.Errorf("at its end: %+v", done)
	}
	owns(t, b, web, "")
}

func TestAWideLockIsNotOvertaken(t *testing.T) {
	t.Parallel()
	b := lock.NewBook()
	take(t, b, web, deployment("D-1", "p1"), noon)
	b.Wait(prod, person("p2", time.Hour), 1, noon)
	_, refusal := b.Take(ledger, deployment("D-2", "p1"), noon)
	refused(t, refusal, "lock.queued_wide")
	take(t, b, staging, deployment("D-3", "p1"), noon)
	b.Wait(ledger, deployment("D-2", "p1"), 2, noon)
	// A rollback passes who waits, and never who has the lock.
	ahead := deployment("D-4", "")
	ahead.Ahead = true
	take(t, b, ledger, ahead, noon)
	if err := b.Release(web, "D-1", noon); err != nil {
		t.Fatal(err)
	}
	b.Settle(noon, nil)
	owns(t, b, prod, "")
	if err := b.Release(ledger, "D-4", noon); err != nil {
		t.Fatal(err)
	}
	b.Settle(noon, nil)
	owns(t, b, prod, "p2")
	_, refusal = b.Take(ledger, ahead, noon)
	refused(t, refusal, "lock.held_wide")
	if err := b.Break(prod, noon); err != nil {
		t.Fatal(err)
	}
	b.Settle(noon, nil)
	owns(t, b, ledger, "D-2")
}

func TestATurnIsLost(t *testing.T) {
	t.Parallel()
	b := lock.NewBook()
	take(t, b, web, person("p1", time.Hour), noon)
	b.Wait(web, person("p2", time.Hour), 1, noon)
	b.Wait(web, person("p3", time.Hour), 2, noon)
	done := b.Settle(noon.Add(time.Hour), func(turn lock.Turn) bool { return turn.Waiter.Owner != "p2" })
	if len(done.Forfeit) != 1 || done.Forfeit[0].Waiter.Owner != "p2" || len(done.Given) != 1 {
		t.Errorf("settled: %+v", done)
	}
	owns(t, b, web, "p3")
	if b.Leave(web, "p2") {
		t.Error("who lost the turn still waits")
	}
}

func TestSteal(t *testing.T) {
	t.Parallel()
	b := lock.NewBook()
	_, refusal := b.Steal(web, person("p2", 0), noon)
	refused(t, refusal, "lock.free")
	was := take(t, b, web, deployment("D-1", "p1"), noon)
	b.Wait(web, person("p3", 0), 1, noon)
	lost, refusal := b.Steal(web, person("p2", time.Hour), noon)
	if refusal != nil || lost.Owner != "D-1" || b.Lock(web).Owner != "p2" || !b.Lock(web).Overtaken(was.Token) || b.Lock(web).Place("p3") != 1 {
		t.Errorf("stolen: %+v, %v", b.Lock(web), refusal)
	}
	_, refusal = b.Steal(web, person("p2", 0), noon)
	refused(t, refusal, "lock.steal_own")
	_, refusal = b.Steal(web, lock.Ask{}, noon)
	refused(t, refusal, "lock.nobody")
}

func TestText(t *testing.T) {
	t.Parallel()
	for s, want := range map[lock.Scope][2]chat.Code{web: {"lock.free", "lock.held"}, prod: {"lock.free_wide", "lock.held_wide"}} {
		b := lock.NewBook()
		if got := b.Lock(s).Text(noon).Code; got != want[0] {
			t.Errorf("free: %s", got)
		}
		l := take(t, b, s, person("p1", time.Hour), noon)
		if got := l.Text(noon).Code; got != want[1] {
			t.Errorf("held: %s", got)
		}
		if got := l.Text(noon.Add(time.Hour)).Code; got != want[0] {
			t.Errorf("expired: %s", got)
		}
	}
	l := take(t, lock.NewBook(), web, deployment("D-1", ""), noon)
	if owner, _ := l.Text(noon).Arg("owner"); owner.Kind != chat.KindWord || owner.Word != "D-1" {
		t.Errorf("owner is said as %+v", owner)
	}
}
