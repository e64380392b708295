package effect

import (
	"errors"
	"time"
)

// ErrNotFound says that the other system does not know the key: the effect was never accepted there.
var ErrNotFound = errors.New("no such key on the other side")

// Verdict classes a failed attempt.
type Verdict int

// The verdicts on a failed attempt. An error that says nothing is Unknown: the other system may have accepted the request.
const (
	Unknown   Verdict = iota
	Retry             // nothing happened there: try again
	Permanent         // it will never be accepted
)

type classed struct {
	error
	verdict Verdict
	after   time.Duration
}

func (c *classed) Unwrap() error { return c.error }

// Retryable marks err as one after which nothing happened on the other side; after is the least wait, zero for the
// outbox's own backoff.
func Retryable(err error, after time.Duration) error {
	return &classed{err, Retry, after}
}

// Permanently marks err as one that repeating can't mend.
func Permanently(err error) error { return &classed{err, Permanent, 0} }

// Classify tells what an error says about repeating, and the least wait it asks for.
func Classify(err error) (Verdict, time.Duration) {
	var c *classed
	if errors.As(err, &c) {
		return c.verdict, c.after
	}
	return Unknown, 0
}
