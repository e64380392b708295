package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

func TestEveryCodeHasWording(t *testing.T) {
	t.Parallel()
	u := survey(t)
	for code, at := range u.codes {
		if !Known(chat.Code(code)) {
			t.Errorf("%s: code %q has no wording", at, code)
		}
	}
	for prefix, at := range u.prefixes {
		if !slices.ContainsFunc(codes(), func(c string) bool { return strings.HasPrefix(c, prefix) }) {
			t.Errorf("%s: no code that begins with %q has wording", at, prefix)
		}
	}
}

func TestEveryWordingIsUsed(t *testing.T) {
	t.Parallel()
	u := survey(t)
	for _, code := range codes() {
		_, used := u.codes[code]
		for prefix := range u.prefixes {
			used = used || strings.HasPrefix(code, prefix)
		}
		if !used {
			t.Errorf("wording of %q is used nowhere", code)
		}
	}
}

func TestSentencesGetTheirArguments(t *testing.T) {
	t.Parallel()
	for code, calls := range survey(t).calls {
		for _, c := range calls {
			for _, p := range english[chat.Code(code)] {
				if p.arg != "" && !c.args[p.arg] {
					t.Errorf("%s: %q needs argument %q", c.at, code, p.arg)
				}
			}
		}
	}
}

// Every table in this folder must be listed in sources, and no code be worded twice.
func TestSources(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	worded := map[chat.Code]string{}
	for _, s := range sources {
		listed[s.name] = true
		for code := range s.table {
			if before, twice := worded[code]; twice {
				t.Errorf("%q is worded in %s and in %s", code, before, s.name)
			}
			worded[code] = s.name
		}
	}
	files, err := filepath.Glob("en_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if strings.HasPrefix(name.Name, "en") && !listed[name.Name] {
						t.Errorf("%s: %s is not in the list of sources", file, name.Name)
					}
				}
			}
		}
	}
}

var (
	codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]*$`)
	leftover = regexp.MustCompile(`\[\[|\]\]|[{}]`)
)

// A template whose brackets or braces do not fit shows them to people.
func TestTemplatesAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, s := range sources {
		for code, text := range s.table {
			if !codeForm.MatchString(string(code)) {
				t.Errorf("%s: code %q is not of lower-case words, dots, hyphens and underscores", s.name, code)
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %q has no words", s.name, code)
			}
			for _, p := range compile(text) {
				if leftover.MatchString(p.literal) {
					t.Errorf("%s: %q leaves a bracket: %q", s.name, code, p.literal)
				}
				if p.optional == nil {
					continue
				}
				if !slices.ContainsFunc(p.optional, func(p part) bool { return p.arg != "" }) {
					t.Errorf("%s: %q has an optional part without argument", s.name, code)
				}
				for _, o := range p.optional {
					if leftover.MatchString(o.literal) {
						t.Errorf("%s: %q leaves a bracket: %q", s.name, code, o.literal)
					}
				}
			}
		}
	}
}

// codes lists every code that has wording.
func codes() []string {
	var all []string
	for code := range english {
		all = append(all, string(code))
	}
	slices.Sort(all)
	return all
}
