// Package gitlab deploys with GitLab CI, and reads from GitLab how source code came to be.
package gitlab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// host is a GitLab as one token sees it.
type host struct {
	*api.Client
	token string
	// base is where people see it, without a slash at the end.
	base string
	own  once[*api.User]
}

// Bounds of what is read.
const (
	perPage  = 100 // the most that GitLab lists at once
	tellMost = 300 // bytes of what a refusal says that are repeated
)

func newHost(address, reference string, o Outside) (*host, error) {
	token, err := o.Secret(reference)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if token == "" {
		return nil, fmt.Errorf("token: %s is empty", reference)
	}
	base := strings.TrimRight(address, "/")
	c, err := api.NewClient(token,
		api.WithBaseURL(base),
		api.WithHTTPClient(rest.Guarded(o.Client)),
		// Repeating and pacing are the outbox's: it knows what is dangerous to repeat, and remembers it.
		api.WithoutRetries(),
		api.WithCustomLimiter(unlimited{}),
		api.WithURLWarningLogger(slog.New(slog.DiscardHandler)),
	)
	if err != nil {
		return nil, errors.New("url: it is no address")
	}
	return &host{Client: c, token: token, base: base}, nil
}

type unlimited struct{}

// Wait implements the library's limiter.
func (unlimited) Wait(ctx context.Context) error { return ctx.Err() }

// in makes a request obey a context.
func in(ctx context.Context) api.RequestOptionFunc { return api.WithContext(ctx) }

// class classes what the library made of an answer; safe requests do no harm when done twice.
func (h *host) class(route string, answer *api.Response, err error, safe bool) error {
	if err == nil {
		return nil
	}
	var raw *http.Response
	if answer != nil && answer.Response != nil && answer.StatusCode/100 != 2 {
		raw = answer.Response
	}
	said := h.tell(err, raw)
	if raw != nil && raw.StatusCode == http.StatusTooManyRequests && raw.Header.Get("Retry-After") == "" {
		waitFor(raw.Header)
	}
	err = rest.Class(System, route, raw, said, safe)
	if raw != nil && raw.StatusCode == http.StatusNotFound {
		// GitLab says “not there” of what a token may not see as well, so it is no answer by itself.
		return effect.Retryable(fmt.Errorf("%s: %s: not there, or not for this token to see", System, route), rest.RightsPause)
	}
	return err
}

// waitFor says as Retry-After what GitLab.com says of its limits in its own way: the second in which they are reset.
func waitFor(header http.Header) {
	reset, err := strconv.ParseInt(header.Get("RateLimit-Reset"), 10, 64)
	if err == nil {
		header.Set("Retry-After", time.Unix(reset, 0).UTC().Format(http.TimeFormat))
	}
}

// tell is what went wrong on one line, bounded and without the token. What the context ended keeps its error.
func (h *host) tell(err error, answer *http.Response) error {
	text := err.Error()
	var refused *api.ErrorResponse
	if errors.As(err, &refused) {
		text = strings.TrimPrefix(refused.Message, "failed to parse unknown error format: ")
		if answer != nil && text == "" {
			text = http.StatusText(answer.StatusCode)
		}
	}
	text = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(text, "?"), h.token, "…")), " ")
	if len(text) > tellMost {
		text = strings.ToValidUTF8(text[:tellMost], "") + "…"
	}
	return &said{text, err}
}

// said is an error with words of its own.
type said struct {
	text string
	err  error
}

// Error is what it says.
func (s *said) Error() string { return s.text }

// Unwrap is what it came of.
func (s *said) Unwrap() error { return s.err }

// me is the user that the token belongs to.
func (h *host) me(ctx context.Context) (*api.User, error) {
	return h.own.get(func() (*api.User, error) {
		user, answer, err := h.Users.CurrentUser(in(ctx))
		if err == nil && (user == nil || user.ID == 0 || user.Username == "") {
			err = errMalformed
		}
		return user, h.class("GET /user", answer, err, true)
	})
}

var errMalformed = errors.New("the answer is malformed")

// project reads a project. One that is not there, or not for this token to see, is said so, and never effect.ErrNotFound: that would
// mean that nothing was started there.
func (h *host) project(ctx context.Context, path string) (*api.Project, error) {
	p, answer, err := h.Projects.GetProject(path, nil, in(ctx))
	if err == nil && (p == nil || p.ID == 0) {
		err = errMalformed
	}
	if gone(answer) {
		return nil, effect.Retryable(fmt.Errorf("%s: there is no project %s that the token may see: correct the path, or make the token's user a member",
			System, path), rest.RightsPause)
	}
	return p, h.class("GET /projects/:id", answer, err, true)
}

func gone(answer *api.Response) bool {
	return answer != nil && answer.Response != nil && answer.StatusCode == http.StatusNotFound
}

// pages reads a list page by page, until more says no. Lists longer than most end with more set.
func pages[T any](most int, list func(api.ListOptions) ([]*T, *api.Response, error)) (all []*T, more bool, answer *api.Response, err error) {
	for page := int64(1); ; page++ {
		some, answer, err := list(api.ListOptions{Page: page, PerPage: perPage})
		if err = whole(some, err); err != nil {
			return nil, false, answer, err
		}
		all = append(all, some...)
		if len(all) > most {
			return all[:most], true, answer, nil
		}
		if len(some) < perPage {
			return all, false, answer, nil
		}
	}
}

// whole is err, or that a list has a hole in it: what is read of it afterwards is there.
func whole[T any](list []*T, err error) error {
	if err == nil && slices.Contains(list, nil) {
		return errMalformed
	}
	return err
}

// projectOf is where a service's project is: its own, else the general one filled in by expand.
func projectOf(service, general string, own map[string]string, expand func(string) ([]string, error)) (string, error) {
	if path, ok := own[service]; ok {
		return path, nil
	}
	if general == "" {
		return "", fmt.Errorf("no project is configured for %s", service)
	}
	segments, err := expand(general)
	if err != nil {
		return "", err
	}
	return strings.Join(segments, "/"), nil
}

func deref(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// clock is the time as the outside says it.
func (o Outside) clock() time.Time {
	if o.Clock == nil {
		return time.Now()
	}
	return o.Clock()
}

func (o Outside) logger() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}

func (o Outside) targets() []port.Target {
	if o.Targets == nil {
		return nil
	}
	return o.Targets()
}
