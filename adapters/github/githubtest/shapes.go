package githubtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// stamp writes a time as GitHub does.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func node(kind string, id int64) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s%d", kind, id))
}

// userShape is somebody, nil for nobody.
func (s *Server) userShape(login string) any {
	u := s.users[login]
	if u == nil {
		return nil
	}
	return s.accountShape(u.id, login, u.kind)
}

// self is the token's own account, as everybody sees it. An installation's token has none.
func (s *Server) self(w http.ResponseWriter, _ *http.Request) {
	u := s.users[s.options.Login]
	if u.kind == "Bot" {
		refuse(w, http.StatusForbidden, "Resource not accessible by integration")
		return
	}
	o := s.accountShape(u.id, s.options.Login, u.kind)
	for name, v := range map[string]any{
		"user_view_type": "public", "name": nil, "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil, "public_repos": 0, "public_gists": 0,
		"followers": 0, "following": 0, "created_at": "2026-01-05T09:00:00Z", "updated_at": "2026-01-05T09:00:00Z",
	} {
		o[name] = v
	}
	answer(w, http.StatusOK, o)
}

func (s *Server) accountShape(id int64, login, kind string) object {
	at := s.options.URL + "/users/" + login
	return object{
		"login": login, "id": id, "node_id": node("U", id), "avatar_url": s.options.URL + "/avatars/" + login, "gravatar_id": "",
		"url": at, "html_url": s.options.URL + "/" + login, "followers_url": at + "/followers", "following_url": at + "/following{/other_user}",
		"gists_url": at + "/gists{/gist_id}", "starred_url": at + "/starred{/owner}{/repo}", "subscriptions_url": at + "/subscriptions",
		"organizations_url": at + "/orgs", "repos_url": at + "/repos", "events_url": at + "/events{/privacy}",
		"received_events_url": at + "/received_events", "type": kind, "site_admin": false,
	}
}

func (s *Server) ownerShape(r *repository) object {
	kind := "Organization"
	if r.person {
		kind = "User"
	}
	return s.accountShape(r.id+1_000_000, r.owner, kind)
}

// repoURLs are the addresses that every repository has, by what they are for.
var repoURLs = map[string]string{
	"archive": "/{archive_format}{/ref}", "assignees": "/assignees{/user}", "blobs": "/git/blobs{/sha}", "branches": "/branches{/branch}",
	"collaborators": "/collaborators{/collaborator}", "comments": "/comments{/number}", "commits": "/commits{/sha}", "compare": "/compare/{base}...{head}",
	"contents": "/contents/{+path}", "contributors": "/contributors", "deployments": "/deployments", "downloads": "/downloads", "events": "/events",
	"forks": "/forks", "git_commits": "/git/commits{/sha}", "git_refs": "/git/refs{/sha}", "git_tags": "/git/tags{/sha}", "hooks": "/hooks",
	"issue_comment": "/issues/comments{/number}", "issue_events": "/issues/events{/number}", "issues": "/issues{/number}", "keys": "/keys{/key_id}",
	"labels": "/labels{/name}", "languages": "/languages", "merges": "/merges", "milestones": "/milestones{/number}",
	"notifications": "/notifications{?since,all,participating}", "pulls": "/pulls{/number}", "releases": "/releases{/id}", "stargazers": "/stargazers",
	"statuses": "/statuses/{sha}", "subscribers": "/subscribers", "subscription": "/subscription", "tags": "/tags", "teams": "/teams", "trees": "/git/trees{/sha}",
}

func (s *Server) at(r *repository) string { return s.options.URL + "/repos/" + r.owner + "/" + r.name }

func (s *Server) page(r *repository) string { return s.options.URL + "/" + r.owner + "/" + r.name }

