package slacktest

import (
	"net/http"
	"strconv"
	"time"
)

// Fault makes calls of a method fail: the first Times calls once it is set, one fault after another.
type Fault struct {
	Method string // "chat.postMessage", "response_url"; empty is any
	Times  int
	Status int           // an answer without effect: 500, 502, 503, 429
	After  time.Duration // Retry-After of a 429
	Slow   time.Duration // waits before anything happens
	Lost   bool          // what was asked is done, and the answer never arrives
	Cut    bool          // the connection breaks before anything happens
	Error  string        // an error of Slack's in an answer of status 200
}

// Unsteady makes deliveries arrive twice or late, and Socket Mode connections break.
type Unsteady struct {
	Duplicate float64       // share delivered twice
	Late      float64       // share held back, so that others overtake them
	LateBy    time.Duration // at most
}

// Break sets a fault.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, &f)
}

// Shake sets how deliveries arrive from now on.
func (s *Server) Shake(u Unsteady) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsteady = u
}

func (s *Server) fault(method string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times > 0 && (f.Method == "" || f.Method == method) {
			f.Times--
			return f
		}
	}
	return nil
}

// before reports whether the call goes on.
func (f *Fault) before(w http.ResponseWriter, r *http.Request, done <-chan struct{}) bool {
	if f == nil {
		return true
	}
	if f.Slow > 0 {
		select {
		case <-time.After(f.Slow):
		case <-r.Context().Done():
		case <-done:
		}
	}
	if f.Cut {
		panic(http.ErrAbortHandler)
	}
	if f.Status == 0 {
		return true
	}
	if f.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(f.After, time.Second)/time.Second)))
	}
	http.Error(w, http.StatusText(f.Status), f.Status)
	return false
}

// after reports whether the answer arrives.
func (f *Fault) after() bool { return f == nil || !f.Lost }

// bucket holds what may still be asked at once.
type bucket struct {
	left float64
	at   time.Time
}

// Bursts that are let through: Slack states none, and asks not to rely on any.
const (
	channelBurst = 3
	methodBurst  = 10
)

// Limit turns rate limits on or off.
func (s *Server) Limit(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.Limited = on
}

// pace says how long a call has to wait: by method and workspace, a message also by channel. The caller holds the lock.
func (s *Server) pace(q *request, m method) time.Duration {
	if !s.options.Limited || q.w == nil {
		return 0
	}
	wait := s.take(q.w.Team+" "+q.method, float64(m.tier)/60, methodBurst)
	if wait == 0 && q.method == "chat.postMessage" {
		wait = s.take(q.w.Team+" "+q.args["channel"], 1, channelBurst)
	}
	return wait
}

func (s *Server) take(key string, perSecond, burst float64) time.Duration {
	now := time.Now()
	b := s.buckets[key]
	if b == nil {
		b = &bucket{burst, now}
		s.buckets[key] = b
	}
	b.left = min(burst, b.left+now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.left < 1 {
		return time.Duration((1 - b.left) / perSecond * float64(time.Second))
	}
	b.left--
	return 0
}
