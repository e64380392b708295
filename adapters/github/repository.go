package github

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// repository is one on GitHub.
type repository struct{ owner, name string }

// String is the repository as people write it: "shop/site".
func (r repository) String() string { return r.owner + "/" + r.name }

// is reports whether it is the one of a name. GitHub calls a repository the same in any case.
func (r repository) is(name string) bool { return strings.EqualFold(r.String(), name) }

// part is an owner's or a repository's name as GitHub allows it.
var part = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

func parseRepository(text string) (repository, error) {
	owner, name, ok := strings.Cut(text, "/")
	if !ok || !part.MatchString(owner) || !part.MatchString(name) {
		return repository{}, fmt.Errorf("%q is no repository: it is written owner/name", text)
	}
	return repository{owner, name}, nil
}

// repositories say where each service's code is.
type repositories struct {
	text string            // with {service}
	by   map[string]string // what is elsewhere, by service
}

// of is a service's repository.
func (r repositories) of(service string) (repository, error) {
	if at, ok := r.by[service]; ok {
		return parseRepository(at)
	}
	if r.text == "" {
		return repository{}, fmt.Errorf("no repository is configured for %s", service)
	}
	return parseRepository(fill.Text(r.text, port.Deployment{Service: service}))
}

// faults names what is wrong with how they are configured.
func (r repositories) faults() []error {
	var faults []error
	if r.text == "" && len(r.by) == 0 {
		faults = append(faults, errors.New("repository: it is needed, as owner/name, where {service} stands for the service"))
	}
	if err := fill.Check(r.text, "service"); err != nil {
		faults = append(faults, fmt.Errorf("repository: %w", err))
	} else if _, err := r.of("service"); r.text != "" && err != nil {
		faults = append(faults, fmt.Errorf("repository: %w", err))
	}
	for _, service := range slices.Sorted(maps.Keys(r.by)) {
		if _, err := parseRepository(r.by[service]); err != nil {
			faults = append(faults, fmt.Errorf("repositories.%s: %w", service, err))
		}
	}
	return faults
}

// visible reads a repository; one that is not there, or that the token may not see, is errUnseen.
func (h *host) visible(ctx context.Context, repo repository) (*gh.Repository, error) {
	route := "GET /repos/" + repo.String()
	r, answer, err := h.api.Repositories.Get(ctx, repo.owner, repo.name)
	if err := h.class(route, answer, err, true); err != nil {
		return nil, unseen(err)
	}
	if r.GetDefaultBranch() == "" {
		return nil, malformed(route)
	}
	return r, nil
}

var reference = regexp.MustCompile(`^(env|file):.+$`)

// checkURL takes https, and http for this machine alone: tokens go there.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(u.Path, "/") {
		return errors.New("it is not the address of an API, like https://api.github.com or https://github.example.org/api/v3")
	}
	if rest.Confidential(u) {
		return nil
	}
	return errors.New("it must be https: tokens are sent there")
}
