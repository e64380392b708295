package jenkins

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
)

// Settings are the adapter's section of the configuration.
type Settings struct {
	URL          string            `yaml:"url" required:"true" doc:"Address of Jenkins, as its Jenkins URL setting has it: https://ci.example.org/jenkins."`
	User         string            `yaml:"user" required:"true" doc:"User id of the bot's account."`
	Token        string            `yaml:"token" required:"true" doc:"Reference to that account's API token: env:NAME or file:PATH."`
	Job          string            `yaml:"job" doc:"The job that deploys, with its folders: shop/deploy-{service}, or shop/{service}/main for a branch of a multibranch pipeline. {service}, {environment} and {pipeline} are filled in."`
	Jobs         map[string]string `yaml:"jobs" doc:"Jobs of services that have another one, by service."`
	Parameters   map[string]string `yaml:"parameters" doc:"The job's parameters by name, with what is passed: {service}, {environment}, {version} and so on are filled in. The job must declare each."`
	KeyParameter string            `yaml:"key_parameter" default:"GONOGO_KEY" doc:"The job's parameter that takes the key by which the bot finds its runs again. The job must declare it, as a string."`
	Unstable     string            `yaml:"unstable" default:"failed" enum:"failed,succeeded" doc:"What a build that ends as UNSTABLE is taken for."`
	Poll         time.Duration     `yaml:"poll" default:"1m" doc:"Time between two looks for builds that others started."`
	StartLag     time.Duration     `yaml:"start_lag" default:"30s" doc:"How long Jenkins may still be at a start whose answer was lost: before that, nobody says that nothing was started."`
	WebhookToken string            `yaml:"webhook_token" doc:"Reference to a token that Jenkins sends when it says that something happened; without it nothing is taken from Jenkins."`
}

// What is taken for settings that are not given, and their bounds.
const (
	DefaultKeyParameter = "GONOGO_KEY"
	DefaultPoll         = time.Minute
	DefaultStartLag     = 30 * time.Second
	MostStartLag        = 5 * time.Minute
	LeastPoll           = 5 * time.Second
	Failed              = "failed"
	Succeeded           = "succeeded"
)

var (
	reference     = regexp.MustCompile(`^(env|file):.+$`)
	parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
)

// jobPlaceholders are known before a deployment is: the bot also looks for builds that others started.
var jobPlaceholders = []string{"service", "environment", "pipeline"}

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if err := checkURL(s.URL); err != nil {
		fault("url: %w", err)
	}
	if s.User == "" || strings.Contains(s.User, ":") {
		fault("user: the user id of the bot's account is needed, without a colon")
	}
	if !reference.MatchString(s.Token) {
		fault("token: it must be a reference, env:NAME or file:PATH")
	}
	if s.WebhookToken != "" && !reference.MatchString(s.WebhookToken) {
		fault("webhook_token: it must be a reference, env:NAME or file:PATH")
	}
	if s.Job == "" && len(s.Jobs) == 0 {
		fault("job: the job that deploys is needed")
	}
	if err := checkJob(s.Job); s.Job != "" && err != nil {
		fault("job: %w", err)
	}
	for _, service := range slices.Sorted(maps.Keys(s.Jobs)) {
		if err := checkJob(s.Jobs[service]); err != nil {
			fault("jobs.%s: %w", service, err)
		}
	}
	key := cmp.Or(s.KeyParameter, DefaultKeyParameter)
	if !parameterName.MatchString(key) {
		fault("key_parameter: %q is no name of a parameter", key)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		if !parameterName.MatchString(name) {
			fault("parameters: %q is no name of a parameter", name)
		}
		if name == key {
			fault("parameters.%s: the key goes there by itself", name)
		}
		if err := fill.Check(s.Parameters[name]); err != nil {
			fault("parameters.%s: %w", name, err)
		}
	}
	if u := cmp.Or(s.Unstable, Failed); u != Failed && u != Succeeded {
		fault("unstable: %q is neither %s nor %s", u, Failed, Succeeded)
	}
	if p := cmp.Or(s.Poll, DefaultPoll); p < LeastPoll {
		fault("poll: %s is under %s", p, LeastPoll)
	}
	if s.StartLag < 0 || s.StartLag > MostStartLag {
		fault("start_lag: %s is not between 0s and %s", s.StartLag, MostStartLag)
	}
	return errors.Join(faults...)
}

func checkJob(path string) error {
	if err := fill.Check(path, jobPlaceholders...); err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" || name == "." || name == ".." || name == "job" || strings.ContainsAny(name, "?*\\#") {
			return fmt.Errorf("%q is no path of folders and a job, like shop/deploy-{service}", path)
		}
	}
	return nil
}

// checkURL takes https, and http for this machine alone: the API token goes there.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("the address of Jenkins is needed, like https://ci.example.org/jenkins")
	}
	if rest.Confidential(u) {
		return nil
	}
	return errors.New("it must be https: the API token is sent there")
}
