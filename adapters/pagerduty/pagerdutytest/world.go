package pagerdutytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Key is a REST API key.
type Key struct {
	Value string
	User  string // whose it is; empty for an account-level one
	// ReadOnly keys change nothing; Without are the paths' beginnings that it has no right to.
	ReadOnly bool
	Without  []string
}

// User is somebody with an account.
type User struct{ ID, Name, Email, Role string }

// Integration is how events come to a service.
type Integration struct {
	ID, Type string // Type is EventsV2 if empty
	Key      string // 32 characters
	// Hidden ones do not show their key to whoever reads the service.
	Hidden bool
}

// EventsV2 is the type of an integration that takes events.
const EventsV2 = "events_api_v2_inbound_integration"

// Service is something that incidents are about.
type Service struct {
	ID, Name, Policy string
	Status           string // "active" if empty
	Integrations     []Integration
	// Keyless services' incidents do not show their key: it is their alerts'.
	Keyless bool
	// AlertsLag is how long after an incident its alerts are listed.
	AlertsLag time.Duration
}

// Shift is a time for which somebody is on call. A zero time has no end.
type Shift struct {
	Policy, User string
	Level        int
	From, Until  time.Time
}

// Priority is how much an incident matters.
type Priority struct{ ID, Name string }

// Status of an incident.
type Status string

// The statuses of an incident.
const (
	Triggered    Status = "triggered"
	Acknowledged Status = "acknowledged"
	Resolved     Status = "resolved"
)

// Incident is trouble with a service.
type Incident struct {
	ID       string
	Number   int
	Key      string
	Title    string
	Service  string
	Status   Status
	Urgency  string
	Priority string // by id
	Severity string // of its alert
	Details  json.RawMessage
	Links    json.RawMessage
	Source   string
	// Triggers counts the events that triggered it.
	Triggers                                 int
	CreatedAt, UpdatedAt, ChangedAt, EndedAt time.Time
	By                                       Agent
}

// Agent is who did something: a user, a service or an integration.
type Agent struct{ ID, Type string }

// Change is a change event.
type Change struct {
	Service, Summary, Source string
	At                       time.Time
	Details                  json.RawMessage
	Links                    json.RawMessage
}

type world struct {
	tokens        map[string]Key
	users         []User
	services      []Service
	shifts        []Shift
	priorities    []Priority
	subscriptions []Subscription
	incidents     []*Incident
	changes       []Change
	queue         []queued // events that take effect later
	ids           int
}

type queued struct {
	due time.Time
	do  func()
}

// settle lets queued events take effect whose time has come.
func (w *world) settle(now time.Time, _ *Server) {
	for len(w.queue) > 0 && !w.queue[0].due.After(now) {
		do := w.queue[0].do
		w.queue = w.queue[1:]
		do()
	}
}

func (w *world) nextID(prefix string) string {
	w.ids++
	return fmt.Sprintf("%s%06d", prefix, w.ids)
}

func (w *world) user(id string) *User {
	return find(w.users, func(u User) bool { return u.ID == id })
}

func (w *world) service(id string) *Service {
	return find(w.services, func(s Service) bool { return s.ID == id })
}

func (w *world) incident(id string) *Incident {
	for _, i := range w.incidents {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// open is the open incident of a key on a service.
func (w *world) open(service, key string) *Incident {
	for _, i := range w.incidents {
		if i.Service == service && i.Key == key && i.Status != Resolved {
			return i
		}
	}
	return nil
}

func find[T any](all []T, is func(T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return &all[i]
	}
	return nil
}

// set changes the world under the lock.
func (s *Server) set(change func(*world)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.settle(s.options.Clock(), s)
	change(&s.world)
}

// AddKey makes a REST API key, or replaces it.
func (s *Server) AddKey(k Key) { s.set(func(w *world) { w.tokens[k.Value] = k }) }

// Revoke takes a REST API key away.
func (s *Server) Revoke(value string) { s.set(func(w *world) { delete(w.tokens, value) }) }

// AddUser makes a user; the role is "user" if none is given.
func (s *Server) AddUser(u User) {
	if u.Role == "" {
		u.Role = "user"
	}
	s.set(func(w *world) { w.users = append(w.users, u) })
}

// AddService makes a service, or replaces it.
func (s *Server) AddService(v Service) {
	if v.Status == "" {
		v.Status = "active"
	}
	for i := range v.Integrations {
		if v.Integrations[i].Type == "" {
			v.Integrations[i].Type = EventsV2
		}
	}
	s.set(func(w *world) {
		if old := w.service(v.ID); old != nil {
			*old = v
			return
		}
		w.services = append(w.services, v)
	})
}

// AddShift puts somebody on call.
func (s *Server) AddShift(o Shift) { s.set(func(w *world) { w.shifts = append(w.shifts, o) }) }

// AddPriority makes a priority; the first is the most severe.
func (s *Server) AddPriority(p Priority) {
	s.set(func(w *world) { w.priorities = append(w.priorities, p) })
}

// Incidents lists all there ever were, the oldest first.
func (s *Server) Incidents() []Incident {
	var all []Incident
	s.set(func(w *world) {
		for _, i := range w.incidents {
			all = append(all, *i)
		}
	})
	return all
}

// Keyed lists the incidents of a key.
func (s *Server) Keyed(key string) []Incident {
	return slices.DeleteFunc(s.Incidents(), func(i Incident) bool { return i.Key != key })
}

// Changes lists the change events.
func (s *Server) Changes() []Change {
	var all []Change
	s.set(func(w *world) { all = slices.Clone(w.changes) })
	return all
}
