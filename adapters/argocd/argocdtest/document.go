package argocdtest

import (
	"strconv"
)

// document is an Application as the API gives it.
func (s *Server) document(a *app) any {
	metadata := map[string]any{
		"name": a.name, "namespace": "argocd", "uid": a.uid, "resourceVersion": strconv.Itoa(1000 + a.version), "generation": a.version,
		"creationTimestamp": "2026-09-01T08:00:00Z",
	}
	if len(a.annotations) > 0 {
		metadata["annotations"] = a.annotations
	}
	if len(a.labels) > 0 {
		metadata["labels"] = a.labels
	}
	if a.set != "" {
		metadata["ownerReferences"] = []any{map[string]any{"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "name": a.set, "uid": hash(a.set)[:32], "controller": true}}
	}
	doc := map[string]any{"metadata": metadata, "spec": a.spec, "status": s.status(a)}
	if a.operation != nil {
		doc["operation"] = a.operation
	}
	return clone[any](doc)
}

func (s *Server) status(a *app) any {
	comparedTo := map[string]any{"destination": a.spec.Destination}
	sync := map[string]any{"status": a.synced, "comparedTo": comparedTo}
	status := map[string]any{
		"sync": sync, "health": map[string]any{"status": a.health, "lastTransitionTime": stamp(a.healthAt)}, "reconciledAt": stamp(a.at),
		"resources": s.resources(a), "resourceHealthSource": "appTree", "controllerNamespace": "argocd", "summary": map[string]any{}, "sourceHydrator": map[string]any{},
	}
	if len(a.spec.Sources) > 0 {
		comparedTo["sources"] = a.compared
		sync["revisions"] = []string{a.revision}
		status["sourceTypes"] = []string{a.kind}
	} else {
		comparedTo["source"] = a.compared[0]
		sync["revision"] = a.revision
		status["sourceType"] = a.kind
	}
	if len(a.history) > 0 {
		status["history"] = a.history
	}
	if a.state != nil {
		status["operationState"] = a.state
	}
	if a.fault != "" {
		status["conditions"] = []any{map[string]any{"type": "SyncError", "message": a.fault, "lastTransitionTime": stamp(a.at)}}
	}
	return status
}

// resources are as the last comparison found them: the Deployment has the health.
func (s *Server) resources(a *app) []any {
	var all []any
	for _, kind := range a.resource {
		r := map[string]any{"version": "v1", "kind": kind, "namespace": "shop", "name": a.name, "status": "Synced"}
		if kind == "Deployment" {
			r["group"], r["status"] = "apps", a.synced
			health := map[string]any{"status": a.health}
			if a.message != "" {
				health["message"] = a.message
			}
			r["health"] = health
		}
		all = append(all, r)
	}
	return all
}

func (s *Server) eventsOf(name string) any {
	items := []any{}
	for i, e := range s.events {
		if e.app == name {
			items = append(items, map[string]any{
				"metadata": map[string]any{"name": name + "." + strconv.Itoa(i), "namespace": "argocd"}, "reason": e.reason, "message": e.message,
				"type": "Normal", "count": 1, "firstTimestamp": stamp(e.at), "lastTimestamp": stamp(e.at),
			})
		}
	}
	return map[string]any{"metadata": map[string]any{}, "items": items}
}
