package gitlab

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// System is the adapter's name in notices, accounts and sources.
const System = "gitlab"

// PipelineSettings are a pipeline's section of the configuration.
type PipelineSettings struct {
	URL          string            `yaml:"url" default:"https://gitlab.com" doc:"Where GitLab is, without /api."`
	Token        string            `yaml:"token" required:"true" doc:"Reference to an access token with the scope api: env:NAME or file:PATH."`
	Project      string            `yaml:"project" doc:"Full path of the project whose pipelines deploy; may hold {service}, {environment} and {pipeline}."`
	Projects     map[string]string `yaml:"projects" doc:"Full path of the project by service, where it is not that of project."`
	Ref          string            `yaml:"ref" doc:"Branch or tag that the pipeline runs on; may hold placeholders. Without it the project's default branch."`
	Variables    map[string]string `yaml:"variables" doc:"Variables of the pipeline; values may hold placeholders. The key is added."`
	Inputs       map[string]string `yaml:"inputs" doc:"Inputs of the pipeline, for projects that let nobody set variables; values may hold placeholders. The key is added."`
	Key          string            `yaml:"key" default:"GONOGO_KEY" doc:"Name of the variable or input that takes the deployment's key."`
	Name         string            `yaml:"name" doc:"Name that the pipeline gives itself (workflow:name), by which it is found again; holds {key}, and may hold {service} and {environment}. Needed with inputs."`
	Job          string            `yaml:"job" doc:"Name of a manual job in the pipeline that the bot plays, and whose outcome counts; may hold {service}, {environment} and {pipeline}."`
	Environments map[string]string `yaml:"environments" doc:"GitLab's environment by the bot's, where it has another name."`
	Record       bool              `yaml:"record" default:"false" doc:"Add a deployment to GitLab's environment after a success, for pipelines whose jobs have no environment."`
	Poll         time.Duration     `yaml:"poll" default:"30s" doc:"How often runs that others started are looked for, 1s to 1h."`
	StartLag     time.Duration     `yaml:"start_lag" default:"30s" doc:"How long GitLab may still be at a start whose answer was lost, up to 5m: before that, nobody says that nothing was started."`
	WebhookToken string            `yaml:"webhook_token" doc:"Reference to the secret token of the projects' webhooks; without it the bot only asks."`
}

// ProvenanceSettings are the section of the configuration that says where source code is.
type ProvenanceSettings struct {
	URL          string            `yaml:"url" default:"https://gitlab.com" doc:"Where GitLab is, without /api."`
	Token        string            `yaml:"token" required:"true" doc:"Reference to an access token with the scope read_api: env:NAME or file:PATH."`
	Project      string            `yaml:"project" doc:"Full path of the project that holds a service's source; may hold {service}."`
	Projects     map[string]string `yaml:"projects" doc:"Full path of the project by service, where it is not that of project."`
	PipelineFile string            `yaml:"pipeline_file" default:".gitlab-ci.yml" doc:"Path of the pipeline's definition in the project."`
	Target       string            `yaml:"target" doc:"Branch that merge requests are merged into. Without it the project's default branch."`
}

// Outside is what the adapters need from their surroundings.
type Outside struct {
	Secret   func(reference string) (string, error) // "env:NAME", "file:/path"
	Clock    func() time.Time
	Client   *http.Client         // nil for the default
	Log      *slog.Logger         // nil for none
	Listener port.Listener        // takes notices; nil: nothing is heard
	Pipeline string               // name that the configuration gives the pipeline
	Targets  func() []port.Target // what the pipeline serves; nil for nothing
}

