package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/config"
)

// settings are what an adapter might declare: it knows nothing of this package.
type settings struct {
	URL    string                 `yaml:"url" required:"true" pattern:"url" doc:"Where it is."`
	Every  time.Duration          `yaml:"every" default:"30s" doc:"How often it is asked."`
	Tries  int                    `yaml:"tries" default:"3" min:"1" max:"9" doc:"How often it is tried."`
	Token  func() (string, error) `yaml:"token" doc:"What it wants to see."`
	Nested struct {
		Depth float64 `yaml:"depth" default:"0.5"`
	} `yaml:"nested"`
	Plain string // no key
}

func (s settings) Validate() error {
	if s.Tries == 7 {
		return errors.Join(errors.New("tries: seven is unlucky"), errors.New("tries: truly"))
	}
	return nil
}

// adapter loads the starting file with other settings for the artifacts.
func adapter(t *testing.T, yaml string) config.Adapter {
	t.Helper()
	return load(t, strings.Replace(string(config.Starting()), "    dir: artifacts\n", yaml, 1)).Artifacts
}

func TestAdapterDecodesItsSettings(t *testing.T) {
	t.Setenv("GONOGO_TEST_TOKEN", "hush")
	a := adapter(t, "    url: https://example.org\n    every: 1d\n    token: env:GONOGO_TEST_TOKEN\n")
	var s settings
	if err := a.Decode(&s); err != nil {
		t.Fatal(err)
	}
	if s.URL != "https://example.org" || s.Every != 24*time.Hour || s.Tries != 3 || s.Nested.Depth != 0.5 {
		t.Errorf("decoded %+v", s)
	}
	if got, err := s.Token(); got != "hush" || err != nil {
		t.Errorf("token %q, %v", got, err)
	}
}

func TestAdapterSettingsAreStrict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		yaml string
		says []string
	}{
		"unknown key":    {"    url: http://x\n    evry: 1s\n", []string{"artifacts.settings.evry: ", "did you mean every?"}},
		"missing key":    {"    tries: 1\n", []string{`artifacts.settings: needs the key "url"`}},
		"wrong type":     {"    url: http://x\n    tries: many\n", []string{"artifacts.settings.tries: ", "whole number"}},
		"bad duration":   {"    url: http://x\n    every: often\n", []string{"artifacts.settings.every: ", "length of time"}},
		"literal secret": {"    url: http://x\n    token: hunter2\n", []string{"artifacts.settings.token: ", "env:NAME or file:/path"}},
		"own validation": {"    url: http://x\n    tries: 7\n", []string{"artifacts.settings.tries: seven is unlucky", "artifacts.settings.tries: truly"}},
		"two at once":    {"    url: nowhere\n    tries: 77\n", []string{"settings.url", "settings.tries"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := adapter(t, c.yaml).Decode(&settings{})
			var ps config.Problems
			if !errors.As(err, &ps) {
				t.Fatalf("got %v", err)
			}
			for _, says := range c.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("want %q in %v", says, err)
				}
			}
			if ps[0].Line < 92 || ps[0].Line > 94 || ps[0].File != "test.yaml" {
				t.Errorf("at %s:%d, which is not where it stands", ps[0].File, ps[0].Line)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the secret is repeated")
			}
		})
	}
}

// TestAdapterFaultsHaveLines: what an adapter's own validation says of a key is said where that stands.
func TestAdapterFaultsHaveLines(t *testing.T) {
	t.Parallel()
	var ps config.Problems
	if err := adapter(t, "    url: http://x\n    every: 1s\n    tries: 7\n").Decode(&settings{}); !errors.As(err, &ps) || len(ps) != 2 {
		t.Fatalf("got %v", err)
	}
	if p := ps[0]; p.Line != 94 || p.Path != "artifacts.settings.tries" || p.Sentence != "seven is unlucky" {
		t.Errorf("%+v", p)
	}
}

func TestAdapterWithoutSettings(t *testing.T) {
	t.Parallel()
	c := load(t, string(config.Starting()))
	var free struct {
		Every time.Duration `yaml:"every" default:"30s"`
	}
	if err := c.Metrics.Decode(&free); err != nil || free.Every != 30*time.Second {
		t.Errorf("%v, %v", free, err)
	}
	if err := c.Metrics.Decode(&settings{}); err == nil || !strings.Contains(err.Error(), `needs the key "url"`) {
		t.Errorf("a needed key is missed: %v", err)
	}
	for _, into := range []any{nil, settings{}, (*settings)(nil), new(string)} {
		if c.Metrics.Decode(into) == nil {
			t.Errorf("decoded into %T", into)
		}
	}
	if got := (config.Adapter{}).Decode(&free); got != nil {
		t.Error(got)
	}
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file:" + p
	}
	t.Setenv("GONOGO_TEST_SET", "s3cret")
	t.Setenv("GONOGO_TEST_EMPTY", "")
	for ref, want := range map[string]string{
		"env:GONOGO_TEST_SET":                        "s3cret",
		file("good", "from file\n"):                  "from file",
		"env:GONOGO_TEST_EMPTY":                      "",
		"env:GONOGO_TEST_UNSET":                      "",
		file("empty", "\n"):                          "",
		file("large", strings.Repeat("x", 64<<10+1)): "",
		"file:" + dir + "/none":                      "",
		"file:" + dir:                                "",
	} {
		var s config.Secret
		if err := s.UnmarshalText([]byte(ref)); err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		got, err := s.Reveal()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", ref, got, err)
		}
		if shown := fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s); want != "" && strings.Contains(shown, want) {
			t.Errorf("printed as %s", shown)
		}
	}
	for _, literal := range []string{"hunter2", "", "env:", "env:A B", "env:1A", "file:", "file:relative", "file:/a\x00b", "ENV:A"} {
		var s config.Secret
		err := s.UnmarshalText([]byte(literal))
		if err == nil || literal == "hunter2" && strings.Contains(err.Error(), literal) {
			t.Errorf("%q: %v", literal, err)
		}
	}
	if _, err := (config.Secret{}).Reveal(); err == nil || !(config.Secret{}).IsZero() {
		t.Error("no secret was revealed")
	}
}
