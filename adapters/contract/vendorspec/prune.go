package vendorspec

import "strings"

// prune drops what is not kept: paths, and the components that nothing kept refers to. Vendors describe thousands of paths.
func prune(raw map[string]any, keep []string) {
	paths, _ := raw["paths"].(map[string]any)
	if len(keep) == 0 {
		return
	}
	for path := range paths {
		if !kept(path, keep) {
			delete(paths, path)
		}
	}
	reached := map[string]bool{}
	reach(raw, paths, reached)
	for section, where := range componentsOf(raw) {
		for name := range where {
			if !reached[component(section+name)] {
				delete(where, name)
			}
		}
	}
}

func kept(path string, keep []string) bool {
	for _, k := range keep {
		if path == k || strings.HasSuffix(k, "/") && strings.HasPrefix(path, k) {
			return true
		}
	}
	return false
}

// componentsOf are the shared parts of a description by the beginning of references to them.
func componentsOf(raw map[string]any) map[string]map[string]any {
	all := map[string]map[string]any{}
	add := func(at string, under any) {
		sections, _ := under.(map[string]any)
		for name, section := range sections {
			if m, ok := section.(map[string]any); ok && name != "securitySchemes" {
				all[at+name+"/"] = m
			}
		}
	}
	add("#/components/", raw["components"])
	add("#/", map[string]any{"definitions": raw["definitions"], "parameters": raw["parameters"], "responses": raw["responses"]})
	return all
}

// reach notes every component that v leads to.
func reach(raw map[string]any, v any, reached map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			arrive(raw, ref, reached)
		}
		if mapping, ok := v["mapping"].(map[string]any); ok { // of a discriminator
			for _, to := range mapping {
				if ref, ok := to.(string); ok {
					arrive(raw, ref, reached)
				}
			}
		}
		for _, below := range v {
			reach(raw, below, reached)
		}
	case []any:
		for _, below := range v {
			reach(raw, below, reached)
		}
	}
}

// arrive notes the component that a reference leads into, whole: it may lead deep into one.
func arrive(raw map[string]any, ref string, reached map[string]bool) {
	if at := component(ref); !reached[at] {
		reached[at] = true
		reach(raw, follow(raw, at), reached)
	}
}

// component is a reference cut to the component that it leads into: "#/components/schemas/Pet", "#/definitions/Pet".
func component(ref string) string {
	parts := strings.Split(ref, "/")
	depth := 3
	if len(parts) > 1 && parts[1] == "components" {
		depth = 4
	}
	return strings.Join(parts[:min(depth, len(parts))], "/")
}

func follow(raw map[string]any, ref string) any {
	var at any = raw
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return at
}

// constants turns "const" into "enum": the library reads it only with a slower validator.
func constants(v any) {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["const"]; ok {
			v["enum"] = []any{c}
			delete(v, "const")
		}
		for _, below := range v {
			constants(below)
		}
	case []any:
		for _, below := range v {
			constants(below)
		}
	}
}
