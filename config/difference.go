package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Change is one difference between two configurations.
type Change struct {
	Path   string `json:"path"`             // "environments.prod.gates": list items by name
	Before string `json:"before,omitempty"` // empty: was not there
	After  string `json:"after,omitempty"`  // empty: is no longer there
	// Sensitive changes touch who may decide, or what decisions must pass: a second administrator must accept them.
	Sensitive bool `json:"sensitive,omitempty"`
}

// Difference lists what changed, by path. It names people by handle: for eyes, not for records.
func Difference(old, new *Config) []Change {
	return difference(old, new, nil)
}

// OpaqueDifference is Difference for records: people by opaque id, and of names, accounts and zones only that they
// changed.
func OpaqueDifference(old, new *Config, idOf func(handle string) string) []Change {
	return difference(old, new, idOf)
}

func difference(old, new *Config, idOf func(string) string) []Change {
	before, after := leaves(old, idOf), leaves(new, idOf)
	all := map[string]bool{}
	for path := range before {
		all[path] = true
	}
	for path := range after {
		all[path] = true
	}
	var out []Change
	for _, path := range sortedKeys(all) {
		b, had := before[path]
		a, has := after[path]
		if had == has && a == b {
			continue
		}
		c := Change{Path: path, Before: b.shown, After: a.shown, Sensitive: sensitive(path, old)}
		out = append(out, c)
	}
	return out
}

// leaf is a value at the end of a path: compared by text, shown as shown.
type leaf struct{ text, shown string }

const unshown = "(not shown)"

// leaves flattens a configuration.
func leaves(c *Config, idOf func(string) string) map[string]leaf {
	out := map[string]leaf{}
	if c == nil {
		return out
	}
	o := opaque{}
	if idOf != nil {
		o.mask = map[string]string{}
		for _, p := range c.People {
			o.mask[p.Handle] = idOf(p.Handle)
		}
	}
	tree := o.tree(reflect.ValueOf(*c), "").(map[string]any)
	delete(tree, "grants")
	for _, g := range c.Grants {
		text := g.sentence(o)
		out["grants."+g.Role+" ("+text+")"] = leaf{text, text}
	}
	flattenTree(out, "", tree, o)
	return out
}

func flattenTree(out map[string]leaf, path string, v any, o opaque) {
	switch t := v.(type) {
	case map[string]any:
		for k, e := range t {
			if k == "handle" && path != "" {
				continue // it is part of the path
			}
			flattenTree(out, join(path, k), e, o)
		}
		if len(t) == 0 {
			out[path] = leaf{"{}", "{}"}
		}
	case []any:
		if len(t) == 0 {
			return
		}
		if _, structs := t[0].(map[string]any); !structs {
			parts := make([]string, len(t))
			for i, e := range t {
				parts[i] = fmt.Sprint(e)
			}
			o.put(out, path, strings.Join(parts, ", "))
			return
		}
		for i, e := range t {
			m, _ := e.(map[string]any)
			flattenTree(out, path+"."+o.nameOf(m, i), e, o)
		}
	case nil:
	default:
		if text := fmt.Sprint(t); text != "" {
			o.put(out, path, text)
		}
	}
}

// put notes a leaf; what a person is called and reached by is not shown where people are opaque.
func (o opaque) put(out map[string]leaf, path, text string) {
	shown := text
	last := path[strings.LastIndexByte(path, '.')+1:]
	if o.mask != nil && strings.HasPrefix(path, "people.") && slices.Contains([]string{"name", "accounts", "zone", "keys"}, last) {
		shown = unshown
	}
	out[path] = leaf{text, shown}
}

// nameOf is how a list item is called in a path.
func (o opaque) nameOf(m map[string]any, i int) string {
	if name, ok := m["name"].(string); ok && m["handle"] == nil {
		return name
	}
	if handle, ok := m["handle"].(string); ok {
		return o.replace(handle)
	}
	return fmt.Sprint(i + 1)
}

// sentence says what a grant gives to whom. Grants have no names: a changed one is one taken and another given.
func (g Grant) sentence(o opaque) string {
	var parts []string
	for _, p := range []struct {
		label string
		list  []string
	}{
		{"to ", names(g.People, o.replace)}, {"to group ", g.Groups}, {"for service ", g.Services}, {"for line ", g.Lines},
		{"in ", g.Environments},
	} {
		if len(p.list) > 0 {
			parts = append(parts, p.label+strings.Join(slices.Sorted(slices.Values(p.list)), ", "))
		}
	}
	return strings.Join(parts, " ")
}

// sensitivePaths are the beginnings of paths that need a second administrator. Environments are among them whole: a new
// one with fewer gates and the same pipeline would be a way round the old one's. Chat platforms are too: they say whose account
// somebody speaks from, and who is in a mapped group; and the systems that gates ask, or that hear an approval.
var sensitivePaths = []string{
	"approvals", "architecture", "artifacts", "budgets", "cadence", "chat.platforms", "checkpoints", "conditions", "deferral", "duty", "emergency",
	"environments", "freezes.exception", "freezes.exceptions", "freezes.running", "freezes.standing", "grants", "groups", "hours", "incidents.block", "ladders", "lines", "organisation.demo",
	"pager", "people", "pipelines", "provenance", "rehearsal", "risk", "roles", "tickets",
}

// sensitiveFacts are what risk rules and grants look at in a service. They are sensitive for a service that is there
// already: a tier could be talked down by them.
var sensitiveFacts = []string{"criticality", "data", "downtime", "exposure", "hotfix", "labels", "lines", "owner", "regions", "rollback"}

func sensitive(path string, old *Config) bool {
	for _, p := range sensitivePaths {
		if path == p || strings.HasPrefix(path, p+".") {
			return true
		}
	}
	rest, ok := strings.CutPrefix(path, "services.")
	if !ok || old == nil {
		return false
	}
	for _, s := range old.Services {
		fact, ok := strings.CutPrefix(rest, s.Name+".")
		fact, _, _ = strings.Cut(fact, ".")
		if ok && slices.Contains(sensitiveFacts, fact) {
			return true
		}
	}
	return false
}
