package lock_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func ask(id string, length time.Duration) lock.Ask {
	return lock.Ask{Owner: id, Kind: lock.Deployment, For: length}
}

func take(t *testing.T, l lock.Lock, a lock.Ask, at time.Time) lock.Lock {
	t.Helper()
	l, refusal := l.Take(a, at)
	if refusal != nil {
		t.Fatalf("take for %s: %v", a.Owner, refusal)
	}
	return l
}

func refused(t *testing.T, refusal *chat.Refusal, code chat.Code) {
	t.Helper()
	if refusal == nil || refusal.Text.Code != code {
		t.Errorf("refusal is %v, want %s", refusal, code)
	}
}

func TestOthersLockRefuses(t *testing.T) {
	t.Parallel()
	reason := chat.Sealed{Person: "p1"}
	l := take(t, lock.New("web", "prod"), lock.Ask{Owner: "p1", Kind: lock.Manual, Reason: &reason, For: time.Hour}, noon)
	same, refusal := l.Take(ask("D-1", 0), noon.Add(time.Hour-1))
	refused(t, refusal, "lock.held")
	if diff := cmp.Diff(l, same); diff != "" {
		t.Errorf("refused, yet changed:\n%s", diff)
	}
	owner, _ := refusal.Text.Arg("owner")
	until, _ := refusal.Text.Arg("until")
	if owner.Kind != chat.KindPerson || owner.Word != "p1" || !until.Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("the refusal says %+v until %+v", owner, until)
	}
	_, refusal = l.Release("D-1", noon)
	refused(t, refusal, "lock.held")
	_, refusal = l.Extend("D-1", time.Hour, noon)
	refused(t, refusal, "lock.held")
	_, refusal = l.HandOver("D-1", ask("D-2", 0), noon)
	refused(t, refusal, "lock.held")
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	l := take(t, lock.New("web", "prod"), ask("D-1", time.Hour), noon)
	end := noon.Add(time.Hour)
	if !l.Held(end.Add(-1)) || l.Held(end) || l.Guards(l.Token, end) {
		t.Error("it holds up to, and not including, its end")
	}
	if _, changed := l.Expire(end.Add(-1)); changed {
		t.Error("expired before its end")
	}
	free, changed := l.Expire(end)
	if !changed || free.Owner != "" || free.Token != l.Token {
		t.Errorf("expired: %+v, %v", free, changed)
	}
	if _, changed := free.Expire(end); changed {
		t.Error("a free lock expired")
	}
	_, refusal := l.Release("D-1", end)
	refused(t, refusal, "lock.free")
	_, refusal = l.Break(end)
	refused(t, refusal, "lock.free")
	next := take(t, l, ask("D-2", 0), end)
	if next.Token <= l.Token || next.Guards(l.Token, end) || !next.Guards(next.Token, end.AddDate(1, 0, 0)) {
		t.Errorf("tokens %d then %d: the older one must not guard, the newer must", l.Token, next.Token)
	}
}

func TestTakeAgainExtends(t *testing.T) {
	t.Parallel()
	l := take(t, lock.New("web", "prod"), ask("D-1", time.Hour), noon)
	again := take(t, l, ask("D-1", 2*time.Hour), noon.Add(time.Minute))
	if again.Token != l.Token || !again.Expires.Equal(noon.Add(2*time.Hour+time.Minute)) {
		t.Errorf("taken again: %+v", again)
	}
	longer, refusal := l.Extend("D-1", 0, noon)
	if refusal != nil || !longer.Expires.IsZero() {
		t.Errorf("extended without end: %+v, %v", longer, refusal)
	}
	_, refusal = lock.New("web", "prod").Take(ask("", 0), noon)
	refused(t, refusal, "lock.nobody")
}

