package commands_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// pipeline runs deployments: each takes two seconds, unless its version behaves otherwise.
type pipeline struct {
	mu      sync.Mutex
	runs    map[string]*run // by key
	live    map[string]string
	behaves map[string]string // "payments 1.2.0" to "fails", "hangs", "lost", "refused"
	down    bool
	// arriving is told of every start before it takes effect, nil for nobody.
	arriving func(port.Deployment)
}

type run struct {
	port.Deployment
	starts    int
	began     time.Time
	cancelled bool
}

const runTakes = 2 * time.Second

func (p *pipeline) Start(_ context.Context, d port.Deployment) (port.Run, error) {
	if p.arriving != nil {
		p.arriving(d)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return port.Run{}, effect.Retryable(errors.New("the pipeline does not answer"), 0)
	}
	if p.behaves[d.Service+" "+d.Version] == "refused" {
		return port.Run{}, effect.Permanently(errors.New("the pipeline refuses it"))
	}
	r := p.runs[d.Key]
	if r == nil {
		r = &run{Deployment: d, began: time.Now()}
		p.runs[d.Key] = r
	}
	r.starts++
	if p.behaves[d.Service+" "+d.Version] == "answer lost" && r.starts == 1 {
		return port.Run{}, errors.New("the connection broke")
	}
	return port.Run{ID: "run-" + d.Key, Link: "/runs/" + d.Key}, nil
}

func (p *pipeline) Find(_ context.Context, key string) (port.Run, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return port.Run{}, effect.Retryable(errors.New("the pipeline does not answer"), 0)
	}
	if p.runs[key] == nil {
		return port.Run{}, effect.ErrNotFound
	}
	return port.Run{ID: "run-" + key, Link: "/runs/" + key}, nil
}

func (p *pipeline) Follow(ctx context.Context, id port.Run, seen port.Progress) (port.Progress, error) {
	for {
		now := p.progress(id.ID[len("run-"):])
		if now.State != seen.State || now.Stage != seen.Stage {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return seen, nil
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p *pipeline) progress(key string) port.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.runs[key]
	if r == nil {
		return port.Progress{State: port.RunLost}
	}
	behaves := p.behaves[r.Service+" "+r.Version]
	switch over := time.Since(r.began) >= runTakes; {
	case r.cancelled:
		return port.Progress{State: port.RunCancelled}
	case behaves == "hangs" || !over:
		return port.Progress{State: port.RunRunning, Stage: "switch", Percent: 50}
	case behaves == "fails":
		return port.Progress{State: port.RunFailed, Tail: []string{"copying " + r.Version, "no space left on device for hunter2"}}
	case behaves == "lost":
		return port.Progress{State: port.RunLost}
	}
	p.live[r.Environment+"/"+r.Service] = r.Version
	return port.Progress{State: port.RunSucceeded, Percent: 100}
}

func (p *pipeline) Cancel(_ context.Context, id port.Run) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.runs[id.ID[len("run-"):]]; r != nil {
		r.cancelled = true
	}
	return nil
}

// fault is how a version misbehaves once it runs.
type fault struct {
	unhealthy bool
	errors    float64
	after     time.Duration
	silent    bool // publishes no metrics
	smoke     bool // is alive, and does no work
}

// metrics probes and measures what the pipeline put live.
type metrics struct {
	mu       sync.Mutex
	pipeline *pipeline
	faults   map[string]fault // "payments 1.2.0"
}

func (m *metrics) faultOf(url string, since time.Time) fault {
	var service, env string
	fmt.Sscanf(url, "http://%s", &env)
	for i := range env {
		if env[i] == '/' {
			env, service = env[:i], env[i+1:]
			break
		}
	}
	for i := range service {
		if service[i] == '/' {
			service = service[:i]
			break
		}
	}
	m.pipeline.mu.Lock()
	version := m.pipeline.live[env+"/"+service]
	m.pipeline.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.faults[service+" "+version]
	if !since.IsZero() && time.Since(since) < f.after {
		return fault{}
	}
	return f
}

func (m *metrics) Probe(_ context.Context, p port.Probe) port.Sample {
	s := port.Sample{Probe: p.Name, OK: true, Status: 200, Took: 5 * time.Millisecond, Source: port.Source{System: "http", At: time.Now()}}
	if m.faultOf(p.URL, time.Time{}).unhealthy {
		s.OK, s.Status, s.Fault = false, 503, "status 503 instead of 200"
	}
	if p.Name == "smoke" && m.faultOf(p.URL, time.Time{}).smoke {
		s.OK, s.Status, s.Fault = false, 500, "status 500 instead of 200"
	}
	return s
}

func (m *metrics) Measure(_ context.Context, q port.Query) (port.Figure, error) {
	f := m.faultOf(q.URL, q.Since)
	if f.silent {
		return port.Figure{}, errors.New("no metrics")
	}
	return port.Figure{Name: q.Name, Value: f.errors, Known: true, Count: 100, Unit: "ratio", Source: port.Source{System: "metrics", At: time.Now()}}, nil
}

// tickets is a change register.
type tickets struct {
	mu    sync.Mutex
	all   []port.Ticket
	opens int
	down  bool
	slow  time.Duration // how long it takes to answer about a ticket
	mute  bool          // it takes tickets, and neither its answers nor what it finds by key arrives
}

