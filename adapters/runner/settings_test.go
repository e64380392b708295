package runner_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/runner"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	good := func() runner.Settings {
		return runner.Settings{Dir: "d", Pipelines: map[string]runner.Pipeline{"p": {Command: []string{"deploy", "{service}"}}}}
	}
	if err := good().Validate(); err != nil {
		t.Fatalf("good settings: %v", err)
	}
	for want, spoil := range map[string]func(*runner.Settings){
		"dir: a folder":       func(s *runner.Settings) { s.Dir = "" },
		"at least one":        func(s *runner.Settings) { s.Pipelines = nil },
		"concurrent: 1000":    func(s *runner.Settings) { s.Concurrent = 1000 },
		"keep_for":            func(s *runner.Settings) { s.KeepFor = -time.Second },
		"keep: -1":            func(s *runner.Settings) { s.Keep = -1 },
		"supervisor":          func(s *runner.Settings) { s.Supervisor = []string{""} },
		"a program is needed": func(s *runner.Settings) { s.Pipelines["p"] = runner.Pipeline{} },
		"can't be a param":    func(s *runner.Settings) { s.Pipelines["p"] = runner.Pipeline{Command: []string{"{service}"}} },
		"{servise}":           func(s *runner.Settings) { s.Pipelines["p"] = runner.Pipeline{Command: []string{"x", "{servise}"}} },
		"absolute": func(s *runner.Settings) {
			s.Pipelines["p"] = runner.Pipeline{Command: []string{"x"}, Dir: "relative"}
		},
		"no name of a variable": func(s *runner.Settings) {
			s.Pipelines["p"] = runner.Pipeline{Command: []string{"x"}, Env: []string{"A=B"}}
		},
		"never the secret itself": func(s *runner.Settings) {
			s.Pipelines["p"] = runner.Pipeline{Command: []string{"x"}, Secrets: map[string]string{"T": "hunter2"}}
		},
		"limit": func(s *runner.Settings) { s.Pipelines["p"] = runner.Pipeline{Command: []string{"x"}, Limit: -1} },
		"grace": func(s *runner.Settings) { s.Pipelines["p"] = runner.Pipeline{Command: []string{"x"}, Grace: -1} },
	} {
		s := good()
		spoil(&s)
		err := s.Validate()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a fault holding %q, got %v", want, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the fault tells the secret: %v", err)
		}
		if _, err := runner.New(s, outside()); err == nil {
			t.Errorf("New took settings with %q", want)
		}
	}
}
