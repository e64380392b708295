package lock_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
)

// TestEverySituationAndOperation walks every situation that a lock can be in, of either kind of owner, with everything that
// can be asked of it: what is allowed leads to the owner named, what is not is refused with the code and changes nothing.
func TestEverySituationAndOperation(t *testing.T) {
	t.Parallel()
	for _, kind := range []lock.Kind{lock.Manual, lock.Deployment} {
		by := func(owner string) lock.Ask { return lock.Ask{Owner: owner, Kind: kind, For: time.Hour} }
		situations := map[string]lock.Lock{
			"free":        lock.New("web", "prod"),
			"mine":        take(t, lock.New("web", "prod"), by("me"), noon),
			"theirs":      take(t, lock.New("web", "prod"), by("them"), noon),
			"over":        take(t, lock.New("web", "prod"), by("them"), noon.Add(-2*time.Hour)),
			"mine queued": take(t, lock.New("web", "prod"), by("me"), noon).Wait(by("next"), noon),
			"over queued": take(t, lock.New("web", "prod"), by("them"), noon.Add(-2*time.Hour)).Wait(by("next"), noon),
		}
		operations := map[string]func(lock.Lock) (lock.Lock, *chat.Refusal){
			"take":      func(l lock.Lock) (lock.Lock, *chat.Refusal) { return l.Take(by("me"), noon) },
			"release":   func(l lock.Lock) (lock.Lock, *chat.Refusal) { return l.Release("me", noon) },
			"extend":    func(l lock.Lock) (lock.Lock, *chat.Refusal) { return l.Extend("me", 2*time.Hour, noon) },
			"break":     func(l lock.Lock) (lock.Lock, *chat.Refusal) { return l.Break(noon) },
			"hand over": func(l lock.Lock) (lock.Lock, *chat.Refusal) { return l.HandOver("me", by("other"), noon) },
			"expire":    func(l lock.Lock) (lock.Lock, *chat.Refusal) { next, _ := l.Expire(noon); return next, nil },
		}
		// Who owns the lock after an operation that is allowed ("-" for nobody), or the code of its refusal.
		want := map[string]string{
			"free":        "take→me release→lock.free extend→lock.free break→lock.free hand over→lock.free expire→-",
			"mine":        "take→me release→- extend→me break→- hand over→other expire→me",
			"theirs":      "take→lock.held release→lock.held extend→lock.held break→- hand over→lock.held expire→them",
			"over":        "take→me release→lock.free extend→lock.free break→lock.free hand over→lock.free expire→-",
			"mine queued": "take→me release→next extend→me break→next hand over→other expire→me",
			"over queued": "take→lock.queued release→lock.free extend→lock.free break→lock.free hand over→lock.free expire→next",
		}
		for name, l := range situations {
			for operation, do := range operations {
				next, refusal := do(l)
				got := next.Owner
				if refusal != nil {
					got = string(refusal.Text.Code)
					if diff := cmp.Diff(l, next); diff != "" {
						t.Errorf("%s lock of %s: %s is refused, yet changes:\n%s", name, kind, operation, diff)
					}
				} else if got == "" {
					got = "-"
				}
				if !strings.Contains(want[name]+" ", operation+"→"+got+" ") {
					t.Errorf("%s lock of %s: %s leads to %s, want %s", name, kind, operation, got, want[name])
				}
				if next.Owner != l.Owner && next.Owner != "" && next.Token <= l.Token {
					t.Errorf("%s lock of %s: %s gives a new owner the old token", name, kind, operation)
				}
			}
		}
	}
}
