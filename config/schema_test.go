package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/config"
)

// compiled is the published schema, itself checked against the draft that it names.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(config.SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(config.SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// errUnread says that an editor never comes to ask the schema: the text is no YAML, or has no form in JSON.
var errUnread = errors.New("not readable as JSON")

// against validates YAML text as an editor would.
func against(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return fmt.Errorf("%w: %w", errUnread, err)
	}
	j, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnread, err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaTakesGoodFiles(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for name, text := range map[string]string{"starting": string(config.Starting()), "demonstration": demo(t)} {
		if err := against(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaAndLoaderAgree(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			text, _ := m.text(t)
			err := against(t, s, text)
			if !errors.Is(err, errUnread) && (err != nil) != m.schema {
				t.Errorf("the schema says %v", err)
			}
		})
	}
}

// TestValuesThatBothTake are forms that the loader accepts: the schema must not call them wrong.
func TestValuesThatBothTake(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, edit := range [][2]string{
		{"    threshold: 1/2 ", "    threshold: 0.5 "},
		{"    threshold: 1/2 ", "    threshold: 66.5% "},
		{"    threshold: 1/2 ", "    threshold: 1 "},
		{"    remind: 4h", "    remind: 0"},
		{"    duration: 15m", "    duration: 1.5h30s"},
		{"  reserve: 512MB", "  reserve: 1GiB"},
		{"        below: 0.01", "        below: 1"},
		{"  workspace: main", `  workspace: ""`},
		{"    after: staging", `    after: "staging"`},
		{"    owner: admin", `    owner: ""`},
	} {
		text := strings.Replace(string(config.Starting()), edit[0], edit[1], 1)
		load(t, text)
		if err := against(t, s, text); err != nil {
			t.Errorf("%s: %v", edit[1], err)
		}
	}
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	t.Parallel()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(path string, s map[string]any)
	walk = func(path string, s map[string]any) {
		for key, p := range asMap(s["properties"]) {
			sub := asMap(p)
			if d, _ := sub["description"].(string); !strings.HasSuffix(d, ".") && !strings.HasSuffix(d, "?") {
				t.Errorf("%s.%s is described as %q", path, key, d)
			}
			walk(path+"."+key, sub)
		}
		for _, k := range []string{"items", "additionalProperties"} {
			if sub := asMap(s[k]); sub != nil {
				walk(path, sub)
			}
		}
	}
	var s map[string]any
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	walk("", s)
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
