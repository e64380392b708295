package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// Bounds of waits and words.
const (
	// limitLeast is the wait after a secondary limit that names none:
	// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
	limitLeast = time.Minute
	limitMost  = time.Hour // the primary limit's period
	saysMost   = 300       // bytes of what a refusal says that are repeated
)

// class classes a failed request: limits by what they ask for, everything else as rest.Class does. nil stays nil.
func (h *host) class(route string, answer *gh.Response, err error, safe bool) error {
	if err == nil {
		return nil
	}
	if answer == nil || answer.Response == nil {
		return rest.Class(SystemName, route, nil, err, safe)
	}
	told := says(answer.Response, err)
	if wait, limited := h.limited(answer.Response, told); limited {
		refusal := &rest.Refusal{System: SystemName, Route: route, Status: answer.StatusCode, Says: told}
		return effect.Retryable(refusal, wait)
	}
	return rest.Class(SystemName, route, answer.Response, errors.New(told), safe)
}

// limited reports whether GitHub asks for fewer requests, and for how long: it says so with 403 as well as 429.
func (h *host) limited(answer *http.Response, told string) (time.Duration, bool) {
	if answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	if after := rest.After(answer.Header); after > 0 {
		return after, true
	}
	if answer.Header.Get("X-RateLimit-Remaining") == "0" {
		reset, err := strconv.ParseInt(answer.Header.Get("X-RateLimit-Reset"), 10, 64)
		if err != nil {
			return limitLeast, true
		}
		return min(max(time.Unix(reset, 0).Sub(h.clock()), time.Second), limitMost), true
	}
	return limitLeast, answer.StatusCode == http.StatusTooManyRequests || strings.Contains(told, "secondary rate limit")
}

// says is what GitHub gave as the reason, on one line, with the permission that it says is missing.
func says(answer *http.Response, err error) string {
	text := message(err)
	if need := answer.Header.Get("X-Accepted-GitHub-Permissions"); need != "" && answer.StatusCode == http.StatusForbidden {
		text += " (it takes " + need + ")"
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if len(text) > saysMost {
		text = strings.ToValidUTF8(text[:saysMost], "") + "…"
	}
	return text
}

func message(err error) string {
	var refusal *gh.ErrorResponse
	var limit *gh.RateLimitError
	var abuse *gh.AbuseRateLimitError
	var accepted *gh.AcceptedError
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &refusal):
		text := refusal.Message
		for _, e := range refusal.Errors {
			text += fmt.Sprintf("; %s", strings.TrimSpace(e.Message+" "+e.Field+" "+e.Code))
		}
		if text == "" {
			return "no word of why"
		}
		return text
	case errors.As(err, &limit):
		return limit.Message
	case errors.As(err, &abuse):
		return "secondary rate limit: " + abuse.Message
	case errors.As(err, &accepted):
		return "not ready yet"
	case errors.As(err, &syntax), errors.As(err, &kind):
		return "the answer is malformed"
	}
	return err.Error()
}

// notThere reports whether a request was answered with 404.
func notThere(err error) bool { return errors.Is(err, effect.ErrNotFound) }

// errUnseen says that something is not there, or that the token may not see it: GitHub answers 404 to both.
var errUnseen = errors.New("not there, or the token may not see it")

// unseen turns a 404 about what must be there into an error that says nothing of what was asked for.
func unseen(err error) error {
	if !notThere(err) {
		return err
	}
	return effect.Retryable(fmt.Errorf("%w: %s", errUnseen, err.Error()), rest.RightsPause)
}

// malformed is an answer that lacks what every such answer has.
func malformed(route string) error {
	return effect.Retryable(fmt.Errorf("%s: %s: the answer is malformed", SystemName, route), 0)
}
