package fill_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var deployment = port.Deployment{
	Key: "D-7/start", Service: "payments", Environment: "prod", Version: "2.4.0", Digest: "abc", Location: "https://x.example/a b",
	Commit: "f00d", Pipeline: "shop", Rollback: true, Release: "R-1", Previous: "2.3.9", Fence: 7,
}

func TestText(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"":                           "",
		"deploy {service} {version}": "deploy payments 2.4.0",
		"{environment}{digest}{key}{release}{commit}{location}{previous}{rollback}{pipeline}{fence}": "prodabcD-7/startR-1f00dhttps://x.example/a b2.3.9trueshop7",
		`{"service": "{service}", "x": {}}`: `{"service": "payments", "x": {}}`,
	} {
		if got := fill.Text(template, deployment); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
	if got := fill.Text("{service}", port.Deployment{Service: "{key}", Key: "K"}); got != "{key}" {
		t.Errorf("a value's braces were filled: %q", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, name := range fill.Names() {
		if err := fill.Check("a {" + name + "} b"); err != nil {
			t.Error(err)
		}
	}
	if err := fill.Check(`{"a": {}, "b": "{Service}"}`); err != nil {
		t.Errorf("braces that are no placeholder: %v", err)
	}
	if err := fill.Check("{service}-{flavour}"); err == nil || !strings.Contains(err.Error(), "flavour") {
		t.Errorf("an unknown placeholder: %v", err)
	}
	if fill.Check("{service}/{version}", "service") == nil {
		t.Error("a placeholder that is not allowed here passes")
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	d := deployment
	d.Version = "feature/x?y"
	for template, want := range map[string]string{
		"shop/deploy-{service}": "shop/deploy-payments",
		"/shop/{version}/":      "shop/feature%2Fx%3Fy",
		"my folder/{key}":       "my%20folder/D-7%2Fstart",
	} {
		got, err := fill.Path(template, d)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", template, got, err, want)
		}
	}
	for _, template := range []string{"", "shop//x", "shop/{commit}", "{service}/..", "./x"} {
		if got, err := fill.Path(template, port.Deployment{Service: ".."}); err == nil {
			t.Errorf("%q gave %q", template, got)
		}
	}
}

func FuzzPath(f *testing.F) {
	f.Add("shop/{service}", "a/../b")
	f.Add("{service}", "..")
	f.Fuzz(func(t *testing.T, template, value string) {
		path, err := fill.Path(template, port.Deployment{Service: value})
		if err != nil {
			return
		}
		segments := strings.Split(path, "/")
		if want := strings.Count(strings.Trim(template, "/"), "/") + 1; len(segments) != want {
			t.Fatalf("%q with %q has %d segments, want %d", template, value, len(segments), want)
		}
		for _, s := range segments {
			if plain, err := url.PathUnescape(s); err != nil || plain == "." || plain == ".." || plain == "" {
				t.Fatalf("%q with %q leads elsewhere: %q", template, value, path)
			}
		}
	})
}
