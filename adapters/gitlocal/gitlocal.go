// Package gitlocal reads from a Git repository on this machine how source code came to be, with the git program and without a network.
//
// A repository knows authors, committers and co-authors, and no merge requests. Reviews are known from Reviewed-by lines where the
// configuration trusts them, and otherwise not at all: then it is said that they are not known.
package gitlocal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Adapter implements port.Provenance and port.Examiner over the repositories below a folder.
type Adapter struct {
	settings Settings
	outside  Outside
}

var (
	_ port.Provenance = (*Adapter)(nil)
	_ port.Examiner   = (*Adapter)(nil)
)

// New makes the adapter from its settings. Repositories are looked for when they are asked about: they may be mounted later.
func New(s Settings, o Outside) (*Adapter, error) {
	s = s.filled()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Clock == nil {
		return nil, errors.New("the local repositories need a clock")
	}
	root, err := filepath.Abs(s.Root)
	if err != nil {
		return nil, err
	}
	s.Root = root
	if o.Targets == nil {
		o.Targets = func() []port.Target { return nil }
	}
	return &Adapter{s, o}, nil
}

var (
	errOutside = errors.New("leads out of the configured root")
	errShallow = errors.New("is a shallow clone: fetch the rest with git fetch --unshallow")

	// commitName is an id of a commit, whole or its beginning: nothing that git could read as an option or as a branch's name.
	commitName = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
)

// open finds a service's repository.
func (a *Adapter) open(name string) (repository, error) {
	folder := a.settings.folder(name)
	if folder == "" {
		return repository{}, effect.Permanently(fmt.Errorf("%s: %q can have no repository: %w", System, name, effect.ErrNotFound))
	}
	root, err := filepath.EvalSymlinks(a.settings.Root)
	if err != nil {
		return repository{}, effect.Retryable(fmt.Errorf("%s: the root: %w", System, err), 0)
	}
	dir, err := filepath.EvalSymlinks(filepath.Join(root, folder))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return repository{}, effect.Permanently(fmt.Errorf("%s: there is no %s below the root: %w", System, folder, effect.ErrNotFound))
	case err != nil:
		return repository{}, effect.Retryable(fmt.Errorf("%s: %w", System, err), 0)
	}
	if within, err := filepath.Rel(root, dir); err != nil || !filepath.IsLocal(within) {
		return repository{}, effect.Permanently(fmt.Errorf("%s: %s %w", System, folder, errOutside))
	}
	if of, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		if !of.IsDir() { // a work tree of another repository, or a link: either may lead anywhere
			return repository{}, effect.Permanently(fmt.Errorf("%s: %s %w", System, folder, errOutside))
		}
		dir = filepath.Join(dir, ".git")
	}
	if _, err := os.Stat(filepath.Join(dir, "HEAD")); err != nil {
		return repository{}, effect.Permanently(fmt.Errorf("%s: %s is no repository: %w", System, folder, effect.ErrNotFound))
	}
	return repository{dir}, nil
}

// Range implements port.Provenance.
func (a *Adapter) Range(ctx context.Context, service, since, commit string) (port.CommitRange, error) {
	r := port.CommitRange{Service: service, File: a.settings.PipelineFile, Requestless: !a.settings.TrustTrailers, Source: port.Source{System: System, At: a.outside.Clock()}}
	repo, err := a.open(service)
	if err != nil {
		return port.CommitRange{}, err
	}
	if shallow, err := repo.git(ctx, "", "rev-parse", "--is-shallow-repository"); err != nil || strings.TrimSpace(shallow) != "false" {
		return port.CommitRange{}, firstOf(err, effect.Permanently(fmt.Errorf("%s: the repository of %s %w", System, service, errShallow)))
	}
	if r.Commit, err = repo.resolve(ctx, commit); err != nil {
		return port.CommitRange{}, err
	}
	ids := []string{r.Commit}
	if since != "" {
		if r.Since, err = repo.resolve(ctx, since); err != nil {
			return port.CommitRange{}, err
		}
		if ids, r.More, err = repo.between(ctx, r.Since, r.Commit); err != nil {
			return port.CommitRange{}, err
		}
	}
	found, err := repo.read(ctx, ids)
	if err != nil {
		return port.CommitRange{}, err
	}
	r.Commits = a.told(found)
	r.Pipeline, err = a.pipeline(ctx, repo, r)
	if err != nil {
		return port.CommitRange{}, err
	}
	return r, nil
}

// told is how commits came in, as far as messages are trusted with that.
func (a *Adapter) told(found []object) []port.Commit {
	if a.settings.TrustTrailers {
		return arrivals(found)
	}
	commits := make([]port.Commit, len(found))
	for i, o := range found {
		commits[i] = o.Commit
	}
	return commits
}

// pipeline is the last commit that changed the pipeline file; nil if there is no such file.
func (a *Adapter) pipeline(ctx context.Context, repo repository, r port.CommitRange) (*port.Commit, error) {
	id, err := repo.lastChange(ctx, r.Commit, a.settings.PipelineFile)
	if err != nil || id == "" {
		return nil, err
	}
	if i := slices.IndexFunc(r.Commits, func(c port.Commit) bool { return c.ID == id }); i >= 0 {
		c := r.Commits[i]
		return &c, nil
	}
	return a.before(ctx, repo, id, r.Commit)
}

// before is a commit that came in before the range: with the merge that brought it onto the main line, where messages are trusted.
func (a *Adapter) before(ctx context.Context, repo repository, id, tip string) (*port.Commit, error) {
	found, err := repo.read(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	c := found[0].Commit
	if !a.settings.TrustTrailers {
		return &c, nil
	}
	c.Request = found[0].request(found, nil)
	landed, err := repo.landing(ctx, id, tip)
	if err != nil || landed == "" || landed == id {
		return &c, err
	}
	if found, err = repo.read(ctx, []string{landed}); err != nil {
		return nil, err
	}
	if q := found[0].request(found, nil); q != nil {
		q.Author, q.Pushers = c.Author, []port.Identity{found[0].Author, found[0].Committer}
		c.Request = q
	}
	return &c, nil
}

// firstOf is the first error that is one.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// exited reports with which status git ended of its own accord.
func exited(err error) int {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	return 0
}
