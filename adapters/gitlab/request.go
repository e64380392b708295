package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of what is read of one merge request.
const (
	notesMost   = 2000
	versionMost = 500
)

// request is a merge request with what is needed of it besides.
type request struct {
	port.MergeRequest
	of      *api.BasicMergeRequest
	commits []*api.Commit // its own, as it was merged
}

// has reports whether a commit came in as it was.
func (r *request) has(sha string) bool {
	return slices.ContainsFunc(r.commits, func(c *api.Commit) bool { return c.ID == sha })
}

// requests reads each merge request once, by its number.
func (s *source) requests(ctx context.Context, of []*api.BasicMergeRequest) (map[int64]*request, error) {
	all := map[int64]*request{}
	for _, m := range of {
		if m != nil {
			all[m.IID] = &request{of: m}
		}
	}
	numbers := slices.Sorted(maps.Keys(all))
	if err := each(ctx, len(numbers), func(ctx context.Context, i int) error { return s.fill(ctx, all[numbers[i]]) }); err != nil {
		return nil, err
	}
	return all, s.pushers(ctx, all)
}

func (s *source) fill(ctx context.Context, r *request) error {
	m := r.of
	r.MergeRequest = port.MergeRequest{ID: fmt.Sprintf("!%d", m.IID), Title: m.Title, Link: m.WebURL, MergedAt: deref(m.MergedAt)}
	var err error
	if r.Author, err = s.people.user(ctx, m.Author); err != nil {
		return err
	}
	if r.MergedBy, err = s.people.user(ctx, m.MergeUser); err != nil {
		return err
	}
	for _, made := range []string{m.MergeCommitSHA, m.SquashCommitSHA} {
		if made != "" {
			r.Made = append(r.Made, made)
		}
	}
	if err := s.lastPush(ctx, r); err != nil {
		return err
	}
	notes, err := s.notes(ctx, m.IID)
	if err != nil {
		return err
	}
	if err := s.approvals(ctx, r, notes); err != nil {
		return err
	}
	for _, n := range notes {
		if !addedCommits.MatchString(n.Body) {
			continue
		}
		if err := s.pushed(ctx, r, &api.BasicUser{ID: n.Author.ID, Username: n.Author.Username}); err != nil {
			return err
		}
	}
	commits, more, answer, err := pages(port.CommitsMost, func(o api.ListOptions) ([]*api.Commit, *api.Response, error) {
		return s.host.MergeRequests.GetMergeRequestCommits(s.path, m.IID, &api.GetMergeRequestCommitsOptions{ListOptions: o}, in(ctx))
	})
	r.commits = commits
	if err == nil && more {
		return effect.Permanently(fmt.Errorf("%s: !%d of %s holds more than %d commits: who made them all can't be told", System, m.IID, s.path, port.CommitsMost))
	}
	return s.host.class("GET /projects/:id/merge_requests/:iid/commits", answer, err, true)
}

// lastPush is when the request's branch last changed: each push makes a version.
func (s *source) lastPush(ctx context.Context, r *request) error {
	versions, _, answer, err := pages(versionMost, func(o api.ListOptions) ([]*api.MergeRequestDiffVersion, *api.Response, error) {
		return s.host.MergeRequests.GetMergeRequestDiffVersions(s.path, r.of.IID, &api.GetMergeRequestDiffVersionsOptions{ListOptions: o}, in(ctx))
	})
	if err := s.host.class("GET /projects/:id/merge_requests/:iid/versions", answer, err, true); err != nil {
		return err
	}
	for _, v := range versions {
		if at := deref(v.CreatedAt); at.After(r.PushedAt) {
			r.PushedAt, r.Head = at, v.HeadCommitSHA
		}
	}
	return nil
}

// What GitLab itself notes in a request, in its own words whatever the reader's language: SystemNotes::MergeRequestsService.
var (
	approved     = regexp.MustCompile(`^approved this merge request`)
	addedCommits = regexp.MustCompile(`^added [0-9]+ (new )?commits?\b`)
)

// notes are GitLab's own in a request, the oldest first.
func (s *source) notes(ctx context.Context, number int64) ([]*api.Note, error) {
	order, sort := "created_at", "asc"
	all, more, answer, err := pages(notesMost, func(o api.ListOptions) ([]*api.Note, *api.Response, error) {
		return s.host.Notes.ListMergeRequestNotes(s.path, number, &api.ListMergeRequestNotesOptions{ListOptions: o, OrderBy: &order, Sort: &sort}, in(ctx))
	})
	if err := s.host.class("GET /projects/:id/merge_requests/:iid/notes", answer, err, true); err != nil {
		return nil, err
	}
	if more { // the newest are missing, and may name who pushed
		return nil, effect.Permanently(fmt.Errorf("%s: !%d of %s has more than %d notes: who pushed can't be told of them all", System, number, s.path, notesMost))
	}
	return slices.DeleteFunc(all, func(n *api.Note) bool { return n == nil || !n.System }), nil
}

