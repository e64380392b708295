package argocd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// triesMost bounds how often a change is tried that others come before.
const triesMost = 5

// view is an Application with its parent, where that declares its version.
type view struct {
	place  place
	app    *application
	parent *application // nil where the Application declares its version itself
	record record       // of the last run that declared something; zero for none
	fault  error        // what is wrong with the record
}

func (v view) holder() *application {
	if v.parent != nil {
		return v.parent
	}
	return v.app
}

// read reads both. refreshed: as the controller sees the Application after comparing again.
func (a *Adapter) read(ctx context.Context, p place, refreshed bool) (view, error) {
	v := view{place: p}
	var err error
	if p.parent.name != "" {
		if v.parent, err = a.get(ctx, p.parent, false); err != nil {
			return v, err
		}
	}
	if v.app, err = a.get(ctx, p.app, refreshed); err != nil {
		return v, err
	}
	v.record, v.fault = recordOf(v.holder().Metadata.Annotations, p.prefix())
	if ours, known := a.started.Get(v.record.Key); known && v.fault == nil && !v.record.declaresAs(ours) {
		v.fault = errRewritten
	}
	return v, nil
}

// Start declares the version, and asks for a sync where Argo CD would not bring it by itself. From the moment that it is declared the run
// is there: what else it takes, Follow does, whoever follows it.
func (a *Adapter) Start(ctx context.Context, d port.Deployment) (port.Run, error) {
	if err := ctx.Err(); err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	p, own, parent, err := a.order(d)
	if err != nil {
		return port.Run{}, effect.Permanently(fmt.Errorf("argocd: %w", err))
	}
	unlock, err := a.hold(ctx, p.holder())
	if err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	defer unlock()
	run := a.run(p, d.Key)
	for range triesMost {
		v, err := a.read(ctx, p, false)
		if err != nil {
			return port.Run{}, missing(err)
		}
		if v.record.knows(d.Key) {
			return run, nil
		}
		r, err := a.declare(ctx, v, d, own, parent)
		if errors.Is(err, errChanged) {
			continue
		}
		if err != nil {
			return port.Run{}, err
		}
		a.started.Put(d.Key, r)
		if a.begin(ctx, p, d.Key) {
			return run, nil
		}
	}
	return port.Run{}, effect.Retryable(fmt.Errorf("argocd: %s is changed by somebody else all the time", p.holder().name), 0)
}

func (a *Adapter) run(p place, key string) port.Run {
	return p.run(key, a.settings.URL, a.settings.AppNamespace)
}

// order is where a deployment goes and what declares it there.
func (a *Adapter) order(d port.Deployment) (p place, own, parent declaration, err error) {
	if d.Pipeline != a.outside.Pipeline {
		return p, own, parent, fmt.Errorf("no pipeline is named %q here", d.Pipeline)
	}
	if d.Key == "" {
		return p, own, parent, errors.New("the deployment has no key")
	}
	if p, err = a.settings.place(port.Target{Service: d.Service, Environment: d.Environment}); err != nil {
		return p, own, parent, err
	}
	own, parent, err = a.settings.declared(d)
	return p, own, parent, err
}

// missing words that an Application is not there, which is no unknown key.
func missing(err error) error {
	if errors.Is(err, effect.ErrNotFound) {
		return effect.Permanently(fmt.Errorf("argocd: there is no such Application in the project: correct application, applications or project (%v)", err))
	}
	return err
}

