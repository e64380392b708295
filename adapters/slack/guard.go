package slack

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// errBroken says that the bot itself failed at a request: what came of it is not known.
var errBroken = errors.New("slack: the bot failed")

// guarded turns a panic into an error: one request must not stop the bot.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", errBroken, p, debug.Stack())
		}
	}()
	return do()
}

// unknown reports whether an error leaves open what came of a request.
func unknown(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, errBroken)
}
