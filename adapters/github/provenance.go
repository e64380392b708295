package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// atOnce is how many requests a reading sends beside each other: GitHub asks for few, and a range may take hundreds.
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
const atOnce = 8

// Provenance reads commits, pull requests, reviews and pushes.
type Provenance struct {
	*host
	settings ProvenanceSettings
	outside  Outside
	repos    repositories
}

var (
	_ port.Provenance = (*Provenance)(nil)
	_ port.Examiner   = (*Provenance)(nil)
)

// NewProvenance makes a reader of provenance. It asks nobody.
func NewProvenance(s ProvenanceSettings, o Outside) (*Provenance, error) {
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
	return &Provenance{host: h, settings: s, outside: o, repos: s.repositories()}, nil
}

// commitID is what Git calls a commit by, shortened at most to 7 digits.
var commitID = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// Range reads the commits between two, each with the pull request that it was merged by, and the last change of the pipeline file.
func (p *Provenance) Range(ctx context.Context, service, since, commit string) (port.CommitRange, error) {
	repo, err := p.repos.of(service)
	if err != nil {
		return port.CommitRange{}, effect.Permanently(fmt.Errorf("github: %w: %w", err, effect.ErrNotFound))
	}
	for _, id := range []string{since, commit} {
		if id != "" && !commitID.MatchString(id) || commit == "" {
			return port.CommitRange{}, effect.Permanently(fmt.Errorf("github: %q is no commit: %w", id, effect.ErrNotFound))
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &reading{host: p.host, repo: repo, branch: p.settings.Branch, requests: map[int]*request{}, rights: map[string]*right{}}
	if r.branch == "" {
		main, err := p.visible(ctx, repo)
		if err != nil {
			return port.CommitRange{}, err
		}
		r.branch = main.GetDefaultBranch()
	}
	got := port.CommitRange{Service: service, File: p.settings.PipelineFile, Source: port.Source{System: SystemName, At: p.clock().UTC()}}
	head, err := r.commit(ctx, commit)
	if err != nil {
		return port.CommitRange{}, err
	}
	got.Commit = head.GetSHA()
	commits := []*gh.RepositoryCommit{head}
	if since != "" {
		if commits, got.Since, got.More, err = r.between(ctx, since, got.Commit); err != nil {
			return port.CommitRange{}, err
		}
	}
	changed, err := r.lastChange(ctx, p.settings.PipelineFile, got.Commit)
	if err != nil {
		return port.CommitRange{}, err
	}
	all := commits
	if changed != nil {
		all = append(slices.Clip(commits), changed)
	}
	r.signed = map[string]bool{}
	for _, c := range all {
		r.signed[c.GetSHA()] = c.Committer.GetLogin() == webFlow && c.Commit.GetVerification().GetVerified()
	}
	read := make([]port.Commit, len(all))
	if err := each(len(all), func(i int) (err error) {
		read[i], err = r.whole(ctx, all[i])
		if err != nil {
			cancel()
		}
		return err
	}); err != nil {
		return port.CommitRange{}, err
	}
	if changed != nil {
		got.Pipeline = &read[len(read)-1]
	}
	got.Commits = read[:len(commits):len(commits)]
	return got, nil
}

// each does n things, some beside each other, and returns the first error that is more than another's consequence.
func each(n int, do func(int) error) error {
	errs := make([]error, n)
	free := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		free <- struct{}{}
		all.Go(func() {
			errs[i] = do(i)
			<-free
		})
	}
	all.Wait()
	var consequence error
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		consequence = errors.Join(consequence, err)
	}
	return consequence
}

// reading is one range being read. What several commits share is read once.
type reading struct {
	*host
	repo   repository
	branch string
	// signed are the commits of the range that GitHub made itself: anybody may name it as the committer, and nobody else signs for it.
	// A request's merge commit is otherwise whichever commit brought it in, one that was made and pushed by hand as well.
	signed map[string]bool

	mu       sync.Mutex
	requests map[int]*request
	rights   map[string]*right
}

