package risk

import (
	"fmt"
	"slices"
	"strconv"

	"cel.dev/cel-go/cel"
)

// Inputs are the facts that rules may look at. What is not known is nil: a rule that needs it can't be evaluated, and
// counts as high.
type Inputs struct {
	Service     string            `json:"service"`
	Version     string            `json:"version"`
	Environment string            `json:"environment,omitempty"` // the one that the release is on its way to
	Lines       []string          `json:"lines,omitempty"`
	Criticality string            `json:"criticality,omitempty"`
	Exposure    string            `json:"exposure,omitempty"`
	Data        string            `json:"data,omitempty"`
	Rollback    string            `json:"rollback,omitempty"`
	DependsOn   []string          `json:"depends_on,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Change      *Change           `json:"change,omitempty"`
	History     *History          `json:"history,omitempty"`
	// Emergency says that the release takes the emergency path.
	Emergency bool `json:"emergency,omitempty"`
}

// Change is what is different from what runs now.
type Change struct {
	Lines    int      `json:"lines"` // lines changed
	Authors  int      `json:"authors"`
	Subjects []string `json:"subjects,omitempty"` // work items or commit subjects
}

// History is how the service's deployments to the environment went.
type History struct {
	Days        int `json:"days"` // the period that the figures are about
	Deployments int `json:"deployments"`
	Failures    int `json:"failures"` // failed, or rolled back
}

// Variable is one name that rules may use.
type Variable struct {
	Name string
	Type string // as CEL writes it
	Doc  string

	cel  *cel.Type
	get  func(*Inputs) (any, bool)
	show func(any) string
}

// variables is the whole context of a rule: name, type, what it means, where it comes from.
var variables = []Variable{
	text("release.service", "Name of the service.", func(i *Inputs) string { return i.Service }),
	text("release.version", "Version that is released.", func(i *Inputs) string { return i.Version }),
	text("environment", "Environment that the release is on its way to.", func(i *Inputs) string { return i.Environment }),
	flag("release.emergency", "Whether the release takes the emergency path.", func(i *Inputs) bool { return i.Emergency }),
	text("service.criticality", "The service's criticality, as configured.", func(i *Inputs) string { return i.Criticality }),
	text("service.exposure", "Who is exposed to the service, as configured.", func(i *Inputs) string { return i.Exposure }),
	text("service.data", "Class of the data that the service handles, as configured.", func(i *Inputs) string { return i.Data }),
	text("service.rollback", "How hard the service is to roll back, as configured.", func(i *Inputs) string { return i.Rollback }),
	list("service.lines", "Business lines that the service belongs to.", func(i *Inputs) []string { return i.Lines }),
	list("service.depends_on", "Services that it depends on.", func(i *Inputs) []string { return i.DependsOn }),
	{Name: "service.labels", Type: "map(string, string)", Doc: "Labels of the service, as configured.",
		cel: cel.MapType(cel.StringType, cel.StringType), show: func(v any) string { return strconv.Itoa(len(v.(map[string]string))) },
		get: func(i *Inputs) (any, bool) {
			if i.Labels == nil {
				return map[string]string{}, true
			}
			return i.Labels, true
		}},
	change("change.lines", "Lines changed since the version that runs now.", func(c *Change) int { return c.Lines }),
	change("change.authors", "How many people wrote the change.", func(c *Change) int { return c.Authors }),
	change("change.commits", "How many work items or commits the change has.", func(c *Change) int { return len(c.Subjects) }),
	{Name: "change.subjects", Type: "list(string)", Doc: "Work items or commit subjects in the change.",
		cel: cel.ListType(cel.StringType), show: func(v any) string { return strconv.Itoa(len(v.([]string))) },
		get: func(i *Inputs) (any, bool) {
			if i.Change == nil {
				return nil, false
			}
			return i.Change.Subjects, true
		}},
	history("history.days", "Length of the period that the history is about, in days.", func(h *History) int { return h.Days }),
	history("history.deployments", "Deployments of the service to the environment in that period.", func(h *History) int { return h.Deployments }),
	history("history.failures", "How many of them failed or were rolled back.", func(h *History) int { return h.Failures }),
}

// index finds a variable by name.
var index = func() map[string]int {
	m := make(map[string]int, len(variables))
	for i, v := range variables {
		m[v.Name] = i
	}
	return m
}()

// Variables lists every name that rules may use, with type and meaning.
func Variables() []Variable { return slices.Clone(variables) }

// Show lists what rules see, name to value; what is not known is left out. Lists that may hold what people wrote are shown
// as their length.
func (i Inputs) Show() map[string]string {
	m := make(map[string]string, len(variables))
	for _, v := range variables {
		if value, known := v.get(&i); known {
			m[v.Name] = v.show(value)
		}
	}
	return m
}

func text(name, doc string, get func(*Inputs) string) Variable {
	return Variable{Name: name, Type: "string", Doc: doc, cel: cel.StringType, show: func(v any) string { return v.(string) },
		get: func(i *Inputs) (any, bool) { return get(i), true }}
}

func flag(name, doc string, get func(*Inputs) bool) Variable {
	return Variable{Name: name, Type: "bool", Doc: doc, cel: cel.BoolType, show: func(v any) string { return strconv.FormatBool(v.(bool)) },
		get: func(i *Inputs) (any, bool) { return get(i), true }}
}

func list(name, doc string, get func(*Inputs) []string) Variable {
	return Variable{Name: name, Type: "list(string)", Doc: doc, cel: cel.ListType(cel.StringType),
		show: func(v any) string { return fmt.Sprint(v) },
		get:  func(i *Inputs) (any, bool) { return get(i), true }}
}

func number(name, doc string, get func(*Inputs) (any, bool)) Variable {
	return Variable{Name: name, Type: "int", Doc: doc, cel: cel.IntType, get: get,
		show: func(v any) string { return strconv.FormatInt(v.(int64), 10) }}
}

func change(name, doc string, get func(*Change) int) Variable {
	return number(name, doc, func(i *Inputs) (any, bool) {
		if i.Change == nil {
			return nil, false
		}
		return int64(get(i.Change)), true
	})
}

func history(name, doc string, get func(*History) int) Variable {
	return number(name, doc, func(i *Inputs) (any, bool) {
		if i.History == nil {
			return nil, false
		}
		return int64(get(i.History)), true
	})
}
