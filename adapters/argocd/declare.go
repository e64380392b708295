package argocd

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// declaration is what declares a version in a source.
type declaration struct {
	Revision   string            `json:"revision,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Images     map[string]string `json:"images,omitempty"`
}

// declared is what the Application declares once it is to run d, and what its parent does; a text that comes out empty is refused.
func (s Settings) declared(d port.Deployment) (own, parent declaration, err error) {
	own = declaration{fill.Text(s.Revision, d), filled(s.Parameters, d), filled(s.Images, d)}
	if s.Declared == ByParent {
		parent = declaration{Parameters: filled(s.Parent.Parameters, d)}
	}
	if s.Revision != "" && own.Revision == "" {
		return own, parent, fmt.Errorf("the revision %q is empty for %s %s: nothing says what to sync to", s.Revision, d.Service, d.Version)
	}
	for _, values := range []map[string]string{own.Parameters, own.Images, parent.Parameters} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if values[name] == "" {
				return own, parent, fmt.Errorf("%q is empty for %s %s", name, d.Service, d.Version)
			}
		}
	}
	return own, parent, nil
}

func filled(texts map[string]string, d port.Deployment) map[string]string {
	if len(texts) == 0 {
		return nil
	}
	values := make(map[string]string, len(texts))
	for name, text := range texts {
		values[fill.Text(name, d)] = fill.Text(text, d)
	}
	return values
}

// holds reports whether a source declares it.
func (d declaration) holds(s source) bool {
	if d.Revision != "" && s.text("targetRevision") != d.Revision {
		return false
	}
	given := parametersOf(s)
	for name, value := range d.Parameters {
		if v, there := given[name]; !there || v != value {
			return false
		}
	}
	images := imagesOf(s)
	for name, value := range d.Images {
		if !slices.Contains(images, imageText(name, value)) {
			return false
		}
	}
	return true
}

// String is what people would call it.
func (d declaration) String() string {
	var parts []string
	if d.Revision != "" {
		parts = append(parts, d.Revision)
	}
	for _, values := range []map[string]string{d.Parameters, d.Images} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			parts = append(parts, name+"="+values[name])
		}
	}
	return strings.Join(parts, " ")
}

// shown is what a source declares at the places that d is about.
func (d declaration) shown(s source) declaration {
	var other declaration
	if d.Revision != "" {
		other.Revision = orElse(s.text("targetRevision"), "HEAD")
	}
	if given := parametersOf(s); len(d.Parameters) > 0 {
		other.Parameters = map[string]string{}
		for name := range d.Parameters {
			other.Parameters[name] = given[name]
		}
	}
	if len(d.Images) > 0 {
		other.Images = map[string]string{}
		for _, text := range imagesOf(s) {
			if name, image, ok := strings.Cut(text, "="); ok && d.Images[name] != "" {
				other.Images[name] = image
			}
		}
	}
	return other
}

// into returns the source declaring it, and everything else as it was.
func (d declaration) into(s source) (source, error) {
	next, err := copied(s)
	if err != nil {
		return nil, err
	}
	if d.Revision != "" {
		next["targetRevision"] = d.Revision
	}
	if len(d.Parameters) > 0 {
		helm := orEmpty(next.part("helm"))
		list, _ := helm["parameters"].([]any)
		for _, name := range slices.Sorted(maps.Keys(d.Parameters)) {
			list = withParameter(list, name, d.Parameters[name])
		}
		helm["parameters"] = list
		next["helm"] = helm
	}
	if len(d.Images) > 0 {
		kustomize := orEmpty(next.part("kustomize"))
		list, _ := kustomize["images"].([]any)
		for _, name := range slices.Sorted(maps.Keys(d.Images)) {
			list = slices.DeleteFunc(list, func(v any) bool { text, _ := v.(string); return imageName(text) == name })
			list = append(list, imageText(name, d.Images[name]))
		}
		kustomize["images"] = list
		next["kustomize"] = kustomize
	}
	return next, nil
}

func copied(s source) (source, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	next := source{}
	return next, json.Unmarshal(raw, &next)
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// withParameter sets a Helm parameter. A new one is taken as text: a version like 1.20 is none of Helm's numbers.
func withParameter(list []any, name, value string) []any {
	for _, v := range list {
		if p, _ := v.(map[string]any); p["name"] == name {
			p["value"] = value
			return list
		}
	}
	return append(list, map[string]any{"name": name, "value": value, "forceString": true})
}

func parametersOf(s source) map[string]string {
	list, _ := s.part("helm")["parameters"].([]any)
	given := map[string]string{}
	for _, v := range list {
		p, _ := v.(map[string]any)
		name, _ := p["name"].(string)
		given[name], _ = p["value"].(string)
	}
	return given
}

func imagesOf(s source) []string {
	list, _ := s.part("kustomize")["images"].([]any)
	var images []string
	for _, v := range list {
		text, _ := v.(string)
		images = append(images, text)
	}
	return images
}

// imageText is how Kustomize's images say that an image of this name becomes another.
func imageText(name, image string) string { return name + "=" + image }

// imageName is the name of the image that an entry of Kustomize's images replaces: "shop", of "shop=registry.example/shop:v2" as of
// "shop:v2" and "shop@sha256:…".
func imageName(text string) string {
	if name, _, ok := strings.Cut(text, "="); ok {
		return name
	}
	name, _, _ := strings.Cut(text, "@")
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		name = name[:i]
	}
	return name
}
