package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with requests of the API.
type Fault struct {
	Method string // empty for any
	Path   string // as path.Match has it, "/channels/*/messages"; empty for any
	Times  int    // how many requests; zero is one, negative is all from now on
	// What happens: the request waits, is answered with a status, or the connection ends before anything is done; Lose does
	// what was asked and then cuts the connection instead of answering.
	Delay  time.Duration
	Status int
	Cut    bool
	Lose   bool
}

// Inject makes a fault happen to the next requests that it fits.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults back.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.share = nil, Shares{}
}

// disturb finds the fault of a request, if any.
func (s *Server) disturb(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times == 0 || f.Method != "" && f.Method != r.Method {
			continue
		}
		if ok, _ := path.Match(f.Path, r.URL.Path); f.Path != "" && !ok {
			continue
		}
		f.Times--
		found := *f
		return &found
	}
	return nil
}

// Shares of interactions that are disturbed on their way to the bot, between 0 and 1.
type Shares struct {
	Duplicate float64       // delivered twice
	Reorder   float64       // held back, so that later ones overtake
	Hold      time.Duration // how long at most
}

// Disturb sets what happens to interactions from now on.
func (s *Server) Disturb(shares Shares) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.share = shares
}

// rate is how many requests of a route Discord takes: its buckets are not published, these are what its headers said in practice
// and the tests' clients must read from the headers anyway.
type rate struct {
	method, route string
	most          int
	per           time.Duration
	name          string
}

var rates = []rate{
	{"POST", "/channels/*/messages", 5, 5 * time.Second, "create-message"},
	{"PATCH", "/channels/*/messages/*", 5, 5 * time.Second, "edit-message"},
	{"GET", "/channels/*/messages", 5, 5 * time.Second, "list-messages"},
	{"POST", "/channels/*/messages/*/threads", 50, 5 * time.Minute, "start-thread"},
	{"PATCH", "/channels/*", 5, 10 * time.Second, "edit-channel"},
	{"PUT", "/applications/*/guilds/*/commands", 2, 60 * time.Second, "overwrite-commands"},
	{"GET", "/guilds/*/members", 10, 10 * time.Second, "list-members"},
	{"POST", "/webhooks/*/*", 5, 2 * time.Second, "follow-up"},
	{"PATCH", "/webhooks/*/*/messages/*", 5, 2 * time.Second, "edit-follow-up"},
}

// most requests a second over all routes but those of interactions: discord.com/developers/docs/topics/rate-limits.
const globalRate = 50

type bucket struct {
	left  int
	reset time.Time
}

func (s *Server) take(key string, most int, per time.Duration) (*bucket, bool) {
	now := time.Now()
	b := s.buckets[key]
	if b == nil || !now.Before(b.reset) {
		b = &bucket{left: most, reset: now.Add(per)}
		s.buckets[key] = b
	}
	if b.left == 0 {
		return b, false
	}
	b.left--
	return b, true
}

// ration refuses what is above a rate limit, and says in headers how much is left.
func (s *Server) ration(r *http.Request, problem *apiError) (map[string]string, *apiError) {
	p := r.URL.Path
	if problem != nil || s.options.Unlimited || strings.HasPrefix(p, "/interactions/") {
		return nil, problem
	}
	if !strings.HasPrefix(p, "/webhooks/") {
		if b, ok := s.take("global", globalRate, time.Second); !ok {
			return s.limited(b, globalRate, "", true)
		}
	}
	for _, l := range rates {
		if ok, _ := path.Match(l.route, p); !ok || l.method != r.Method {
			continue
		}
		b, ok := s.take(l.name+" "+major(p), l.most, l.per)
		if !ok {
			return s.limited(b, l.most, l.name, false)
		}
		return headers(b, l.most, l.name), nil
	}
	return nil, nil
}

// major is the part of a path that buckets are counted by.
func major(p string) string {
	parts := strings.SplitN(p, "/", 5)
	if parts[1] == "webhooks" {
		return strings.Join(parts[:min(4, len(parts))], "/")
	}
	return strings.Join(parts[:min(3, len(parts))], "/")
}

func headers(b *bucket, most int, name string) map[string]string {
	after := max(0, time.Until(b.reset)).Seconds()
	return map[string]string{
		"X-RateLimit-Limit": strconv.Itoa(most), "X-RateLimit-Remaining": strconv.Itoa(b.left),
		"X-RateLimit-Reset":       strconv.FormatFloat(float64(b.reset.UnixMilli())/1000, 'f', 3, 64),
		"X-RateLimit-Reset-After": strconv.FormatFloat(after, 'f', 3, 64), "X-RateLimit-Bucket": name,
		"Date": time.Now().UTC().Format(http.TimeFormat),
	}
}

func (s *Server) limited(b *bucket, most int, name string, global bool) (map[string]string, *apiError) {
	after := max(0, time.Until(b.reset)).Seconds()
	h := headers(b, most, name)
	h["Retry-After"] = strconv.Itoa(int(after) + 1)
	h["X-RateLimit-Scope"] = "user"
	if global {
		h = map[string]string{"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", "Retry-After": h["Retry-After"]}
	}
	return h, &apiError{Status: http.StatusTooManyRequests, Message: "You are being rate limited.", limit: &limit{after, global}}
}

type limit struct {
	after  float64
	global bool
}

// MarshalJSON implements json.Marshaler: a 429 has fields of its own.
func (e *apiError) MarshalJSON() ([]byte, error) {
	if e.limit != nil {
		return fmt.Appendf(nil, `{"message":%q,"retry_after":%.3f,"global":%t,"code":0}`, e.Message, e.limit.after, e.limit.global), nil
	}
	type plain apiError
	return json.Marshal((*plain)(e))
}
