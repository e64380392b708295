// Package rest is what adapters of HTTP APIs have in common: answers of bounded size, no redirects elsewhere, and errors classed by
// what they say about repeating.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// Bounds of a request.
const (
	Patience   = 20 * time.Second // for one request, its answer included
	AnswerMost = 16 << 20         // bytes of an answer
	tellMost   = 300              // bytes of what a refusal says that are repeated
)

// Client speaks JSON with one system.
type Client struct {
	// System names the other side in errors: "jenkins".
	System string
	// Base is where its API is, without a slash at the end.
	Base string
	// Authorise adds the credentials to a request; its error goes to people, so it names the reference and never the secret.
	Authorise func(*http.Request) error
	HTTP      *http.Client
}

// Request is one call.
type Request struct {
	Method string
	Path   string // escaped already, with a leading slash
	Query  url.Values
	// Body is sent as JSON; url.Values are sent as a form.
	Body   any
	Header http.Header
	// Out takes the JSON of a successful answer; a *[]byte takes it as it is; nil for nothing.
	Out any
	// Safe requests do no harm when done twice: an unknown outcome is mended by trying again.
	Safe bool
}

// Answer is what was answered besides its body.
type Answer struct {
	Status int
	Header http.Header
}

// Do sends a request. Its errors are classed with package effect: see Class.
func (c *Client) Do(ctx context.Context, q Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	r, err := c.request(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	route := q.Method + " " + q.Path
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return Answer{}, Class(c.System, route, nil, err, q.Safe)
	}
	defer answer.Body.Close()
	got := Answer{answer.StatusCode, answer.Header}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, AnswerMost+1))
	if err == nil && len(raw) > AnswerMost {
		err = fmt.Errorf("the answer is over %d bytes", AnswerMost)
	}
	if err != nil {
		return got, Class(c.System, route, nil, err, q.Safe)
	}
	if answer.StatusCode/100 != 2 {
		return got, Class(c.System, route, answer, errors.New(tell(raw)), q.Safe)
	}
	switch out := q.Out.(type) {
	case nil:
	case *[]byte:
		*out = raw
	default:
		if err := json.Unmarshal(raw, out); err != nil {
			return got, Class(c.System, route, nil, fmt.Errorf("the answer is malformed: %w", err), q.Safe)
		}
	}
	return got, nil
}

func (c *Client) request(ctx context.Context, q Request) (*http.Request, error) {
	var body io.Reader
	kind := ""
	switch b := q.Body.(type) {
	case nil:
	case url.Values:
		body, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, effect.Permanently(fmt.Errorf("%s: %w", c.System, err))
		}
		body, kind = bytes.NewReader(raw), "application/json"
	}
	at := c.Base + q.Path
	if len(q.Query) > 0 {
		at += "?" + q.Query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.Method, at, body)
	if err != nil {
		return nil, effect.Permanently(fmt.Errorf("%s: %w", c.System, err))
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept", "application/json")
	for name, values := range q.Header {
		r.Header[name] = values
	}
	if c.Authorise != nil {
		if err := c.Authorise(r); err != nil {
			return nil, effect.Retryable(fmt.Errorf("%s: %w", c.System, err), RightsPause)
		}
	}
	return r, nil
}

// tell is the beginning of what a refusal says, on one line.
func tell(raw []byte) string {
	text := strings.Join(strings.Fields(string(bytes.ToValidUTF8(raw, []byte("?")))), " ")
	if len(text) > tellMost {
		text = strings.ToValidUTF8(text[:tellMost], "") + "…"
	}
	if text == "" {
		return "no word of why"
	}
	return text
}