// declare writes the version and the run's record by one patch, if what was read is still so.
func (a *Adapter) declare(ctx context.Context, v view, d port.Deployment, own, parent declaration) (r record, err error) {
	holder, app := owner{}, owner{}
	if app, err = a.owner(ctx, v.app); err != nil {
		return r, err
	}
	if holder = app; v.parent != nil {
		if holder, err = a.owner(ctx, v.parent); err != nil {
			return r, err
		}
	}
	if refused := a.settings.refusal(v.place, app, holder); refused != "" {
		return r, effect.Permanently(errors.New("argocd: " + refused))
	}
	r = record{
		Key: d.Key, Service: d.Service, Environment: d.Environment, Version: d.Version, At: a.outside.Clock().UTC().Truncate(time.Second),
		Own: own, After: v.app.last(), Rollback: d.Rollback,
	}
	declares := own
	if v.parent != nil {
		r.ParentAfter, r.Parent, declares = v.parent.last(), &parent, parent
	}
	at, was, err := a.settings.declaring(v)
	if err != nil {
		return r, effect.Permanently(fmt.Errorf("argocd: %w", err))
	}
	is, err := declares.into(was)
	if err != nil {
		return r, effect.Permanently(fmt.Errorf("argocd: %w", err))
	}
	ops := []patchOp{{"test", at, was}, {"replace", at, is}}
	noted, err := annotate(v, r.following(v.record))
	if err != nil {
		return r, effect.Permanently(fmt.Errorf("argocd: %w", err))
	}
	return r, a.patch(ctx, v.place.holder(), append(ops, noted...))
}

// last is when the operation began that is the last one seen.
func (a *application) last() string {
	if a.Status.OperationState == nil {
		return ""
	}
	return a.Status.OperationState.StartedAt
}

// declaring is the source that declares the version, and where it stands in its Application.
func (s Settings) declaring(v view) (string, source, error) {
	holder, at := v.holder(), s.Source
	if v.parent != nil {
		at = 0
	}
	sources := holder.sources()
	switch {
	case at >= len(sources) || sources[at] == nil:
		return "", nil, fmt.Errorf("%s has no source %d", v.place.holder().name, at)
	case len(holder.Spec.Sources) == 0:
		return "/spec/source", sources[at], nil
	}
	return "/spec/sources/" + strconv.Itoa(at), sources[at], nil
}

// annotate is the patch that writes a record, if that before it is still there.
func annotate(v view, r record) ([]patchOp, error) {
	prefix, had := v.place.prefix(), v.holder().Metadata.Annotations
	said, err := r.annotations(prefix)
	if err != nil {
		return nil, err
	}
	var ops []patchOp
	switch key, there := had[prefix+annotationKey]; {
	case there:
		ops = append(ops, patchOp{"test", annotationPath(prefix + annotationKey), key})
	case len(had) > 0:
		ops = append(ops, patchOp{"test", annotationPath(prefix + annotationKey), nil}) // a test for null is one for nothing
	default:
		ops = append(ops, patchOp{"test", "/metadata/annotations", nil}, patchOp{"add", "/metadata/annotations", map[string]any{}})
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		ops = append(ops, patchOp{"add", annotationPath(name), said[name]})
	}
	return ops, nil
}

// annotationPath is an annotation's path in a JSON Patch: RFC 6901, section 3.
func annotationPath(name string) string {
	return "/metadata/annotations/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// begin takes the first step to bring what was declared, unless somebody overwrote it at once: then it reports false. What it can't do
// now, Follow does later.
func (a *Adapter) begin(ctx context.Context, p place, key string) (there bool) {
	v, err := a.read(ctx, p, false)
	if err == nil && !v.record.knows(key) {
		return false
	}
	if err == nil {
		if j := v.judge(key, a.settings); j.mood != idle {
			err = a.act(ctx, v, j.act)
		}
	}
	if err != nil {
		a.outside.Log.InfoContext(ctx, "argocd: a run is declared, and its sync not asked for yet", "key", key, "error", err)
	}
	return true
}

// Find looks for the key where what the pipeline serves is declared. An Application that can't be read may hold it.
func (a *Adapter) Find(ctx context.Context, key string) (port.Run, error) {
	var unread error
	for _, t := range a.outside.Targets() {
		p, err := a.settings.place(t)
		if err != nil {
			continue // nothing was ever started there
		}
		holder, err := a.get(ctx, p.holder(), false)
		if errors.Is(err, effect.ErrNotFound) {
			continue
		}
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		if r, _ := recordOf(holder.Metadata.Annotations, p.prefix()); r.knows(key) {
			return a.run(p, key), nil
		}
	}
	if unread != nil {
		return port.Run{}, unread
	}
	return port.Run{}, fmt.Errorf("argocd: %w", effect.ErrNotFound)
}
