package gitlocal

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// System is the adapter's name in sources.
const System = "git"

// Settings are the section of the configuration that says where source code is.
type Settings struct {
	Root          string            `yaml:"root" required:"true" doc:"Folder that holds the repositories: nothing outside of it is read, wherever links lead."`
	Repository    string            `yaml:"repository" default:"'{service}.git'" doc:"Folder of a service's repository below root, bare or not; may hold {service}."`
	Repositories  map[string]string `yaml:"repositories" doc:"Folder of the repository by service, where it is not that of repository."`
	PipelineFile  string            `yaml:"pipeline_file" required:"true" doc:"Path of the pipeline's definition in the repository: deploy.sh, Jenkinsfile."`
	TrustTrailers bool              `yaml:"trust_trailers" default:"false" doc:"Take Reviewed-by lines of commit messages for reviews. Whoever makes a commit can write them: only where nothing enters the repository but through somebody who checks them."`
}

// Outside is what the adapter needs from its surroundings.
type Outside struct {
	Clock   func() time.Time
	Targets func() []port.Target // whose repositories are examined; nil for none
}

// service is what a service may be called to have a repository: one element of a path, never a hidden one, never an option.
var service = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$`)

// filled has the defaults where nothing is given.
func (s Settings) filled() Settings {
	if s.Repository == "" {
		s.Repository = "{service}.git"
	}
	return s
}

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	if s.Root == "" {
		faults = append(faults, errors.New("root: a folder is needed that holds the repositories"))
	}
	if !inner(strings.ReplaceAll(s.Repository, "{service}", "x")) || strings.ContainsAny(strings.ReplaceAll(s.Repository, "{service}", ""), "{}") {
		faults = append(faults, fmt.Errorf("repository: %q is no path below root; it may hold {service}", s.Repository))
	}
	for name, at := range s.Repositories {
		if !inner(at) {
			faults = append(faults, fmt.Errorf("repositories.%s: %q is no path below root", name, at))
		}
	}
	if !inner(s.PipelineFile) || path.Clean(s.PipelineFile) != s.PipelineFile {
		faults = append(faults, fmt.Errorf("pipeline_file: %q is no path in a repository, like deploy.sh or ci/deploy.yml", s.PipelineFile))
	}
	return errors.Join(faults...)
}

// inner reports whether a path leads down from where it begins.
func inner(p string) bool { return filepath.IsLocal(p) && p != "." && !strings.ContainsRune(p, 0) }

// folder is where a service's repository should be, below root; empty for a name that can have none.
func (s Settings) folder(name string) string {
	if at, ok := s.Repositories[name]; ok {
		return at
	}
	if !service.MatchString(name) {
		return ""
	}
	return strings.ReplaceAll(s.Repository, "{service}", name)
}