var (
	reference = regexp.MustCompile(`^(env|file):.+$`)
	inputName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	varName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// filled has the defaults where nothing is given.
func (s PipelineSettings) filled() PipelineSettings {
	s.URL = cmp.Or(s.URL, "https://gitlab.com")
	s.Key = cmp.Or(s.Key, "GONOGO_KEY")
	s.Poll = cmp.Or(s.Poll, 30*time.Second)
	s.StartLag = cmp.Or(s.StartLag, 30*time.Second)
	return s
}

// filled has the defaults where nothing is given.
func (s ProvenanceSettings) filled() ProvenanceSettings {
	s.URL = cmp.Or(s.URL, "https://gitlab.com")
	s.PipelineFile = cmp.Or(s.PipelineFile, ".gitlab-ci.yml")
	return s
}

// Validate names every fault of the settings.
func (s PipelineSettings) Validate() error {
	var c checks
	c.common(s.URL, s.Token, s.Project, s.Projects, "service", "environment", "pipeline")
	c.text("ref", s.Ref)
	if len(s.Variables) > 0 && len(s.Inputs) > 0 {
		c.fault("variables and inputs: configure one of them")
	}
	form := varName
	if len(s.Inputs) > 0 {
		form = inputName
		if s.Name == "" {
			c.fault("name: is needed with inputs, as GitLab does not tell a pipeline's inputs again: the key is found by the pipeline's name")
		}
	}
	for _, of := range []struct {
		what string
		all  map[string]string
	}{{"variables", s.Variables}, {"inputs", s.Inputs}} {
		for name, text := range of.all {
			if !form.MatchString(name) {
				c.fault("%s: %q is no name", of.what, name)
			}
			if name == s.Key {
				c.fault("%s.%s: is where the key goes; configure another key", of.what, name)
			}
			c.text(of.what+"."+name, text)
		}
	}
	if !form.MatchString(s.Key) {
		c.fault("key: %q is no name", s.Key)
	}
	if s.Name != "" {
		c.text("name", s.Name, "key", "service", "environment")
		if strings.Count(s.Name, "{key}") != 1 {
			c.fault("name: must hold {key} once: the pipeline is found by it")
		}
	}
	c.text("job", s.Job, "service", "environment", "pipeline")
	if s.Record || strings.Contains(s.Job, "{environment}") {
		s.tells(&c, "environment")
	}
	if strings.Contains(s.Job, "{service}") {
		s.tells(&c, "service")
	}
	if s.StartLag < 0 || s.StartLag > 5*time.Minute {
		c.fault("start_lag: must be 0s to 5m")
	}
	if s.Poll < time.Second || s.Poll > time.Hour {
		c.fault("poll: must be 1s to 1h")
	}
	if s.WebhookToken != "" {
		c.reference("webhook_token", s.WebhookToken)
	}
	return errors.Join(c.faults...)
}

// tells checks that a pipeline tells what is needed to go on with it after a restart.
func (s PipelineSettings) tells(c *checks, what string) {
	placeholder := "{" + what + "}"
	for _, text := range s.Variables {
		if text == placeholder {
			return
		}
	}
	if !strings.Contains(s.Name, placeholder) {
		c.fault("%s is to be read from the pipeline again: put it in name, or in a variable of its own", placeholder)
	}
}

// Validate names every fault of the settings.
func (s ProvenanceSettings) Validate() error {
	var c checks
	c.common(s.URL, s.Token, s.Project, s.Projects, "service")
	if s.PipelineFile == "" || strings.HasPrefix(s.PipelineFile, "/") {
		c.fault("pipeline_file: must be a path within the project")
	}
	return errors.Join(c.faults...)
}

type checks struct{ faults []error }

func (c *checks) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

func (c *checks) common(address, token, project string, projects map[string]string, placeholders ...string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		c.fault("url: it is no address, like https://gitlab.example.org")
	case !rest.Confidential(u):
		c.fault("url: must be https: the token is sent there")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		c.fault("url: must hold nothing but the address")
	case strings.Contains(u.Path, "/api/"):
		c.fault("url: is the address that people use, without /api")
	}
	c.reference("token", token)
	if project == "" && len(projects) == 0 {
		c.fault("project: name a project, or one for each service under projects")
	}
	c.text("project", project, placeholders...)
	if project != "" && !strings.Contains(project, "/") {
		c.fault("project: %q is no full path, like group/project", project)
	}
	for service, path := range projects {
		if !strings.Contains(path, "/") || strings.ContainsAny(path, "{}") {
			c.fault("projects.%s: %q is no full path, like group/project", service, path)
		}
	}
}

func (c *checks) reference(name, text string) {
	if !reference.MatchString(text) {
		c.fault("%s: must be a reference, env:NAME or file:PATH, and never the secret itself", name)
	}
}

func (c *checks) text(name, text string, placeholders ...string) {
	if err := fill.Check(text, placeholders...); err != nil {
		c.fault("%s: %w", name, err)
	}
}
