package jira_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// reader words findings, which name nobody.
type reader struct{}

func (reader) PersonName(string) string          { return "" }
func (reader) Accounts(string) []chat.Account    { return nil }
func (reader) Unseal(chat.Sealed) (string, bool) { return "", false }
func (reader) Zone() *time.Location              { return time.UTC }

func TestExamine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*jira.Settings)
		stage  func(*jiratest.Server)
		bad    []string // beginnings of what is not well, in order; none for all well
		do     string
	}{
		"all is well": {},
		"a wrong token": {
			stage: func(s *jiratest.Server) { s.Revoke() }, bad: []string{"Jira at "}, do: "where env:JIRA_TOKEN points",
		},
		"no such project": {
			change: func(s *jira.Settings) { s.Project = "NONE" }, bad: []string{"There is no project NONE"}, do: "Correct project",
		},
		"a project that can't be seen": {
			stage: func(s *jiratest.Server) { s.Deny("BROWSE_PROJECTS") }, bad: []string{"There is no project CHG"}, do: "“Browse projects”",
		},
		"no such issue type": {
			change: func(s *jira.Settings) { s.IssueType = "Earthquake" }, bad: []string{"The bot can create no Earthquake"}, do: "Correct issue_type",
		},
		"missing rights": {
			stage: func(s *jiratest.Server) { s.Deny("TRANSITION_ISSUES"); s.Deny("LINK_ISSUES") },
			bad:   []string{"The bot lacks the permission TRANSITION_ISSUES", "The bot lacks the permission LINK_ISSUES"}, do: "Give TRANSITION_ISSUES",
		},
		"no right to create": {
			stage: func(s *jiratest.Server) { s.Deny("CREATE_ISSUES") },
			bad:   []string{"The bot lacks the permission CREATE_ISSUES", "The bot can create no Change"}, do: "Give CREATE_ISSUES",
		},
		"a field that is not there": {
			change: func(s *jira.Settings) { s.Fields["digest"] = "Diggest" }, bad: []string{"digest is to go to the field Diggest"}, do: "correct fields.digest",
		},
		"a field on another screen": {
			change: func(s *jira.Settings) { s.Fields["digest"] = "Elsewhere" }, bad: []string{"digest is to go to the field Elsewhere"}, do: "Put the field on that screen",
		},
		"a type that can't be written": {
			change: func(s *jira.Settings) { s.Fields["commit"] = "Sprint" }, bad: []string{"commit is to go to the field Sprint, which takes any"}, do: "a text always fits",
		},
		"a type that does not fit": {
			change: func(s *jira.Settings) { s.Fields["commit"] = "Planned start" }, bad: []string{"commit is to go to the field Planned start, which takes datetime"},
		},
		"people where an option belongs": {
			change: func(s *jira.Settings) { s.Fields["requester"] = "Risk tier" }, bad: []string{"requester is to go to the field Risk tier, which takes option"},
		},
		"a required field": {
			stage: func(s *jiratest.Server) {
				s.SetField(jiratest.Field{ID: "customfield_10999", Name: "Cost centre", Type: "string", Custom: "textfield", Required: true})
			},
			bad: []string{"Cost centre is required"}, do: "Map something to it",
		},
		"a required field with a default": {
			stage: func(s *jiratest.Server) {
				s.SetField(jiratest.Field{ID: "customfield_10999", Name: "Cost centre", Type: "string", Custom: "textfield", Required: true, Default: true})
			},
		},
		"labels on no screen": {
			stage: func(s *jiratest.Server) {
				s.SetField(jiratest.Field{ID: "labels", Name: "Labels", Type: "array", Items: "string", Off: true})
			},
			bad: []string{"Labels is not on the screen"}, do: "Put the field Labels",
		},
		"statuses that are not there": {
			change: func(s *jira.Settings) {
				s.Statuses["done"] = []string{"Done", "Finito"}
				s.Decisions.NoGo = []string{"Njet"}
			},
			bad: []string{"statuses.done names the status Finito", "decisions.no_go names the status Njet"}, do: "the workflow has Open, Approved, Implementing",
		},
		"no such link": {
			change: func(s *jira.Settings) { s.WorkItems.Link = "tickles" }, bad: []string{"There is no type of link “tickles”"}, do: "work_items.link",
		},
		"a Jira that fails": {
			stage: func(s *jiratest.Server) { s.Fail(trouble.Broken) }, bad: []string{"Jira can't be asked about /myself"}, do: "Check the network",
		},
	} {
		for _, kind := range kinds {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				s := loopback(t, jiratest.Options{Kind: kind})
				if c.stage != nil {
					c.stage(s.Server)
				}
				var changes []func(*jira.Settings)
				if c.change != nil {
					changes = append(changes, c.change)
				}
				var bad []string
				remedy := ""
				for _, f := range s.adapter(t, changes...).Examine(t.Context()) {
					what, do := words.Text(f.What, reader{}, time.Now()), ""
					if !f.OK {
						do = words.Text(f.Do, reader{}, time.Now())
						bad, remedy = append(bad, what), remedy+do+"\n"
						if do == "" {
							t.Errorf("%q says not what to do", what)
						}
					}
					clean(t, what, do)
				}
				if !slices.EqualFunc(bad, c.bad, strings.HasPrefix) || !strings.Contains(remedy, c.do) {
					t.Errorf("found %q, to do %q\nwant %q, %q", bad, remedy, c.bad, c.do)
				}
				if n := len(s.Keys("CHG")); n != 0 {
					t.Errorf("examining made %d issues", n)
				}
			})
		}
	}
}

// A Cloud that is configured as a Data Center does not even take the token; one whose proxy does says what it is.
func TestExamineTellsKindsApart(t *testing.T) {
	t.Parallel()
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud, Deployment: "Server"})
	var bad []string
	for _, f := range s.adapter(t).Examine(t.Context()) {
		if !f.OK {
			bad = append(bad, words.Text(f.What, reader{}, time.Now()))
		}
	}
	if len(bad) != 1 || !strings.Contains(bad[0], "says itself that it is Server") {
		t.Errorf("found %q", bad)
	}
}
