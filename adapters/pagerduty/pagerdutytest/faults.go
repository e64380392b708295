package pagerdutytest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
)

// Door is one of PagerDuty's two APIs.
type Door string

// The APIs.
const (
	REST   Door = "rest"
	Events Door = "events"
)

func doorOf(path string) Door {
	if strings.HasPrefix(path, "/v2/") {
		return Events
	}
	return REST
}

// What can happen to one event besides trouble.
const (
	lost         trouble.Kind = "lost"          // accepted, and the answer never comes
	garbledAfter trouble.Kind = "garbled after" // accepted, and the answer is no answer
)

type faults struct {
	standing map[Door]trouble.Kind
	next     []trouble.Kind // of events
	before   func()
}

func (f *faults) take(mu *sync.Mutex, d Door) trouble.Kind {
	mu.Lock()
	defer mu.Unlock()
	if d == Events && len(f.next) > 0 {
		k := f.next[0]
		f.next = f.next[1:]
		return k
	}
	return f.standing[d]
}

// Fail makes both APIs meet every request with trouble until Heal.
func (s *Server) Fail(k trouble.Kind) {
	s.FailDoor(REST, k)
	s.FailDoor(Events, k)
}

// FailDoor makes one API meet every request with trouble until Heal.
func (s *Server) FailDoor(d Door, k trouble.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.standing == nil {
		s.faults.standing = map[Door]trouble.Kind{}
	}
	s.faults.standing[d] = k
}

// Heal ends what Fail and FailDoor began.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.standing = nil
}

// LoseEvent accepts the next event and hangs up instead of answering.
func (s *Server) LoseEvent() { s.nextEvent(lost) }

// GarbleEvent accepts the next event and answers with something else.
func (s *Server) GarbleEvent() { s.nextEvent(garbledAfter) }

func (s *Server) nextEvent(k trouble.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.next = append(s.faults.next, k)
}

func garble(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<html>Please log in</html>"))
}

// failure is how an API says that there is trouble.
func failure(d Door, k trouble.Kind) answer {
	said := map[trouble.Kind]struct {
		status, code int
		message      string
	}{
		trouble.Limited:   {http.StatusTooManyRequests, 2020, "Rate Limit Exceeded"},
		trouble.Broken:    {http.StatusInternalServerError, 2000, "Internal Server Error"},
		trouble.Closed:    {http.StatusServiceUnavailable, 2000, "Service Unavailable"},
		trouble.Forbidden: {http.StatusForbidden, 2010, "Access Denied"},
		trouble.Revoked:   {http.StatusUnauthorized, 2006, "You did not authenticate. Provide a valid key."},
	}[k]
	a := refusal(said.status, said.code, said.message)
	if d == Events {
		a = invalid(said.status, said.message)
	}
	if k == trouble.Limited {
		a.header = http.Header{"Ratelimit-Reset": {strconv.Itoa(int(trouble.RetryAfter / time.Second))}}
		if d == Events {
			a.header = http.Header{"Retry-After": {strconv.Itoa(int(trouble.RetryAfter / time.Second))}}
		}
	}
	return a
}

// refusal is how the REST API says no.
func refusal(status, code int, message string, reasons ...string) answer {
	e := map[string]any{"code": code, "message": message}
	if len(reasons) > 0 {
		e["errors"] = reasons
	}
	return answer{status: status, body: map[string]any{"error": e}}
}

func limited(wait time.Duration) answer {
	a := refusal(http.StatusTooManyRequests, 2020, "Rate Limit Exceeded")
	a.header = http.Header{"Ratelimit-Limit": {"960"}, "Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {strconv.Itoa(int((wait + time.Second - 1) / time.Second))}}
	return a
}

// invalid is how the Events API says no.
func invalid(status int, message string, reasons ...string) answer {
	body := map[string]any{"status": "invalid event", "message": message}
	if len(reasons) > 0 {
		body["errors"] = reasons
	}
	return answer{status: status, body: body}
}

func encode(a answer) encoded {
	body, err := json.Marshal(a.body)
	if err != nil {
		panic(err)
	}
	return encoded{a.status, a.header, body}
}

// budget counts what was asked in the current minute.
type budget struct {
	since time.Time
	n     int
}

// spend counts a request against a limit a minute, and says how long to wait when it is over.
func (s *Server) spend(what string, limit int) time.Duration {
	now, b := s.options.Clock(), s.spent[what]
	if b == nil || now.Sub(b.since) >= time.Minute {
		b = &budget{since: now}
		s.spent[what] = b
	}
	b.n++
	if b.n <= limit {
		return 0
	}
	return max(b.since.Add(time.Minute).Sub(now), time.Second)
}

// BeforeChange does something just before the next change of incidents is looked at: somebody is faster.
func (s *Server) BeforeChange(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.before = do
}

// faster takes what BeforeChange left.
func (s *Server) faster(method string) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	do := s.faults.before
	if method != http.MethodPut || do == nil {
		return func() {}
	}
	s.faults.before = nil
	return do
}

// ForgetWrong forgets what Wrong has listed so far: of a test that does something wrong on purpose.
func (s *Server) ForgetWrong() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = nil
}