// commit reads one commit. effect.ErrNotFound: the repository, which can be seen, has none such.
func (r *reading) commit(ctx context.Context, id string) (*gh.RepositoryCommit, error) {
	route := fmt.Sprintf("GET /repos/%s/commits/%s", r.repo, id)
	c, answer, err := r.api.Repositories.GetCommit(ctx, r.repo.owner, r.repo.name, id, &gh.ListOptions{PerPage: 1})
	if isStatus(answer, http.StatusUnprocessableEntity) { // GitHub's answer to a commit that nothing is called by
		return nil, effect.Permanently(fmt.Errorf("github: there is no commit %s in %s: %w", id, r.repo, effect.ErrNotFound))
	}
	if err := r.class(route, answer, err, true); err != nil {
		return nil, r.missing(ctx, err)
	}
	if c.GetSHA() == "" || c.Commit == nil {
		return nil, malformed(route)
	}
	return c, nil
}

// missing tells a commit that is not there from a repository that the token may not see.
func (r *reading) missing(ctx context.Context, err error) error {
	if notThere(err) {
		if _, hidden := r.visible(ctx, r.repo); hidden != nil {
			return hidden
		}
	}
	return err
}

// between lists the commits that are in one and not in another, the oldest first, at most port.CommitsMost.
func (r *reading) between(ctx context.Context, since, commit string) (list []*gh.RepositoryCommit, from string, more bool, err error) {
	route := fmt.Sprintf("GET /repos/%s/compare/%s...%s", r.repo, since, commit)
	o := &gh.ListOptions{PerPage: perPage}
	for {
		page, answer, err := r.api.Repositories.CompareCommits(ctx, r.repo.owner, r.repo.name, since, commit, o)
		if err := r.class(route, answer, err, true); err != nil {
			return nil, "", false, r.missing(ctx, err)
		}
		if page == nil || page.TotalCommits == nil || page.BaseCommit.GetSHA() == "" {
			return nil, "", false, malformed(route)
		}
		from = page.BaseCommit.GetSHA()
		for _, c := range page.Commits {
			if c.GetSHA() == "" || c.Commit == nil {
				return nil, "", false, malformed(route)
			}
		}
		list = append(list, page.Commits...)
		more = page.GetTotalCommits() > len(list)
		if !more || len(list) >= port.CommitsMost || len(page.Commits) == 0 {
			break
		}
		o.Page = max(o.Page, 1) + 1
	}
	if len(list) > port.CommitsMost {
		list, more = list[:port.CommitsMost], true
	}
	return list, from, more, nil
}

// lastChange is the last commit that changed a file as of a commit, nil if there is no such file.
func (r *reading) lastChange(ctx context.Context, path, commit string) (*gh.RepositoryCommit, error) {
	route := fmt.Sprintf("GET /repos/%s/commits?path=%s", r.repo, path)
	list, answer, err := r.api.Repositories.ListCommits(ctx, r.repo.owner, r.repo.name, &gh.CommitsListOptions{
		SHA: commit, Path: path, ListOptions: gh.ListOptions{PerPage: 1},
	})
	if err := r.class(route, answer, err, true); err != nil {
		return nil, unseen(err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	if list[0].GetSHA() == "" || list[0].Commit == nil {
		return nil, malformed(route)
	}
	return list[0], nil
}

// whole is a commit with who made it and the pull request that it came in with.
func (r *reading) whole(ctx context.Context, c *gh.RepositoryCommit) (port.Commit, error) {
	subject, _, _ := strings.Cut(c.Commit.GetMessage(), "\n")
	got := port.Commit{
		ID: c.GetSHA(), Subject: strings.TrimSpace(subject), Link: c.GetHTMLURL(), Merge: len(c.Parents) > 1,
		At:        c.Commit.GetCommitter().GetDate().UTC(),
		Author:    identity(c.Author, c.Commit.GetAuthor().GetEmail()),
		Committer: identity(c.Committer, c.Commit.GetCommitter().GetEmail()),
		CoAuthors: coAuthors(c.Commit.GetMessage()),
	}
	q, err := r.requestOf(ctx, c.GetSHA())
	if err != nil {
		return got, err
	}
	if got.Request = q.read; q.read == nil || got.Merge || q.holds[got.ID] {
		return got, nil
	}
	// Squashed or rebased: those who made what it was made of count as well.
	if len(q.holds) >= listedMost {
		return got, fmt.Errorf("github: %s of %s has more commits than GitHub lists, and %s was made of them", q.read.ID, r.repo, got.ID)
	}
	for _, who := range q.makers {
		if who != got.Author && who != got.Committer {
			got.CoAuthors = add(got.CoAuthors, who)
		}
	}
	return got, nil
}

// listedMost is how many commits GitHub lists of a pull request: https://docs.github.com/rest/pulls/pulls#list-commits-on-a-pull-request
const listedMost = 250
