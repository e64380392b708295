package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Sign makes the v0 signature of a body. doc: https://docs.slack.dev/authentication/verifying-requests-from-slack
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// Request makes the signed HTTP request that carries a payload, for tests that change it before they send it.
func (s *Server) Request(ctx context.Context, kind string, payload []byte) (*http.Request, error) {
	to, contentType, body := s.options.Events, "application/json", payload
	switch kind {
	case "slash_commands":
		var fields map[string]string
		if err := json.Unmarshal(payload, &fields); err != nil {
			return nil, err
		}
		form := url.Values{}
		for k, v := range fields {
			form.Set(k, v)
		}
		to, contentType, body = s.options.Commands, "application/x-www-form-urlencoded", []byte(form.Encode())
	case "interactive":
		to, contentType = s.options.Interactions, "application/x-www-form-urlencoded"
		body = []byte(url.Values{"payload": {string(payload)}}.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", Sign(SigningSecret, timestamp, body))
	return r, nil
}

// overHTTP delivers: commands and interactions once, as Slack does, events again if they are not acknowledged.
func (s *Server) overHTTP(d *Delivery, copy int) {
	reason := ""
	for i := range len(s.options.Retries) + 1 {
		if i > 0 && !s.pause(s.options.Retries[i-1], d.acked) {
			return
		}
		attempt := s.attempt(d)
		reply, status, err := s.post(d, i, reason)
		s.mu.Lock()
		d.Status = status
		s.mu.Unlock()
		if err == nil && status/100 == 2 {
			s.acknowledge(d, attempt, reply)
			return
		}
		if i == 0 && copy == 0 {
			close(d.failed)
		}
		if d.Kind != "events_api" {
			return
		}
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			reason = "http_timeout"
		case err != nil:
			reason = "connection_failed"
		default:
			reason = "http_error"
		}
	}
}

func (s *Server) post(d *Delivery, retry int, reason string) (json.RawMessage, int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), AckWithin)
	defer cancel()
	go func() {
		select {
		case <-s.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	r, err := s.Request(ctx, d.Kind, d.Payload)
	if err != nil {
		return nil, 0, err
	}
	if retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(retry))
		r.Header.Set("X-Slack-Retry-Reason", reason)
	}
	res, err := s.options.Client.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, 0, err
	}
	if d.Kind == "slash_commands" && len(body) > 0 && body[0] != '{' { // plain text is an answer as well
		body, err = json.Marshal(answer{"text": string(body)})
	}
	return body, res.StatusCode, err
}

// VerifyURL sends the challenge that Slack sends when the URL for events is set.
func (s *Server) VerifyURL() error {
	challenge := "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
	payload, err := json.Marshal(answer{"token": "t", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), AckWithin)
	defer cancel()
	r, err := s.Request(ctx, "events_api", payload)
	if err != nil {
		return err
	}
	res, err := s.options.Client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	var said struct {
		Challenge string `json:"challenge"`
	}
	if string(body) == challenge || json.Unmarshal(body, &said) == nil && said.Challenge == challenge {
		return nil
	}
	return fmt.Errorf("slacktest: the challenge was answered with %d %s", res.StatusCode, body)
}
