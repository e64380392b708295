package github

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Pipeline runs deployments as runs of a workflow of GitHub Actions.
type Pipeline struct {
	*host
	settings PipelineSettings
	outside  Outside
	repos    repositories
	secret   string // of webhooks
	began    time.Time
	watch    poll.Watch
	every    time.Duration // between two looks for what was dispatched

	mu      sync.Mutex
	started map[string]attempt       // by key
	own     map[string]time.Time     // ids of the runs that were started here, and when
	asked   map[string]time.Time     // ids of the runs that were asked to stop, and when first
	told    map[string]port.RunState // what the listener knows of others' runs, by id and attempt
	noted   map[string]string        // the state that a run's record has, by its id
	terse   bool                     // this GitHub offers no run details
}

var (
	_ port.Orchestrator = (*Pipeline)(nil)
	_ port.Examiner     = (*Pipeline)(nil)
)

// NewPipeline makes a pipeline. It asks nobody.
func NewPipeline(s PipelineSettings, o Outside) (*Pipeline, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s = s.withDefaults()
	h, err := newHost(s.URL, s.Token, o)
	if err != nil {
		return nil, err
	}
	if o.Targets == nil {
		o.Targets = func() []port.Target { return nil }
	}
	p := &Pipeline{
		host: h, settings: s, outside: o, repos: s.repositories(), began: o.Clock(), every: lookEvery,
		started: map[string]attempt{}, own: map[string]time.Time{}, asked: map[string]time.Time{},
		told: map[string]port.RunState{}, noted: map[string]string{},
	}
	if s.Webhook != "" {
		if p.secret, err = o.Secret(s.Webhook); err != nil {
			return nil, fmt.Errorf("webhook_secret: %w", err)
		}
		if p.secret == "" {
			return nil, fmt.Errorf("webhook_secret: %s is empty", s.Webhook)
		}
	}
	return p, nil
}

// Described says what stands behind the pipeline.
func (p *Pipeline) Described() port.Orchestration {
	heard := port.Asking
	if p.secret != "" {
		heard = port.Webhooks
	}
	return port.Orchestration{System: SystemName, Address: p.url, Job: p.settings.Repository + "/" + p.settings.Workflow, Heard: heard}
}

// runID is a run of a repository.
type runID struct {
	repo repository
	id   int64
}

// String is how runs are known to the bot: "shop/site/123".
func (r runID) String() string { return fmt.Sprintf("%s/%d", r.repo, r.id) }

func parseRun(text string) (runID, error) {
	cut := strings.LastIndex(text, "/")
	if cut < 0 {
		return runID{}, effect.Permanently(fmt.Errorf("%q is no id of a run", text))
	}
	repo, err := parseRepository(text[:cut])
	id, bad := strconv.ParseInt(text[cut+1:], 10, 64)
	if err = errors.Join(err, bad); err != nil || id <= 0 || strconv.FormatInt(id, 10) != text[cut+1:] {
		return runID{}, effect.Permanently(fmt.Errorf("%q is no id of a run", text))
	}
	return runID{repo, id}, nil
}

func runOf(repo repository, id int64, link string) port.Run {
	return port.Run{ID: runID{repo, id}.String(), Link: link}
}

// served is a repository with what of the targets is there.
type served struct {
	repo    repository
	targets []port.Target
}

// serves lists the repositories of what the pipeline serves, in the order of its targets. What has none is left out: Start says so.
func (p *Pipeline) serves() []served {
	var all []served
	at := map[repository]int{}
	for _, t := range p.outside.Targets() {
		repo, err := p.repos.of(t.Service)
		if err != nil {
			continue
		}
		i, ok := at[repo]
		if !ok {
			i = len(all)
			at[repo] = i
			all = append(all, served{repo: repo})
		}
		all[i].targets = append(all[i].targets, t)
	}
	return all
}

// ofWorkflow reports whether a run is one of the workflow that is governed.
func (p *Pipeline) ofWorkflow(r *gh.WorkflowRun) bool {
	path, _, _ := strings.Cut(r.GetPath(), "@")
	return path[strings.LastIndex(path, "/")+1:] == p.settings.Workflow
}

func isStatus(answer *gh.Response, status int) bool {
	return answer != nil && answer.Response != nil && answer.StatusCode == status
}
