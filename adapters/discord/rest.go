package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// discordgo's requests are not used: they wait for rate limits where they can't be stopped, keep a lock and a record for each
// interaction's token, and know neither api v10 nor enforced nonces.

// Bounds of requests to Discord's HTTP API.
const (
	requestPatience = 15 * time.Second
	answerMost      = 32 << 20 // bytes of an answer: a thousand members are about one megabyte
	userAgent       = "DiscordBot (https://github.com/gonogo-chat/gonogo, 1)"
)

// request is one call of the HTTP API.
type request struct {
	verb, path string
	body       any
	files      []embed.File
	out        any
	// repeatable requests do no harm twice: an unknown outcome is mended by trying again.
	repeatable bool
}

// bare requests go without the bot's token: theirs is in the path.
func (q request) bare() bool {
	return strings.HasPrefix(q.path, "/webhooks/") || strings.HasPrefix(q.path, "/interactions/")
}

// errToken says that the bot token can't be read.
var errToken = errors.New("discord: the bot token")

// tokenPause is how long requests wait for somebody to mend the bot token: what the bot has to say is not lost meanwhile.
const tokenPause = time.Minute

// tokenless reports whether a request failed for want of a bot token that Discord takes.
func tokenless(err error) bool {
	return errors.Is(err, errToken) || status(err) == http.StatusUnauthorized
}

// refusal is an answer of Discord's other than success.
type refusal struct {
	Status  int
	Code    int    `json:"code"`
	Message string `json:"message"`
	route   string
}

// Error says what Discord answered, and what to do where that is known.
func (r *refusal) Error() string {
	s := fmt.Sprintf("discord: %s: HTTP %d, %d %s", r.route, r.Status, r.Code, r.Message)
	if do := remedies[r.Code]; do != "" {
		s += ": " + do
	}
	return s
}

// remedies say what to do about a refusal, for whoever reads the log.
var remedies = map[int]string{
	codeUnknownChannel: "the channel is gone, or the bot does not see it: let the bot view it, or change the configured id",
	codeUnknownMessage: "the message was deleted",
	codeMissingAccess:  "the bot does not see the channel: give its role the permission View Channel there",
	codeNoPermission:   "give the bot's role the permissions that `gonogo doctor` names",
	codeThreadLocked:   "a moderator locked the thread: unlock it",
}

// has reports whether Discord refused with one of these codes.
func has(err error, codes ...int) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, c := range codes {
		if r.Code == c {
			return true
		}
	}
	return false
}

// status is the HTTP status that Discord refused with, zero without one.
func status(err error) int {
	var r *refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// call sends a request. Its errors are classed: unclassed ones leave open whether it took effect.
func (d *Discord) call(ctx context.Context, q request) error {
	ctx, cancel := context.WithTimeout(ctx, requestPatience)
	defer cancel()
	route := routeOf(q.verb, q.path)
	if err := d.limits.wait(ctx, route.bucket, d.outside.Clock); err != nil {
		return err
	}
	hr, err := d.request(ctx, q)
	if errors.Is(err, errToken) {
		return effect.Retryable(err, tokenPause)
	}
	if err != nil {
		return effect.Permanently(err)
	}
	answer, err := d.client.Do(hr)
	if err != nil {
		return q.lost(route, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, answerMost))
	if err != nil {
		return q.lost(route, err)
	}
	d.limits.note(route.bucket, answer.Header, d.outside.Clock())
	if answer.StatusCode/100 != 2 {
		return d.refused(q, route, answer, raw)
	}
	if q.out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, q.out); err != nil {
		return q.lost(route, err)
	}
	return nil
}

func (d *Discord) request(ctx context.Context, q request) (*http.Request, error) {
	var body io.Reader
	kind := "application/json"
	if q.body != nil {
		raw, err := json.Marshal(q.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
		if len(q.files) > 0 {
			if body, kind, err = form(raw, q.files); err != nil {
				return nil, err
			}
		}
	}
	hr, err := http.NewRequestWithContext(ctx, q.verb, d.base+q.path, body)
	if err != nil {
		return nil, errors.New("discord: the API's URL is no URL")
	}
	hr.Header.Set("User-Agent", userAgent)
	if body != nil {
		hr.Header.Set("Content-Type", kind)
	}
	if q.bare() {
		return hr, nil
	}
	token, err := d.outside.Secret(d.settings.BotToken)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errToken, err)
	}
	hr.Header.Set("Authorization", "Bot "+token)
	return hr, nil
}

// form is a message with its files beside it.
func form(message []byte, files []embed.File) (io.Reader, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {"application/json"}})
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(message); err != nil {
		return nil, "", err
	}
	for i, f := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.Name)}, "Content-Type": {"text/plain; charset=utf-8"},
		})
		if err != nil {
			return nil, "", err
		}
		if _, err := io.WriteString(part, f.Text); err != nil {
			return nil, "", err
		}
	}
	return &b, w.FormDataContentType(), w.Close()
}

// lost classes a request without an answer. Addresses of webhooks hold tokens, so they are left out.
func (q request) lost(r route, err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var dial *net.OpError
	err = fmt.Errorf("discord: %s: %w", r.name, err)
	if q.repeatable || errors.As(err, &dial) && dial.Op == "dial" {
		return effect.Retryable(err, 0)
	}
	return err
}

// refused classes an answer other than success.
func (d *Discord) refused(q request, r route, answer *http.Response, raw []byte) error {
	no := &refusal{}
	_ = json.Unmarshal(raw, no)
	no.Status, no.route = answer.StatusCode, r.name
	switch {
	case answer.StatusCode == http.StatusTooManyRequests:
		after, global := retryAfter(answer.Header, raw)
		d.limits.pause(r.bucket, global, d.outside.Clock().Add(after))
		return effect.Retryable(no, after)
	case answer.StatusCode >= 500 && !q.repeatable:
		return no
	case answer.StatusCode >= 500:
		return effect.Retryable(no, 0)
	case answer.StatusCode == http.StatusUnauthorized && !q.bare():
		return effect.Retryable(no, tokenPause)
	case no.Code == codeOldEdits:
		return effect.Retryable(no, oldEditPause)
	}
	return effect.Permanently(no)
}

// retryAfter reads how long a rate limit lasts: the body is more exact than the header.
func retryAfter(h http.Header, raw []byte) (time.Duration, bool) {
	var body struct {
		After  float64 `json:"retry_after"` // seconds
		Global bool    `json:"global"`
	}
	if json.Unmarshal(raw, &body) != nil || body.After <= 0 {
		body.After, _ = strconv.ParseFloat(h.Get("Retry-After"), 64)
	}
	return seconds(body.After), body.Global || h.Get("X-RateLimit-Global") != ""
}

// seconds is a wait as Discord says it: at least the shortest that makes sense, at most a day.
func seconds(s float64) time.Duration {
	if !(s > 0.1) { // or no number
		s = 0.1
	}
	return time.Duration(min(s, 86400) * float64(time.Second))
}
