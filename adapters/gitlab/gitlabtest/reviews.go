package gitlabtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (of *Project) commitJSON(c *commit) map[string]any {
	title, _, _ := strings.Cut(c.Message, "\n")
	return map[string]any{
		"id": c.id, "short_id": c.id[:8], "title": title, "message": c.Message, "parent_ids": append([]string{}, c.parents...), "author_name": c.Author, "author_email": c.Author,
		"authored_date": stamp(c.at), "committer_name": c.Committer, "committer_email": c.Committer, "committed_date": stamp(c.at), "created_at": stamp(c.at),
		"trailers": map[string]any{}, "extended_trailers": map[string]any{}, "web_url": web + of.Path + "/-/commit/" + c.id,
	}
}

// listCommits serves https://docs.gitlab.com/api/commits/#list-repository-commits, the newest first.
func (s *Server) listCommits(c *call, of *Project) reply {
	name := c.query.Get("ref_name")
	if name == "" {
		name = of.Branch
	}
	since, until, ranged := strings.Cut(name, "..")
	if !ranged {
		since, until = "", name
	}
	if of.find(until) == nil || since != "" && of.find(since) == nil {
		return missing("Commit")
	}
	in, without := of.reach(until), map[string]bool{}
	if since != "" {
		without = of.reach(since)
	}
	var all []any
	for _, k := range slices.Backward(of.commits) {
		if in[k.id] && !without[k.id] && (!c.query.Has("path") || slices.Contains(k.Files, c.query.Get("path"))) {
			all = append(all, of.commitJSON(k))
		}
	}
	return listed(c, all)
}

func (s *Server) serveCommit(c *call, of *Project) reply {
	k := of.find(c.ids[1])
	if k == nil {
		return missing("Commit")
	}
	all := of.commitJSON(k)
	all["project_id"] = of.id
	return reply{200, all}
}

func (of *Project) requestJSON(r *Request) map[string]any {
	merged := any(nil)
	if r.State == "merged" {
		merged = stamp(r.merged)
	}
	return map[string]any{
		"id": r.IID + 1000, "iid": r.IID, "project_id": of.id, "title": fmt.Sprintf("Request %d", r.IID), "state": r.State, "created_at": stamp(r.created), "merged_at": merged,
		"merge_user": basic(r.by), "merged_by": basic(r.by), "target_branch": r.Target, "source_branch": r.Branch, "author": basic(r.Author), "source_project_id": of.id,
		"target_project_id": of.id, "sha": r.versions[len(r.versions)-1].head, "merge_commit_sha": orNull(r.mergeSHA), "squash_commit_sha": orNull(r.squashSHA),
		"web_url": fmt.Sprintf("%s%s/-/merge_requests/%d", web, of.Path, r.IID), "labels": []string{}, "draft": false, "squash": r.squashSHA != "",
	}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s *Server) serveRequestsOf(c *call, of *Project) reply {
	k := of.find(c.ids[1])
	if k == nil {
		return missing("Commit")
	}
	var all []any
	for _, r := range slices.Backward(of.requests) {
		holds := slices.Contains(r.commits, k.id) || r.mergeSHA == k.id || r.squashSHA == k.id
		if holds && (!c.query.Has("state") || c.query.Get("state") == r.State) {
			all = append(all, of.requestJSON(r))
		}
	}
	return listed(c, all)
}

// Old is a tag that makes a project's GitLab an older one, which does not tell the times of approvals.
const Old = "old"

func (s *Server) serveApprovals(c *call, of *Project) reply {
	r := of.request(c.number(1))
	if r == nil {
		return missing("Merge Request")
	}
	by := []any{}
	for _, a := range r.approvals {
		one := map[string]any{"user": basic(a.by)}
		if of.tags[Old] == "" {
			one["approved_at"] = stamp(a.at)
		}
		by = append(by, one)
	}
	return reply{200, map[string]any{"user_has_approved": false, "user_can_approve": false, "approved": len(by) > 0, "approved_by": by}}
}

func (s *Server) serveVersions(c *call, of *Project) reply {
	r := of.request(c.number(1))
	if r == nil {
		return missing("Merge Request")
	}
	var all []any
	for i, v := range slices.Backward(r.versions) {
		all = append(all, map[string]any{"id": i + 1, "head_commit_sha": v.head, "created_at": stamp(v.at), "merge_request_id": r.IID + 1000, "state": "collected", "real_size": "1"})
	}
	return listed(c, all)
}

func (s *Server) serveNotes(c *call, of *Project) reply {
	r := of.request(c.number(1))
	if r == nil {
		return missing("Merge Request")
	}
	var all []any
	for i, n := range r.notes {
		all = append(all, map[string]any{
			"id": i + 1, "body": n.body, "author": basic(n.by), "system": n.system, "created_at": stamp(n.at), "updated_at": stamp(n.at), "noteable_iid": r.IID, "noteable_type": "MergeRequest",
		})
	}
	if c.query.Get("sort") != "asc" {
		slices.Reverse(all)
	}
	return listed(c, all)
}

func (s *Server) serveRequestCommits(c *call, of *Project) reply {
	r := of.request(c.number(1))
	if r == nil {
		return missing("Merge Request")
	}
	var all []any
	for _, id := range r.commits {
		all = append(all, of.commitJSON(of.find(id)))
	}
	return listed(c, all)
}

// serveEvents serves https://docs.gitlab.com/api/events/#list-all-visible-events-for-a-project; its dates are whole days, and exclusive.
func (s *Server) serveEvents(c *call, of *Project) reply {
	after, before := c.time("after"), c.time("before")
	var all []any
	for i, e := range slices.Backward(of.events) {
		day := e.at.UTC().Truncate(24 * time.Hour)
		if !after.IsZero() && !day.After(after) || !before.IsZero() && !day.Before(before) || c.query.Get("action") != "pushed" {
			continue
		}
		action, name := "pushed", "pushed to"
		if e.from == "" {
			action, name = "created", "pushed new"
		}
		all = append(all, map[string]any{
			"id": i + 1, "project_id": of.id, "action_name": name, "author_id": e.by.ID, "author": basic(e.by), "author_username": e.by.Username, "created_at": stamp(e.at),
			"push_data": map[string]any{"commit_count": e.count, "action": action, "ref_type": "branch", "commit_from": orNull(e.from), "commit_to": e.to, "ref": e.ref, "commit_title": ""},
		})
	}
	return listed(c, all)
}
