package jira_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
)

func TestValidateNamesEveryFault(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		if err := settings(kind, "https://jira.example/context").Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for want, change := range map[string]func(*jira.Settings){
		"url: it must be https":            func(s *jira.Settings) { s.URL = "http://jira.example" },
		"url: it is not the address":       func(s *jira.Settings) { s.URL = "https://user@jira.example" },
		"kind: ":                           func(s *jira.Settings) { s.Kind = "server" },
		"email: Cloud takes":               func(s *jira.Settings) { s.Email = "" },
		"email: a personal access token":   func(s *jira.Settings) { s.Kind = "datacenter" },
		"token: it must be a reference":    func(s *jira.Settings) { s.Token = jiratest.Token },
		"webhook_secret: it must be":       func(s *jira.Settings) { s.WebhookSecret = hookSecret },
		"project: ":                        func(s *jira.Settings) { s.Project = "chg" },
		"issue_type: ":                     func(s *jira.Settings) { s.IssueType = "" },
		"fields.size: a change has no":     func(s *jira.Settings) { s.Fields["size"] = "Size" },
		"fields.tier: the name or id":      func(s *jira.Settings) { s.Fields["tier"] = "" },
		"statuses.done: at least one":      func(s *jira.Settings) { delete(s.Statuses, "done") },
		"statuses.closed: it is no":        func(s *jira.Settings) { s.Statuses["closed"] = []string{"Closed"} },
		`"Approved" is there for approved`: func(s *jira.Settings) { s.Statuses["implementing"] = []string{"approved", "Approved"} },
		"resolutions.closed: it is no":     func(s *jira.Settings) { s.Resolutions["closed"] = "Done" },
		`"rejected" means both`:            func(s *jira.Settings) { s.Decisions.Go = []string{"rejected"} },
		"search_lag: ":                     func(s *jira.Settings) { s.SearchLag = 2 * time.Hour },
		"poll: ":                           func(s *jira.Settings) { s.Poll = time.Second },
		"work_items.jql: {pipeline}":       func(s *jira.Settings) { s.WorkItems.JQL = `fixVersion = "{pipeline}"` },
		"work_items.max: ":                 func(s *jira.Settings) { s.WorkItems.Max = 1000 },
	} {
		s := settings(jiratest.Cloud, "https://jira.example")
		change(&s)
		err := s.Validate()
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(want)) {
			t.Errorf("%q is not among the faults: %v", want, err)
			continue
		}
		clean(t, err.Error())
		if _, err := jira.New(s, jira.Outside{Secret: secret, Clock: time.Now}); err == nil {
			t.Errorf("%q: New takes it", want)
		}
	}
	s := settings(jiratest.Cloud, "https://jira.example")
	s.Token = "env:MISSING"
	if _, err := jira.New(s, jira.Outside{Secret: secret, Clock: time.Now}); err == nil || !strings.Contains(err.Error(), "env:MISSING") {
		t.Errorf("a secret that is not there: %v", err)
	}
}
