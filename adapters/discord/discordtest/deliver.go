package discordtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// endpoint is where interactions are posted to; without one they go through the gateway.
type endpoint struct {
	url    string
	client *http.Client
}

// Headers of a signed request.
const (
	signatureHeader = "X-Signature-Ed25519"
	timestampHeader = "X-Signature-Timestamp"
)

// Sign makes the headers of a body that Discord posts at a time.
func (s *Server) Sign(body []byte, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
	h.Set(timestampHeader, stamp)
	h.Set(signatureHeader, hex.EncodeToString(ed25519.Sign(s.key, append([]byte(stamp), body...))))
	return h
}

// Endpoint sets the interactions endpoint, as the developer portal does: it must answer a signed PING and refuse one whose
// signature is wrong. From then on interactions are posted there. An empty address returns to the gateway.
func (s *Server) Endpoint(ctx context.Context, url string, client *http.Client) error {
	if url != "" {
		ping := fmt.Appendf(nil, `{"id":%q,"application_id":%q,"type":1,"token":"ping","version":1}`, s.app, s.app)
		good := s.Sign(ping, time.Now())
		status, answer, err := post(ctx, client, url, good, ping)
		if err != nil {
			return err
		}
		var a answerBody
		if json.Unmarshal(answer, &a) != nil || status != http.StatusOK || a.Type != respondPong {
			return fmt.Errorf("the specified interactions endpoint url could not be verified: PING got %d %s", status, answer)
		}
		bad := good.Clone()
		bad.Set(signatureHeader, hex.EncodeToString(ed25519.Sign(s.key, ping)))
		if status, _, err = post(ctx, client, url, bad, ping); err != nil {
			return err
		}
		if status != http.StatusUnauthorized {
			return fmt.Errorf("the specified interactions endpoint url could not be verified: a wrong signature got %d, not 401", status)
		}
	}
	s.SetEndpoint(url, client)
	return nil
}

// SetEndpoint sets the interactions endpoint without asking it anything.
func (s *Server) SetEndpoint(url string, client *http.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = endpoint{url: url, client: client}
}

func post(ctx context.Context, client *http.Client, url string, h http.Header, body []byte) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header = h
	res, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, largestRequest))
	return res.StatusCode, answer, err
}

// deliver brings an interaction to the application, and again or late where that is asked for. It returns at once.
func (s *Server) deliver(i *Interaction) {
	raw, err := json.Marshal(i.body)
	if err != nil {
		panic(err)
	}
	s.sent[fmt.Sprintf("INTERACTION_CREATE %d", i.kind)] = raw
	times := 1
	if s.random.Float64() < s.share.Duplicate {
		times = 2
	}
	for range times {
		var late time.Duration
		if s.random.Float64() < s.share.Reorder && s.share.Hold > 0 {
			late = time.Duration(s.random.Int64N(int64(s.share.Hold)))
		}
		s.send(i, raw, late)
	}
}

func (s *Server) send(i *Interaction, raw json.RawMessage, late time.Duration) {
	gate := s.gate
	switch {
	case gate.url != "":
		go func() {
			time.Sleep(late)
			s.call(gate, i, raw)
		}()
	case late > 0:
		time.AfterFunc(late, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.dispatch("INTERACTION_CREATE", 0, raw)
		})
	default:
		s.dispatch("INTERACTION_CREATE", 0, raw)
	}
}

// call posts an interaction; what comes back is its first response, unless the application answers 202 and calls back itself.
func (s *Server) call(gate endpoint, i *Interaction, raw []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), firstResponseWithin)
	defer cancel()
	status, answer, err := post(ctx, gate.client, gate.url, s.Sign(raw, time.Now()), raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if status == http.StatusAccepted && len(bytes.TrimSpace(answer)) == 0 {
		return
	}
	if i.done { // a duplicate's
		return
	}
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the endpoint answered %d", status)
	}
	if err == nil {
		c := &call{Request: &http.Request{Method: http.MethodPost}, body: answer, files: map[string][]byte{}, names: map[string]string{}}
		s.checkBody("POST", "/interactions/{interaction_id}/{interaction_token}/callback", answer)
		if problem := s.take1(i, c); problem != nil {
			raw, _ := json.Marshal(problem)
			err = errors.New(string(raw))
			s.violate("response to an interaction: " + string(raw))
		}
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		i.giveUp(noAnswer)
	}
}

// field is one field of the body, as it is.
func (c *call) field(name string) json.RawMessage {
	var raw map[string]json.RawMessage
	_ = json.Unmarshal(c.body, &raw)
	if string(raw[name]) == "null" {
		return nil
	}
	return raw[name]
}