// repoShape is a repository as it is within other things.
func (s *Server) repoShape(r *repository) object {
	o := object{
		"id": r.id, "node_id": node("R", r.id), "name": r.name, "full_name": r.owner + "/" + r.name, "private": r.private, "owner": s.ownerShape(r),
		"html_url": s.page(r), "description": nil, "fork": false, "url": s.at(r),
	}
	for name, path := range repoURLs {
		o[name+"_url"] = s.at(r) + path
	}
	return o
}

// wholeRepoShape is a repository in a webhook.
func (s *Server) wholeRepoShape(r *repository) object {
	o := s.repoShape(r)
	began := stamp(r.commits[r.order[0]].at)
	for name, v := range map[string]any{
		"created_at": began, "updated_at": began, "pushed_at": began, "git_url": "git://github.example/x.git", "ssh_url": "git@github.example:x.git",
		"clone_url": s.page(r) + ".git", "svn_url": s.page(r), "homepage": nil, "size": 1, "stargazers_count": 0, "watchers_count": 0, "language": nil,
		"has_issues": true, "has_projects": true, "has_downloads": true, "has_wiki": true, "has_pages": false, "forks_count": 0, "mirror_url": nil,
		"archived": r.archived, "disabled": false, "open_issues_count": 0, "license": nil, "allow_forking": true, "is_template": false,
		"web_commit_signoff_required": false, "topics": []string{}, "visibility": "private", "forks": 0, "open_issues": 0, "watchers": 0,
		"default_branch": "main", "custom_properties": object{},
	} {
		o[name] = v
	}
	return o
}

// fullRepoShape is a repository by itself.
func (s *Server) fullRepoShape(r *repository) object {
	o := s.wholeRepoShape(r)
	role := r.roles[s.options.Login]
	may := func(roles ...string) bool { return strings.Contains(" "+strings.Join(roles, " ")+" ", " "+role+" ") }
	o["has_discussions"], o["network_count"], o["subscribers_count"] = false, 0, 0
	o["permissions"] = object{
		"admin": may("admin"), "maintain": may("admin", "maintain"), "push": may("admin", "maintain", "write"),
		"triage": may("admin", "maintain", "write", "triage"), "pull": role != "",
	}
	return o
}

func (s *Server) workflowShape(r *repository, w *workflow) object {
	began := stamp(r.commits[r.order[0]].at)
	return object{
		"id": w.id, "node_id": node("W", w.id), "name": w.name, "path": ".github/workflows/" + w.file, "state": w.state, "created_at": began, "updated_at": began,
		"url": fmt.Sprintf("%s/actions/workflows/%d", s.at(r), w.id), "html_url": s.page(r) + "/blob/main/.github/workflows/" + w.file,
		"badge_url": s.page(r) + "/workflows/" + w.file + "/badge.svg",
	}
}

func (s *Server) runURL(r *repository, x *run) string {
	return fmt.Sprintf("%s/actions/runs/%d", s.at(r), x.id)
}

func (s *Server) runPage(r *repository, x *run) string {
	return fmt.Sprintf("%s/actions/runs/%d", s.page(r), x.id)
}

func (s *Server) runShape(r *repository, x *run) object {
	status, conclusion := s.stateOf(r, x)
	at, c := s.runURL(r, x), r.commits[x.sha]
	o := object{
		"id": x.id, "name": x.workflow.name, "node_id": node("WR", x.id), "head_branch": x.ref, "head_sha": x.sha,
		"path": ".github/workflows/" + x.workflow.file, "display_title": x.title, "run_number": x.number, "event": x.event, "status": status,
		"conclusion": nil, "workflow_id": x.workflow.id, "check_suite_id": x.suite, "check_suite_node_id": node("CS", x.suite), "url": at,
		"html_url": s.runPage(r, x), "pull_requests": []any{}, "created_at": stamp(x.created), "updated_at": stamp(x.updated),
		"actor": s.userShape(x.actor), "run_attempt": x.attempt, "referenced_workflows": []any{}, "run_started_at": stamp(x.began),
		"triggering_actor": s.userShape(x.by), "jobs_url": at + "/jobs", "logs_url": at + "/logs", "check_suite_url": fmt.Sprintf("%s/check-suites/%d", s.at(r), x.suite),
		"artifacts_url": at + "/artifacts", "cancel_url": at + "/cancel", "rerun_url": at + "/rerun", "previous_attempt_url": nil,
		"workflow_url": fmt.Sprintf("%s/actions/workflows/%d", s.at(r), x.workflow.id),
		"head_commit": object{
			"id": c.sha, "tree_id": c.sha, "message": c.message, "timestamp": stamp(c.at),
			"author":    object{"name": orElse(c.author.Name, "?"), "email": c.author.Email},
			"committer": object{"name": orElse(c.committer.Name, "?"), "email": c.committer.Email},
		},
		"repository": s.repoShape(r), "head_repository": s.repoShape(r),
	}
	if conclusion != "" {
		o["conclusion"] = conclusion
	}
	if x.attempt > 1 {
		o["previous_attempt_url"] = fmt.Sprintf("%s/attempts/%d", at, x.attempt-1)
	}
	return o
}

