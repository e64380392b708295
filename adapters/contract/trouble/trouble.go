// Package trouble is what every contract suite puts the other side through: limits, failures, silence, rights lost midway.
package trouble

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// Kind is a way in which the other side fails a request.
type Kind string

// The kinds of trouble.
const (
	Limited   Kind = "limited"   // 429 with Retry-After: RetryAfter
	Broken    Kind = "broken"    // 500, and nothing done
	Closed    Kind = "closed"    // 503 with no Retry-After, and nothing done
	Forbidden Kind = "forbidden" // the right was taken away: 403
	Revoked   Kind = "revoked"   // the token is no longer taken: 401
	Garbled   Kind = "garbled"   // 200 with a body that is no answer
	Silent    Kind = "silent"    // the connection stands, and nothing comes until the client gives up
)

// RetryAfter is what Limited asks for.
const RetryAfter = 7 * time.Second

// Kinds lists them.
func Kinds() []Kind { return []Kind{Limited, Broken, Closed, Forbidden, Revoked, Garbled, Silent} }

// brief bounds a request that meets silence.
const brief = 100 * time.Millisecond

// Meet makes a request of every kind of trouble and checks how its error is classed: none may be taken for success, for the end of it, or
// for "not there"; what was limited says for how long. make is a fresh request each time.
func Meet(t *testing.T, fail func(*testing.T, Kind), heal func(*testing.T), request func(context.Context) error) {
	t.Helper()
	for _, k := range Kinds() {
		fail(t, k)
		ctx, cancel := t.Context(), context.CancelFunc(func() {})
		if k == Silent {
			ctx, cancel = context.WithTimeout(ctx, brief)
		}
		err := request(ctx)
		cancel()
		heal(t)
		verdict, after := effect.Classify(err)
		switch {
		case err == nil:
			t.Errorf("%s: taken for success", k)
		case errors.Is(err, effect.ErrNotFound):
			t.Errorf("%s: taken for “not there”: %v", k, err)
		case verdict == effect.Permanent:
			t.Errorf("%s: given up for good: %v", k, err)
		case k == Limited && (verdict != effect.Retry || after < RetryAfter):
			t.Errorf("%s: verdict %v after %v, want to retry after %v: %v", k, verdict, after, RetryAfter, err)
		}
	}
}
