package jenkins

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// job is where a job is: the names of its folders and its own, with slashes between. Jenkins allows no slash in a name: a branch with one is
// a job with %2F in its name, which is escaped once more in an address.
type job string

// path is where the job's pages begin.
func (j job) path() string {
	var b strings.Builder
	for name := range strings.SplitSeq(string(j), "/") {
		b.WriteString("/job/")
		b.WriteString(url.PathEscape(name))
	}
	return b.String()
}

// jobAt reads the job from the address of one of its pages, or of a build's: whatever comes before, as Jenkins may call itself otherwise than
// it is reached.
func jobAt(address string) (job, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	_, rest, found := strings.Cut(u.EscapedPath(), "/job/")
	if !found {
		return "", false
	}
	parts := strings.Split("job/"+rest, "/")
	var names []string
	for len(parts) >= 2 && parts[0] == "job" {
		name, err := url.PathUnescape(parts[1])
		if err != nil || name == "" || strings.Contains(name, "/") {
			return "", false
		}
		names, parts = append(names, name), parts[2:]
	}
	return job(strings.Join(names, "/")), true
}

// jobOf is the job that deploys a service.
func (a *Adapter) jobOf(d port.Deployment) (job, error) {
	template, own := a.settings.Jobs[d.Service]
	if !own {
		template = a.settings.Job
	}
	if template == "" {
		return "", effect.Permanently(fmt.Errorf("jenkins: no job deploys %s: settings.job and settings.jobs name none", d.Service))
	}
	names, err := fill.Segments(template, d)
	if err != nil {
		return "", effect.Permanently(fmt.Errorf("jenkins: %w", err))
	}
	for i, name := range names {
		names[i] = strings.ReplaceAll(name, "/", "%2F")
	}
	return job(strings.Join(names, "/")), nil
}

// targets groups what the pipeline serves by job. Targets whose job can't be named have none.
func (a *Adapter) targets() map[job][]port.Target {
	all := map[job][]port.Target{}
	if a.outside.Targets == nil {
		return all
	}
	for _, t := range a.outside.Targets() {
		if j, err := a.jobOf(a.deployment(t)); err == nil {
			all[j] = append(all[j], t)
		}
	}
	return all
}

// deployment is what is known of every deployment of a target.
func (a *Adapter) deployment(t port.Target) port.Deployment {
	return port.Deployment{Service: t.Service, Environment: t.Environment, Pipeline: a.outside.Pipeline}
}

// definition is what a job declares of a parameter.
type definition struct {
	Class   string   `json:"_class"`
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Choices []string `json:"choices"`
}

// secret reports whether Jenkins hides the values that builds got.
func (d definition) secret() bool {
	return strings.Contains(d.Type, "Password") || strings.Contains(d.Type, "Credentials")
}

type jobInfo struct {
	Class     string  `json:"_class"`
	Name      *string `json:"name"`
	Buildable *bool   `json:"buildable"`
	Property  []struct {
		Definitions []definition `json:"parameterDefinitions"`
	} `json:"property"`
}

func (i jobInfo) definition(name string) (definition, bool) {
	for _, p := range i.Property {
		for _, d := range p.Definitions {
			if d.Name == name {
				return d, true
			}
		}
	}
	return definition{}, false
}

const jobTree = "name,buildable,property[parameterDefinitions[name,type,choices]]"

// read asks what a job declares.
func (a *Adapter) read(ctx context.Context, j job) (jobInfo, error) {
	var info jobInfo
	if _, err := a.get(ctx, j.path(), jobTree, &info); err != nil {
		return info, err
	}
	if info.Name == nil {
		return info, effect.Retryable(fmt.Errorf("jenkins: what it says of the job %s is malformed", j), 0)
	}
	return info, nil
}

// lack is why a job can't take what is passed to it.
type lack struct {
	parameter string
	why       shortcoming
	value     string // that is no choice
}

type shortcoming string

const (
	undeclared shortcoming = "undeclared"
	hidden     shortcoming = "hidden"
	noChoice   shortcoming = "no choice"
)

// lacks compares what a job declares with what would be passed. Values with what only a deployment knows are compared only if it is one.
func (a *Adapter) lacks(info jobInfo, d port.Deployment) []lack {
	var all []lack
	for _, name := range a.parameterNames() {
		value := fill.Text(a.settings.Parameters[name], d)
		if name == a.settings.KeyParameter {
			value = d.Key
		}
		declared, ok := info.definition(name)
		known := d.Key != "" || fill.Check(a.settings.Parameters[name], jobPlaceholders...) == nil
		switch {
		case !ok:
			all = append(all, lack{parameter: name, why: undeclared})
		case name == a.settings.KeyParameter && (declared.secret() || len(declared.Choices) > 0):
			all = append(all, lack{parameter: name, why: hidden})
		case len(declared.Choices) > 0 && known && !slices.Contains(declared.Choices, value):
			all = append(all, lack{parameter: name, why: noChoice, value: value})
		}
	}
	return all
}

// parameterNames are those that are passed, the key's first.
func (a *Adapter) parameterNames() []string {
	names := []string{a.settings.KeyParameter}
	for name := range a.settings.Parameters {
		names = append(names, name)
	}
	slices.Sort(names[1:])
	return names
}

// absent reports whether an error says that there is no such page, or none that the account may see: Jenkins answers both alike.
func absent(err error) bool { return rest.Status(err) == http.StatusNotFound }

// unseen is the error of a job that was there and is not seen any more: whether it was deleted or the right to read it was taken away can't
// be told, so nothing is concluded.
func unseen(j job) error {
	return effect.Retryable(fmt.Errorf("jenkins: there is no job %s that the bot's account may see: it needs Job/Read there", j), rest.RightsPause)
}
