package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// pagesOfRequest bounds the pages of 100 that are read of a pull request's reviews and pushes.
const pagesOfRequest = 10

// request is a pull request that is read once, whoever comes first.
type request struct {
	once   sync.Once
	read   *port.MergeRequest
	holds  map[string]bool // the commits that it was merged with
	makers []port.Identity // who made those
	err    error
}

// right is whether somebody may write to the repository, asked once.
type right struct {
	once   sync.Once
	writes bool
	err    error
}

// requestOf is the merged pull request that a commit came in with: into the branch before any other, the first merged before those after.
// Without one, it is empty.
func (r *reading) requestOf(ctx context.Context, commit string) (*request, error) {
	route := fmt.Sprintf("GET /repos/%s/commits/%s/pulls", r.repo, commit)
	list, answer, err := r.api.PullRequests.ListPullRequestsWithCommit(ctx, r.repo.owner, r.repo.name, commit, &gh.ListOptions{PerPage: perPage})
	if err := r.class(route, answer, err, true); err != nil {
		return nil, unseen(err)
	}
	var best *gh.PullRequest
	for _, pr := range list {
		if pr == nil || pr.MergedAt == nil || !r.repo.is(pr.GetBase().GetRepo().GetFullName()) {
			continue
		}
		if best == nil || r.before(pr, best) {
			best = pr
		}
	}
	if best == nil {
		return &request{}, nil
	}
	r.mu.Lock()
	q := r.requests[best.GetNumber()]
	if q == nil {
		q = &request{}
		r.requests[best.GetNumber()] = q
	}
	r.mu.Unlock()
	q.once.Do(func() {
		if q.read, q.err = r.request(ctx, best.GetNumber()); q.err == nil {
			q.err = r.made(ctx, best.GetNumber(), q)
		}
	})
	return q, q.err
}

// made reads the commits that a pull request was merged with, and who made them: a squashed one shows none of that by itself.
func (r *reading) made(ctx context.Context, number int, q *request) error {
	route := fmt.Sprintf("GET /repos/%s/pulls/%d/commits", r.repo, number)
	o := &gh.ListOptions{PerPage: perPage}
	q.holds = map[string]bool{}
	for {
		list, answer, err := r.api.PullRequests.ListCommits(ctx, r.repo.owner, r.repo.name, number, o)
		if err := r.class(route, answer, err, true); err != nil {
			return unseen(err)
		}
		for _, c := range list {
			if c.GetSHA() == "" || c.Commit == nil {
				return malformed(route)
			}
			q.holds[c.GetSHA()] = true
			q.makers = add(q.makers, identity(c.Author, c.Commit.GetAuthor().GetEmail()))
			q.makers = add(q.makers, identity(c.Committer, c.Commit.GetCommitter().GetEmail()))
			for _, who := range coAuthors(c.Commit.GetMessage()) {
				q.makers = add(q.makers, who)
			}
		}
		if o.Page = answer.NextPage; o.Page == 0 {
			return nil
		}
	}
}

func (r *reading) before(a, b *gh.PullRequest) bool {
	if main := a.GetBase().GetRef() == r.branch; main != (b.GetBase().GetRef() == r.branch) {
		return main
	}
	return a.GetMergedAt().Before(b.GetMergedAt().Time)
}

// request reads a merged pull request with its approvals and pushers.
func (r *reading) request(ctx context.Context, number int) (*port.MergeRequest, error) {
	route := fmt.Sprintf("GET /repos/%s/pulls/%d", r.repo, number)
	pr, answer, err := r.api.PullRequests.Get(ctx, r.repo.owner, r.repo.name, number)
	if err := r.class(route, answer, err, true); err != nil {
		return nil, unseen(err)
	}
	if pr.GetNumber() != number || pr.MergedAt == nil || pr.GetHead().GetSHA() == "" {
		return nil, malformed(route)
	}
	got := &port.MergeRequest{
		ID: fmt.Sprintf("#%d", number), Title: pr.GetTitle(), Link: pr.GetHTMLURL(), Author: person(pr.User), Head: pr.GetHead().GetSHA(),
		MergedBy: person(pr.MergedBy), MergedAt: pr.GetMergedAt().UTC(),
	}
	if sha := pr.GetMergeCommitSHA(); r.signed[sha] {
		got.Made = []string{sha}
	}
	if got.Approvals, err = r.approvals(ctx, number); err != nil {
		return nil, err
	}
	got.Pushers, got.PushedAt, err = r.pushes(ctx, pr)
	return got, err
}

// approvals are those that stand: the newest opinion of each reviewer who may write to the repository, unless it was dismissed. Anybody
// may approve a pull request that they can see; GitHub's own protection counts those who may write, and so does this.
func (r *reading) approvals(ctx context.Context, number int) ([]port.Approval, error) {
	route := fmt.Sprintf("GET /repos/%s/pulls/%d/reviews", r.repo, number)
	o := &gh.ListOptions{PerPage: perPage}
	var all []*gh.PullRequestReview
	for page := 0; ; page++ {
		if page == pagesOfRequest {
			return nil, errors.New("github: " + route + ": there are more reviews than anybody reads")
		}
		list, answer, err := r.api.PullRequests.ListReviews(ctx, r.repo.owner, r.repo.name, number, o)
		if err := r.class(route, answer, err, true); err != nil {
			return nil, unseen(err)
		}
		all = append(all, list...)
		if o.Page = answer.NextPage; o.Page == 0 {
			break
		}
	}
	var stand []port.Approval
	for _, review := range standing(all) {
		writes, err := r.mayWrite(ctx, review)
		if err != nil {
			return nil, err
		}
		if writes {
			stand = append(stand, port.Approval{By: person(review.User), At: review.GetSubmittedAt().UTC(), Commit: review.GetCommitID()})
		}
	}
	return stand, nil
}

