package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// RightsPause is the least wait after the other side refused the credentials or the right: somebody has to mend that first, and what is to
// be done is not lost meanwhile.
const RightsPause = time.Minute

// waitMost bounds the wait that another system may ask for.
const waitMost = time.Hour

// Refusal is an answer other than success.
type Refusal struct {
	System string
	Route  string // "GET /rest/api/2/myself"
	Status int
	Says   string // the beginning of it
}

// Error says what was refused with what.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s: HTTP %d: %s", r.System, r.Route, r.Status, r.Says)
}

// Status is the HTTP status that a request was refused with, zero without one.
func Status(err error) int {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// Class classes a failed request by what it says about repeating. answer is what was answered, nil if nothing was; err says what was
// wrong, and is kept. Safe requests do no harm when done twice.
//
// Nothing happened there, and it is worth another try: no connection, 429 and 503 with the wait that they ask for, 401, 403 and 407 after
// RightsPause, 409, 423 and 425 where something else is to end first. 404 wraps effect.ErrNotFound and is permanent, like every other 4xx.
// After a 5xx, a 408, a cut or a timeout the outcome is unknown, unless the request is safe. So it is after a redirect that was not followed,
// which leads to a page where somebody signs in, as a rule: until that is mended there is nothing to be read.
func Class(system, route string, answer *http.Response, err error, safe bool) error {
	if answer == nil {
		err = fmt.Errorf("%s: %s: %w", system, route, err)
		if safe || neverSent(err) {
			return effect.Retryable(err, 0)
		}
		return err
	}
	var refusal error = &Refusal{System: system, Route: route, Status: answer.StatusCode, Says: err.Error()}
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
		return effect.Retryable(refusal, After(answer.Header))
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired, status/100 == 3 && safe:
		return effect.Retryable(refusal, RightsPause)
	case status == http.StatusConflict, status == http.StatusLocked, status == http.StatusTooEarly:
		return effect.Retryable(refusal, 0)
	case status == http.StatusNotFound:
		return effect.Permanently(fmt.Errorf("%w: %w", refusal, effect.ErrNotFound))
	case status/100 == 4 && status != http.StatusRequestTimeout:
		return effect.Permanently(refusal)
	case safe:
		return effect.Retryable(refusal, After(answer.Header))
	}
	return refusal
}

// neverSent reports whether a request failed before any of it reached the other side.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial" || errors.Is(err, syscall.ECONNREFUSED)
}

// After is the wait that an answer asks for, in seconds or as a date against the answer's own; zero for none, at most an hour.
func After(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return within(time.Duration(min(max(n, 0), int(waitMost/time.Second))) * time.Second)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return within(at.Sub(now))
}

func within(d time.Duration) time.Duration { return min(max(d, 0), waitMost) }

// Ended reports whether a request failed because its own context ended, and not the other side.
func Ended(ctx context.Context, err error) bool { return err != nil && ctx.Err() != nil }
