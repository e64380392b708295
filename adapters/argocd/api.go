package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

const apiRoot = "/api/v1"

func appPath(name string, more ...string) string {
	path := apiRoot + "/applications/" + url.PathEscape(name)
	for _, m := range more {
		path += "/" + m
	}
	return path
}

// query says which project an Application is in: only then does Argo CD tell one that is not there (404) from one that the token may not
// see (403).
func (a *Adapter) query(s spot) url.Values {
	q := url.Values{"project": {s.project}}
	if a.settings.AppNamespace != "" {
		q.Set("appNamespace", a.settings.AppNamespace)
	}
	return q
}

// get reads an Application. Refreshed it is as the controller sees it once it has compared again, which takes it some time.
func (a *Adapter) get(ctx context.Context, s spot, refreshed bool) (*application, error) {
	q := a.query(s)
	if refreshed {
		q.Set("refresh", "normal")
	}
	var app application
	if _, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: appPath(s.name), Query: q, Out: &app, Safe: true}); err != nil {
		return nil, err
	}
	if app.Metadata.Name != s.name {
		return nil, effect.Retryable(fmt.Errorf("argocd: asked for the Application %s, got %.80q", s.name, app.Metadata.Name), 0)
	}
	return &app, nil
}

// patchOp is an operation of a JSON Patch.
type patchOp struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// errChanged says that somebody else changed the Application since it was read, and nothing was changed now.
var errChanged = errors.New("argocd: the Application was changed meanwhile")

// patch changes an Application. The server knows no other way to refuse a change of what was not read: it takes no resourceVersion, and
// repeats its own update over whatever came between.
func (a *Adapter) patch(ctx context.Context, s spot, ops []patchOp) error {
	text, err := json.Marshal(ops)
	if err != nil {
		return effect.Permanently(err)
	}
	body := map[string]any{"name": s.name, "project": s.project, "patch": string(text), "patchType": "json"}
	_, err = a.client.Do(ctx, rest.Request{Method: http.MethodPatch, Path: appPath(s.name), Body: a.within(body), Out: &application{}})
	switch {
	case says(err, http.StatusInternalServerError, "error applying patch"):
		return errChanged
	case rest.Status(err) == http.StatusBadRequest && transient(err):
		return effect.Retryable(errors.Unwrap(err), 0)
	}
	return err
}

// within adds the namespace to a request's body.
func (a *Adapter) within(body map[string]any) map[string]any {
	if a.settings.AppNamespace != "" {
		body["appNamespace"] = a.settings.AppNamespace
	}
	return body
}

// Answers to the request for a sync.
var (
	errBusy   = errors.New("argocd: another operation is in progress")
	errWindow = errors.New("argocd: a sync window holds it back")
)

// sync asks for a sync to what the Application declares, under the run's key. It names the revision where there is one source: under
// auto-sync the server refuses any but the declared one, so that a change that came between is not synced in the run's name. only is the
// one resource to sync, of an Application that declares others, too; nil for all.
func (a *Adapter) sync(ctx context.Context, s spot, app *application, key string, only *application) error {
	body := map[string]any{
		"name": s.name, "project": s.project, "prune": a.settings.Prune,
		"infos":    []map[string]any{{"name": infoKey, "value": key}},
		"strategy": map[string]any{a.settings.Strategy: map[string]any{}},
	}
	if sources := app.sources(); len(sources) == 1 && sources[0].text("targetRevision") != "" {
		body["revision"] = sources[0].text("targetRevision")
	}
	if only != nil {
		body["resources"] = []map[string]any{{"group": "argoproj.io", "kind": kindApplication, "name": only.Metadata.Name, "namespace": only.Metadata.Namespace}}
	}
	_, err := a.client.Do(ctx, rest.Request{Method: http.MethodPost, Path: appPath(s.name, "sync"), Body: a.within(body), Out: &application{}})
	switch {
	case says(err, http.StatusBadRequest, "another operation is already in progress"):
		return errBusy
	case says(err, http.StatusForbidden, "sync window"):
		return errWindow
	case says(err, http.StatusBadRequest, "auto-sync currently set to"):
		return errChanged
	}
	return err
}

// terminate ends the operation that runs; none running is no error.
func (a *Adapter) terminate(ctx context.Context, s spot) error {
	_, err := a.client.Do(ctx, rest.Request{Method: http.MethodDelete, Path: appPath(s.name, "operation"), Query: a.query(s),
		Header: http.Header{"Content-Type": {"application/json"}}, Safe: true}) // a request that changes something is refused without
	if says(err, http.StatusBadRequest, "No operation is in progress") {
		return nil
	}
	return err
}

// says reports whether a request was refused so.
func says(err error, status int, text string) bool {
	var r *rest.Refusal
	return errors.As(err, &r) && r.Status == status && strings.Contains(r.Says, text)
}

// transient reports whether a spec was refused because its repository could not be asked: the server calls that invalid, too.
func transient(err error) bool {
	for _, text := range []string{"connection refused", "i/o timeout", "DeadlineExceeded", "deadline exceeded", "code = Unavailable", "no such host", "connection reset"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}
