package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/config"
)

// most lines that a file may have.
const mostLines = 400

// sources calls each with every Go file of the program, tests left out.
func sources(t *testing.T, each func(t *testing.T, pkg, file string, text []byte)) {
	t.Helper()
	for _, p := range house(t) {
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			inside := strings.TrimPrefix(p.ImportPath, module)
			each(t, inside, inside+"/"+name, text)
		}
	}
}

// TestHouseFiles checks the size of files, and that nothing registers itself behind the catalogues' back.
func TestHouseFiles(t *testing.T) {
	t.Parallel()
	sources(t, func(t *testing.T, _, file string, text []byte) {
		if n := bytes.Count(text, []byte("\n")); n > mostLines {
			t.Errorf("%s has %d lines, more than %d", file, n, mostLines)
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s registers something in init(): the catalogues are explicit", file)
			}
		}
	})
}

// impure are what a rule must be given as an argument, or is no business of its.
var impure = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"os":   nil, "os/exec": nil, "net": nil, "net/http": nil, "io/fs": nil, "log": nil, "log/slog": nil,
	"math/rand": nil, "math/rand/v2": nil, "crypto/rand": nil, "context": nil, "syscall": nil,
}

// impurities lists what a file does that a rule must not. The clock alone is checked where clockOnly is set.
func impurities(file string, text []byte, clockOnly bool) (found []string) {
	f, err := parser.ParseFile(gotoken.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	for _, i := range f.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		if verbs, ok := impure[name]; ok && verbs == nil && !clockOnly {
			found = append(found, "imports "+name)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(impure["time"], n.Sel.Name) {
				found = append(found, "asks time."+n.Sel.Name)
			}
		case *ast.GoStmt:
			if !clockOnly {
				found = append(found, "starts a goroutine")
			}
		}
		return true
	})
	return found
}

// TestHouseRulesArePure checks that rules and vocabulary do nothing but judge, and that memory knows the time only when it
// is told. The types of the ports name contexts, which others end.
func TestHouseRulesArePure(t *testing.T) {
	t.Parallel()
	sources(t, func(t *testing.T, pkg, file string, text []byte) {
		r, _ := roomOf(pkg)
		if !slices.Contains([]string{"vocabulary", "rules", "risk", "state", "seam"}, r.name) {
			return
		}
		clockOnly := r.name == "state" || r.name == "seam" || pkg == "bot/port"
		for _, what := range impurities(file, text, clockOnly) {
			t.Errorf("%s %s", file, what)
		}
	})
	bad := "package p\nimport (\"os\"; \"time\")\nfunc f() { go f(); _ = time.Now(); _ = os.Args }\n"
	if found := impurities("bad.go", []byte(bad), false); len(found) != 3 {
		t.Errorf("found only %q", found)
	}
}

// demoNames finds in a line what the demonstration calls something, as it would stand in a program that was made for it; empty for nothing.
func demoNames(t *testing.T) func(line string) string {
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
	jobs, err := os.ReadFile("../../testdata/demo/mill/jobs.go")
	if err != nil {
		t.Fatal(err)
	}
	// These are words of the trade as well: an owner in a configuration, the web in a comment.
	ordinary := []string{"owner", "web"}
	var names, literals []string
	add := func(form string, list ...string) {
		for _, n := range list {
			if !slices.Contains(ordinary, n) {
				literals = append(literals, n)
				names = append(names, fmt.Sprintf(form, regexp.QuoteMeta(n)))
			}
		}
	}
	add(`\b%s\b`, c.ServiceNames()...)
	for _, m := range regexp.MustCompile(`version: "([^"]+)"`).FindAllSubmatch(jobs, -1) {
		add(`\b%s\b`, string(m[1]))
	}
	for _, p := range c.People {
		add(`"%s"`, p.Handle)
		add(`\b%s\b`, p.Name)
	}
	if len(names) < 10 {
		t.Fatalf("only %q", names)
	}
	exactly := regexp.MustCompile(strings.Join(names, "|"))
	return func(line string) string {
		if !slices.ContainsFunc(literals, func(n string) bool { return strings.Contains(line, n) }) {
			return "" // as of nearly every line; the expression is slow
		}
		return exactly.FindString(line)
	}
}

// TestHouseKnowsNothingOfTheDemonstration checks that nothing of the demonstration is scripted into the program. Suites and tools
// are not part of it.
func TestHouseKnowsNothingOfTheDemonstration(t *testing.T) {
	t.Parallel()
	names := demoNames(t)
	sources(t, func(t *testing.T, pkg, file string, text []byte) {
		if r, _ := roomOf(pkg); r.name == "suites" || r.name == "tools" {
			return
		}
		for n, line := range strings.Split(string(text), "\n") {
			if found := names(line); found != "" {
				t.Errorf("%s:%d names %s, which is the demonstration's", file, n+1, found)
			}
		}
	})
}