// jobShapes are a run's jobs as far as they are known: those that began, and the next.
func (s *Server) jobShapes(r *repository, x *run) []object {
	status, conclusion := s.stateOf(r, x)
	done := s.done(r, x)
	at, _ := s.start(r, x)
	all := []object{}
	for i, j := range x.course.Jobs {
		id := x.jobID + int64(i)
		o := object{
			"id": id, "run_id": x.id, "workflow_name": x.workflow.name, "head_branch": x.ref, "run_url": s.runURL(r, x), "run_attempt": x.attempt,
			"node_id": node("J", id), "head_sha": x.sha, "url": fmt.Sprintf("%s/actions/jobs/%d", s.at(r), id),
			"html_url": fmt.Sprintf("%s/job/%d", s.runPage(r, x), id), "status": "queued", "conclusion": nil, "created_at": stamp(x.created),
			"started_at": stamp(x.began), "completed_at": nil, "name": j.Name, "steps": []object{},
			"check_run_url": fmt.Sprintf("%s/check-runs/%d", s.at(r), id), "labels": []string{"ubuntu-latest"}, "runner_id": nil, "runner_name": nil,
			"runner_group_id": nil, "runner_group_name": nil,
		}
		all = append(all, o)
		last := i == len(x.course.Jobs)-1
		ended := done >= len(j.Steps) && (!last || status == "completed") || status == "completed"
		switch {
		case status == "queued" || status == "waiting":
			if status == "waiting" {
				o["status"] = "waiting"
			}
			continue
		case ended:
			o["status"], o["conclusion"], o["completed_at"] = "completed", "success", stamp(s.now())
			if last && status == "completed" {
				o["conclusion"] = jobConclusion(conclusion)
			}
		case done < 0:
			continue
		default:
			o["status"] = "in_progress"
		}
		steps := []object{}
		for n, name := range j.Steps {
			step := object{"name": name, "status": "queued", "conclusion": nil, "number": n + 1, "started_at": nil, "completed_at": nil}
			switch {
			case n < done || ended:
				step["status"], step["conclusion"] = "completed", "success"
				step["started_at"], step["completed_at"] = stamp(at.Add(time.Duration(n)*x.course.Step)), stamp(at.Add(time.Duration(n+1)*x.course.Step))
				if last && ended && n == len(j.Steps)-1 {
					step["conclusion"] = jobConclusion(orElse(conclusion, "success"))
				}
			case n == done:
				step["status"], step["started_at"] = "in_progress", stamp(at.Add(time.Duration(n)*x.course.Step))
			}
			steps = append(steps, step)
		}
		o["steps"] = steps
		if o["status"] == "in_progress" { // the next job is not there yet
			break
		}
		done -= len(j.Steps)
	}
	return all
}

// jobConclusion is what a job has of how its run ended: jobs know fewer ways.
func jobConclusion(of string) string {
	switch of {
	case "startup_failure", "stale":
		return "failure"
	}
	return of
}