var errDown = errors.New("the change register does not answer")

func (s *tickets) find(match func(port.Ticket) bool) (*port.Ticket, error) {
	if s.down {
		return nil, effect.Retryable(errDown, 0)
	}
	for i := range s.all {
		if match(s.all[i]) {
			return &s.all[i], nil
		}
	}
	return nil, effect.ErrNotFound
}

func (s *tickets) Open(_ context.Context, c port.Change) (port.Ticket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return port.Ticket{}, effect.Retryable(errDown, 0)
	}
	for _, t := range s.all {
		if t.Change.Key == c.Key {
			return t, nil
		}
	}
	s.opens++
	t := port.Ticket{ID: fmt.Sprintf("CHG-%d", len(s.all)+1), Status: port.TicketOpen, Change: c}
	s.all = append(s.all, t)
	if s.mute {
		return port.Ticket{}, errDown
	}
	return t, nil
}

func (s *tickets) Find(_ context.Context, key string) (port.Ticket, error) {
	s.mu.Lock()
	mute := s.mute
	s.mu.Unlock()
	if mute {
		return port.Ticket{}, errDown
	}
	return s.get(func(t port.Ticket) bool { return t.Change.Key == key })
}

func (s *tickets) Ticket(ctx context.Context, id string) (port.Ticket, error) {
	s.mu.Lock()
	slow := s.slow
	s.mu.Unlock()
	if err := takes(ctx, slow); err != nil {
		return port.Ticket{}, err
	}
	return s.get(func(t port.Ticket) bool { return t.ID == id })
}

func (s *tickets) get(match func(port.Ticket) bool) (port.Ticket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(match)
	if err != nil {
		return port.Ticket{}, err
	}
	return *t, nil
}

// takes is how long a system takes to answer.
func takes(ctx context.Context, slow time.Duration) error {
	select {
	case <-time.After(slow):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *tickets) Note(_ context.Context, id string, n port.Note) error {
	return s.change(id, func(t *port.Ticket) {
		for _, was := range t.Notes {
			if was.Key == n.Key {
				return
			}
		}
		t.Notes = append(t.Notes, n)
	})
}

func (s *tickets) Move(_ context.Context, id string, status port.TicketStatus) error {
	return s.change(id, func(t *port.Ticket) { t.Status = status })
}

func (s *tickets) Amend(_ context.Context, id string, c port.Change) error {
	return s.change(id, func(t *port.Ticket) { t.Change = c })
}

func (s *tickets) Attach(_ context.Context, id string, f port.Evidence) error {
	return s.change(id, func(t *port.Ticket) {
		if !slices.Contains(t.Files, f.Name) {
			t.Files = append(t.Files, f.Name)
		}
	})
}

func (s *tickets) change(id string, by func(*port.Ticket)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.find(func(t port.Ticket) bool { return t.ID == id })
	if err == nil {
		by(t)
	}
	return err
}

// pager remembers who was woken.
type pager struct {
	mu    sync.Mutex
	pages map[string]string
	order []port.Page
}

func (p *pager) Trigger(_ context.Context, page port.Page) error {
	return p.set(page.Key, "triggered", page)
}
func (p *pager) Acknowledge(_ context.Context, key string) error {
	return p.set(key, "acknowledged", port.Page{})
}
func (p *pager) Resolve(_ context.Context, key string) error {
	return p.set(key, "resolved", port.Page{})
}

func (p *pager) set(key, state string, page port.Page) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		p.pages = map[string]string{}
	}
	if _, known := p.pages[key]; !known {
		p.order = append(p.order, page)
	}
	p.pages[key] = state
	return nil
}

// platform is a chat server that knows delivery keys.
type platform struct {
	mu       sync.Mutex
	messages []posted
}

type posted struct {
	ref     chat.Ref
	key     string
	edits   int
	message port.Worded
}

func (p *platform) Name() string { return "local" }

func (p *platform) Post(_ context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, was := range p.messages {
		if was.key == key && was.ref.Place == to {
			return was.ref, nil
		}
	}
	ref := chat.Ref{Place: to, ID: fmt.Sprint(len(p.messages) + 1)}
	p.messages = append(p.messages, posted{ref: ref, key: key, message: m})
	return ref, nil
}

func (p *platform) Update(_ context.Context, ref chat.Ref, m port.Worded) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.messages {
		if p.messages[i].ref == ref {
			p.messages[i].message = m
			p.messages[i].edits++
			return nil
		}
	}
	return effect.Permanently(errors.New("no such message"))
}

func (s *tickets) show(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.all {
		if t.ID == id {
			text := string(t.Status) + "\n"
			for _, n := range t.Notes {
				text += n.Text + "\n"
			}
			for _, f := range t.Files {
				text += "file " + f + "\n"
			}
			return text
		}
	}
	return ""
}

func (p *pager) show() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := ""
	for _, page := range p.order {
		text += page.Title + ": " + p.pages[page.Key] + "\n"
	}
	return text
}

// count is how many runs were started, those started twice counted twice.
func (p *pipeline) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.runs {
		n += r.starts
	}
	return n
}

func (p *pipeline) behave(what, how string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behaves[what] = how
}

func (m *metrics) misbehave(what string, f fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults[what] = f
}
