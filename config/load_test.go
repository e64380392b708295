package config_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/config"
)

// load reads a text that must be good.
func load(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Load([]byte(text), "test.yaml")
	if err != nil {
		t.Fatalf("a good file was refused:\n%v", err)
	}
	return c
}

// demo is the demonstration's file with its placeholders filled in, as the demonstration does it.
func demo(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("../testdata/demo/gonogo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\$\{([a-z]+/?[a-z]*)\}`).ReplaceAllStringFunc(string(b), func(m string) string {
		if strings.Contains(m, "/") {
			return "http://127.0.0.1:9" // what the data centre publishes
		}
		return "/tmp/demo/" + strings.Trim(m, "${}")
	})
}

func TestStartingFileLoads(t *testing.T) {
	t.Parallel()
	c := load(t, string(config.Starting()))
	if got := c.Organisation.Location().String(); got != "Europe/Berlin" {
		t.Errorf("zone is %s", got)
	}
	if c.Organisation.Demo {
		t.Error("a new installation must not be a demonstration")
	}
	if d := c.Operations.Retention.D(); d != 90*24*time.Hour {
		t.Errorf("absent retention is %s", d)
	}
	if standard, _ := duty.Of(duty.Standard); c.Duty.Policy() != standard {
		t.Errorf("absent duties are not kept apart: %+v", c.Duty)
	}
	b := config.Starting()
	b[0] = 'x'
	if config.Starting()[0] == 'x' {
		t.Error("a caller can change the embedded file")
	}
}

func TestDemonstrationLoads(t *testing.T) {
	t.Parallel()
	c := load(t, demo(t))
	d := c.Directory(func(h string) string { return "p-" + h })
	for _, a := range []struct {
		who   string
		right people.Right
		in    people.Scope
		may   bool
	}{
		{"dev", people.Deploy, people.Scope{Service: "payments", Environment: "staging"}, true},
		{"dev", people.Deploy, people.Scope{Service: "payments", Environment: "prod"}, false},
		{"dev", people.Plan, people.Scope{Service: "payments"}, true},
		{"dev", people.Plan, people.Scope{Service: "ledger"}, false},
		{"dev", people.Vote, people.Scope{}, true}, // and yet none on what it asked for or wrote,
		{"sre", people.Deploy, people.Scope{Service: "payments", Environment: "prod"}, true},
		{"sre", people.Freeze, people.Scope{Environment: "prod"}, true},
		{"sec", people.Vote, people.Scope{Service: "payments"}, true},
		{"owner", people.Vote, people.Scope{Service: "payments"}, true},
		{"chair", people.Administer, people.Scope{}, true},
		{"sec", people.Administer, people.Scope{}, false},
	} {
		if got := d.May("p-"+a.who, a.right, a.in); got != a.may {
			t.Errorf("%s %s in %+v: %v, want %v", a.who, a.right, a.in, got, a.may)
		}
	}
	if id, ok := d.Resolve(must(config.ParseAccount("git::dana@shop.example"))); !ok || id != "p-dev" {
		t.Errorf("the commit author is %q", id)
	}
	if name, rule, ok := c.ApprovalOf("high"); !ok || name != "cab" || rule.Quorum.Count != 2 || rule.Veto[0] != "security" {
		t.Errorf("high asks for %q: %+v", name, rule)
	}
	plan, _ := c.Plan("prod")
	if plan.Duration.D() != 8*time.Second || len(plan.Health) != 1 || *plan.Criteria[0].Below != 0.05 {
		t.Errorf("the watch of prod is %+v", plan)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// problems loads a text that must be bad.
func problems(t *testing.T, text string) config.Problems {
	t.Helper()
	c, err := config.Load([]byte(text), "test.yaml")
	var ps config.Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("want problems, got config %v, error %v", c != nil, err)
	}
	if c != nil {
		t.Error("a bad file gave a configuration")
	}
	for _, p := range ps {
		if p.Line < 1 || p.Sentence == "" {
			t.Errorf("problem without line or sentence: %+v", p)
		}
	}
	return ps
}

// line finds the number of the only line that holds a mark.
func line(t *testing.T, text, mark string) int {
	t.Helper()
	before, _, ok := strings.Cut(text, mark)
	if !ok {
		t.Fatalf("%q is not in the text", mark)
	}
	return strings.Count(before, "\n") + 1
}

func TestNotOneDocument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		line int
		says string
	}{
		"empty":           {"", 1, "empty"},
		"comment only":    {"# nothing\n", 1, "empty"},
		"two documents":   {"organisation: {}\n---\nservices: []\n", 2, "second document"},
		"no YAML":         {"organisation:\n  name: [a\n", 2, "not valid YAML"},
		"a list":          {"- organisation\n", 1, "is a list where a mapping"},
		"a text":          {"hello\n", 1, "is a single value where a mapping"},
		"null":            {"~\n", 1, "is empty"},
		"too large":       {strings.Repeat("# a comment\n", config.MaxFile/12+1), 1, "larger than"},
		"tab indentation": {"organisation:\n\tname: x\n", 2, "not valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ps := problems(t, c.text)
			if !strings.Contains(ps[0].Sentence, c.says) {
				t.Errorf("says %q, want %q", ps[0].Sentence, c.says)
			}
			if ps[0].Line > c.line+1 || ps[0].Line < c.line-1 {
				t.Errorf("line %d, want about %d", ps[0].Line, c.line)
			}
		})
	}
}
