package config

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

const (
	// maxNodes bounds how many values a file may expand to: aliases of aliases grow exponentially.
	maxNodes = 200_000
	// maxDepth bounds nesting, an alias within what it names included.
	maxDepth = 32
)

// places holds the line of every path that was read.
type places map[string]int

// line returns the line of a path, or of what encloses it.
func (p places) line(path string) int {
	for path != "" {
		if n, ok := p[path]; ok {
			return n
		}
		cut := len(path) - 1
		for cut > 0 && path[cut] != '.' && path[cut] != '[' {
			cut--
		}
		path = path[:cut]
	}
	return max(1, p[""])
}

// strict decodes nodes into structs and notes everything that does not fit; what does fit is decoded all the same.
type strict struct {
	file     string
	problems Problems
	places   places
	nodes    int
	full     bool // maxNodes was reached, and said
}

func (s *strict) say(line int, path, format string, args ...any) {
	s.problems = append(s.problems, Problem{File: s.file, Line: max(1, line), Path: path, Sentence: fmt.Sprintf(format, args...)})
}

// value decodes one node. line is where it stands: for an alias, the alias, not what it names.
func (s *strict) value(n *yaml.Node, v reflect.Value, path string, r rule, depth int) {
	line := n.Line
	if s.nodes++; s.nodes > maxNodes {
		if !s.full {
			s.full = true
			s.say(line, path, "the file expands to more than %d values", maxNodes)
		}
		return
	}
	if depth > maxDepth {
		s.say(line, path, "nested more than %d levels deep", maxDepth)
		return
	}
	if n.Kind == yaml.AliasNode {
		if n.Alias != nil {
			s.value(n.Alias, v, path, r, depth+1)
		}
		return
	}
	if _, ok := s.places[path]; !ok {
		s.places[path] = line
	}
	if n.ShortTag() == "!!null" && v.Type() != nodeType {
		s.say(line, path, "is empty: give it a value or leave the key out")
		return
	}
	if read := scalarOf(v); read != nil {
		s.scalar(n, path, r, read)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.value(n, v.Elem(), path, r, depth)
	case reflect.Struct:
		if v.Type() == nodeType {
			v.Set(reflect.ValueOf(*n))
		} else if s.is(n, yaml.MappingNode, path) {
			s.mapping(n, v, path, depth)
		}
	case reflect.Map:
		if s.is(n, yaml.MappingNode, path) {
			s.named(n, v, path, r, depth)
		}
	case reflect.Slice:
		if s.is(n, yaml.SequenceNode, path) {
			s.list(n, v, path, r, depth)
		}
	default:
		s.say(line, path, "can't be set in a file")
	}
}

func (s *strict) mapping(n *yaml.Node, v reflect.Value, path string, depth int) {
	known := fields(v.Type())
	keys := make([]string, len(known))
	for i, f := range known {
		keys[i] = f.key
	}
	before, seen := len(s.problems), map[string]int{}
	for key, value := range s.pairs(n, path, seen) {
		i := slices.Index(keys, key.Value)
		if i < 0 {
			s.say(key.Line, join(path, clip(key.Value)), "the key %q is not known here%s", clip(key.Value), meant(key.Value, keys))
			continue
		}
		p := join(path, key.Value)
		s.places[p] = key.Line
		s.value(value, v.Field(known[i].index), p, known[i].rule, depth+1)
	}
	for _, f := range known {
		if _, given := seen[f.key]; given {
			continue
		}
		if f.required {
			s.say(n.Line, path, "needs the key %q: %s", f.key, f.doc)
			continue
		}
		s.absent(v.Field(f.index), f)
	}
	if a, ok := v.Addr().Interface().(*Adapter); ok {
		a.path, a.file, a.line = join(path, "settings"), s.file, n.Line
	}
	if c, ok := v.Addr().Interface().(interface{ Validate() error }); ok && len(s.problems) == before {
		if err := c.Validate(); err != nil {
			for _, e := range flatten(err) {
				s.fault(n.Line, path, e.Error())
			}
		}
	}
}

// ownPath is how an error of a struct's own validation begins that names one of its keys: "inputs.digest: …".
var ownPath = regexp.MustCompile(`^([a-z_]+)((?:\.[\w-]+|\[\d+\])*): (.+)$`)

// fault says what a struct's own validation found, where the key stands that it names, if it names one that was read.
func (s *strict) fault(line int, path, sentence string) {
	if m := ownPath.FindStringSubmatch(sentence); m != nil {
		if _, read := s.places[join(path, m[1])]; read {
			at := join(path, m[1]+m[2])
			line, path, sentence = s.places.line(at), at, m[3]
		}
	}
	s.say(line, path, "%s", sentence)
}

// absent gives a key that was not written its default, and the keys within it theirs.
func (s *strict) absent(v reflect.Value, f field) {
	if f.hasDefault {
		inner := strict{places: places{}}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(f.def), &doc); err == nil && len(doc.Content) == 1 {
			inner.value(doc.Content[0], v, "", rule{}, 0)
		}
		return
	}
	if v.Kind() == reflect.Struct && v.Type() != nodeType && scalarOf(v) == nil {
		for _, f := range fields(v.Type()) {
			s.absent(v.Field(f.index), f)
		}
	}
}

// pairs yields the keys and values of a mapping; a key that is no text, is there twice or merges is a problem.
func (s *strict) pairs(n *yaml.Node, path string, seen map[string]int) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
				s.say(key.Line, path, "merging with << is not supported: write the keys out, or repeat the whole value with an alias")
				continue
			}
			if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
				s.say(key.Line, path, "a key must be a text: write it in quotes")
				continue
			}
			if first, twice := seen[key.Value]; twice {
				s.say(key.Line, join(path, clip(key.Value)), "the key %q is here twice, first in line %d", clip(key.Value), first)
				continue
			}
			seen[key.Value] = key.Line
			if !yield(key, value) {
				return
			}
		}
	}
}

func (s *strict) named(n *yaml.Node, v reflect.Value, path string, r rule, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	item := r
	item.filled = false
	for key, value := range s.pairs(n, path, map[string]int{}) {
		p := join(path, clip(key.Value))
		s.places[p] = key.Line
		if r.keys != nil && !r.keys.expr.MatchString(key.Value) {
			s.say(key.Line, p, "the key %q is not %s", clip(key.Value), r.keys.says)
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		s.value(value, e, p, item, depth+1)
		v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), e)
	}
	if r.filled && len(n.Content) == 0 {
		s.say(n.Line, path, "needs at least one entry")
	}
}

func (s *strict) list(n *yaml.Node, v reflect.Value, path string, r rule, depth int) {
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	item := r
	item.filled = true // an empty text in a list is always a mistake
	for i, c := range n.Content {
		s.value(c, out.Index(i), path+"["+strconv.Itoa(i)+"]", item, depth+1)
	}
	if r.filled && len(n.Content) == 0 {
		s.say(n.Line, path, "needs at least one entry")
	}
	v.Set(out)
}

func (s *strict) is(n *yaml.Node, kind yaml.Kind, path string) bool {
	if n.Kind == kind {
		return true
	}
	s.say(n.Line, path, "is %s where %s is expected", kinds[n.Kind], kinds[kind])
	return false
}

var kinds = map[yaml.Kind]string{
	yaml.MappingNode: "a mapping (key: value)", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value",
}

var (
	nodeType = reflect.TypeFor[yaml.Node]()
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// flatten lists the errors that were joined, however deep.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range many.Unwrap() {
		out = append(out, flatten(e)...)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
