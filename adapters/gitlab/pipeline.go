package gitlab

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/doubt"
	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
	"github.com/gonogo-chat/gonogo/adapters/internal/recent"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Pipeline deploys by starting pipelines of GitLab CI. It implements port.Orchestrator and port.Examiner.
type Pipeline struct {
	settings PipelineSettings
	outside  Outside
	host     *host
	secret   string // of webhooks, empty for none
	named    *regexp.Regexp
	watch    poll.Watch
	own      recent.Map[string, bool]              // ids of runs that this process started
	declared recent.Map[string, map[string]string] // what pipelines say of themselves, by run id
	told     recent.Map[string, bool]              // keys of notices given
	traces   recent.Map[string, traced]            // outputs of jobs, by project and job
	starts   doubt.Starts
}

var (
	_ port.Orchestrator = (*Pipeline)(nil)
	_ port.Examiner     = (*Pipeline)(nil)
)

// NewPipeline makes the adapter from its settings. It sends nothing.
func NewPipeline(s PipelineSettings, o Outside) (*Pipeline, error) {
	s = s.filled()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	h, err := newHost(s.URL, s.Token, o)
	if err != nil {
		return nil, err
	}
	p := &Pipeline{settings: s, outside: o, host: h}
	p.starts.System, p.starts.Clock, p.starts.Began, p.starts.Lag = System, o.clock, o.clock(), s.StartLag
	if s.WebhookToken != "" {
		if p.secret, err = o.Secret(s.WebhookToken); err != nil {
			return nil, fmt.Errorf("webhook_token: %w", err)
		}
		if p.secret == "" {
			return nil, fmt.Errorf("webhook_token: %s is empty", s.WebhookToken)
		}
	}
	p.named = form(s.Name)
	return p, nil
}

// Described implements port.Orchestrator.
func (p *Pipeline) Described() port.Orchestration {
	job := p.settings.Project
	if job == "" {
		job = strings.Join(slices.Sorted(maps.Values(p.settings.Projects)), " ")
	}
	if p.settings.Job != "" {
		job += ": " + p.settings.Job
	}
	heard := port.Asking
	if p.secret != "" {
		heard = port.Webhooks
	}
	return port.Orchestration{System: System, Address: p.host.base, Job: job, Heard: heard}
}

// Handler takes the projects' webhooks, at "/"; nil if none are configured.
func (p *Pipeline) Handler() http.Handler {
	if p.secret == "" {
		return nil
	}
	return http.HandlerFunc(p.hooked)
}

// place is a project with the target that it serves.
type place struct {
	project string
	target  port.Target
}

// places are where the pipeline serves its targets. A target without a project is left out: starting there says so.
func (p *Pipeline) places() (all []place) {
	for _, t := range p.outside.targets() {
		if project, err := p.project(t.Service, t.Environment); err == nil {
			all = append(all, place{project, t})
		}
	}
	return all
}

// project is the full path of the project that deploys a service to an environment.
func (p *Pipeline) project(service, environment string) (string, error) {
	d := port.Deployment{Service: service, Environment: environment, Pipeline: p.outside.Pipeline}
	return projectOf(service, p.settings.Project, p.settings.Projects, func(text string) ([]string, error) { return fill.Segments(text, d) })
}

// environment is GitLab's name of an environment of the bot's.
func (p *Pipeline) environment(name string) string {
	if theirs := p.settings.Environments[name]; theirs != "" {
		return theirs
	}
	return name
}

// A run's id is the project's full path and the pipeline's number: "group/project:1234".
func runID(project string, pipeline int64) string {
	return project + ":" + strconv.FormatInt(pipeline, 10)
}

func parseRun(run port.Run) (project string, pipeline int64, err error) {
	project, number, ok := strings.Cut(run.ID, ":")
	pipeline, err = strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || project == "" || pipeline <= 0 {
		return "", 0, effect.Permanently(fmt.Errorf("%s: %q is no run of a pipeline: it would be like group/project:1234", System, run.ID))
	}
	return project, pipeline, nil
}

// form is what a text with placeholders makes of them, as an expression with a group of their name for each.
func form(template string) *regexp.Regexp {
	if template == "" {
		return nil
	}
	text := regexp.QuoteMeta(template)
	for _, name := range []string{"key", "service", "environment"} {
		text = strings.Replace(text, `\{`+name+`\}`, `(?P<`+name+`>.+?)`, 1)
		text = strings.ReplaceAll(text, `\{`+name+`\}`, `.+?`)
	}
	return regexp.MustCompile(`^` + text + `$`)
}
