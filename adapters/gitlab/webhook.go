package gitlab

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
)

// happening is what a webhook tells: https://docs.gitlab.com/user/project/integrations/webhook_events/
type happening struct {
	Kind     string // "pipeline", "build", "deployment", "merge_request"; others are of no concern
	Project  string // full path, where the event says it
	Pipeline int64  // zero where the event does not say it
}

// decode reads a webhook. It takes every event that GitLab sends, and concerns itself with few.
func decode(body []byte) (happening, error) {
	var e struct {
		Kind       string          `json:"object_kind"`
		Attributes json.RawMessage `json:"object_attributes"`
		Pipeline   int64           `json:"pipeline_id"`
		Project    struct {
			Path string `json:"path_with_namespace"`
		} `json:"project"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return happening{}, fmt.Errorf("no webhook of GitLab: %w", err)
	}
	h := happening{Kind: e.Kind, Project: e.Project.Path}
	switch e.Kind {
	case "pipeline":
		var of struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(e.Attributes, &of); err != nil || of.ID <= 0 {
			return happening{}, errors.New("a pipeline event without a pipeline")
		}
		h.Pipeline = of.ID
	case "build":
		h.Pipeline = e.Pipeline
	case "":
		var named struct {
			Event string `json:"event_name"`
		}
		if err := json.Unmarshal(body, &named); err != nil || named.Event == "" {
			return happening{}, errors.New("a webhook without its kind")
		}
		h.Kind = named.Event
	}
	return h, nil
}

// hooked takes a webhook. Nothing that it says is believed: it is a reason to look, and what is missed is seen by looking anyway. So
// duplicates, a wrong order and loss make no difference.
func (p *Pipeline) hooked(w http.ResponseWriter, r *http.Request) {
	if !hook.Same(p.secret, r.Header.Get("X-Gitlab-Token")) {
		http.Error(w, "the token of the webhook is another", http.StatusUnauthorized)
		return
	}
	body, ok := hook.Body(w, r)
	if !ok {
		return
	}
	h, err := decode(body)
	if err != nil {
		http.Error(w, "this is no webhook of GitLab", http.StatusBadRequest)
		return
	}
	p.nudge(h)
	w.WriteHeader(http.StatusNoContent)
}

func (p *Pipeline) nudge(h happening) {
	switch h.Kind {
	case "pipeline", "build":
		if h.Project != "" && h.Pipeline != 0 {
			p.watch.Nudge(runID(h.Project, h.Pipeline))
		} else {
			p.watch.NudgeAll()
		}
	case "deployment": // of a job, whose pipeline is not told
		p.watch.NudgeAll()
	}
	if h.Kind == "deployment" || h.Kind == "pipeline" {
		p.watch.Nudge(elsewhere)
	}
}
