package argocd_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"https://argocd.example/argo", "http://127.0.0.1:8080", "http://[::1]", "http://localhost"} {
		s := settings()
		s.URL = url
		if err := s.Validate(); err != nil {
			t.Error(err)
		}
	}
	for says, change := range map[string]func(*argocd.Settings){
		"url: ":                                 func(s *argocd.Settings) { s.URL = "argocd.example" },
		"url: https is needed":                  func(s *argocd.Settings) { s.URL = "http://argocd.example" },
		"url: it must hold no query":            func(s *argocd.Settings) { s.URL = "https://argocd.example/?a=b" },
		"url: it must hold no credentials":      func(s *argocd.Settings) { s.URL = "https://a:hunter2@argocd.example" },
		"token: it must be a reference":         func(s *argocd.Settings) { s.Token = "hunter2" },
		"webhook_token: it must be a reference": func(s *argocd.Settings) { s.WebhookToken = "hunter2" },
		"application: {version}":                func(s *argocd.Settings) { s.Application = "{service}-{version}" },
		"project: {key}":                        func(s *argocd.Settings) { s.Project = "{key}" },
		"of the form service/environment":       func(s *argocd.Settings) { s.Applications = map[string]string{"shop": "shop"} },
		"no name of an Application":             func(s *argocd.Settings) { s.Applications = map[string]string{"shop/prod": "Shop Prod"} },
		"one of them must say":                  func(s *argocd.Settings) { s.Revision = "" },
		"revision: {flavour}":                   func(s *argocd.Settings) { s.Revision = "{flavour}" },
		"parameters: tag: {flavour}":            func(s *argocd.Settings) { s.Parameters = map[string]string{"tag": "{flavour}"} },
		"images: shop: {flavour}":               func(s *argocd.Settings) { s.Images = map[string]string{"shop": "{flavour}"} },
		"let a CI pipeline make it":             func(s *argocd.Settings) { s.Declared = "git" },
		"declared: \"cluster\"":                 func(s *argocd.Settings) { s.Declared = "cluster" },
		"parent: declared: parent needs":        func(s *argocd.Settings) { s.Declared = argocd.ByParent },
		"parent.application: {version}":         func(s *argocd.Settings) { byParent(s); s.Parent.Application = "{version}" },
		"parent.parameters: {version}":          func(s *argocd.Settings) { byParent(s); s.Parent.Parameters = map[string]string{"{version}": "x"} },
		"strategy: \"force\"":                   func(s *argocd.Settings) { s.Strategy = "force" },
		"undone: \"maybe\"":                     func(s *argocd.Settings) { s.Undone = "maybe" },
		"source: -1":                            func(s *argocd.Settings) { s.Source = -1 },
		"limit: -1s":                            func(s *argocd.Settings) { s.Limit = -time.Second },
	} {
		s := settings()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestNewNeedsItsSecrets(t *testing.T) {
	t.Parallel()
	o := argocd.Outside{Clock: time.Now, Secret: func(reference string) (string, error) {
		if reference == "env:HOOK_TOKEN" {
			return "", errors.New("HOOK_TOKEN is not set")
		}
		return token, nil
	}}
	if _, err := argocd.New(settings(), o); err == nil || !strings.Contains(err.Error(), "webhook_token: HOOK_TOKEN is not set") {
		t.Error(err)
	}
	if _, err := argocd.New(argocd.Settings{}, o); err == nil {
		t.Error("made without settings")
	}
	if _, err := argocd.New(settings(), argocd.Outside{}); err == nil {
		t.Error("made without a clock")
	}
}

// An empty secret is none: a door that was configured would be shut without a word.
func TestEmptySecretsAreRefused(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{"env:ARGOCD_TOKEN", "env:HOOK_TOKEN"} {
		o := argocd.Outside{Clock: time.Now, Secret: func(reference string) (string, error) {
			if reference == empty {
				return "", nil
			}
			return token, nil
		}}
		if _, err := argocd.New(settings(), o); err == nil || !strings.Contains(err.Error(), empty+" is empty") {
			t.Errorf("%s: %v", empty, err)
		}
	}
}
