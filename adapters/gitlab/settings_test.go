package gitlab_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
)

func TestPipelineSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*gitlab.PipelineSettings)
		fault  string // empty for none
	}{
		"as they should be":             {func(*gitlab.PipelineSettings) {}, ""},
		"inputs":                        {func(s *gitlab.PipelineSettings) { *s = inputs() }, ""},
		"no address":                    {func(s *gitlab.PipelineSettings) { s.URL = "gitlab" }, "url:"},
		"an address with a password":    {func(s *gitlab.PipelineSettings) { s.URL = "https://a:b@gitlab.test" }, "nothing but the address"},
		"the address of the API":        {func(s *gitlab.PipelineSettings) { s.URL = "https://gitlab.test/api/v4" }, "without /api"},
		"a token in the open":           {func(s *gitlab.PipelineSettings) { s.Token = "glpat-abc" }, "token: must be a reference"},
		"a webhook token in the open":   {func(s *gitlab.PipelineSettings) { s.WebhookToken = "abc" }, "webhook_token: must be a reference"},
		"no project":                    {func(s *gitlab.PipelineSettings) { s.Project = "" }, "project: name a project"},
		"a project without a group":     {func(s *gitlab.PipelineSettings) { s.Project = "payments" }, "no full path"},
		"a project of versions":         {func(s *gitlab.PipelineSettings) { s.Project = "shop/{version}" }, "{version}"},
		"a project of services":         {func(s *gitlab.PipelineSettings) { s.Projects = map[string]string{"x": "shop/{service}"} }, "projects.x"},
		"an unknown placeholder":        {func(s *gitlab.PipelineSettings) { s.Ref = "release/{flavour}" }, "ref: {flavour}"},
		"one in a variable":             {func(s *gitlab.PipelineSettings) { s.Variables["X"] = "{flavour}" }, "variables.X"},
		"a variable that is no name":    {func(s *gitlab.PipelineSettings) { s.Variables["A-B"] = "" }, "no name"},
		"a variable where the key is":   {func(s *gitlab.PipelineSettings) { s.Variables["GONOGO_KEY"] = "x" }, "where the key goes"},
		"variables and inputs":          {func(s *gitlab.PipelineSettings) { s.Inputs = map[string]string{"a": "b"} }, "configure one of them"},
		"inputs without a name":         {func(s *gitlab.PipelineSettings) { *s = inputs(); s.Name = "" }, "is needed with inputs"},
		"a name without the key":        {func(s *gitlab.PipelineSettings) { s.Name = "of {service}" }, "must hold {key} once"},
		"a name of versions":            {func(s *gitlab.PipelineSettings) { s.Name = "{key} {version}" }, "name: {version}"},
		"a key that is no name":         {func(s *gitlab.PipelineSettings) { s.Key = "a b" }, "key:"},
		"a job of an environment":       {func(s *gitlab.PipelineSettings) { s.Job = "deploy-{environment}" }, ""},
		"a job of nobody knows what":    {func(s *gitlab.PipelineSettings) { s.Job = "deploy-{environment}"; delete(s.Variables, "ENVIRONMENT") }, "read from the pipeline again"},
		"a job of versions":             {func(s *gitlab.PipelineSettings) { s.Job = "{version}" }, "job:"},
		"a record of nobody knows what": {func(s *gitlab.PipelineSettings) { s.Record = true; s.Variables = nil }, "read from the pipeline again"},
		"a record by its name":          {func(s *gitlab.PipelineSettings) { s.Record = true; s.Variables = nil; s.Name = "{key} {environment}" }, ""},
		"an address that all can read":  {func(s *gitlab.PipelineSettings) { s.URL = "http://gitlab.example" }, "must be https"},
		"this machine":                  {func(s *gitlab.PipelineSettings) { s.URL = "http://127.0.0.1:8080" }, ""},
		"credentials for nobody":        {func(s *gitlab.PipelineSettings) { s.URL = "ftp://dana:glpat-abc@gitlab.example" }, "url:"},
		"too often":                     {func(s *gitlab.PipelineSettings) { s.Poll = time.Millisecond }, "poll:"},
	} {
		s := variables()
		s.URL = "https://gitlab.test"
		c.change(&s)
		if s.URL == "" {
			s.URL = "https://gitlab.test"
		}
		err := s.Validate()
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
		if err != nil && strings.Contains(err.Error(), "glpat-abc") {
			t.Errorf("%s: tells the token: %v", name, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	o := gitlab.Outside{Secret: func(string) (string, error) { return secret, nil }}
	p, err := gitlab.NewPipeline(gitlab.PipelineSettings{Token: "env:GITLAB", Project: "shop/payments"}, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Described(); got.System != "gitlab" || got.Address != "https://gitlab.com" || got.Job != "shop/payments" {
		t.Errorf("described as %+v", got)
	}
	if err := (gitlab.ProvenanceSettings{URL: "https://gitlab.com", Token: "env:X", Project: "a/b", PipelineFile: "/x"}).Validate(); err == nil || !strings.Contains(err.Error(), "pipeline_file") {
		t.Errorf("a path that leads out of the project: %v", err)
	}
}

// A secret that is not there is named by its reference.
func TestSecrets(t *testing.T) {
	t.Parallel()
	broken := errors.New("env:GITLAB is not set")
	for name, secret := range map[string]func(string) (string, error){
		"that can't be read": func(string) (string, error) { return "", broken },
		"that is empty":      func(string) (string, error) { return "", nil },
	} {
		o := gitlab.Outside{Secret: secret}
		if _, err := gitlab.NewPipeline(variables(), o); err == nil || !strings.Contains(err.Error(), "env:GITLAB") {
			t.Errorf("a secret %s: %v", name, err)
		}
		if _, err := gitlab.NewProvenance(gitlab.ProvenanceSettings{Token: "env:GITLAB", Project: "a/b"}, o); err == nil {
			t.Errorf("a secret %s was taken", name)
		}
	}
}
