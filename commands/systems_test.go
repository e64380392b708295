package commands_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// systems are a Jira, a PagerDuty and one of the orchestrators that behave like the real ones, and the adapters to them.
type systems struct {
	net   memnet.Net
	name  string // makes the hosts' names unique in the process
	jira  *jiratest.Server
	pager *pagerdutytest.Server
	line  line
	stops []func()

	hooks atomic.Pointer[map[string]http.Handler] // the bot's own doors; nil while it is down
	bot   atomic.Pointer[bot.Bot]
	stop  context.CancelFunc
	loops sync.WaitGroup

	mu   sync.Mutex
	keys map[string]port.Deployment // of every start
	runs map[string]string          // run to key
}

// line is an orchestrator as the tests' servers have them.
type line struct {
	handler http.Handler
	// adapter is a new adapter to it.
	adapter func(outside lineOutside) (orchestrator, error)
	begun   func(key string) int
	fail    func(trouble.Kind)
	heal    func()
	wrong   func() []error
	close   func()
	hears   func(client *http.Client, url string) // where its webhooks go; nil if it sends none
}

// lineOutside is what adapters take of their surroundings.
type lineOutside struct {
	url      string
	client   *http.Client
	listener port.Listener
	targets  func() []port.Target
}

// orchestrator is an adapter to one.
type orchestrator interface {
	port.Deployer
	port.Examiner
	Run(context.Context) error
	Handler() http.Handler
}

// systemSecrets are the secrets of every system, by reference.
var systemSecrets = map[string]string{
	"env:JIRA": jiratest.Token, "env:JIRA_HOOK": "secret-of-jira-hooks", "env:PAGER": pagerdutytest.Token, "env:ROUTE": "routeroutekeyroutekeyroutekey000",
	"env:PAGER_HOOK": "secret-of-pager-hooks", "env:LINE": "secret-token-of-the-pipeline", "env:LINE_HOOK": "secret-of-pipeline-hooks",
}

func systemSecret(reference string) (string, error) {
	if s, ok := systemSecrets[reference]; ok {
		return s, nil
	}
	return "", errors.New(reference + " is not set")
}

var systemNames atomic.Int64

func newSystems(make func(name string) line) *systems {
	s := &systems{name: fmt.Sprintf("s%d", systemNames.Add(1)), keys: map[string]port.Deployment{}, runs: map[string]string{}}
	s.jira = jiratest.New(jiratest.Options{Kind: jiratest.Cloud, Clock: time.Now, Lag: 20 * time.Second, Writes: 1000})
	s.pager = pagerdutytest.New(pagerdutytest.Options{Clock: time.Now})
	for _, u := range []pagerdutytest.User{{ID: "PSVEN", Name: "Sven", Email: "sven@shop.example"}, {ID: "PBOT", Name: "gonogo", Email: "gonogo@shop.example"}} {
		s.pager.AddUser(u)
	}
	s.pager.AddService(pagerdutytest.Service{ID: "PPAY", Name: "Payments", Policy: "POL1", Integrations: []pagerdutytest.Integration{{ID: "PINT", Key: systemSecrets["env:ROUTE"]}}})
	s.pager.AddShift(pagerdutytest.Shift{Policy: "POL1", User: "PSVEN", Level: 1})
	s.line = make("https://line." + s.name)
	s.stops = append(s.stops, s.net.Serve("jira."+s.name, s.jira), s.net.Serve("pager."+s.name, s.pager), s.net.Serve("line."+s.name, s.line.handler),
		s.net.Serve("gonogo."+s.name, http.HandlerFunc(s.door)))
	client := s.net.Client()
	s.jira.Webhooks(client, "https://gonogo."+s.name+"/hooks/tickets", systemSecrets["env:JIRA_HOOK"])
	s.pager.Webhooks(client, "https://gonogo."+s.name+"/hooks/pager", systemSecrets["env:PAGER_HOOK"])
	if s.line.hears != nil {
		s.line.hears(client, "https://gonogo."+s.name+"/hooks/pipelines/runner")
	}
	return s
}

