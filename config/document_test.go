package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/config"
)

func page(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// rows are the lines that the page's tables must have: one for each key, from the schema.
func rows(t *testing.T) []string {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(path string, s map[string]any)
	walk = func(path string, s map[string]any) {
		needed, _ := s["required"].([]any)
		for _, key := range sorted(asMap(s["properties"])) {
			sub := asMap(asMap(s["properties"])[key])
			p := strings.TrimPrefix(path+"."+key, ".")
			def := ""
			if d, ok := sub["default"]; ok {
				def = short(d)
			}
			if slices.Contains(needed, any(key)) {
				def = "needed"
			}
			choices := ""
			if e, ok := sub["enum"].([]any); ok {
				choices = " One of " + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(e)), ", "), "[]") + "."
			}
			out = append(out, fmt.Sprintf("| `%s` | %s | %s%s |", p, def, sub["description"], choices))
			walk(p, sub)
			walk(p+"[]", asMap(sub["items"]))
			walk(p+".NAME", asMap(sub["additionalProperties"]))
		}
	}
	walk("", s)
	return out
}

func short(v any) string {
	b, _ := json.Marshal(v)
	if string(b) == `""` {
		return ""
	}
	return "`" + strings.Trim(string(b), `"`) + "`"
}

func sorted(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestPageNamesEveryKey(t *testing.T) {
	t.Parallel()
	text := page(t)
	for _, row := range rows(t) {
		if !strings.Contains(text, row+"\n") {
			t.Errorf("docs/configuration.md lacks\n%s", row)
		}
	}
	if n := len(regexp.MustCompile("(?m)^\\| `[a-z]").FindAllString(tables(text), -1)); n != len(rows(t)) {
		t.Errorf("the page has %d rows for %d keys", n, len(rows(t)))
	}
}

// TestPageExamplesLoad puts each example of the page in the place of the starting file's sections of those names.
func TestPageExamplesLoad(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page(t), -1)
	shown := map[string]bool{}
	for i, b := range blocks {
		var whole, part map[string]yaml.Node
		if err := yaml.Unmarshal(config.Starting(), &whole); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal([]byte(b[1]), &part); err != nil {
			t.Errorf("example %d: %v", i+1, err)
			continue
		}
		for key, n := range part {
			whole[key], shown[key] = n, true
		}
		text, err := yaml.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(text, fmt.Sprintf("example %d", i+1)); err != nil {
			t.Errorf("%v\nin\n%s", err, b[1])
		}
	}
	for _, row := range rows(t) {
		if section := strings.Split(row, "`")[1]; !strings.ContainsAny(section, ".[") && !shown[section] {
			t.Errorf("no example shows the section %s", section)
		}
	}
}

func TestPageNamesEveryGateAndRight(t *testing.T) {
	t.Parallel()
	text := page(t)
	for _, g := range gate.All() {
		if row := fmt.Sprintf("| `%s` | %s |\n", g.Name, g.Doc); !strings.Contains(text, row) {
			t.Errorf("lacks %s", row)
		}
	}
	for _, right := range config.Rights {
		if !strings.Contains(text, "`"+string(right)+"`") {
			t.Errorf("lacks the right %s", right)
		}
	}
}

// tables keeps the tables of keys: those of gates have other headings.
func tables(text string) string {
	var out strings.Builder
	for _, block := range strings.Split(text, "\n\n") {
		if strings.Contains(block, "| key | default | meaning |") {
			out.WriteString(block + "\n")
		}
	}
	return out.String()
}
