package pagerduty_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*pagerduty.Settings)
		want   []string // what each fault begins with, in order; none for settings that are right
	}{
		"right": {func(*pagerduty.Settings) {}, nil},
		"EU": {func(s *pagerduty.Settings) {
			s.APIURL, s.EventsURL = "https://api.eu.pagerduty.com", "https://events.eu.pagerduty.com"
		}, nil},
		"a test's own": {func(s *pagerduty.Settings) { s.APIURL, s.EventsURL = "http://127.0.0.1:4010", "http://localhost:4010" }, nil},
		"events alone": {func(s *pagerduty.Settings) {
			*s = pagerduty.Settings{Default: pagerduty.Service{RoutingKey: "file:/run/secrets/pagerduty"}}
		}, nil},
		"nothing":        {func(s *pagerduty.Settings) { *s = pagerduty.Settings{} }, []string{"services: "}},
		"secrets":        {func(s *pagerduty.Settings) { s.Token, s.WebhookSecrets = "y_Nb", []string{"whsec"} }, []string{"token: ", "webhook_secrets[0]: "}},
		"no TLS":         {func(s *pagerduty.Settings) { s.APIURL, s.EventsURL = "http://api.pagerduty.com", "ftp://events" }, []string{"api_url: ", "events_url: "}},
		"no base":        {func(s *pagerduty.Settings) { s.APIURL, s.EventsURL = "https://a.b/", "https://u:p@a.b" }, []string{"api_url: ", "events_url: "}},
		"no from":        {func(s *pagerduty.Settings) { s.From = "" }, []string{"from: "}},
		"no address":     {func(s *pagerduty.Settings) { s.From = "mira" }, []string{"from: "}},
		"too often":      {func(s *pagerduty.Settings) { s.Poll = time.Second }, []string{"poll: "}},
		"no ids":         {func(s *pagerduty.Settings) { s.Default = pagerduty.Service{RoutingKey: "env:ANY"} }, []string{"default.id: "}},
		"ids of nothing": {func(s *pagerduty.Settings) { s.Default = pagerduty.Service{ID: "check/out", RoutingKey: "abc"} }, []string{"default.id: ", "default.routing_key: "}},
		"severities": {func(s *pagerduty.Settings) {
			s.Severity = pagerduty.Severities{Priorities: map[string]port.Severity{"P1": "dreadful"}, High: "bad", Low: port.Info}
		}, []string{"severity.priorities.P1: ", "severity: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings()
			c.change(&s)
			err := s.Validate()
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if len(got) != len(c.want) {
				t.Fatalf("%q, want %q", got, c.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("%q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

func TestReferencesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Token, s.WebhookSecrets = "env:NOTHING", []string{"env:HOOK", "env:EMPTY"}
	_, err := pagerduty.New(s, pagerduty.Outside{Clock: time.Now, Secret: func(ref string) (string, error) {
		if ref == "env:EMPTY" {
			return "", nil
		}
		if ref == "env:NOTHING" {
			return "", errors.New("env:NOTHING is not set")
		}
		return "s", nil
	}})
	if err == nil || !strings.Contains(err.Error(), "token: env:NOTHING is not set") || !strings.Contains(err.Error(), "webhook_secrets[1]: env:EMPTY is empty") {
		t.Errorf("%v", err)
	}
	if _, err := pagerduty.New(settings(), pagerduty.Outside{}); err == nil {
		t.Error("an adapter without secrets and clock")
	}
}
