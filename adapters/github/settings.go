package github

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
)

// PipelineSettings are the section of a pipeline that GitHub Actions runs.
type PipelineSettings struct {
	URL          string            `yaml:"url" default:"https://api.github.com" doc:"Where the API is: github.com's, or https://HOST/api/v3 of a server of your own."`
	Token        string            `yaml:"token" required:"true" doc:"Reference to the token: env:NAME or file:PATH."`
	Repository   string            `yaml:"repository" doc:"Where the workflow is, as owner/name; {service} stands for the service."`
	Repositories map[string]string `yaml:"repositories" doc:"Repositories of services that are elsewhere, by service."`
	Workflow     string            `yaml:"workflow" required:"true" doc:"File name of the workflow, like deploy.yml."`
	Ref          string            `yaml:"ref" doc:"Branch or tag that the workflow runs from, with placeholders; the repository's default branch if not given."`
	Inputs       map[string]string `yaml:"inputs" doc:"Inputs of the workflow, with placeholders, by name."`
	Key          string            `yaml:"key" default:"key" doc:"Input that takes the deployment's key; the workflow must put it into its run-name."`
	Environments map[string]string `yaml:"environments" doc:"GitHub's environments by ours, where they are called differently."`
	Record       bool              `yaml:"record" default:"true" doc:"Keep a deployment with its statuses on GitHub for each run."`
	Poll         time.Duration     `yaml:"poll" default:"1m" doc:"How often runs that others started are looked for."`
	ListingLag   time.Duration     `yaml:"listing_lag" default:"30s" doc:"How long a run may take to be listed: before that, nobody says that there is none."`
	Webhook      string            `yaml:"webhook_secret" doc:"Reference to the webhook's secret; without it, no webhook is taken."`
}

// ProvenanceSettings are the section of provenance that is read from GitHub.
type ProvenanceSettings struct {
	URL          string            `yaml:"url" default:"https://api.github.com" doc:"Where the API is: github.com's, or https://HOST/api/v3 of a server of your own."`
	Token        string            `yaml:"token" required:"true" doc:"Reference to the token: env:NAME or file:PATH."`
	Repository   string            `yaml:"repository" doc:"Where the code is, as owner/name; {service} stands for the service."`
	Repositories map[string]string `yaml:"repositories" doc:"Repositories of services that are elsewhere, by service."`
	PipelineFile string            `yaml:"pipeline_file" required:"true" doc:"Path of the file that says how it is deployed, like .github/workflows/deploy.yml."`
	Branch       string            `yaml:"branch" doc:"Branch that pull requests are merged into; the repository's default branch if not given."`
}

// Bounds of the settings.
const (
	DefaultPoll = time.Minute
	DefaultLag  = 30 * time.Second
	PollLeast   = 5 * time.Second
	LagMost     = 10 * time.Minute
	// InputsMost is how many inputs a dispatched workflow takes:
	// https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
	InputsMost = 25
)

var (
	workflowFile = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml$`)
	inputName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
)

// Validate names every fault of the settings.
func (s PipelineSettings) Validate() error {
	s = s.withDefaults()
	faults := hostFaults(s.URL, s.Token, s.repositories())
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !workflowFile.MatchString(s.Workflow) {
		fault("workflow: %q is no file name of a workflow, like deploy.yml", s.Workflow)
	}
	if err := fill.Check(s.Ref); err != nil {
		fault("ref: %w", err)
	}
	if !inputName.MatchString(s.Key) {
		fault("key: %q is no name of an input", s.Key)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Inputs)) {
		if !inputName.MatchString(name) {
			fault("inputs: %q is no name of an input", name)
		}
		if name == s.Key {
			fault("inputs.%s: it takes the deployment's key", name)
		}
		if err := fill.Check(s.Inputs[name]); err != nil {
			fault("inputs.%s: %w", name, err)
		}
	}
	if len(s.Inputs)+1 > InputsMost {
		fault("inputs: a workflow takes at most %d, the key included", InputsMost)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Environments)) {
		if s.Environments[name] == "" {
			fault("environments.%s: it has no name", name)
		}
	}
	if s.Poll < PollLeast {
		fault("poll: %s is less than %s", s.Poll, PollLeast)
	}
	if s.ListingLag < 0 || s.ListingLag > LagMost {
		fault("listing_lag: %s is not between 0s and %s", s.ListingLag, LagMost)
	}
	if s.Webhook != "" && !reference.MatchString(s.Webhook) {
		fault("webhook_secret: it must be a reference, env:NAME or file:PATH")
	}
	return errors.Join(faults...)
}

// Validate names every fault of the settings.
func (s ProvenanceSettings) Validate() error {
	s = s.withDefaults()
	faults := hostFaults(s.URL, s.Token, s.repositories())
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.PipelineFile == "" || path.IsAbs(s.PipelineFile) || path.Clean(s.PipelineFile) != s.PipelineFile || strings.HasPrefix(s.PipelineFile, "..") {
		fault("pipeline_file: %q is no path within a repository, like .github/workflows/deploy.yml", s.PipelineFile)
	}
	if strings.ContainsAny(s.Branch, "{} ") {
		fault("branch: %q is no branch", s.Branch)
	}
	return errors.Join(faults...)
}

func hostFaults(address, token string, r repositories) []error {
	var faults []error
	if err := checkURL(address); err != nil {
		faults = append(faults, fmt.Errorf("url: %w", err))
	}
	if !reference.MatchString(token) {
		faults = append(faults, errors.New("token: it must be a reference, env:NAME or file:PATH"))
	}
	return append(faults, r.faults()...)
}

func (s PipelineSettings) repositories() repositories {
	return repositories{s.Repository, s.Repositories}
}

func (s ProvenanceSettings) repositories() repositories {
	return repositories{s.Repository, s.Repositories}
}

func (s PipelineSettings) withDefaults() PipelineSettings {
	s.URL = orElse(strings.TrimSuffix(s.URL, "/"), DefaultURL)
	s.Key = orElse(s.Key, "key")
	s.Poll = orElse(s.Poll, DefaultPoll)
	s.ListingLag = orElse(s.ListingLag, DefaultLag)
	return s
}

func (s ProvenanceSettings) withDefaults() ProvenanceSettings {
	s.URL = orElse(strings.TrimSuffix(s.URL, "/"), DefaultURL)
	return s
}

// environment is what GitHub calls an environment of ours.
func (s PipelineSettings) environment(ours string) string {
	return orElse(s.Environments[ours], ours)
}

func orElse[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}