// door is what webhooks meet: the bot's own doors, or nobody while it is down.
func (s *systems) door(w http.ResponseWriter, r *http.Request) {
	doors := s.hooks.Load()
	if doors == nil {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	if h := (*doors)[r.URL.Path]; h != nil {
		http.StripPrefix(r.URL.Path, h).ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

// connect makes adapters, as a start of the bot does.
func (s *systems) connect(w *world) {
	client, ear := s.net.Client(), lateEar{s}
	tickets, err := jira.New(jira.Settings{
		URL: "https://jira." + s.name, Kind: "cloud", Email: jiratest.Email, Token: "env:JIRA", Project: "CHG", IssueType: "Change",
		Fields: map[string]string{
			"risk": "Risk", "tier": "Risk tier", "service": "Affected service", "version": "Version deployed", "environment": "Environments",
			"digest": "Artifact digest", "commit": "Commit", "rollback": "Rollback plan", "approvers": "Approvers", "window_start": "Planned start", "window_end": "Planned end",
		},
		Statuses: map[string][]string{
			"open": {"Open", "Waiting"}, "approved": {"Approved"}, "implementing": {"Implementing"}, "done": {"Done"}, "backed-out": {"Rolled Back"}, "cancelled": {"Cancelled", "Rejected"},
		},
		Resolutions: map[string]string{"done": "Done", "backed-out": "Rolled back", "cancelled": "Won't Do"},
		Decisions:   jira.Decisions{Go: []string{"Approved"}, NoGo: []string{"Rejected"}}, WebhookSecret: "env:JIRA_HOOK",
		WorkItems: jira.WorkItems{JQL: `project = PAY AND fixVersion = "{service} {version}"`},
	}, jira.Outside{Secret: systemSecret, Clock: time.Now, Client: client, Listener: ear, Log: w.systemLog()})
	if err != nil {
		w.t.Fatal(err)
	}
	pages, err := pagerduty.New(pagerduty.Settings{
		APIURL: "https://pager." + s.name, EventsURL: "https://pager." + s.name, Token: "env:PAGER", From: "gonogo@shop.example",
		Services: map[string]pagerduty.Service{"payments": {ID: "PPAY", RoutingKey: "env:ROUTE"}}, WebhookSecrets: []string{"env:PAGER_HOOK"},
	}, pagerduty.Outside{Secret: systemSecret, Clock: time.Now, Client: client, Listener: ear, Log: w.systemLog()})
	if err != nil {
		w.t.Fatal(err)
	}
	pipeline, err := s.line.adapter(lineOutside{url: "https://line." + s.name, client: client, listener: ear, targets: func() []port.Target {
		return []port.Target{{Service: "payments", Environment: "staging"}, {Service: "payments", Environment: "prod"}}
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.ports.Tickets, w.ports.Pager, w.ports.Deployers = tickets, pages, map[string]port.Deployer{"runner": observed{pipeline, s, w.pipeline}}
	w.ports.TicketSystem, w.ports.PagerSystem = "jira", "pagerduty"
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.hooks.Store(&map[string]http.Handler{"/hooks/tickets": tickets.Handler(), "/hooks/pager": pages.Handler(), "/hooks/pipelines/runner": pipeline.Handler()})
	for _, run := range []func(context.Context) error{tickets.Run, pages.Run, pipeline.Run} {
		s.loops.Go(func() {
			if err := run(ctx); err != nil {
				w.t.Errorf("Run: %v", err)
			}
		})
	}
}

// disconnect ends the adapters with the process that they were in.
func (s *systems) disconnect() {
	s.hooks.Store(nil)
	s.bot.Store(nil)
	s.stop()
	s.loops.Wait()
}

// end ends the servers and tells what of their traffic was not as described.
func (s *systems) end(w *world) {
	s.jira.Close()
	s.pager.Close()
	s.line.close()
	for _, stop := range s.stops {
		stop()
	}
	synctest.Wait()
	for _, wrong := range slices.Concat(s.jira.Wrong(), s.pager.Wrong(), s.line.wrong()) {
		w.t.Errorf("not as described: %.400v", wrong)
	}
	for key, n := range s.begun() {
		if n != 1 {
			w.t.Errorf("%d runs of %s", n, key)
		}
	}
}

// begun counts the runs of every start.
func (s *systems) begun() map[string]int {
	s.mu.Lock()
	keys := slices.Collect(maps.Keys(s.keys))
	s.mu.Unlock()
	counts := map[string]int{}
	for _, key := range keys {
		counts[key] = s.line.begun(key)
	}
	return counts
}

// power takes a system down, or all of them, and brings them back.
func (s *systems) power(system string, down bool) {
	for name, side := range map[string]struct {
		fail func(trouble.Kind)
		heal func()
	}{"tickets": {s.jira.Fail, s.jira.Heal}, "pager": {s.pager.Fail, s.pager.Heal}, "pipeline": {s.line.fail, s.line.heal}} {
		if system != name && system != "systems" {
			continue
		}
		if down {
			side.fail(trouble.Closed)
		} else {
			side.heal()
		}
	}
}

// ticket is an issue as somebody reads it.
func (s *systems) ticket(key string) string {
	i, ok := s.jira.Issue(key)
	if !ok {
		return ""
	}
	text := i.Status + "\n"
	for _, name := range slices.Sorted(maps.Keys(i.Fields)) {
		text += name + ": " + i.Fields[name] + "\n"
	}
	for _, f := range i.Files {
		text += "file " + f + "\n"
	}
	return text + strings.Join(i.Comments, "\n") + "\n" + strings.Join(i.Links, "\n")
}

// pages are the incidents, each with its status.
func (s *systems) pages() (text string) {
	for _, i := range s.pager.Incidents() {
		text += fmt.Sprintf("%s %s: %s %s\n", i.ID, i.Title, i.Status, i.Details)
	}
	return text
}

// observed is an adapter of an orchestrator under observation: what succeeds is live.
type observed struct {
	orchestrator
	s    *systems
	side *pipeline
}

func (o observed) Start(ctx context.Context, d port.Deployment) (port.Run, error) {
	o.s.mu.Lock()
	o.s.keys[d.Key] = d
	o.s.mu.Unlock()
	run, err := o.orchestrator.Start(ctx, d)
	o.note(d.Key, run, err)
	return run, err
}

func (o observed) Find(ctx context.Context, key string) (port.Run, error) {
	run, err := o.orchestrator.Find(ctx, key)
	o.note(key, run, err)
	return run, err
}

func (o observed) note(key string, run port.Run, err error) {
	if err != nil {
		return
	}
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	o.s.runs[run.ID] = key
}

func (o observed) Follow(ctx context.Context, run port.Run, seen port.Progress) (port.Progress, error) {
	p, err := o.orchestrator.Follow(ctx, run, seen)
	if err == nil && p.State == port.RunSucceeded {
		o.s.mu.Lock()
		d := o.s.keys[o.s.runs[run.ID]]
		o.s.mu.Unlock()
		o.side.mu.Lock()
		o.side.live[d.Environment+"/"+d.Service] = d.Version
		o.side.mu.Unlock()
	}
	return p, err
}

// lateEar hands notices to the bot of the moment; while there is none, nobody takes them.
type lateEar struct{ s *systems }

func (e lateEar) Notice(ctx context.Context, n port.Notice) error {
	if b := e.s.bot.Load(); b != nil {
		return b.Notice(ctx, n)
	}
	return bot.ErrStopping
}
