package github_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/github"
)

func TestSettingsNameEveryFault(t *testing.T) {
	t.Parallel()
	if err := settings().Validate(); err != nil {
		t.Error(err)
	}
	if err := provenanceSettings().Validate(); err != nil {
		t.Error(err)
	}
	many := map[string]string{}
	for i := range 25 {
		many[fmt.Sprint("i", i)] = "x"
	}
	for says, change := range map[string]func(*github.PipelineSettings){
		"url: it must be https":         func(s *github.PipelineSettings) { s.URL = "http://github.example.org/api/v3" },
		"url: it is not the address":    func(s *github.PipelineSettings) { s.URL = "https://x@github.example" },
		"token: it must be a reference": func(s *github.PipelineSettings) { s.Token = "ghp_literal" },
		"repository: it is needed":      func(s *github.PipelineSettings) { s.Repository = "" },
		"repository: {version}":         func(s *github.PipelineSettings) { s.Repository = "shop/{version}" },
		`repository: "shop"`:            func(s *github.PipelineSettings) { s.Repository = "shop" },
		"repositories.ledger":           func(s *github.PipelineSettings) { s.Repositories = map[string]string{"ledger": "a/b/c"} },
		"workflow: ":                    func(s *github.PipelineSettings) { s.Workflow = "../deploy.yml" },
		"ref: {flavour}":                func(s *github.PipelineSettings) { s.Ref = "{flavour}" },
		"key: ":                         func(s *github.PipelineSettings) { s.Key = "a key" },
		"inputs.key: it takes":          func(s *github.PipelineSettings) { s.Inputs = map[string]string{"key": "x"} },
		"inputs: \"a b\"":               func(s *github.PipelineSettings) { s.Inputs = map[string]string{"a b": "x"} },
		"inputs.x: {flavour}":           func(s *github.PipelineSettings) { s.Inputs = map[string]string{"x": "{flavour}"} },
		"inputs: a workflow takes":      func(s *github.PipelineSettings) { s.Inputs = many },
		"environments.prod":             func(s *github.PipelineSettings) { s.Environments = map[string]string{"prod": ""} },
		"poll: ":                        func(s *github.PipelineSettings) { s.Poll = time.Second },
		"listing_lag: ":                 func(s *github.PipelineSettings) { s.ListingLag = time.Hour },
		"webhook_secret: ":              func(s *github.PipelineSettings) { s.Webhook = "literal" },
	} {
		s := settings()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "literal") {
			t.Errorf("%s: %v", says, err)
		}
	}
	for says, change := range map[string]func(*github.ProvenanceSettings){
		"url: ":           func(s *github.ProvenanceSettings) { s.URL = "ftp://x" },
		"token: ":         func(s *github.ProvenanceSettings) { s.Token = "" },
		"repository: ":    func(s *github.ProvenanceSettings) { s.Repository = "" },
		"pipeline_file: ": func(s *github.ProvenanceSettings) { s.PipelineFile = "../x.yml" },
		"branch: ":        func(s *github.ProvenanceSettings) { s.Branch = "{branch}" },
	} {
		s := provenanceSettings()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestSecretsAreResolvedOnce(t *testing.T) {
	t.Parallel()
	o := github.Outside{Secret: secrets, Clock: time.Now}
	for reference, says := range map[string]string{"env:OTHER": "is not set", "env:EMPTY": "is empty"} {
		s, p := settings(), provenanceSettings()
		s.Token, p.Token = reference, reference
		if _, err := github.NewPipeline(s, o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("token %s: %v", reference, err)
		}
		if _, err := github.NewProvenance(p, o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("token %s: %v", reference, err)
		}
		s = settings()
		s.Webhook = reference
		if _, err := github.NewPipeline(s, o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("webhook_secret %s: %v", reference, err)
		}
	}
	if _, err := github.NewPipeline(settings(), github.Outside{Secret: secrets}); err == nil {
		t.Error("a pipeline without a clock")
	}
}
