package rest_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// answered is what Class says of a status that a request was answered with.
func answered(status int, h http.Header, safe bool) error {
	return rest.Class("ci", "POST /build", &http.Response{StatusCode: status, Header: h}, errors.New("no"), safe)
}

// TestClassOfEveryStatus: what may be repeated, after how long, and what may not, for whatever is answered.
func TestClassOfEveryStatus(t *testing.T) {
	t.Parallel()
	type verdict struct {
		effect.Verdict
		after time.Duration
	}
	never, again, rights, unknown := verdict{effect.Permanent, 0}, verdict{effect.Retry, 0}, verdict{effect.Retry, rest.RightsPause}, verdict{effect.Unknown, 0}
	special := map[int]verdict{
		http.StatusUnauthorized: rights, http.StatusForbidden: rights,
		http.StatusProxyAuthRequired: rights, http.StatusConflict: again, http.StatusLocked: again, http.StatusTooEarly: again, http.StatusTooManyRequests: again,
		http.StatusRequestTimeout: unknown,
	}
	for status := 300; status < 600; status++ {
		want, ok := special[status]
		if !ok {
			want = map[int]verdict{3: unknown, 4: never, 5: unknown}[status/100]
		}
		err := answered(status, nil, false)
		v, after := effect.Classify(err)
		if got := (verdict{v, after}); got != want {
			t.Errorf("%d: %v, want %v", status, got, want)
		}
		if safe, _ := effect.Classify(answered(status, nil, true)); want == unknown && safe != effect.Retry || want != unknown && safe != want.Verdict {
			t.Errorf("%d to a safe request: %v", status, safe)
		}
		if errors.Is(err, effect.ErrNotFound) != (status == http.StatusNotFound) {
			t.Errorf("%d: %v", status, err)
		}
		if rest.Status(err) != status || !strings.Contains(err.Error(), "ci: POST /build: HTTP "+strconv.Itoa(status)+": no") {
			t.Errorf("%d: status %d, %v", status, rest.Status(err), err)
		}
	}
}

// TestClassOfARedirect: who is sent to a page for people has to sign in first; what was asked is not refused for good by that.
func TestClassOfARedirect(t *testing.T) {
	t.Parallel()
	login := http.Header{"Location": {"https://login.example/?back=ci"}}
	if v, after := effect.Classify(answered(http.StatusFound, login, true)); v != effect.Retry || after != rest.RightsPause {
		t.Errorf("a safe request: %v after %s", v, after)
	}
	if v, _ := effect.Classify(answered(http.StatusFound, login, false)); v != effect.Unknown {
		t.Errorf("a request that starts something: %v", v)
	}
}

// TestClassOfUnavailable: a 503 says that nothing was done only where it says when to come again.
func TestClassOfUnavailable(t *testing.T) {
	t.Parallel()
	if v, after := effect.Classify(answered(503, http.Header{"Retry-After": {"7"}}, false)); v != effect.Retry || after != 7*time.Second {
		t.Errorf("with a wait: %v after %s", v, after)
	}
	if v, _ := effect.Classify(answered(503, nil, false)); v != effect.Unknown {
		t.Errorf("without one: %v", v)
	}
	if _, after := effect.Classify(answered(429, http.Header{"Retry-After": {"7"}}, false)); after != 7*time.Second {
		t.Errorf("429: after %s", after)
	}
}

// TestClassOfNoAnswer: a request that never left did nothing; of one that was cut nobody knows.
func TestClassOfNoAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want effect.Verdict
	}{
		"refused":           {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, effect.Retry},
		"refused, unnamed":  {syscall.ECONNREFUSED, effect.Retry},
		"no such host":      {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}, effect.Retry},
		"cut while reading": {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, effect.Unknown},
		"cut while writing": {&net.OpError{Op: "write", Err: syscall.EPIPE}, effect.Unknown},
		"late":              {context.DeadlineExceeded, effect.Unknown},
	} {
		err := rest.Class("ci", "POST /build", nil, c.err, false)
		if v, _ := effect.Classify(err); v != c.want || !errors.Is(err, c.err) || rest.Status(err) != 0 {
			t.Errorf("%s: %v: %v", name, v, err)
		}
		if v, _ := effect.Classify(rest.Class("ci", "GET /build", nil, c.err, true)); v != effect.Retry {
			t.Errorf("%s, safe: %v", name, v)
		}
	}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	const now = "Mon, 23 Nov 2026 10:00:00 GMT"
	for _, c := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", now, 0},
		{"7", "", 7 * time.Second},
		{"0", "", 0},
		{"-5", "", 0},
		{"100000", "", time.Hour},
		{"-9999999999", "", 0},
		{"9223372036854775807", "", time.Hour},
		{"1.5", now, 0},
		{"soon", now, 0},
		{"Mon, 23 Nov 2026 10:01:30 GMT", now, 90 * time.Second},
		{"Mon, 23 Nov 2026 09:00:00 GMT", now, 0},
		{"Tue, 24 Nov 2026 10:00:00 GMT", now, time.Hour},
		{"Monday, 23-Nov-26 10:01:30 GMT", now, 90 * time.Second},
		{"Mon, 23 Nov 2026 10:01:30 GMT", "", 0},
		{"Mon, 23 Nov 2026 10:01:30 GMT", "today", 0},
	} {
		h := http.Header{"Retry-After": {c.after}, "Date": {c.date}}
		if got := rest.After(h); got != c.want {
			t.Errorf("%q at %q: %s, want %s", c.after, c.date, got, c.want)
		}
	}
}

func TestEnded(t *testing.T) {
	t.Parallel()
	over, end := context.WithCancel(t.Context())
	end()
	if err := errors.New("cut"); rest.Ended(t.Context(), err) || !rest.Ended(over, err) || rest.Ended(over, nil) {
		t.Error("it is the context's end that counts, and only of what failed")
	}
}

// FuzzAfter: no header makes anybody wait less than nothing or longer than an hour.
func FuzzAfter(f *testing.F) {
	f.Add("7", "")
	f.Add("Mon, 23 Nov 2026 10:01:30 GMT", "Mon, 23 Nov 2026 10:00:00 GMT")
	f.Add("-9223372036854775808", "x")
	f.Fuzz(func(t *testing.T, after, date string) {
		if d := rest.After(http.Header{"Retry-After": {after}, "Date": {date}}); d < 0 || d > time.Hour {
			t.Errorf("%q at %q: %s", after, date, d)
		}
	})
}
