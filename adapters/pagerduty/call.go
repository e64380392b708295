package pagerduty

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// errNoToken says that only events can be sent.
var errNoToken = errors.New("pagerduty: no REST API key is configured (token)")

// call makes one request through the library. The library drops what an error was made of, and of an answer's headers all: so what went
// over the wire is kept aside, and says what became of it. Safe requests do no harm when done twice.
func (a *Adapter) call(name string, safe bool, do func(*api.Client) error) error {
	x := &exchange{client: a.http}
	c := api.NewClient(a.token, api.WithAPIEndpoint(a.settings.APIURL), api.WithV2EventsAPIEndpoint(a.settings.EventsURL))
	c.HTTPClient = x
	err := do(c)
	switch {
	case x.err != nil:
		return rest.Class("pagerduty", name, nil, x.err, safe)
	case x.answer == nil:
		if err != nil {
			err = effect.Permanently(fmt.Errorf("pagerduty: %s: %w", name, err)) // nothing was sent
		}
		return err
	case x.answer.StatusCode/100 != 2:
		return rest.Class("pagerduty", name, x.answer, errors.New(tell(a.blot.Replace(string(x.said)))), safe)
	case err != nil:
		return rest.Class("pagerduty", name, nil, fmt.Errorf("the answer is malformed: %s", a.blot.Replace(err.Error())), safe)
	}
	return nil
}

// ask makes one request of the REST API.
func (a *Adapter) ask(name string, do func(*api.Client) error) error {
	if a.token == "" {
		return effect.Permanently(errNoToken)
	}
	return a.call(name, true, do)
}

// exchange is one request with its answer.
type exchange struct {
	client *http.Client
	answer *http.Response
	said   []byte
	err    error
}

// Do implements the library's HTTPClient.
func (x *exchange) Do(r *http.Request) (*http.Response, error) {
	answer, err := x.client.Do(r)
	if err != nil {
		x.err = err
		return nil, err
	}
	defer answer.Body.Close()
	if x.said, err = io.ReadAll(answer.Body); err != nil {
		x.err = err
		return nil, err
	}
	// The REST API says how long to wait in a header of its own: https://developer.pagerduty.com/docs/rest-api-rate-limits
	if reset := answer.Header.Get("Ratelimit-Reset"); reset != "" && answer.Header.Get("Retry-After") == "" {
		answer.Header.Set("Retry-After", reset)
	}
	answer.Body = io.NopCloser(bytes.NewReader(x.said))
	x.answer = answer
	return answer, nil
}

// tellMost is how much of what PagerDuty says of a refusal is repeated, in bytes.
const tellMost = 300

func tell(said string) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(said, "?")), " ")
	if len(text) > tellMost {
		text = strings.ToValidUTF8(text[:tellMost], "") + "…"
	}
	if text == "" {
		return "no word of why"
	}
	return text
}

// Bounds of lists.
const (
	pageLength = 100 // https://developer.pagerduty.com/docs/pagination
	pagesMost  = 20
)

// pages asks for a list page by page; one that does not end is an error and not the whole.
func (a *Adapter) pages(ctx context.Context, name string, page func(c *api.Client, limit, offset uint) (api.APIListObject, int, error)) error {
	var offset uint
	for range pagesMost {
		var list api.APIListObject
		var n int
		err := a.ask(name, func(c *api.Client) (err error) {
			list, n, err = page(c, pageLength, offset)
			return err
		})
		if err != nil || !list.More {
			return err
		}
		if offset += uint(n); n == 0 || ctx.Err() != nil {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return effect.Retryable(err, 0)
	}
	return effect.Retryable(fmt.Errorf("pagerduty: %s: the list does not end after %d", name, offset), 0)
}

// get reads a page of a list that the library has no method for.
func (a *Adapter) get(ctx context.Context, c *api.Client, path string, limit, offset uint, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s%s?limit=%d&offset=%d", a.settings.APIURL, path, limit, offset), nil)
	if err != nil {
		return err
	}
	answer, err := c.Do(r, true)
	if err != nil || answer.StatusCode/100 != 2 {
		return err // the status is seen to by whoever called
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(out)
}
