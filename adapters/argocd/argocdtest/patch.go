package argocdtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// errPatch is how a patch fails that does not fit.
var errPatch = errors.New("error applying patch")

// patched is a document after a JSON Patch (RFC 6902): the operations that the server's library knows and clients use.
func patched(doc any, text string) (any, error) {
	var ops []struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value"`
	}
	if err := json.Unmarshal([]byte(text), &ops); err != nil {
		return nil, fmt.Errorf("error decoding json patch: %w", err)
	}
	for _, o := range ops {
		parts := strings.Split(o.Path, "/")[1:]
		if len(parts) == 0 {
			return nil, fmt.Errorf("%w: the whole document", errPatch)
		}
		for i := range parts {
			parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(parts[i])
		}
		if err := applyOp(doc, o.Op, parts, o.Value); err != nil {
			return nil, fmt.Errorf("%w: %s %s: %w", errPatch, o.Op, o.Path, err)
		}
	}
	return doc, nil
}

func applyOp(at any, op string, path []string, value any) error {
	for len(path) > 1 {
		next, err := child(at, path[0])
		if err != nil {
			return err
		}
		at, path = next, path[1:]
	}
	name := path[0]
	was, err := child(at, name)
	switch op {
	case "test":
		if !reflect.DeepEqual(was, value) { // what is missing equals null
			return errors.New("testing value failed: test failed")
		}
		return nil
	case "replace":
		if err != nil {
			return err
		}
	case "add":
	case "remove":
		if m, ok := at.(map[string]any); ok && err == nil {
			delete(m, name)
		}
		return err
	default:
		return errors.New("unexpected kind")
	}
	switch c := at.(type) {
	case map[string]any:
		c[name] = value
		return nil
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(c) {
			return errors.New("no such element")
		}
		c[i] = value
		return nil
	}
	return errors.New("missing path")
}

func child(at any, name string) (any, error) {
	switch c := at.(type) {
	case map[string]any:
		if v, there := c[name]; there {
			return v, nil
		}
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(c) {
			return c[i], nil
		}
	}
	return nil, errors.New("missing path")
}

// merged is a document after a JSON Merge Patch: RFC 7396.
func merged(doc, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	d, ok := doc.(map[string]any)
	if !ok {
		d = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(d, name)
		} else {
			d[name] = merged(d[name], v)
		}
	}
	return d
}
