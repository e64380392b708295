package githubtest

import (
	"fmt"
	"strings"
)

// byEmail is the account that GitHub knows an address as, nil for none.
func (s *Server) byEmail(email string) any {
	if email == "noreply@github.com" && s.users["web-flow"] == nil {
		s.addUser("web-flow", email, "User")
	}
	for _, u := range s.users {
		if email != "" && strings.EqualFold(u.email, email) {
			return s.userShape(u.login)
		}
	}
	return nil
}

func (s *Server) commitShape(r *repository, c *commit) object {
	at := s.at(r) + "/commits/" + c.sha
	parents := []object{}
	for _, p := range c.parents {
		parents = append(parents, object{"sha": p, "url": s.at(r) + "/commits/" + p, "html_url": s.page(r) + "/commit/" + p})
	}
	// What is made on its pages GitHub signs itself: https://docs.github.com/authentication/managing-commit-signature-verification
	verification := object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil}
	if c.signed {
		verification = object{"verified": true, "reason": "valid", "signature": "-----BEGIN PGP SIGNATURE-----", "payload": "tree " + c.sha, "verified_at": stamp(c.at)}
	}
	who := func(p Person) object { return object{"name": p.Name, "email": p.Email, "date": stamp(c.at)} }
	return object{
		"sha": c.sha, "node_id": node("C", r.id), "url": at, "html_url": s.page(r) + "/commit/" + c.sha, "comments_url": at + "/comments",
		"commit": object{
			"author": who(c.author), "committer": who(c.committer), "message": c.message, "comment_count": 0,
			"tree": object{"sha": c.sha, "url": s.at(r) + "/git/trees/" + c.sha}, "url": s.at(r) + "/git/commits/" + c.sha,
			"verification": verification,
		},
		"author": s.byEmail(c.author.Email), "committer": s.byEmail(c.committer.Email), "parents": parents,
	}
}

func (s *Server) refShape(r *repository, q *request, ref, sha string, head bool) object {
	label := r.owner + ":" + ref
	var repo any = s.wholeRepoShape(r)
	user := any(s.ownerShape(r))
	if head && q.fork != "" {
		fork := *r
		fork.owner, fork.id = q.fork, r.id+500_000
		label, repo, user = q.fork+":"+ref, s.wholeRepoShape(&fork), s.userShape(q.fork)
	}
	return object{"label": label, "ref": ref, "sha": sha, "user": user, "repo": repo}
}

// requestShape is a pull request as it is listed.
func (s *Server) requestShape(r *repository, q *request) object {
	at := fmt.Sprintf("%s/pulls/%d", s.at(r), q.number)
	issue := fmt.Sprintf("%s/issues/%d", s.at(r), q.number)
	page := fmt.Sprintf("%s/pull/%d", s.page(r), q.number)
	link := func(to string) object { return object{"href": to} }
	o := object{
		"url": at, "id": q.id, "node_id": node("PR", q.id), "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"issue_url": issue, "number": q.number, "state": q.state, "locked": false, "title": q.title, "user": s.userShape(q.author), "body": nil,
		"created_at": stamp(q.created), "updated_at": stamp(q.created), "closed_at": stamp(q.merged), "merged_at": stamp(q.merged),
		"merge_commit_sha": nil, "assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{},
		"labels": []any{}, "milestone": nil, "draft": false, "commits_url": at + "/commits", "review_comments_url": at + "/comments",
		"review_comment_url": s.at(r) + "/pulls/comments{/number}", "comments_url": issue + "/comments", "statuses_url": s.at(r) + "/statuses/" + q.sha,
		"head": s.refShape(r, q, q.head, q.sha, true), "base": s.refShape(r, q, q.base, q.baseSHA, false),
		"_links": object{
			"self": link(at), "html": link(page), "issue": link(issue), "comments": link(issue + "/comments"), "review_comments": link(at + "/comments"),
			"review_comment": link(s.at(r) + "/pulls/comments{/number}"), "commits": link(at + "/commits"), "statuses": link(s.at(r) + "/statuses/" + q.sha),
		},
		"author_association": "CONTRIBUTOR", "auto_merge": nil, "active_lock_reason": nil,
	}
	if q.mergeCommit != "" {
		o["merge_commit_sha"] = q.mergeCommit
	}
	return o
}

// wholeRequestShape is a pull request by itself.
func (s *Server) wholeRequestShape(r *repository, q *request) object {
	o := s.requestShape(r, q)
	for name, v := range map[string]any{
		"merged": q.state == "closed", "mergeable": nil, "rebaseable": nil, "mergeable_state": "unknown", "merged_by": s.userShape(q.mergedBy), "comments": 0,
		"review_comments": 0, "maintainer_can_modify": false, "commits": len(q.commits), "additions": 1, "deletions": 0, "changed_files": 1,
	} {
		o[name] = v
	}
	return o
}

func (s *Server) reviewShape(r *repository, q *request, v *review) object {
	at := fmt.Sprintf("%s/pull/%d#pullrequestreview-%d", s.page(r), q.number, v.id)
	request := fmt.Sprintf("%s/pulls/%d", s.at(r), q.number)
	return object{
		"id": v.id, "node_id": node("PRR", v.id), "user": s.userShape(v.by), "body": "", "state": v.state, "html_url": at, "pull_request_url": request,
		"_links":       object{"html": object{"href": at}, "pull_request": object{"href": request}},
		"submitted_at": stamp(v.at), "commit_id": v.sha, "author_association": v.association,
	}
}
