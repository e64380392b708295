package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
)

// update writes the generated parts of docs/ anew: go test ./cmd/gonogo -run TestDocs -update
var update = flag.Bool("update", false, "write the generated parts of docs/ anew")

// Marks around what is generated.
const (
	generatedBegin = "<!-- generated from the catalogue: go test ./cmd/gonogo -run TestDocs -update -->\n"
	generatedEnd   = "<!-- end of what is generated -->\n"
)

// demoOrganisation is the demonstration's, from whose words examples are made.
func demoOrganisation(t *testing.T) *organisation.Organisation {
	t.Helper()
	text, err := os.ReadFile("../../testdata/demo/gonogo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`\$\{\w+/\w+\}`).ReplaceAll(text, []byte("http://127.0.0.1:1"))
	c, err := config.Load(text, "gonogo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Organise(func(handle string) string { return handle })
	if err != nil {
		t.Fatal(err)
	}
	o.Services = o.Services[1:] // the first has one version alone: nothing to plan
	return o
}

// describe writes the reference of one command.
func describe(b *strings.Builder, s command.Spec, o *organisation.Organisation) {
	version := func(string) string { return "1.1.0" }
	fmt.Fprintf(b, "\n### /%s\n\n%s", strings.Join(s.Words, " "), s.Summary)
	switch {
	case s.Right != "":
		fmt.Fprintf(b, " Takes the right `%s`.", s.Right)
	default:
		b.WriteString(" Anybody may.")
	}
	if s.DryRun {
		b.WriteString(" With `--dry-run` the answer is the same, and nothing changes.")
	}
	fmt.Fprintf(b, "\n\n    %s\n", command.Usage(&s))
	if len(s.Params) > 0 {
		b.WriteString("\n| argument | meaning |\n|---|---|\n")
		for _, p := range s.Params {
			name, help := p.Name, p.Help
			if p.Flag {
				name = "--" + name
			}
			if len(p.Choices) > 0 {
				help += " One of " + strings.Join(p.Choices, ", ") + "."
			}
			if p.Optional && !p.Flag {
				help += " May be left out."
			}
			fmt.Fprintf(b, "| `%s` | %s |\n", name, strings.ReplaceAll(o.Example(help, version), "|", "\\|"))
		}
	}
	b.WriteString("\n| for example | |\n|---|---|\n")
	for _, e := range s.Examples {
		fmt.Fprintf(b, "| `%s` | %s |\n", o.Example(e.Line, version), o.Example(e.Does, version))
	}
}

// TestDocsCommands keeps docs/commands.md as the catalogue has it.
func TestDocsCommands(t *testing.T) {
	t.Parallel()
	o := demoOrganisation(t)
	var b strings.Builder
	b.WriteString(generatedBegin)
	for _, c := range (commands.Ports{}).Behaviour().Commands {
		describe(&b, c.Spec, o)
	}
	b.WriteString("\n" + generatedEnd)
	file := "../../docs/commands.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), generatedBegin)
	_, after, closed := strings.Cut(rest, generatedEnd)
	if !ok || !closed {
		t.Fatalf("%s lacks the marks of what is generated", file)
	}
	want := before + b.String() + after
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the catalogue says: go test ./cmd/gonogo -run TestDocs -update", file)
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// offered is a button as the source declares it.
var offered = regexp.MustCompile(`Name: "([a-z-]+)"(?: \+ [\w.]+)?,\s+Label: "button\.`)

// TestDocsButtons checks that the reference names every button that a card may have.
func TestDocsButtons(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../commands/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range offered.FindAllSubmatch(source, -1) {
			found++
			if name := string(m[1]); !strings.Contains(string(text), "| `"+name) {
				t.Errorf("%s: docs/commands.md does not name the button %q", file, name)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d buttons were found", found)
	}
}
