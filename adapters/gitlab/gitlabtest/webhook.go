package gitlabtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

type webhook struct {
	client      *http.Client
	url, secret string
}

// Webhooks delivers every project's events to an address from now on.
func (s *Server) Webhooks(client *http.Client, url, secret string) {
	s.locked(func() { s.hooks = append(s.hooks, &webhook{client, url, secret}) })
}

// Deliver sends one event to every address, as GitLab does when somebody presses Test.
func (s *Server) Deliver(event string, payload any) {
	s.locked(func() { s.tell(event, payload) })
}

func projectEvent(of *Project) map[string]any {
	return map[string]any{"id": of.id, "name": of.Path, "path_with_namespace": of.Path, "web_url": web + of.Path, "default_branch": of.Branch}
}

func eventUser(u *User) any {
	return map[string]any{"id": u.ID, "name": u.Username, "username": u.Username, "email": "[REDACTED]"}
}

const eventTime = "2006-01-02 15:04:05 UTC"

func (s *Server) tellPipeline(of *Project, p *Pipeline) {
	var builds []any
	for _, j := range p.jobs {
		builds = append(builds, map[string]any{"id": j.id, "stage": j.Stage, "name": j.Name, "status": j.status, "manual": j.Manual, "allow_failure": j.AllowFailure})
	}
	s.tell("Pipeline Hook", map[string]any{
		"object_kind": "pipeline", "project": projectEvent(of), "user": eventUser(p.user), "builds": builds,
		"object_attributes": map[string]any{
			"id": p.ID, "iid": p.ID, "name": p.Name, "ref": p.Ref, "tag": p.Tag, "sha": p.sha, "source": p.Source, "status": p.Status, "detailed_status": p.Status,
			"created_at": p.created.UTC().Format(eventTime),
		},
	})
}

func (s *Server) tellJob(of *Project, p *Pipeline, j *job) {
	s.tell("Job Hook", map[string]any{
		"object_kind": "build", "ref": p.Ref, "tag": p.Tag, "sha": p.sha, "build_id": j.id, "build_name": j.Name, "build_stage": j.Stage, "build_status": j.status,
		"pipeline_id": p.ID, "project_id": of.id, "project": projectEvent(of), "user": eventUser(j.user),
	})
}

func (s *Server) tellDeployment(of *Project, d *Deployment) {
	var job any
	if d.job != nil {
		job = d.job.id
	}
	s.tell("Deployment Hook", map[string]any{
		"object_kind": "deployment", "status": d.Status, "status_changed_at": d.updated.UTC().Format("2006-01-02 15:04:05 -0700"), "deployment_id": d.ID, "deployable_id": job,
		"environment": d.Environment, "project": projectEvent(of), "user": eventUser(d.user), "ref": d.ref, "short_sha": d.SHA[:8],
	})
}

// repeats bounds the attempts at one delivery; repeatAfter is the wait before the next.
const (
	repeats     = 3
	repeatAfter = time.Second
	patience    = 10 * time.Second
)

// tell delivers an event in the background; a failed attempt is repeated under the same keys:
// https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers
func (s *Server) tell(event string, payload any) {
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	number := s.id("event")
	for _, h := range s.hooks {
		s.out.Go(func() {
			for range repeats {
				if s.post(h, event, number, body) {
					return
				}
				pause := time.NewTimer(repeatAfter)
				select {
				case <-pause.C:
				case <-s.closed:
					pause.Stop()
					return
				}
			}
		})
	}
}

func (s *Server) post(h *webhook, event string, number int64, body []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"GitLab/19.5.0"}, "X-Gitlab-Event": {event}, "X-Gitlab-Token": {h.secret}, "X-Gitlab-Instance": {"https://gitlab.test"},
		"X-Gitlab-Event-Uuid": {fmt.Sprintf("event-%d", number)}, "X-Gitlab-Webhook-Uuid": {"hook-1"}, "Idempotency-Key": {fmt.Sprintf("key-%d", number)},
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode/100 == 2
}
