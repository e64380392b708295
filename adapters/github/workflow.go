package github

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// workflowMost bounds a workflow file, in bytes: GitHub takes none over 1 MB through its contents API.
const workflowMost = 1 << 20

// workflow is what a workflow file says about being dispatched.
type workflow struct {
	dispatched bool             // it can be
	inputs     map[string]input // by name
	runName    string
}

// input is a declared input.
type input struct {
	required bool
	preset   bool // it has a default
}

// parseWorkflow reads a workflow file. Whether GitHub would run it is GitHub's to say.
func parseWorkflow(text []byte) (workflow, error) {
	w := workflow{inputs: map[string]input{}}
	if len(text) > workflowMost {
		return w, errors.New("the file is too long")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return w, fmt.Errorf("the file is no YAML: %w", err)
	}
	if len(doc.Content) != 1 || plain(doc.Content[0]).Kind != yaml.MappingNode {
		return w, errors.New("the file is no workflow")
	}
	root := plain(doc.Content[0])
	if name := field(root, "run-name"); name != nil && name.Kind == yaml.ScalarNode {
		w.runName = name.Value
	}
	on := field(root, "on")
	if on == nil {
		return w, errors.New("the file does not say what it runs on")
	}
	switch on.Kind {
	case yaml.ScalarNode:
		w.dispatched = on.Value == "workflow_dispatch"
	case yaml.SequenceNode:
		for _, event := range on.Content {
			w.dispatched = w.dispatched || plain(event).Value == "workflow_dispatch"
		}
	case yaml.MappingNode:
		w.dispatched = has(on, "workflow_dispatch")
		if dispatch := field(on, "workflow_dispatch"); dispatch != nil {
			w.declare(field(dispatch, "inputs"))
		}
	}
	return w, nil
}

func (w *workflow) declare(inputs *yaml.Node) {
	if inputs == nil || inputs.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(inputs.Content); i += 2 {
		of := plain(inputs.Content[i+1])
		required := field(of, "required")
		w.inputs[inputs.Content[i].Value] = input{required != nil && required.Value == "true", has(of, "default")}
	}
}

// plain is what a node stands for.
func plain(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil && n.Alias != n {
		n = n.Alias
	}
	return n
}

// field is the value under a key, nil if there is none.
func field(of *yaml.Node, key string) *yaml.Node {
	if of = plain(of); of.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(of.Content); i += 2 {
		if of.Content[i].Value == key {
			return plain(of.Content[i+1])
		}
	}
	return nil
}

func has(of *yaml.Node, key string) bool { return field(of, key) != nil }

// undeclared lists the inputs among those given that the workflow does not declare.
func (w workflow) undeclared(given []string) []string {
	var missing []string
	for _, name := range given {
		if _, ok := w.inputs[name]; !ok {
			missing = append(missing, name)
		}
	}
	return missing
}

// ungiven lists the inputs that the workflow asks for and that nobody gives it.
func (w workflow) ungiven(given []string) []string {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(w.inputs)) {
		if in := w.inputs[name]; in.required && !in.preset && !slices.Contains(given, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

// shows reports whether the run-name holds an input.
func (w workflow) shows(name string) bool {
	q := regexp.QuoteMeta(name)
	return regexp.MustCompile(`\$\{\{[^}]*\binputs(\.` + q + `|\[\s*['"]` + q + `['"]\s*\])[^A-Za-z0-9_-][^}]*\}`).MatchString(w.runName)
}
