package config

import (
	"encoding/json"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/bot/people"
)

// SchemaID names the schema; editors that know it by name need not fetch it.
const SchemaID = "https://gonogo.chat/schema/gonogo.schema.json"

// Schema is the JSON schema (draft 2020-12) of the configuration file, for editors: made of the same structs and tags
// that Load reads by. What a schema can't say, such as names that must be known, Load alone checks.
func Schema() ([]byte, error) { return SchemaOf(Config{}, SchemaID, "gonogo configuration") }

// SchemaOf is the JSON schema of any settings struct.
func SchemaOf(settings any, id, title string) ([]byte, error) {
	s := schema(reflect.TypeOf(settings), rule{})
	s["$schema"], s["$id"], s["title"] = "https://json-schema.org/draft/2020-12/schema", id, title
	return json.MarshalIndent(s, "", "  ")
}

// lengthForm are lengthForm of time. Nothing may be written as a bare 0.
var lengthForm = map[string]any{
	"anyOf": []any{
		map[string]any{"type": "string", "pattern": `^\s*(0|([0-9]+(\.[0-9]*)?(ms|s|m|h|d|w))+)\s*$`},
		map[string]any{"const": 0},
	},
	"examples": []any{"90s", "2h30m", "3d"},
}

// forms are the types that are written as one word with a form of their own.
var forms = map[reflect.Type]map[string]any{
	reflect.TypeFor[Duration]():    lengthForm,
	durationType:                   lengthForm,
	reflect.TypeFor[Size]():        {"type": "string", "pattern": `^\s*[0-9]+\s*(B|kB|KiB|MB|MiB|GB|GiB|TB|TiB)\s*$`, "examples": []any{"512MB", "2GiB"}},
	reflect.TypeFor[Share]():       {"type": []any{"string", "number"}, "examples": []any{"2/3", "60%", 0.5}},
	reflect.TypeFor[Quorum]():      quorumForm,
	reflect.TypeFor[Secret]():      {"type": "string", "pattern": `^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$`, "examples": []any{"env:JIRA_TOKEN", "file:/run/secrets/jira"}},
	revealType:                     {"type": "string", "pattern": `^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$`, "examples": []any{"env:JIRA_TOKEN", "file:/run/secrets/jira"}},
	reflect.TypeFor[DaySpan]():     {"type": "string", "pattern": `^(sun|mon|tue|wed|thu|fri|sat)(\.\.(sun|mon|tue|wed|thu|fri|sat))?$`, "examples": []any{"mon", "mon..fri"}},
	reflect.TypeFor[Date]():        {"type": "string", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, "examples": []any{"2026-12-25"}},
	reflect.TypeFor[FiscalClose](): {"type": "string", "examples": []any{"last saturday of september", "saturday nearest end of january"}},
	accountType:                    {"type": "string", "pattern": `^[^:\s]+:[^:\s]*:\S+$`, "examples": []any{"local:main:ada", "git::ada@example.org"}},
	nodeType:                       {},
}

func schema(t reflect.Type, r rule) map[string]any {
	if form, ok := forms[t]; ok {
		out := map[string]any{}
		for k, v := range form {
			out[k] = v
		}
		return out
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schema(t.Elem(), r)
	case reflect.Struct:
		return object(t)
	case reflect.Map:
		item := r
		item.filled = false
		out := map[string]any{"type": "object", "additionalProperties": schema(t.Elem(), item)}
		if r.keys != nil {
			out["propertyNames"] = map[string]any{"pattern": r.keys.expr.String()}
		}
		if r.filled {
			out["minProperties"] = 1
		}
		return out
	case reflect.Slice:
		item := r
		item.filled = true
		out := map[string]any{"type": "array", "items": schema(t.Elem(), item)}
		if r.filled {
			out["minItems"] = 1
		}
		return out
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return textSchema(t, r)
	}
	out := map[string]any{"type": "number"}
	if t.Kind() != reflect.Float64 {
		out["type"] = "integer"
	}
	if r.min != nil {
		out["minimum"] = *r.min
	}
	if r.max != nil {
		out["maximum"] = *r.max
	}
	return out
}

func textSchema(t reflect.Type, r rule) map[string]any {
	out := map[string]any{"type": "string"}
	switch {
	case t == reflect.TypeFor[people.Right]():
		out["enum"] = Rights
	case r.enum != nil:
		out["enum"] = r.enum
	case r.pattern != nil && !r.filled:
		out["anyOf"] = []any{map[string]any{"const": ""}, map[string]any{"pattern": r.pattern.expr.String()}}
	case r.pattern != nil:
		out["pattern"] = r.pattern.expr.String()
	case r.filled:
		out["pattern"] = `\S`
	}
	return out
}

func object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range fields(t) {
		p := schema(t.Field(f.index).Type, f.rule)
		if f.doc != "" {
			p["description"] = f.doc
		}
		if f.hasDefault {
			var def any
			if yaml.Unmarshal([]byte(f.def), &def) == nil && def != nil {
				p["default"] = def
			}
		}
		properties[f.key] = p
		if f.required {
			required = append(required, f.key)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}
