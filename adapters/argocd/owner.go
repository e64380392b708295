package argocd

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
)

// owner is what declares an Application, which undoes changes of it.
type owner struct{ kind, name string }

const (
	kindApplication    = "Application"
	kindApplicationSet = "ApplicationSet"

	trackingAnnotation = "argocd.argoproj.io/tracking-id"
	trackingLabel      = "app.kubernetes.io/instance"
)

// owner finds what declares an Application; zero if nothing does that can be seen.
func (a *Adapter) owner(ctx context.Context, app *application) (owner, error) {
	for _, o := range app.Metadata.OwnerReferences {
		if o.Kind == kindApplicationSet {
			return owner{o.Kind, o.Name}, nil
		}
	}
	if id, there := app.Metadata.Annotations[trackingAnnotation]; there {
		return tracked(id, app.Metadata.Name), nil
	}
	label := app.Metadata.Labels[trackingLabel]
	if label == "" || label == app.Metadata.Name {
		return owner{}, nil
	}
	method, err := a.trackingMethod(ctx)
	if err != nil || method != "label" {
		return owner{}, err // other tools set that label, too: it says something only where Argo CD goes by it
	}
	return owner{kindApplication, label}, nil
}

// tracked reads a tracking id, "parent:group/kind:namespace/name". One that names another object was copied along, and Argo CD ignores it.
func tracked(id, name string) owner {
	parts := strings.SplitN(id, ":", 3)
	if len(parts) != 3 || parts[0] == "" || parts[1] != "argoproj.io/Application" || parts[2][strings.LastIndex(parts[2], "/")+1:] != name {
		return owner{}
	}
	parent := parts[0]
	if _, after, ok := strings.Cut(parent, "_"); ok { // of another namespace: namespace_name
		parent = after
	}
	return owner{kindApplication, parent}
}

func (a *Adapter) trackingMethod(ctx context.Context) (string, error) {
	a.mu.Lock()
	method := a.tracking
	a.mu.Unlock()
	if method != "" {
		return method, nil
	}
	var settings struct {
		TrackingMethod string `json:"trackingMethod"`
	}
	if _, err := a.client.Do(ctx, rest.Request{Method: http.MethodGet, Path: apiRoot + "/settings", Out: &settings, Safe: true}); err != nil {
		return "", err
	}
	method = orElse(settings.TrackingMethod, "annotation")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tracking = method
	return method, nil
}

// refusal is why the version can't be declared where the settings say, empty if it can.
func (s Settings) refusal(p place, app, holder owner) string {
	undone := "%s is declared by the %s %s, which would undo the change: "
	switch {
	case s.Undone == undoneIgnored:
		return ""
	case holder.kind == kindApplicationSet:
		return fmt.Sprintf(undone+"change it there by a CI pipeline, or let the ApplicationSet ignore differences there and set undone: ignored", p.holder().name, holder.kind, holder.name)
	case holder.kind != "":
		return fmt.Sprintf(undone+"set declared: parent if a Helm parameter of that declares the version, or change it in git by a CI pipeline", p.holder().name, holder.kind, holder.name)
	case p.parent.name != "" && app.kind != "" && app != (owner{kindApplication, p.parent.name}):
		return fmt.Sprintf("%s is declared by the %s %s, not by %s: correct parent.application", p.app.name, app.kind, app.name, p.parent.name)
	}
	return ""
}
