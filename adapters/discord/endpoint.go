package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Bounds of requests to the interactions endpoint.
const (
	bodyMost = 1 << 20
	// timestampSlack is how far a request's time may be from ours.
	timestampSlack = 5 * time.Minute
	// replaysMost bounds the signatures remembered; beyond it requests are refused, rather than a replay let in.
	replaysMost = 200_000
)

// Handler serves the interactions endpoint, /discord/interactions: every request is signed by Discord, and taken once.
func (d *Discord) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+LinkPrefix+"interactions", d.receive)
	return mux
}

func (d *Discord) receive(w http.ResponseWriter, r *http.Request) {
	received := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMost))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "cut short", http.StatusBadRequest)
		return
	case !d.authentic(r.Header, body):
		http.Error(w, "invalid request signature", http.StatusUnauthorized)
		return
	}
	i, err := decode(body)
	if err != nil {
		http.Error(w, "no interaction", http.StatusBadRequest)
		return
	}
	write := func(_ context.Context, a response) error {
		raw, err := json.Marshal(a)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(raw); err != nil {
			return err
		}
		return http.NewResponseController(w).Flush()
	}
	if i.Type == kindPing {
		_ = write(r.Context(), response{Type: answerPong})
		return
	}
	d.take(context.WithoutCancel(r.Context()), i, received, write)
}

// authentic reports whether Discord signed a request, lately, and it is the first with that signature.
func (d *Discord) authentic(h http.Header, body []byte) bool {
	stamp := h.Get("X-Signature-Timestamp")
	if !Verify(d.key, h.Get("X-Signature-Ed25519"), stamp, body) {
		return false
	}
	unix, err := strconv.ParseInt(stamp, 10, 64)
	now := d.outside.Clock()
	if err != nil || now.Sub(time.Unix(unix, 0)).Abs() > timestampSlack {
		return false
	}
	return d.replays.first(h.Get("X-Signature-Ed25519"), now)
}

// Verify reports whether a request to the interactions endpoint was signed with the application's key: over the timestamp as it
// was sent, then the body.
func Verify(key ed25519.PublicKey, signature, timestamp string, body []byte) bool {
	sig, err := hex.DecodeString(signature)
	if err != nil || len(sig) != ed25519.SignatureSize || len(key) != ed25519.PublicKeySize || timestamp == "" {
		return false
	}
	return ed25519.Verify(key, append([]byte(timestamp), body...), sig)
}

// replays remembers signatures for as long as their timestamps hold.
type replays struct {
	mu        sync.Mutex
	now, then map[string]bool
	since     time.Time
}

func (r *replays) first(signature string, now time.Time) bool {
	raw, err := hex.DecodeString(signature) // whatever its capitals
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil || now.Sub(r.since) > 2*timestampSlack {
		r.now, r.then, r.since = map[string]bool{}, r.now, now
	}
	if r.now[string(raw)] || r.then[string(raw)] || len(r.now) >= replaysMost {
		return false
	}
	r.now[string(raw)] = true
	return true
}
