package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// responseHost is where Slack's response_urls are; those of GovSlack and of test servers are at its API's host or at "hooks." and it.
const responseHost = "hooks.slack.com"

// responseMost bounds what is read of Slack's answer, in bytes.
const responseMost = 4096

// errUsedUp says that a response_url takes nothing more, or is none of Slack's: another way must be taken.
var errUsedUp = errors.New("slack: the response_url is used up")

// respond shows a message through the request's response_url. Whoever has that address may answer, so that it is in no error.
func (s *Slack) respond(ctx context.Context, h handle, p blockkit.Part) error {
	if !s.answerable(h.ResponseURL) {
		s.outside.Log.Warn("a response_url is at a host that is not Slack's: it is not used")
		return errUsedUp
	}
	body, err := responseOf(h, p)
	if err != nil {
		return effect.Permanently(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.ResponseURL, bytes.NewReader(body))
	if err != nil {
		return errUsedUp
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	client := *s.outside.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(r)
	if err != nil {
		return effect.Retryable(fmt.Errorf("slack: response_url: %w", withoutAddress(err)), 0)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, responseMost))
	switch code := answer.StatusCode; {
	case code == http.StatusTooManyRequests:
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil || seconds < 1 {
			seconds = 1
		}
		return effect.Retryable(errors.New("slack: response_url: too many requests"), time.Duration(seconds)*time.Second)
	case code >= http.StatusInternalServerError:
		return effect.Retryable(fmt.Errorf("slack: response_url: status %d", code), 0)
	case code != http.StatusOK, refusedBy(said):
		return errUsedUp
	}
	return nil
}

// refusedBy reads an answer, which is "ok" or JSON.
func refusedBy(said []byte) bool {
	var answer struct {
		OK *bool `json:"ok"`
	}
	return json.Unmarshal(said, &answer) == nil && answer.OK != nil && !*answer.OK
}

// answerable reports whether an address is one that Slack gives out: what people asked is told to nobody else.
func (s *Slack) answerable(address string) bool {
	at, err := url.Parse(address)
	if err != nil || at.User != nil || at.Host == "" {
		return false
	}
	host := strings.ToLower(at.Host)
	if at.Scheme == "https" && host == responseHost {
		return true
	}
	base, err := url.Parse(s.settings.APIURL)
	if err != nil || base.Host == "" || at.Scheme != base.Scheme {
		return false
	}
	return host == strings.ToLower(base.Host) || host == "hooks."+strings.ToLower(base.Host)
}

// tellings remember how much of an answer was told, so that trying again does not begin anew. Ready as it is.
type tellings struct {
	mu sync.Mutex
	by map[string]int
}

// answersMost bounds what is remembered; an answer forgotten is told again from its beginning.
const answersMost = 4096

func (a *tellings) told(key string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.by[key]
}

func (a *tellings) tell(key string, parts int) {
	if key == "" { // said beside the requests, once
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil || len(a.by) >= answersMost {
		a.by = map[string]int{}
	}
	a.by[key] = parts
}
