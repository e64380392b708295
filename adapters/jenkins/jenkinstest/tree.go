package jenkinstest

import (
	"strconv"
	"strings"
)

// tree is what a request asks for of a page: "a,b[c]{0,10}".
type tree struct {
	below map[string]*tree // nil for all of it
	from  int
	to    int // -1 for the end
}

func parseTree(text string) (*tree, error) {
	p := &treeParser{text}
	t, err := p.list()
	if err == nil && p.rest != "" {
		err = errTree
	}
	return t, err
}

type treeParser struct{ rest string }

func (p *treeParser) take(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *treeParser) list() (*tree, error) {
	t := &tree{below: map[string]*tree{}, to: -1}
	for {
		end := strings.IndexAny(p.rest, ",[]{}")
		if end < 0 {
			end = len(p.rest)
		}
		name := p.rest[:end]
		if name == "" {
			return nil, errTree
		}
		p.rest = p.rest[end:]
		child := &tree{to: -1}
		if p.take('[') {
			inner, err := p.list()
			if err != nil {
				return nil, err
			}
			if !p.take(']') {
				return nil, errTree
			}
			child = inner
		}
		if err := p.span(child); err != nil {
			return nil, err
		}
		t.below[name] = child
		if !p.take(',') {
			return t, nil
		}
	}
}

// span reads {0,10}: from the first, up to and without the second.
func (p *treeParser) span(t *tree) error {
	if !p.take('{') {
		return nil
	}
	inner, rest, found := strings.Cut(p.rest, "}")
	from, to, both := strings.Cut(inner, ",")
	if !found || !both {
		return errTree
	}
	var err error
	if t.from, err = strconv.Atoi(from); err != nil {
		return errTree
	}
	if t.to, err = strconv.Atoi(to); err != nil {
		return errTree
	}
	p.rest = rest
	return nil
}

// of is what is asked for of a view; classes always come with it.
func (t *tree) of(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if t.below == nil {
			return v
		}
		out := map[string]any{}
		for name, value := range v {
			if child := t.below[name]; child != nil {
				out[name] = child.of(value)
			} else if name == "_class" {
				out[name] = value
			}
		}
		return out
	case []any:
		to := len(v)
		if t.to >= 0 {
			to = min(to, t.to)
		}
		out := []any{}
		for _, each := range v[min(t.from, to):to] {
			out = append(out, t.of(each))
		}
		return out
	}
	return v
}
