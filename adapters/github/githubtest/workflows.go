package githubtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// workflow is a workflow file as of main.
type workflow struct {
	id         int64
	file, name string
	state      string
	runName    string
	dispatched bool
	inputs     map[string]input
}

type input struct {
	Required bool
	Default  any
}

// workflow reads a workflow file as GitHub does when it is pushed.
func (s *Server) workflow(r *repository, file, text string) {
	w := r.workflows[file]
	if w == nil {
		w = &workflow{id: s.next(), file: file, state: "active"}
		r.workflows[file] = w
	}
	var read struct {
		Name    string
		RunName string `yaml:"run-name"`
		On      any
	}
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		w.dispatched = false
		return
	}
	w.name, w.runName, w.inputs = orElse(read.Name, ".github/workflows/"+file), read.RunName, map[string]input{}
	on, _ := read.On.(map[string]any)
	dispatch, ok := on["workflow_dispatch"]
	w.dispatched = ok || read.On == "workflow_dispatch"
	declared, _ := dispatch.(map[string]any)
	all, _ := declared["inputs"].(map[string]any)
	for name, v := range all {
		in, _ := v.(map[string]any)
		required, _ := in["required"].(bool)
		w.inputs[name] = input{required, in["default"]}
	}
}

// SetWorkflow switches a workflow: "active", "disabled_manually".
func (s *Server) SetWorkflow(name, file, state string) {
	s.change(name, func(r *repository) { r.workflows[file].state = state })
}

var expression = regexp.MustCompile(`\$\{\{\s*(?:github\.event\.)?inputs\.([A-Za-z0-9_-]+)\s*\}\}`)

// title is what a run is called.
func (w *workflow) title(inputs map[string]string) string {
	if w.runName == "" {
		return w.name
	}
	return expression.ReplaceAllStringFunc(w.runName, func(e string) string { return inputs[expression.FindStringSubmatch(e)[1]] })
}

// accept fills in defaults, or says what is wrong with the inputs as GitHub does.
func (w *workflow) accept(given map[string]any) (map[string]string, string) {
	var unexpected []string
	inputs := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := w.inputs[name]; !ok {
			unexpected = append(unexpected, fmt.Sprintf("%q", name))
		}
		inputs[name] = fmt.Sprint(given[name])
	}
	if len(unexpected) > 0 {
		return nil, "Unexpected inputs provided: [" + strings.Join(unexpected, ", ") + "]"
	}
	for _, name := range slices.Sorted(maps.Keys(w.inputs)) {
		in := w.inputs[name]
		if _, ok := inputs[name]; ok {
			continue
		}
		if in.Default == nil && in.Required {
			return nil, fmt.Sprintf("Required input '%s' not provided", name)
		}
		if in.Default != nil {
			inputs[name] = fmt.Sprint(in.Default)
		}
	}
	return inputs, ""
}