// approvals are those that stand. Their times come with them, and in older versions of GitLab from its notes alone.
func (s *source) approvals(ctx context.Context, r *request, notes []*api.Note) error {
	found, answer, err := s.host.MergeRequestApprovals.GetConfiguration(s.path, r.of.IID, in(ctx))
	if err == nil && found == nil {
		err = errMalformed
	}
	if err := s.host.class("GET /projects/:id/merge_requests/:iid/approvals", answer, err, true); err != nil {
		return err
	}
	for _, a := range found.ApprovedBy {
		if a == nil || a.User == nil || a.User.Username == "" {
			continue
		}
		at := deref(a.ApprovedAt)
		for _, n := range notes {
			if a.ApprovedAt == nil && n.Author.ID == a.User.ID && approved.MatchString(n.Body) && deref(n.CreatedAt).After(at) {
				at = deref(n.CreatedAt)
			}
		}
		by, err := s.people.user(ctx, a.User)
		if err != nil {
			return err
		}
		r.Approvals = append(r.Approvals, port.Approval{By: by, At: at})
	}
	return nil
}

func (s *source) pushed(ctx context.Context, r *request, by *api.BasicUser) error {
	who, err := s.people.user(ctx, by)
	if !who.IsZero() && !slices.Contains(r.Pushers, who) {
		r.Pushers = append(r.Pushers, who)
	}
	return err
}

// Bounds of the search for who pushed: a branch lives for a while before its request is opened.
const (
	before     = 30 * 24 * time.Hour
	eventsMost = 2000
)

// pushers adds who pushed to the requests' branches, as the project's events tell it. Forks are other projects: of pushes to them, only
// GitLab's notes in the request tell.
func (s *source) pushers(ctx context.Context, all map[int64]*request) error {
	var here []*request
	for _, r := range all {
		if r.of.SourceProjectID == s.id && !r.MergedAt.IsZero() {
			here = append(here, r)
		}
	}
	slices.SortFunc(here, func(a, b *request) int { return cmp.Or(a.began().Compare(b.began()), cmp.Compare(a.of.IID, b.of.IID)) })
	for len(here) > 0 { // those whose times overlap share their events
		n, until := 1, here[0].MergedAt
		for ; n < len(here) && here[n].began().Before(until); n++ {
			if here[n].MergedAt.After(until) {
				until = here[n].MergedAt
			}
		}
		if err := s.pushersOf(ctx, here[:n], until); err != nil {
			return err
		}
		here = here[n:]
	}
	return nil
}

// began is when a request's branch may have begun.
func (r *request) began() time.Time { return deref(r.of.CreatedAt).Add(-before) }

func (s *source) pushersOf(ctx context.Context, some []*request, until time.Time) error {
	// Both dates are exclusive.
	after, before, action := api.ISOTime(some[0].began().AddDate(0, 0, -1)), api.ISOTime(until.AddDate(0, 0, 1)), api.PushedEventType
	events, more, answer, err := pages(eventsMost, func(o api.ListOptions) ([]*api.ProjectEvent, *api.Response, error) {
		return s.host.Events.ListProjectVisibleEvents(s.path, &api.ListProjectVisibleEventsOptions{
			ListOptions: o, Action: &action, After: &after, Before: &before,
		}, in(ctx))
	})
	if err := s.host.class("GET /projects/:id/events", answer, err, true); err != nil {
		return err
	}
	if more { // the oldest are missing: it matters to those requests that were open by then
		last := events[len(events)-1].CreatedAt
		read, err := time.Parse(time.RFC3339, last)
		for _, r := range some {
			if err != nil || !deref(r.of.CreatedAt).After(read) {
				return effect.Permanently(fmt.Errorf("%s: %s has more than %d pushes since !%d was opened: who pushed to it can't be told", System, s.path, eventsMost, r.of.IID))
			}
		}
		s.outside.logger().Warn("GitLab's events are too many to read them all: those are left out that are older than the requests", "project", s.path, "before", last)
	}
	for i := len(events) - 1; i >= 0; i-- { // the oldest first
		e := events[i]
		at, err := time.Parse(time.RFC3339, e.CreatedAt)
		if err != nil || e.PushData.RefType != "branch" || e.PushData.Action == "removed" {
			continue
		}
		for _, r := range some {
			if r.of.SourceBranch != e.PushData.Ref || at.Before(r.began()) || at.After(r.MergedAt) {
				continue
			}
			by := &api.BasicUser{ID: cmp.Or(e.Author.ID, e.AuthorID), Username: cmp.Or(e.Author.Username, e.AuthorUsername)}
			if err := s.pushed(ctx, r, by); err != nil {
				return err
			}
		}
	}
	return nil
}