func TestQueueIsFair(t *testing.T) {
	t.Parallel()
	l := take(t, lock.New("web", "prod"), ask("D-1", 0), noon)
	for _, id := range []string{"D-2", "D-3", "D-2", "D-1"} {
		l = l.Wait(ask(id, time.Minute), noon)
	}
	if len(l.Queue) != 2 || l.Place("D-2") != 1 || l.Place("D-3") != 2 || l.Place("D-1") != 0 {
		t.Fatalf("queue is %+v", l.Queue)
	}
	handed, refusal := l.Release("D-1", noon.Add(time.Hour))
	if refusal != nil || handed.Owner != "D-2" || handed.Place("D-2") != 0 || !handed.Expires.Equal(noon.Add(time.Hour+time.Minute)) {
		t.Fatalf("handed on: %+v, %v", handed, refusal)
	}
	gone := l.Leave("D-2")
	if gone.Place("D-3") != 1 || l.Place("D-2") != 1 {
		t.Errorf("left: %+v, before: %+v", gone.Queue, l.Queue)
	}
	// A lock that expired while others wait is theirs before it is anybody's.
	short := take(t, lock.New("web", "prod"), ask("D-1", time.Minute), noon).Wait(ask("D-2", 0), noon)
	_, refusal = short.Take(ask("D-3", 0), noon.Add(time.Minute))
	refused(t, refusal, "lock.queued")
	if first := take(t, short, ask("D-2", 0), noon.Add(time.Minute)); len(first.Queue) != 0 {
		t.Errorf("who got it still waits: %+v", first.Queue)
	}
}

func TestBreakAndHandOver(t *testing.T) {
	t.Parallel()
	l := take(t, lock.New("web", "prod"), ask("D-1", 0), noon).Wait(ask("D-2", 0), noon)
	back, refusal := l.HandOver("D-1", ask("D-3", time.Hour), noon)
	if refusal != nil || back.Owner != "D-3" || back.Place("D-2") != 1 || back.Token <= l.Token {
		t.Errorf("handed over: %+v, %v", back, refusal)
	}
	_, refusal = l.HandOver("D-1", ask("", 0), noon)
	refused(t, refusal, "lock.nobody")
	broken, refusal := l.Break(noon)
	if refusal != nil || broken.Owner != "D-2" || broken.Guards(l.Token, noon) {
		t.Errorf("broken: %+v, %v", broken, refusal)
	}
	_, refusal = lock.New("web", "prod").Break(noon)
	refused(t, refusal, "lock.free")
}

// Whatever is done in whatever order: tokens only grow, a new owner has a new token, nobody who waits is lost or passed
// but by a hand-over, and nobody owns and waits at once.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, at := lock.New("web", "prod"), noon
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "later")) * time.Second)
			who := fmt.Sprintf("D-%d", rapid.IntRange(1, 4).Draw(t, "who"))
			length := time.Duration(rapid.IntRange(0, 180).Draw(t, "for")) * time.Second
			before, op := l, rapid.SampledFrom([]string{"take", "wait", "leave", "release", "break", "expire"}).Draw(t, "op")
			switch op {
			case "take":
				l, _ = l.Take(ask(who, length), at)
			case "wait":
				l = l.Wait(ask(who, length), at)
			case "leave":
				l = l.Leave(who)
			case "release":
				l, _ = l.Release(who, at)
			case "break":
				l, _ = l.Break(at)
			case "expire":
				l, _ = l.Expire(at)
			}
			if l.Token < before.Token || l.Owner != "" && l.Owner != before.Owner && l.Token == before.Token {
				t.Fatalf("%s: token %d after %d", op, l.Token, before.Token)
			}
			if before.Held(at) && l.Owner != before.Owner && op != "break" && !(op == "release" && who == before.Owner) {
				t.Fatalf("%s by %s took the lock from %s", op, who, before.Owner)
			}
			if l.Owner != before.Owner && l.Owner != "" && len(before.Queue) > 0 && before.Queue[0].Owner != l.Owner {
				t.Fatalf("%s: %s got it, %s was first", op, l.Owner, before.Queue[0].Owner)
			}
			if l.Held(at) && l.Place(l.Owner) != 0 {
				t.Fatalf("%s owns the lock and waits for it", l.Owner)
			}
			if gone := len(before.Queue) - len(l.Queue); gone > 1 {
				t.Fatalf("%s: %d left the queue at once", op, gone)
			}
		}
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	l := lock.New("web", "prod")
	if got := l.Text(noon).Code; got != "lock.free" {
		t.Errorf("free: %s", got)
	}
	l = take(t, l, ask("D-1", time.Hour), noon)
	if owner, _ := l.Text(noon).Arg("owner"); owner.Kind != chat.KindWord || owner.Word != "D-1" {
		t.Errorf("owner is said as %+v", owner)
	}
	if got := l.Text(noon.Add(time.Hour)).Code; got != "lock.free" {
		t.Errorf("expired: %s", got)
	}
}
