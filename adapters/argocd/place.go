package argocd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// spot names an Application.
type spot struct{ name, project string }

// place is the Application that runs a service in an environment, with the parent that declares it, if that is where versions are declared.
type place struct {
	app    spot
	parent spot // zero if the Application declares its version itself
}

// place of a target: the names that the settings give it, refused if they are no names.
func (s Settings) place(t port.Target) (place, error) {
	d := port.Deployment{Service: t.Service, Environment: t.Environment}
	p := place{app: spot{s.Applications[t.Service+"/"+t.Environment], fill.Text(s.Project, d)}}
	if p.app.name == "" {
		p.app.name = fill.Text(s.Application, d)
	}
	if s.Declared == ByParent {
		p.parent = spot{fill.Text(s.Parent.Application, d), fill.Text(s.Parent.Project, d)}
	}
	for _, name := range []string{p.app.name, p.holder().name} {
		if !objectName.MatchString(name) {
			return p, fmt.Errorf("%q, of %s in %s, is no name of an Application", name, t.Service, t.Environment)
		}
	}
	return p, nil
}

// holder is the Application that the version is declared in.
func (p place) holder() spot {
	if p.parent.name != "" {
		return p.parent
	}
	return p.app
}

// prefix of the annotations about the Application: a parent holds those of several.
func (p place) prefix() string {
	if p.parent.name != "" {
		return p.app.name + "." + annotationPrefix
	}
	return annotationPrefix
}

// run is the run under key. Its id holds what it takes to find it again, whatever the settings say by then of other services.
func (p place) run(key, url, namespace string) port.Run {
	link := url + "/applications/" + p.app.name
	if namespace != "" {
		link = url + "/applications/" + namespace + "/" + p.app.name
	}
	return port.Run{ID: p.id() + "/" + key, Link: link}
}

// id is project:name, after that of the parent and an @ where there is one.
func (p place) id() string {
	own := p.app.project + ":" + p.app.name
	if p.parent.name == "" {
		return own
	}
	return p.parent.project + ":" + p.parent.name + "@" + own
}

var errNoRun = errors.New("argocd: this is no run's id")

// parseRun takes a run's id apart.
func parseRun(id string) (place, string, error) {
	names, key, ok := strings.Cut(id, "/")
	if !ok || key == "" {
		return place{}, "", errNoRun
	}
	var p place
	parent, own, nested := strings.Cut(names, "@")
	if !nested {
		own = names
	} else if p.parent, ok = parseSpot(parent); !ok {
		return place{}, "", errNoRun
	}
	if p.app, ok = parseSpot(own); !ok {
		return place{}, "", errNoRun
	}
	return p, key, nil
}

func parseSpot(text string) (spot, bool) {
	project, name, ok := strings.Cut(text, ":")
	return spot{name, project}, ok && objectName.MatchString(name) && objectName.MatchString(project)
}
