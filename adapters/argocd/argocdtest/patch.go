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
			return nil, fmt.Errorf("%w: %w", errPatch, worded(err, o.Op, o.Path, parts[len(parts)-1]))
		}
	}
	return doc, nil
}

// The ways in which an operation does not fit.
var (
	errMissing = errors.New("missing value")
	errTest    = errors.New("test failed")
)

// worded says it as the server's library does.
func worded(err error, op, path, key string) error {
	switch {
	case errors.Is(err, errTest):
		return fmt.Errorf("testing value %s failed: %w", path, err)
	case op == "remove":
		return fmt.Errorf("error in remove for path: '%s': Unable to remove nonexistent key: %s: %w", path, key, err)
	}
	return fmt.Errorf("%s operation does not apply: doc is missing path: %q: %w", op, path, err)
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
			return errTest
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
	return errMissing
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
	return nil, errMissing
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
