package terminal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/words"
)

// Bounds of a conversation with a server.
const (
	attempts   = 4                // of a request whose outcome is unknown, under one key
	answerTime = 75 * time.Second // for an answer, what was asked to be waited for apart: longer than the server gives itself
	maxAnswer  = 8 << 20          // bytes
)

// Client speaks to a running bot over its HTTP API (docs/api.md). It is safe for concurrent use.
type Client struct {
	server string
	token  string
	http   *http.Client
	// pause waits between attempts, or until the context ends.
	pause func(ctx context.Context, d time.Duration) error
}

// New makes a client of the server at an address such as http://127.0.0.1:8080. The token says who speaks; the demo needs
// none. It reaches for nothing yet: a bad address shows with the first request, as unreachable.
func New(server, token string) *Client {
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	return &Client{
		server: strings.TrimRight(server, "/"), token: token, pause: pause,
		// A redirect would carry the token elsewhere: it is an answer like any other.
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
}

// Over is the client with another way to reach the server.
func (c *Client) Over(transport http.RoundTripper) *Client {
	over := *c
	over.http = &http.Client{Transport: transport, CheckRedirect: c.http.CheckRedirect}
	return &over
}

// Request is a line to say.
type Request struct {
	As, In, Text string
	// Key makes a repetition harmless; a fresh one if empty.
	Key string
	// Wait also waits for the effects, at most so long.
	Wait time.Duration
}

// PressRequest is a button to press: by On and Button, or by Token.
type PressRequest struct {
	As, In, On, Button, Token, Key string
	Wait                           time.Duration
}

// body is what both requests look like on the wire.
type body struct {
	As     string `json:"as,omitempty"`
	In     string `json:"in,omitempty"`
	Text   string `json:"text,omitempty"`
	On     string `json:"on,omitempty"`
	Button string `json:"button,omitempty"`
	Token  string `json:"token,omitempty"`
	Key    string `json:"key"`
	Wait   string `json:"wait,omitempty"`
}

// Say says a line and returns the reply. When the connection breaks after the request was sent it asks again with the
// same key, a few times. Errors: ErrUnreachable (nothing was sent), *UnknownError (sent, no answer), *APIError.
func (c *Client) Say(ctx context.Context, r Request) (words.Reply, error) {
	return c.ask(ctx, "/api/v1/say", body{As: r.As, In: r.In, Text: r.Text, Key: r.Key}, r.Wait)
}

// Press presses a button; replies and errors are those of Say.
func (c *Client) Press(ctx context.Context, r PressRequest) (words.Reply, error) {
	b := body{As: r.As, In: r.In, On: r.On, Button: r.Button, Token: r.Token, Key: r.Key}
	return c.ask(ctx, "/api/v1/press", b, r.Wait)
}

func (c *Client) ask(ctx context.Context, path string, b body, wait time.Duration) (words.Reply, error) {
	if b.Key == "" {
		b.Key = rand.Text()
	}
	if wait > 0 {
		b.Wait = wait.String()
	}
	payload, err := json.Marshal(b)
	if err != nil {
		return words.Reply{}, fmt.Errorf("encode request: %w", err)
	}
	var lost error
	for n := range attempts {
		var reply words.Reply
		err := c.call(ctx, http.MethodPost, path, payload, answerTime+wait, &reply)
		var unknown *UnknownError
		switch {
		case err == nil && reply.Outcome == "":
			return words.Reply{}, &UnknownError{Key: b.Key, Err: errNotOurs}
		case err == nil:
			return reply, nil
		case errors.As(err, &unknown):
			lost = unknown.Err
		case lost == nil || !errors.Is(err, ErrUnreachable):
			return words.Reply{}, err
		}
		if n == attempts-1 || c.pause(ctx, time.Duration(1<<n)*250*time.Millisecond) != nil {
			break
		}
	}
	return words.Reply{}, &UnknownError{Key: b.Key, Err: lost}
}

// Complete lists how a line could go on, best first.
func (c *Client) Complete(ctx context.Context, r Request) ([]string, error) {
	var out struct{ Lines []string }
	q := url.Values{"as": {r.As}, "in": {r.In}, "text": {r.Text}}
	err := c.call(ctx, http.MethodGet, "/api/v1/complete?"+q.Encode(), nil, answerTime, &out)
	return out.Lines, err
}

// Directory is where one can speak, and in the demo as whom.
type Directory struct {
	Channels     []Channel `json:"channels"`
	Accounts     []Account `json:"accounts,omitempty"`
	Demo         bool      `json:"demo"`
	Organisation string    `json:"organisation"`
}

// Channel is a channel of the local chat; its name begins with "#".
type Channel struct {
	Name  string `json:"name"`
	Topic string `json:"topic,omitempty"`
}

// Account is somebody to speak as in the demo.
type Account struct {
	Handle string `json:"handle"`
	Name   string `json:"name,omitempty"`
	Role   string `json:"role,omitempty"`
}

// Channels lists the channels.
func (c *Client) Channels(ctx context.Context) (Directory, error) {
	var out Directory
	err := c.call(ctx, http.MethodGet, "/api/v1/channels", nil, answerTime, &out)
	return out, err
}

// Entry is something said in a channel: a line of somebody's, or a message of the bot's.
type Entry struct {
	ID      string        `json:"id"`
	Channel string        `json:"channel"`
	At      time.Time     `json:"at"`
	Who     string        `json:"who,omitempty"`
	Line    string        `json:"line,omitempty"`
	Message words.Message `json:"message,omitzero"`
	Edited  time.Time     `json:"edited,omitzero"`
}

// Entries returns the last n entries of a channel, oldest first; the server's own number if n is 0.
func (c *Client) Entries(ctx context.Context, channel string, n int) ([]Entry, error) {
	q := url.Values{"in": {channel}}
	if n > 0 {
		q.Set("n", strconv.Itoa(n))
	}
	var out struct{ Entries []Entry }
	err := c.call(ctx, http.MethodGet, "/api/v1/entries?"+q.Encode(), nil, answerTime, &out)
	return out.Entries, err
}

// call makes one attempt and decodes its answer into out.
func (c *Client) call(ctx context.Context, method, path string, payload []byte, limit time.Duration, out any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	res, err := c.open(ctx, method, path, payload, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return &UnknownError{Err: fmt.Errorf("read answer: %w", err)}
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &UnknownError{Err: fmt.Errorf("%w: %w", errNotOurs, err)}
	}
	return nil
}

// open sends a request and returns the response when its status is 200; whoever gets it closes the body.
func (c *Client) open(ctx context.Context, method, path string, payload []byte, header http.Header) (*http.Response, error) {
	// A connection that was there means that something may have been sent.
	connected := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	req, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader(payload))
	if err != nil {
		return nil, &unreachable{c.server, err}
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	switch {
	case err != nil && connected:
		return nil, &UnknownError{Err: err}
	case err != nil:
		return nil, &unreachable{c.server, err}
	case res.StatusCode != http.StatusOK:
		defer res.Body.Close()
		return nil, refused(res)
	}
	return res, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
