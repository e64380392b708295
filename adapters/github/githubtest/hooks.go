package githubtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// hooks sends webhooks as GitHub does: once. What was not taken is repeated only when somebody asks for it.
type hooks struct {
	mu      sync.Mutex
	client  *http.Client
	url     string
	secret  string
	waiting []Delivery
	sent    []Delivery
	sending sync.WaitGroup
	before  chan struct{} // closed once what was sent before has come
}

// Delivery is a webhook.
type Delivery struct {
	ID, Event string
	Body      []byte
	Status    int // of the answer; zero for none
}

// Webhooks sends every event from now on, the first of them a ping.
func (s *Server) Webhooks(client *http.Client, url, secret string) {
	s.hooks.mu.Lock()
	s.hooks.client, s.hooks.url, s.hooks.secret = client, url, secret
	s.hooks.mu.Unlock()
	s.with(func() {
		id := s.next()
		at := fmt.Sprintf("%s/repos/x/y/hooks/%d", s.options.URL, id)
		s.tell("ping", object{
			"zen": "Keep it logically awesome.", "hook_id": id,
			"hook": object{
				"type": "Repository", "id": id, "name": "web", "active": true, "events": []string{"workflow_run", "workflow_job"},
				"config":     object{"content_type": "json", "url": url, "insecure_ssl": "0", "secret": "********"},
				"updated_at": stamp(s.now()), "created_at": stamp(s.now()), "url": at, "ping_url": at + "/pings", "deliveries_url": at + "/deliveries",
				"test_url": at + "/test", "last_response": object{"code": nil, "status": "unused", "message": nil},
			},
		})
	})
	s.hooks.flush()
}

// Deliveries lists what was sent.
func (s *Server) Deliveries() []Delivery {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return slices.Clone(s.hooks.sent)
}

// Redeliver sends a webhook again, under the same id.
func (s *Server) Redeliver(d Delivery) {
	s.hooks.mu.Lock()
	s.hooks.waiting = append(s.hooks.waiting, d)
	s.hooks.mu.Unlock()
	s.hooks.flush()
}

// tell compares a payload with GitHub's own schema and has it sent.
func (s *Server) tell(event string, payload object) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if s.hooks.client == nil {
		return
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	if err := CheckWebhook(event, body); err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		s.fault("%w", err)
	}
	s.hooks.waiting = append(s.hooks.waiting, Delivery{ID: fmt.Sprintf("72d3162e-cc78-11e3-81ab-%012d", s.next()), Event: event, Body: body})
}

// flush sends what waits, in order, and returns at once.
func (h *hooks) flush() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.waiting) == 0 {
		return
	}
	all, client, url, secret := h.waiting, h.client, h.url, h.secret
	before, done := h.before, make(chan struct{})
	h.waiting, h.before = nil, done
	h.sending.Go(func() {
		defer close(done)
		if before != nil {
			<-before
		}
		for _, d := range all {
			d.Status = Send(client, url, secret, d)
			h.mu.Lock()
			h.sent = append(h.sent, d)
			h.mu.Unlock()
		}
	})
}

// Send posts a webhook signed with a secret, and returns the status of the answer, zero for none.
func Send(client *http.Client, url, secret string, d Delivery) int {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(d.Body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "GitHub-Hookshot/044aadd")
	r.Header.Set("X-GitHub-Delivery", d.ID)
	r.Header.Set("X-GitHub-Event", d.Event)
	r.Header.Set("X-GitHub-Hook-ID", "1")
	r.Header.Set("X-Hub-Signature-256", Sign(secret, d.Body))
	answer, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// Sign is a body's X-Hub-Signature-256.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) event(r *repository, action string, more object) object {
	o := object{"action": action, "repository": s.wholeRepoShape(r), "sender": s.userShape(s.options.Login)}
	for name, v := range more {
		o[name] = v
	}
	return o
}

// hookRun is a run in a webhook, which knows fewer statuses and conclusions.
func (s *Server) hookRun(r *repository, x *run) object {
	o := s.runShape(r, x)
	delete(o, "referenced_workflows")
	if o["conclusion"] == "startup_failure" {
		o["conclusion"] = "failure"
	}
	return o
}

func (s *Server) tellRun(r *repository, x *run, action string) {
	o := s.hookRun(r, x)
	if action == "requested" {
		o["status"], o["conclusion"] = "requested", nil
	}
	s.tell("workflow_run", s.event(r, action, object{"workflow": s.workflowShape(r, x.workflow), "workflow_run": o}))
}

func (s *Server) tellJob(r *repository, x *run, action string) {
	jobs := s.jobShapes(r, x)
	if len(jobs) == 0 {
		return
	}
	job := jobs[len(jobs)-1]
	switch action {
	case "completed":
		if c := job["conclusion"]; c != "success" && c != "cancelled" && c != "skipped" {
			job["conclusion"] = "failure"
		}
		for _, step := range job["steps"].([]object) {
			if c := step["conclusion"]; c != "success" && c != "cancelled" && c != "skipped" && c != nil {
				step["conclusion"] = "failure"
			}
		}
	case "waiting":
		e := r.environments[x.course.Environment]
		reviewers := []object{}
		for _, login := range e.Reviewers {
			reviewers = append(reviewers, object{"type": "User", "reviewer": s.userShape(login)})
		}
		org := s.options.URL + "/orgs/" + r.owner
		s.tell("deployment_review", s.event(r, "requested", object{
			"environment": e.Name, "workflow_run": s.hookRun(r, x), "since": stamp(x.began), "reviewers": reviewers, "requestor": s.userShape(x.by),
			"workflow_job_run": object{
				"id": x.jobID, "name": "deploy", "status": "waiting", "conclusion": nil, "html_url": s.runPage(r, x), "created_at": stamp(x.created),
				"updated_at": stamp(x.updated), "environment": e.Name,
			},
			"organization": object{
				"login": r.owner, "id": r.id + 1_000_000, "node_id": node("O", r.id), "url": org, "repos_url": org + "/repos", "events_url": org + "/events",
				"hooks_url": org + "/hooks", "issues_url": org + "/issues", "members_url": org + "/members{/member}",
				"public_members_url": org + "/public_members{/member}", "avatar_url": s.options.URL + "/avatars/" + r.owner, "description": nil,
			},
		}))
		return
	}
	s.tell("workflow_job", s.event(r, action, object{"workflow_job": job}))
}

func (s *Server) tellStatus(r *repository, d *deployment, st *status) {
	deployment := s.deploymentShape(r, d)
	shape := s.statusShape(r, d, st)
	delete(shape, "log_url")
	delete(shape, "environment_url")
	s.tell("deployment_status", s.event(r, "created", object{"deployment": deployment, "deployment_status": shape}))
}

func (s *Server) reviewed(r *repository, q *request, v *review, action string) {
	shape := s.reviewShape(r, q, v)
	delete(shape, "body_text")
	for _, state := range []struct{ rest, hook string }{{"APPROVED", "approved"}, {"CHANGES_REQUESTED", "changes_requested"}, {"COMMENTED", "commented"}, {"DISMISSED", "dismissed"}} {
		if v.state == state.rest {
			shape["state"] = state.hook
		}
	}
	shape["body"] = nil
	s.tell("pull_request_review", s.event(r, action, object{"review": shape, "pull_request": s.requestShape(r, q)}))
}
