package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// role is what one service of the shop does: its own name for the business
// endpoint (/work is the same everywhere) and the service it depends on.
type role struct {
	path     string
	upstream string
}

var roles = map[string]role{
	"web":      {path: "/checkout", upstream: "payments"},
	"payments": {path: "/pay", upstream: "ledger"},
	"ledger":   {path: "/entry"},
}

const (
	upstreamTimeout = 2 * time.Second
	maxAmount       = 1_000_000_00 // cents
	maxAnswer       = 64 << 10     // bytes read from an upstream
)

// shop is one running service.
type shop struct {
	build    artifact.Stanza
	fault    artifact.Fault
	upstream string // URL, empty for none
	now      func() time.Time
	started  time.Time
	client   *http.Client
	metrics  *metrics
	digest   func() (string, error)

	mu    sync.Mutex
	chain [sha256.Size]byte // digest over all entries so far
	count int64             // entries
	debt  float64           // share of failed requests still owed; see owesError
}

func newShop(build artifact.Stanza, fault artifact.Fault, upstream string, now func() time.Time) http.Handler {
	s := &shop{
		build: build, fault: fault, upstream: upstream, now: now, started: now(),
		client:  &http.Client{Timeout: upstreamTimeout},
		metrics: newMetrics(build.Service, build.Version, now()),
		digest:  sync.OnceValues(ownDigest),
	}
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", s.late(s.healthz))
	mux.Handle("GET /version", s.late(s.version))
	mux.HandleFunc("GET /metrics", s.metrics.serve)
	work := s.late(s.work)
	mux.Handle("/work", work)
	mux.Handle(roles[build.Service].path, work)
	if build.Service == "web" {
		mux.Handle("/{$}", work)
	}
	return mux
}

// upstreamURL is where the service that service depends on is reached.
func upstreamURL(service string) string {
	up := roles[service].upstream
	if up == "" {
		return ""
	}
	return strings.TrimSuffix(os.Getenv(strings.ToUpper(up)+"_URL"), "/")
}

// late holds every answer back when the build is a slow one.
func (s *shop) late(h http.HandlerFunc) http.Handler {
	if s.fault.Kind != artifact.FaultSlow {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := s.now()
		select {
		case <-r.Context().Done():
			s.metrics.observe(499, s.now().Sub(begun)) // nobody waited for the answer
			return
		case <-time.After(s.fault.Delay):
		}
		h(w, r.WithContext(context.WithValue(r.Context(), begunKey{}, begun)))
	})
}

type begunKey struct{}

func (s *shop) healthz(w http.ResponseWriter, _ *http.Request) {
	status, code := "ok", http.StatusOK
	if s.fault.Kind == artifact.FaultUnhealthy {
		status, code = "unhealthy", http.StatusServiceUnavailable
	}
	answer(w, code, map[string]any{"status": status, "service": s.build.Service, "version": s.build.Version})
}

func (s *shop) version(w http.ResponseWriter, _ *http.Request) {
	digest, err := s.digest()
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]any{"error": "the executable can't be read"})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"service": s.build.Service, "version": s.build.Version, "sha256": digest, "commit": s.build.Commit,
	})
}

// receipt is the answer of the business endpoint.
type receipt struct {
	Service  string   `json:"service"`
	Version  string   `json:"version"`
	Amount   int64    `json:"amount"` // cents
	Entry    int64    `json:"entry"`
	Checksum string   `json:"checksum"`
	Upstream *receipt `json:"upstream,omitempty"`
}

func (s *shop) work(w http.ResponseWriter, r *http.Request) {
	begun, ok := r.Context().Value(begunKey{}).(time.Time)
	if !ok {
		begun = s.now()
	}
	code, body := s.transact(r)
	s.metrics.observe(code, s.now().Sub(begun))
	answer(w, code, body)
}

func (s *shop) transact(r *http.Request) (int, any) {
	amount := int64(100)
	if text := r.FormValue("amount"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 || n > maxAmount {
			return http.StatusBadRequest, map[string]any{"error": fmt.Sprintf("amount must be 1 to %d cents", maxAmount)}
		}
		amount = n
	}
	if s.owesError() {
		return http.StatusInternalServerError, map[string]any{"error": "entry could not be booked"}
	}
	out := receipt{Service: s.build.Service, Version: s.build.Version, Amount: amount}
	if s.upstream != "" {
		up, err := s.call(r.Context(), amount)
		if err != nil {
			code := http.StatusBadGateway
			if errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err) {
				code = http.StatusGatewayTimeout
			}
			return code, map[string]any{"error": "upstream failed"}
		}
		out.Upstream = up
	}
	out.Entry, out.Checksum = s.book(amount)
	return http.StatusOK, out
}

// book adds an entry to the service's chain: each checksum covers all before.
func (s *shop) book(amount int64) (int64, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.chain = sha256.Sum256(fmt.Appendf(s.chain[:], " %d %d", s.count, amount))
	return s.count, hex.EncodeToString(s.chain[:8])
}

// owesError spreads failures evenly, so that the share is the stated one over
// any handful of requests and not only in the long run.
func (s *shop) owesError() bool {
	if s.fault.Kind != artifact.FaultErrorsAfter || s.now().Sub(s.started) < s.fault.Delay {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.debt += s.fault.Rate
	if s.debt < 1-1e-9 {
		return false
	}
	s.debt--
	return true
}

func (s *shop) call(ctx context.Context, amount int64) (*receipt, error) {
	target := s.upstream + "/work?" + url.Values{"amount": {strconv.FormatInt(amount, 10)}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("upstream answered %d", resp.StatusCode)
	}
	var up receipt
	if err := json.Unmarshal(body, &up); err != nil {
		return nil, fmt.Errorf("upstream answer: %w", err)
	}
	return &up, nil
}

func ownDigest() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	return artifact.DigestFile(self)
}

func answer(w http.ResponseWriter, code int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "encoding failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	w.Write(append(text, '\n'))
}
