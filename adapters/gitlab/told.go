package gitlab

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/trailer"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// atOnce is how many requests one range has under way.
const atOnce = 4

// each does something for every index below n, several at once; the first error ends it.
func each(ctx context.Context, n int, do func(context.Context, int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	next, faults := make(chan int), make([]error, atOnce)
	for worker := range atOnce {
		all.Go(func() {
			for i := range next {
				if faults[worker] == nil {
					if faults[worker] = do(ctx, i); faults[worker] != nil {
						cancel()
					}
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	for _, err := range faults { // the one that ended it, not what it cut off
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(faults...)
}

// told tells of commits with the merge requests that they came in with.
func (s *source) told(ctx context.Context, found []*api.Commit) ([]port.Commit, error) {
	brought := make([]*api.BasicMergeRequest, len(found))
	err := each(ctx, len(found), func(ctx context.Context, i int) (err error) {
		brought[i], err = s.broughtBy(ctx, found[i].ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	requests, err := s.requests(ctx, brought)
	if err != nil {
		return nil, err
	}
	commits := make([]port.Commit, len(found))
	err = each(ctx, len(found), func(ctx context.Context, i int) (err error) {
		var within []*api.Commit
		var request *port.MergeRequest
		if brought[i] != nil {
			r := requests[brought[i].IID]
			request = &r.MergeRequest
			if len(found[i].ParentIDs) < 2 && !r.has(found[i].ID) {
				within = r.commits // squashed: those who made what is in it are named by the request's own commits
			}
		}
		commits[i], err = s.one(ctx, found[i], within)
		commits[i].Request = request
		return err
	})
	return commits, err
}

func (s *source) one(ctx context.Context, c *api.Commit, within []*api.Commit) (port.Commit, error) {
	out := port.Commit{ID: c.ID, Subject: c.Title, At: deref(c.CommittedDate), Link: c.WebURL, Merge: len(c.ParentIDs) > 1}
	var err error
	if out.Author, err = s.people.committed(ctx, c.AuthorEmail); err != nil {
		return out, err
	}
	if out.Committer, err = s.people.committed(ctx, c.CommitterEmail); err != nil {
		return out, err
	}
	others := trailer.CoAuthors(c.Message)
	for _, of := range within {
		others = append(others, of.AuthorEmail, of.CommitterEmail)
		others = append(others, trailer.CoAuthors(of.Message)...)
	}
	for _, email := range others {
		who, err := s.people.committed(ctx, email)
		if err != nil {
			return out, err
		}
		if !who.IsZero() && !slices.Contains(out.CoAuthors, who) {
			out.CoAuthors = append(out.CoAuthors, who)
		}
	}
	return out, nil
}

// broughtBy is the merged request that a commit came in with: of several that hold it, the one merged into the target first.
func (s *source) broughtBy(ctx context.Context, sha string) (*api.BasicMergeRequest, error) {
	type options struct {
		State   string `url:"state"`
		PerPage int    `url:"per_page"`
	}
	at := "projects/" + api.PathEscape(s.path) + "/repository/commits/" + api.PathEscape(sha) + "/merge_requests"
	r, err := s.host.NewRequest(http.MethodGet, at, options{"merged", perPage}, []api.RequestOptionFunc{in(ctx)})
	if err != nil {
		return nil, err
	}
	var found []*api.BasicMergeRequest
	answer, err := s.host.Do(r, &found)
	if err := s.host.class("GET /projects/:id/repository/commits/:sha/merge_requests", answer, whole(found, err), true); err != nil {
		return nil, err
	}
	var first *api.BasicMergeRequest
	for _, m := range found {
		if m == nil || m.State != "merged" || m.TargetBranch != s.target || m.TargetProjectID != s.id {
			continue
		}
		if first == nil || deref(m.MergedAt).Before(deref(first.MergedAt)) {
			first = m
		}
	}
	return first, nil
}
