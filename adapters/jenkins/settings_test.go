package jenkins_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jenkins"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*jenkins.Settings)
		fault  string // empty for none
	}{
		"as they should be": {func(*jenkins.Settings) {}, ""},
		"all of them": {func(s *jenkins.Settings) {
			s.Jobs, s.Unstable, s.Poll, s.KeyParameter = map[string]string{"a": "b/c"}, "succeeded", time.Minute, "KEY"
		}, ""},
		"this machine":             {func(s *jenkins.Settings) { s.URL = "http://127.0.0.1:8080/jenkins/" }, ""},
		"no address":               {func(s *jenkins.Settings) { s.URL = "" }, "url:"},
		"an address in the clear":  {func(s *jenkins.Settings) { s.URL = "http://ci.example" }, "https"},
		"an address with a login":  {func(s *jenkins.Settings) { s.URL = "https://a:b@ci.example" }, "url:"},
		"nobody":                   {func(s *jenkins.Settings) { s.User = "" }, "user:"},
		"two in one":               {func(s *jenkins.Settings) { s.User = "a:b" }, "user:"},
		"a literal token":          {func(s *jenkins.Settings) { s.Token = "11abcdef" }, "token:"},
		"a literal webhook token":  {func(s *jenkins.Settings) { s.WebhookToken = "11abcdef" }, "webhook_token:"},
		"no job":                   {func(s *jenkins.Settings) { s.Job = "" }, "job:"},
		"a job of the version":     {func(s *jenkins.Settings) { s.Job = "deploy/{version}" }, "{version}"},
		"a job by its address":     {func(s *jenkins.Settings) { s.Job = "job/shop/job/deploy" }, "job:"},
		"a job elsewhere":          {func(s *jenkins.Settings) { s.Job = "shop/../deploy" }, "job:"},
		"a job with a query":       {func(s *jenkins.Settings) { s.Job = "deploy?delay=0" }, "job:"},
		"a service's job":          {func(s *jenkins.Settings) { s.Jobs = map[string]string{"pay": "a//b"} }, "jobs.pay:"},
		"an unknown placeholder":   {func(s *jenkins.Settings) { s.Parameters = map[string]string{"X": "{flavour}"} }, "parameters.X:"},
		"no name of a parameter":   {func(s *jenkins.Settings) { s.Parameters = map[string]string{"a b": "x"} }, "parameters:"},
		"the key passed by hand":   {func(s *jenkins.Settings) { s.Parameters = map[string]string{keyName: "{key}"} }, "parameters.GONOGO_KEY:"},
		"no name of the key":       {func(s *jenkins.Settings) { s.KeyParameter = "a b" }, "key_parameter:"},
		"neither":                  {func(s *jenkins.Settings) { s.Unstable = "perhaps" }, "unstable:"},
		"too often":                {func(s *jenkins.Settings) { s.Poll = time.Second }, "poll:"},
		"less than no time at all": {func(s *jenkins.Settings) { s.Poll = -time.Second }, "poll:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings()
			c.change(&s)
			err := s.Validate()
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("gave %v, want a fault with %q", err, c.fault)
			}
			if err != nil && strings.Contains(err.Error(), "11abcdef") {
				t.Errorf("a token is repeated: %v", err)
			}
		})
	}
}

func TestEveryFaultIsNamed(t *testing.T) {
	t.Parallel()
	err := jenkins.Settings{Unstable: "x", Poll: 1}.Validate()
	for _, name := range []string{"url:", "user:", "token:", "job:", "unstable:", "poll:"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
}

func TestNewReadsSecretsOnce(t *testing.T) {
	t.Parallel()
	broken := func(string) (string, error) { return "", errors.New("env:JENKINS_TOKEN is not set") }
	if _, err := jenkins.New(settings(), jenkins.Outside{Clock: time.Now, Secret: broken}); err == nil || !strings.Contains(err.Error(), "JENKINS_TOKEN") {
		t.Errorf("gave %v", err)
	}
	if _, err := jenkins.New(jenkins.Settings{}, jenkins.Outside{Clock: time.Now, Secret: secrets}); err == nil {
		t.Error("settings that say nothing pass")
	}
}
