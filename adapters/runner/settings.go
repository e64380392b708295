package runner

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Settings of the command runner.
type Settings struct {
	Dir        string              `yaml:"dir" doc:"folder that keeps every run: its order, output and exit status" required:"true"`
	Pipelines  map[string]Pipeline `yaml:"pipelines" doc:"command lines by the name that environments refer to" required:"true"`
	Concurrent int                 `yaml:"concurrent" doc:"runs under way at once, the others wait; 4 if not given"`
	KeepFor    time.Duration       `yaml:"keep_for" doc:"how long the output of an ended run is kept; 2160h if not given"`
	Keep       int                 `yaml:"keep" doc:"of how many ended runs the output is kept; 1000 if not given"`
	Supervisor []string            `yaml:"supervisor" doc:"command line that supervises a run, the run's folder is appended; the bot's own program if not given"`
}

// Pipeline is one configured command line.
type Pipeline struct {
	Command []string          `yaml:"command" doc:"program and arguments; {service} {environment} {version} {digest} {key} {location} {release} {rollback} {fence} are filled in, no shell is involved" required:"true"`
	Dir     string            `yaml:"dir" doc:"working folder; the bot's own if not given"`
	Env     []string          `yaml:"env" doc:"names of the environment variables passed on, besides PATH and HOME"`
	Secrets map[string]string `yaml:"secrets" doc:"environment variables from env: or file: references; their values are blotted out of the output"`
	Limit   time.Duration     `yaml:"limit" doc:"time after which a run is stopped and has failed; 30m if not given"`
	Grace   time.Duration     `yaml:"grace" doc:"time between asking a run to stop and killing it; 10s if not given"`
}

// The values of settings not given, and the bounds of those that are.
const (
	DefaultConcurrent = 4
	MaxConcurrent     = 256
	DefaultKeepFor    = 90 * 24 * time.Hour
	DefaultKeep       = 1000
	DefaultLimit      = 30 * time.Minute
	DefaultGrace      = 10 * time.Second
)

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	reference    = regexp.MustCompile(`^(env|file):.+$`)
)

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.Dir == "" {
		fault("dir: a folder is needed")
	}
	if len(s.Pipelines) == 0 {
		fault("pipelines: at least one is needed")
	}
	if s.Concurrent < 0 || s.Concurrent > MaxConcurrent {
		fault("concurrent: %d is not between 1 and %d", s.Concurrent, MaxConcurrent)
	}
	if s.KeepFor < 0 {
		fault("keep_for: %s is negative", s.KeepFor)
	}
	if s.Keep < 0 {
		fault("keep: %d is negative", s.Keep)
	}
	if len(s.Supervisor) > 0 && s.Supervisor[0] == "" {
		fault("supervisor: the program is empty")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipelines)) {
		for _, err := range s.Pipelines[name].faults() {
			fault("pipelines: %s: %w", name, err)
		}
	}
	return errors.Join(faults...)
}

func (p Pipeline) faults() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(p.Command) == 0 || p.Command[0] == "" {
		fault("command: a program is needed")
	} else if strings.ContainsAny(p.Command[0], "{}") {
		fault("command: the program %q can't be a parameter", p.Command[0])
	}
	for _, arg := range p.Command {
		if err := checkTemplate(arg); err != nil {
			fault("command: %w", err)
		}
	}
	if p.Dir != "" && !filepath.IsAbs(p.Dir) {
		fault("dir: %q is not an absolute path", p.Dir)
	}
	for _, name := range p.Env {
		if !variableName.MatchString(name) || name == lockVariable {
			fault("env: %q is no name of a variable", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Secrets)) {
		if !variableName.MatchString(name) || name == lockVariable {
			fault("secrets: %q is no name of a variable", name)
		}
		if !reference.MatchString(p.Secrets[name]) {
			fault("secrets: %s: an env: or file: reference is needed, never the secret itself", name)
		}
	}
	if p.Limit < 0 {
		fault("limit: %s is negative", p.Limit)
	}
	if p.Grace < 0 {
		fault("grace: %s is negative", p.Grace)
	}
	return faults
}

func (s Settings) withDefaults() Settings {
	s.Concurrent = orElse(s.Concurrent, DefaultConcurrent)
	s.KeepFor = orElse(s.KeepFor, DefaultKeepFor)
	s.Keep = orElse(s.Keep, DefaultKeep)
	return s
}

func orElse[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}
