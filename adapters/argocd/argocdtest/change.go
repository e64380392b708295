package argocdtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// patch changes spec and annotations, both replaced by what the patch makes of what was read.
func (s *Server) patch(who *account, a *app, asked request) (any, *failure) {
	if !who.may("applications", "update", a.project+"/"+a.name) {
		return nil, fail(codePermission, "permission denied: applications, update, %s/%s, sub: %s", a.project, a.name, who.name)
	}
	doc := clone(s.document(a))
	var err error
	switch asked.PatchType {
	case "json":
		doc, err = patched(doc, asked.Patch)
	case "merge":
		var p any
		if err = json.Unmarshal([]byte(asked.Patch), &p); err != nil {
			err = errors.New("error calculating merge patch: Invalid JSON Patch")
		} else {
			doc = merged(doc, p)
		}
	default:
		return nil, fail(codeInvalid, "Patch type '%s' is not supported", asked.PatchType)
	}
	if err != nil {
		return nil, fail(codeUnknown, "%v", err)
	}
	raw, err := json.Marshal(doc)
	var next struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
			Labels      map[string]string `json:"labels"`
		} `json:"metadata"`
		Spec spec `json:"spec"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &next)
	}
	if err != nil {
		return nil, fail(codeUnknown, "error unmarshaling patched app: %v", err)
	}
	if failed := s.validate(a.name, next.Spec); failed != nil {
		return nil, failed
	}
	answer := s.write(a, next.Spec, next.Metadata.Annotations, next.Metadata.Labels, who.name)
	return answer, nil
}

// validate refuses what does not render: the server asks for the manifests of what is declared before it takes it.
func (s *Server) validate(name string, next spec) *failure {
	sources := next.Sources
	if len(sources) == 0 {
		sources = []source{next.Source}
	}
	for _, src := range sources {
		if text, _ := src["targetRevision"].(string); strings.HasPrefix(text, "nosuch") {
			return fail(codeInvalid, "application spec for %s is invalid: InvalidSpecError: Unable to generate manifests in k8s: rpc error: code = Unknown desc = unable to resolve '%s' to a commit SHA", name, text)
		}
	}
	return nil
}

// write puts spec and annotations in place; under Overtake, somebody's change then replaces both, and the answer shows this one all the same.
func (s *Server) write(a *app, next spec, annotations, labels map[string]string, by string) any {
	was, had := clone(a.spec), maps.Clone(a.annotations)
	a.spec, a.annotations, a.labels = next, annotations, labels
	a.version++
	now := s.options.Clock().UTC()
	a.compareBy(now.Add(s.options.Step))
	s.log(a, "ResourceUpdated", by+" updated application spec")
	answer := clone(s.document(a))
	if revision, there := s.overtakes[a.name]; there {
		delete(s.overtakes, a.name)
		was.Source["targetRevision"] = revision
		a.spec, a.annotations = was, had
		a.version++
	}
	return answer
}

func (s *Server) log(a *app, reason, message string) {
	s.events = append(s.events, event{a.name, reason, message, s.options.Clock().UTC()})
}

func (s *Server) sync(who *account, a *app, asked request) (any, *failure) {
	if s.window[a.name] {
		return nil, fail(codePermission, "cannot sync: blocked by sync window")
	}
	if !who.may("applications", "sync", a.project+"/"+a.name) {
		return nil, fail(codePermission, "permission denied: applications, sync, %s/%s, sub: %s", a.project, a.name, who.name)
	}
	op := &operation{InitiatedBy: initiator{Username: who.name}, Info: asked.Infos}
	op.Sync = s.syncOf(a)
	if target, _ := a.sources()[0]["targetRevision"].(string); asked.Revision != "" {
		if a.auto() != nil && !asked.DryRun && asked.Revision != target {
			return nil, fail(codePrecondition, "Cannot sync to %s: auto-sync currently set to %s", asked.Revision, target)
		}
		if strings.HasPrefix(asked.Revision, "nosuch") {
			return nil, fail(codePrecondition, "error resolving repo revision: rpc error: code = Unknown desc = unable to resolve '%s' to a commit SHA", asked.Revision)
		}
		op.Sync.Revision = resolve(source{"targetRevision": asked.Revision})
	}
	op.Sync.Prune, op.Sync.DryRun, op.Sync.Strategy, op.Sync.Resources = asked.Prune, asked.DryRun, asked.Strategy, asked.Resources
	if a.operation != nil {
		return nil, fail(codePrecondition, "another operation is already in progress")
	}
	s.begin(a, op, s.options.Clock().UTC())
	s.log(a, "OperationStarted", fmt.Sprintf("%s initiated sync to %s", who.name, op.Sync.Revision))
	return s.document(a), nil
}

func (s *Server) rollback(who *account, a *app, asked request) (any, *failure) {
	if a.auto() != nil {
		return nil, fail(codePrecondition, "rollback cannot be initiated when auto-sync is enabled")
	}
	for _, h := range a.history {
		if h.ID != asked.ID {
			continue
		}
		if a.operation != nil {
			return nil, fail(codePrecondition, "another operation is already in progress")
		}
		op := &operation{InitiatedBy: initiator{Username: who.name}}
		op.Sync = syncOperation{Revision: h.Revision, Revisions: h.Revisions, Source: h.Source, Sources: h.Sources, Prune: asked.Prune}
		s.begin(a, op, s.options.Clock().UTC())
		return s.document(a), nil
	}
	return nil, fail(codeInvalid, "application argocd/%s does not have deployment with id %d", a.name, asked.ID)
}

func (s *Server) terminate(who *account, a *app, _ request) (any, *failure) {
	if a.operation == nil || a.state == nil {
		return nil, fail(codeInvalid, "Unable to terminate operation. No operation is in progress")
	}
	if a.state.Phase != "Terminating" {
		a.due = s.options.Clock().UTC().Add(s.options.Step)
	}
	a.state.Phase = "Terminating"
	a.version++
	s.log(a, "ResourceUpdated", who.name+" terminated running operation")
	return map[string]any{}, nil
}
