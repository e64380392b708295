package terminal

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// ErrUnreachable: no connection to the server came about, so nothing was sent.
var ErrUnreachable = errors.New("server not reached")

var errNotOurs = errors.New("the answer is none of gonogo's")

// UnknownError is a request that was sent and not answered: it may have been carried out.
type UnknownError struct {
	// Key under which it may be repeated; empty for one that only read.
	Key string
	Err error
}

func (e *UnknownError) Error() string {
	if e.Err == nil {
		return "outcome unknown"
	}
	return "outcome unknown: " + e.Err.Error()
}

func (e *UnknownError) Unwrap() error { return e.Err }

// APIError is a request that the server did not take.
type APIError struct {
	Status int    // of HTTP
	Code   string // "error" where the server gave none
	Text   string
}

func (e *APIError) Error() string { return e.Text }

type unreachable struct {
	server string
	err    error
}

func (e *unreachable) Error() string   { return "reach " + e.server + ": " + e.err.Error() }
func (e *unreachable) Unwrap() []error { return []error{ErrUnreachable, e.err} }

// refused reads an answer whose status is not 200. A failure of the server's own leaves the outcome unknown.
func refused(res *http.Response) error {
	var answer struct {
		Error struct{ Code, Text string }
	}
	e := &APIError{Status: res.StatusCode, Code: "error"}
	if data, err := io.ReadAll(io.LimitReader(res.Body, 64<<10)); err == nil && json.Unmarshal(data, &answer) == nil {
		e.Text = answer.Error.Text
		if answer.Error.Code != "" {
			e.Code = answer.Error.Code
		}
	}
	if e.Text == "" {
		e.Text = phrase("terminal.failed", chat.Count("status", res.StatusCode))
	}
	if res.StatusCode >= 500 && res.StatusCode != http.StatusServiceUnavailable {
		return &UnknownError{Err: e}
	}
	return e
}

// Exit statuses of the command line; stable.
const (
	ExitDone        = 0
	ExitRefused     = 1
	ExitInvalid     = 2
	ExitUnreachable = 3
	ExitUnknown     = 4
)

// Outcomes of requests that got no reply, beside those of package chat.
const (
	Unreachable chat.Outcome = "unreachable"
	Unknown     chat.Outcome = "unknown"
)

var exits = map[chat.Outcome]int{
	chat.Done: ExitDone, chat.Refused: ExitRefused, chat.Invalid: ExitInvalid, Unreachable: ExitUnreachable,
}

// ExitCode is the exit status for a reply; an outcome that it does not know counts as unknown.
func ExitCode(r words.Reply) int {
	if code, ok := exits[r.Outcome]; ok {
		return code
	}
	return ExitUnknown
}

var statusOutcome = map[int]chat.Outcome{
	http.StatusUnauthorized: chat.Refused, http.StatusForbidden: chat.Refused, http.StatusConflict: chat.Refused,
	http.StatusTooManyRequests: Unreachable, http.StatusServiceUnavailable: Unreachable,
}

// Failure is the reply to show for an error of the client's: with an outcome, a code and a sentence.
func (c *Client) Failure(err error) words.Reply {
	var api *APIError
	var unknown *UnknownError
	switch {
	case errors.Is(err, ErrUnreachable):
		return failure(Unreachable, "terminal.unreachable", chat.Word("server", c.server))
	case errors.As(err, &unknown) && unknown.Key != "":
		return failure(Unknown, "terminal.outcome_unknown", chat.Word("key", unknown.Key))
	case errors.As(err, &api):
		outcome, ok := statusOutcome[api.Status]
		switch {
		case ok:
		case api.Status >= 400 && api.Status < 500:
			outcome = chat.Invalid
		default:
			outcome = Unknown
		}
		return words.Reply{Outcome: outcome, Code: chat.Code(api.Code), Text: api.Text}
	}
	return failure(Unknown, "terminal.unreadable", chat.Word("server", c.server))
}

func failure(outcome chat.Outcome, code chat.Code, args ...chat.Arg) words.Reply {
	return words.Reply{Outcome: outcome, Code: code, Text: phrase(code, args...)}
}

func isStatus(err error, status int) bool {
	var api *APIError
	return errors.As(err, &api) && api.Status == status
}

func number(n int) string { return strconv.Itoa(n) }