// standing are the approvals among reviews that are their reviewer's newest opinion. A comment is none; who is gone has none.
func standing(all []*gh.PullRequestReview) []*gh.PullRequestReview {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *gh.PullRequestReview) int {
		return a.GetSubmittedAt().Compare(b.GetSubmittedAt().Time)
	})
	newest := map[string]*gh.PullRequestReview{}
	for _, review := range all {
		switch review.GetState() {
		case "APPROVED", "CHANGES_REQUESTED", "DISMISSED":
			newest[review.GetUser().GetLogin()] = review
		}
	}
	return slices.DeleteFunc(all, func(review *gh.PullRequestReview) bool {
		login := review.GetUser().GetLogin()
		return login == "" || newest[login] != review || review.GetState() != "APPROVED"
	})
}

// writing are the roles that may write: https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
var writing = []string{"write", "maintain", "admin"}

// associated are who counts as somebody who may write where GitHub does not let the token ask.
var associated = []string{"OWNER", "MEMBER", "COLLABORATOR"}

func (r *reading) mayWrite(ctx context.Context, review *gh.PullRequestReview) (bool, error) {
	login := review.GetUser().GetLogin()
	r.mu.Lock()
	q := r.rights[login]
	if q == nil {
		q = &right{}
		r.rights[login] = q
	}
	r.mu.Unlock()
	q.once.Do(func() {
		level, answer, err := r.api.Repositories.GetPermissionLevel(ctx, r.repo.owner, r.repo.name, login)
		err = r.class(fmt.Sprintf("GET /repos/%s/collaborators/%s/permission", r.repo, login), answer, err, true)
		switch {
		case err == nil:
			q.writes = slices.Contains(writing, level.GetPermission()) || slices.Contains(writing, level.GetRoleName())
		case notThere(err): // an account that is gone
		case rest.Status(err) == http.StatusForbidden && !limitedBy(err):
			q.writes = slices.Contains(associated, review.GetAuthorAssociation())
		default:
			q.err = err
		}
	})
	return q.writes, q.err
}

// pushes are who GitHub says pushed to a pull request's branch before it was merged, and when its head came. It keeps them for branches of
// the repository itself, not of forks; what it does not keep stays unknown, since a commit's own dates are whoever made it's to choose.
func (r *reading) pushes(ctx context.Context, pr *gh.PullRequest) ([]port.Identity, time.Time, error) {
	if !r.repo.is(pr.GetHead().GetRepo().GetFullName()) || pr.GetHead().GetRef() == "" {
		return r.forced(ctx, pr)
	}
	route := fmt.Sprintf("GET /repos/%s/activity", r.repo)
	o := &gh.ListRepositoryActivityOptions{Ref: "refs/heads/" + pr.GetHead().GetRef(), PerPage: perPage}
	var pushers []port.Identity
	var pushed time.Time
	for range pagesOfRequest {
		list, answer, err := r.api.Repositories.ListRepositoryActivities(ctx, r.repo.owner, r.repo.name, o)
		if err := r.class(route, answer, err, true); err != nil {
			if notThere(err) || rest.Status(err) == http.StatusForbidden && !limitedBy(err) || rest.Status(err) == http.StatusUnprocessableEntity {
				return r.forced(ctx, pr) // this GitHub keeps none, or not for this token
			}
			return nil, time.Time{}, err
		}
		for _, a := range list { // the newest first
			if a == nil || a.Timestamp == nil || a.Timestamp.After(pr.GetMergedAt().Time) || a.ActivityType == "branch_deletion" {
				continue
			}
			if a.After == pr.GetHead().GetSHA() && pushed.IsZero() {
				pushed = a.Timestamp.UTC()
			}
			pushers = add(pushers, pusher(a.Actor))
			if a.ActivityType == "branch_creation" { // before that, the name was another branch's
				return pushers, pushed, nil
			}
		}
		if o.After = answer.After; o.After == "" {
			break
		}
	}
	return pushers, pushed, nil
}

// forced are who force-pushed to the branch, which is all that a pull request's own timeline says of pushes: no time of the last one.
func (r *reading) forced(ctx context.Context, pr *gh.PullRequest) ([]port.Identity, time.Time, error) {
	o := &gh.ListOptions{PerPage: perPage}
	var pushers []port.Identity
	for range pagesOfRequest {
		list, answer, err := r.api.Issues.ListIssueTimeline(ctx, r.repo.owner, r.repo.name, pr.GetNumber(), o)
		if err := r.class(fmt.Sprintf("GET /repos/%s/issues/%d/timeline", r.repo, pr.GetNumber()), answer, err, true); err != nil {
			if notThere(err) || rest.Status(err) == http.StatusForbidden && !limitedBy(err) {
				break
			}
			return nil, time.Time{}, err
		}
		for _, e := range list {
			if e.GetEvent() == "head_ref_force_pushed" {
				pushers = add(pushers, person(e.Actor))
			}
		}
		if o.Page = answer.NextPage; o.Page == 0 {
			break
		}
	}
	return pushers, time.Time{}, nil
}

func add(all []port.Identity, who port.Identity) []port.Identity {
	if who.IsZero() || slices.Contains(all, who) {
		return all
	}
	return append(all, who)
}

func pusher(a *gh.RepositoryActor) port.Identity {
	if a == nil {
		return port.Identity{}
	}
	return person(&gh.User{Login: a.Login, Type: a.Type})
}
