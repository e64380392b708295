package config

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// snapshotFormat is the version of the snapshot's layout; a change of layout must not look like a change of mind.
const snapshotFormat = 1

// Snapshot is the configuration as canonical JSON, for the audit trail: equal configurations give equal bytes. It holds
// no personal data: a person is an opaque id wherever a handle stands, names and zones are left out, and of accounts only
// the platforms are kept. It holds no secrets: only references to them.
func (c *Config) Snapshot(idOf func(handle string) string) []byte {
	o := opaque{mask: map[string]string{}, idOf: idOf}
	for _, p := range c.People {
		id := idOf(p.Handle)
		o.mask[p.Handle] = id
		if p.Name != "" {
			o.mask[p.Name] = id
		}
		for _, a := range p.Accounts {
			o.mask[a.String()], o.mask[a.ID] = id, id
		}
	}
	tree := o.tree(reflect.ValueOf(*c), "").(map[string]any)
	for i, p := range c.People {
		platforms := []any{}
		for _, a := range p.Accounts {
			platforms = append(platforms, a.Platform)
		}
		tree["people"].([]any)[i] = map[string]any{"id": idOf(p.Handle), "machine": p.Machine, "platforms": platforms}
	}
	out, err := json.Marshal(map[string]any{"format": snapshotFormat, "configuration": tree})
	if err != nil { // the tree holds maps, lists, texts, finite numbers and booleans only
		panic(fmt.Sprintf("config: snapshot: %v", err))
	}
	return out
}

// Digest is the hex SHA-256 of a snapshot: its name in the audit trail.
func Digest(snapshot []byte) string {
	sum := sha256.Sum256(snapshot)
	return hex.EncodeToString(sum[:])
}

// opaque turns values into maps, lists and scalars, with people replaced where they can stand.
type opaque struct {
	mask map[string]string // what names a person, to the opaque id; nil replaces nothing
	idOf func(handle string) string
}

// personal are the paths, without names and indexes, below which every text is a handle.
var personal = map[string]bool{"groups.*": true, "grants.people": true, "services.owner": true, "lines.*.owner": true}

// tree turns a value into what JSON knows. path is without indexes, a map's keys are stars.
func (o opaque) tree(v reflect.Value, path string) any {
	switch t := v.Interface().(type) {
	case yaml.Node:
		if t.IsZero() {
			return map[string]any{}
		}
		left := maxNodes
		return o.node(&t, &left, 0)
	case chat.Account:
		return t.String()
	case Quorum:
		if t.Share.Den == 0 {
			return t.Count
		}
		return t.Share.String()
	case encoding.TextMarshaler:
		if text, err := t.MarshalText(); err == nil {
			return string(text)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return o.tree(v.Elem(), path)
	case reflect.Struct:
		out := map[string]any{}
		for _, f := range fields(v.Type()) {
			out[f.key] = o.tree(v.Field(f.index), join(path, f.key))
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for _, k := range v.MapKeys() {
			out[k.String()] = o.tree(v.MapIndex(k), join(path, "*"))
		}
		return out
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = o.tree(v.Index(i), path)
		}
		return out
	case reflect.String:
		if personal[path] {
			return o.replace(v.String())
		}
		return v.String()
	}
	return v.Interface()
}

func (o opaque) replace(text string) string {
	if id, ok := o.mask[text]; ok {
		return id
	}
	return text
}

// node turns an adapter's settings into what JSON knows. Whether a text there names a person can't be told from here, so
// each that equals a handle, a name or an account is replaced.
func (o opaque) node(n *yaml.Node, left *int, depth int) any {
	if *left--; *left < 0 || depth > maxDepth {
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return o.node(n.Alias, left, depth+1)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			out[i] = o.node(c, left, depth+1)
		}
		return out
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[o.replace(n.Content[i].Value)] = o.node(n.Content[i+1], left, depth+1)
		}
		return out
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	}
	return o.replace(n.Value) // numbers as they were written: 1e400 is no JSON number
}
