package github

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
)

// happened is what a webhook says that is worth a look: which run, of which repository.
type happened struct {
	Repository *struct {
		FullName string `json:"full_name"`
	} `json:"repository"`
	WorkflowRun *struct {
		ID int64 `json:"id"`
	} `json:"workflow_run"`
	WorkflowJob *struct {
		RunID int64 `json:"run_id"`
	} `json:"workflow_job"`
}

// events are those that a run can be behind, by X-GitHub-Event.
var events = map[string]bool{"workflow_run": true, "workflow_job": true, "deployment_status": true, "deployment_review": true}

// Handler takes GitHub's webhooks; nil where no secret is configured. What they say is only a reason to look, so a webhook that comes
// twice, late or never changes nothing. GitHub repeats none by itself: what was missed is found by looking.
func (p *Pipeline) Handler() http.Handler {
	if p.secret == "" {
		return nil
	}
	return http.HandlerFunc(p.take)
}

func (p *Pipeline) take(w http.ResponseWriter, r *http.Request) {
	body, ok := hook.Body(w, r)
	if !ok {
		return
	}
	signature, ok := strings.CutPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256=")
	if !ok || !hook.Signed(p.secret, body, signature) {
		http.Error(w, "the signature is not that of the secret", http.StatusUnauthorized)
		return
	}
	id, ok, err := decode(r.Header.Get("X-GitHub-Event"), r.Header.Get("Content-Type"), body)
	if err != nil {
		http.Error(w, "the payload is malformed", http.StatusBadRequest)
		return
	}
	if ok {
		for _, s := range p.serves() {
			if s.repo.is(id.repo.String()) {
				id.repo = s.repo // as it is called here
			}
		}
		p.watch.Nudge(id.String())
		if err := p.hear(r, id); err != nil {
			p.log.Warn("github: a webhook could not be followed up", "run", id.String(), "error", err)
			http.Error(w, "it could not be looked at now", http.StatusBadGateway)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// hear looks at a run that a webhook is about, if it is one of a repository that is served and was not started here.
func (p *Pipeline) hear(r *http.Request, id runID) error {
	if p.outside.Listener == nil {
		return nil
	}
	for _, s := range p.serves() {
		if s.repo == id.repo && (!p.isOwn(id.String()) || r.Header.Get("X-GitHub-Event") == "workflow_run") {
			return p.lookAgain(r.Context(), s, id)
		}
	}
	return nil
}

var errMalformed = errors.New("malformed")

// decode reads which run a webhook is about; false for none.
func decode(event, kind string, body []byte) (runID, bool, error) {
	if bare, _, _ := mime.ParseMediaType(kind); bare == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return runID{}, false, errMalformed
		}
		body = []byte(form.Get("payload"))
	}
	var h happened
	if err := json.Unmarshal(body, &h); err != nil {
		return runID{}, false, errMalformed
	}
	if !events[event] || h.Repository == nil {
		return runID{}, false, nil
	}
	repo, err := parseRepository(h.Repository.FullName)
	if err != nil {
		return runID{}, false, errMalformed
	}
	var id int64
	switch {
	case h.WorkflowRun != nil:
		id = h.WorkflowRun.ID
	case h.WorkflowJob != nil:
		id = h.WorkflowJob.RunID
	default:
		return runID{}, false, nil // a deployment that no workflow made
	}
	if id <= 0 {
		return runID{}, false, errMalformed
	}
	return runID{repo, id}, true, nil
}
