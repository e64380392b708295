package jenkins

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
)

// crumbs keeps what Jenkins wants to see with a request that changes something, where it does: requests with an API token are exempt since
// Jenkins 2.96, unless a proxy or a plugin makes them sessions. A crumb holds within the session that it was given in.
type crumbs struct {
	mu     sync.Mutex
	header http.Header // nil: none was needed so far
}

func (c *crumbs) get() http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.header
}

func (c *crumbs) set(h http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.header = h
}

type crumb struct {
	Field string `json:"crumbRequestField"`
	Crumb string `json:"crumb"`
}

// post sends a form. A request that is refused with 403 did nothing: it is sent once more with a fresh crumb, if Jenkins gives one.
func (a *Adapter) post(ctx context.Context, path string, query, form url.Values) (rest.Answer, error) {
	q := rest.Request{Method: http.MethodPost, Path: path, Query: query, Header: a.crumbs.get(), Body: form}
	answer, err := a.client.Do(ctx, q)
	if rest.Status(err) != http.StatusForbidden {
		return answer, err
	}
	header, problem := a.crumb(ctx)
	if problem != nil {
		return answer, err // it is not about a crumb, or none can be had: the refusal says more
	}
	q.Header = header
	answer, err = a.client.Do(ctx, q)
	if rest.Status(err) != http.StatusForbidden {
		a.crumbs.set(header)
	}
	return answer, err
}

// crumb asks for a crumb, and returns the headers that go with requests from now on.
func (a *Adapter) crumb(ctx context.Context) (http.Header, error) {
	var c crumb
	answer, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: "/crumbIssuer/api/json", Out: &c, Safe: true})
	if err != nil {
		return nil, err
	}
	if c.Field == "" || c.Crumb == "" {
		return nil, errors.New("the crumb issuer gives no crumb")
	}
	header := http.Header{}
	header.Set(c.Field, c.Crumb)
	var session []string
	for _, cookie := range (&http.Response{Header: answer.Header}).Cookies() {
		session = append(session, cookie.Name+"="+cookie.Value)
	}
	if len(session) > 0 {
		header.Set("Cookie", strings.Join(session, "; "))
	}
	return header, nil
}
