package jira_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// opened is a stage with an adapter and a ticket.
func opened(t *testing.T, s *stage, change2 ...func(*jira.Settings)) (*jira.Adapter, string) {
	t.Helper()
	a := s.adapter(t, change2...)
	ticket, err := a.Open(t.Context(), change("gonogo-R-1"))
	if err != nil {
		t.Fatal(err)
	}
	return a, ticket.ID
}

func (s *stage) wantStatus(t *testing.T, key, status, resolution string) {
	t.Helper()
	i, _ := s.Issue(key)
	if i.Status != status || i.Fields["Resolution"] != resolution {
		t.Errorf("%s is %s (%s), want %s (%s)", key, i.Status, i.Fields["Resolution"], status, resolution)
	}
}

func TestAStrictWorkflowIsWalked(t *testing.T) {
	bubble(t, jiratest.Options{Workflow: jiratest.Strict()}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		if err := a.Move(t.Context(), key, port.TicketDone); err != nil {
			t.Fatal(err)
		}
		s.wantStatus(t, key, "Done", "Done")
		if err := a.Move(t.Context(), key, port.TicketBackedOut); err != nil {
			t.Fatal(err)
		}
		s.wantStatus(t, key, "Rolled Back", "Rolled back")
		if n := s.Requests("POST /issue/{key}/transitions"); n != 4 {
			t.Errorf("%d transitions, want Approve, Start implementing, Complete, Back out", n)
		}
		// From there nothing leads on: a person must.
		err := a.Move(t.Context(), key, port.TicketOpen)
		v, after := effect.Classify(err)
		if v != effect.Retry || after < time.Minute || !strings.Contains(err.Error(), "from Rolled Back to Open or Waiting") {
			t.Errorf("verdict %v after %s: %v", v, after, err)
		}
	})
}

// A ticket that waits at a status which brings it no nearer is left there, and the error names what is offered.
func TestNoWayNamesWhatIsOffered(t *testing.T) {
	t.Parallel()
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud, Workflow: []jiratest.Transition{
		{ID: "1", Name: "Approve", From: []string{"Open"}, To: "Approved"}, {ID: "2", Name: "Reopen", From: []string{"Approved"}, To: "Open"},
		{ID: "3", Name: "Reject", From: []string{"Approved"}, To: "Rejected"},
	}})
	a, key := opened(t, s)
	err := a.Move(t.Context(), key, port.TicketImplementing)
	for _, want := range []string{"“Reopen” to Open", "“Reject” to Rejected", "from Approved to Implementing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	s.wantStatus(t, key, "Approved", "")
}

func TestScreensOfTransitions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		screen  []jiratest.Screen
		refuses string
		change  func(*jira.Settings)
		says    string // empty: it works
		field   string
		want    string
	}{
		"what is configured, by name": {
			screen: []jiratest.Screen{{Field: "customfield_10106", Required: true}}, field: "Commit", want: "by hand",
			change: func(s *jira.Settings) { s.TransitionFields = map[string]string{"commit": "by hand"} },
		},
		"what is configured, by id, though optional": {
			screen: []jiratest.Screen{{Field: "customfield_10115"}}, field: "Build number", want: "7",
			change: func(s *jira.Settings) { s.TransitionFields = map[string]string{"customfield_10115": "7"} },
		},
		"a default needs nothing":       {screen: []jiratest.Screen{{Field: "customfield_10106", Required: true, Default: true}}, field: "Commit", want: "c0ffee"},
		"an optional one needs nothing": {screen: []jiratest.Screen{{Field: "customfield_10115"}}},
		"the only value":                {screen: []jiratest.Screen{{Field: "customfield_10200", Required: true}}, field: "Confirmed", want: "Yes"},
		"nothing to put there":          {screen: []jiratest.Screen{{Field: "customfield_10115", Required: true}}, says: "the transition “Approve” of CHG-1: it needs Build number"},
		"a value that is not offered": {
			screen: []jiratest.Screen{{Field: "customfield_10102", Required: true}}, says: `Risk tier does not offer "none"`,
			change: func(s *jira.Settings) { s.TransitionFields = map[string]string{"Risk tier": "none"} },
		},
		"a validator": {refuses: "Two approvals are needed.", says: "Two approvals are needed."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := loopback(t, jiratest.Options{Kind: jiratest.DataCenter, Workflow: []jiratest.Transition{
				{ID: "1", Name: "Approve", From: []string{"Open"}, To: "Approved", Screen: c.screen, Refuses: c.refuses},
			}})
			s.SetField(jiratest.Field{ID: "customfield_10200", Name: "Confirmed", Type: "option", Custom: "select", Allowed: []string{"Yes"}})
			var changes []func(*jira.Settings)
			if c.change != nil {
				changes = append(changes, c.change)
			}
			a, key := opened(t, s, changes...)
			err := a.Move(t.Context(), key, port.TicketApproved)
			if c.says != "" {
				if v, after := effect.Classify(err); v != effect.Retry || after < time.Minute || !strings.Contains(err.Error(), c.says) {
					t.Errorf("verdict %v after %s: %v; want %q", v, after, err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if i, _ := s.Issue(key); i.Status != "Approved" || c.field != "" && i.Fields[c.field] != c.want {
				t.Errorf("%s, %s is %q, want %q", i.Status, c.field, i.Fields[c.field], c.want)
			}
		})
	}
}

func TestSomebodyElsesChangeAtTheSameTime(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		s := loopback(t, jiratest.Options{Kind: kind})
		a, key := opened(t, s)
		amended := change("gonogo-R-1")
		amended.Tier = "low"
		for name, do := range map[string]func() error{
			"Move":  func() error { return a.Move(t.Context(), key, port.TicketApproved) },
			"Amend": func() error { return a.Amend(t.Context(), key, amended) },
		} {
			s.Conflict(1)
			err := do()
			if v, _ := effect.Classify(err); v != effect.Retry || rest.Status(err) != http.StatusConflict {
				t.Errorf("%s: verdict %v: %v", name, v, err)
			}
			if err := do(); err != nil {
				t.Errorf("%s again: %v", name, err)
			}
		}
		if i, _ := s.Issue(key); i.Status != "Approved" || i.Fields["Risk tier"] != "Low" {
			t.Errorf("%+v", i)
		}
	}
}

func TestTheLimitOfWritesToOneIssue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud, Writes: 3, Clock: func() time.Time { return now }})
	a, key := opened(t, s)
	var limited error
	noted := 0
	for _, n := range []string{"a", "b", "c", "d"} {
		if err := a.Note(t.Context(), key, port.Note{Key: n, Text: n, At: now}); err != nil {
			limited = errors.Join(limited, err)
			continue
		}
		noted++
	}
	v, after := effect.Classify(limited)
	if noted != 2 || v != effect.Retry || after < jiratest.WritesWithin || !strings.Contains(limited.Error(), "jira-per-issue-on-write") {
		t.Fatalf("%d notes, then verdict %v after %s: %v", noted, v, after, limited)
	}
	// Another issue has a limit of its own.
	if _, err := a.Open(t.Context(), change("gonogo-R-2")); err != nil {
		t.Error(err)
	}
	now = now.Add(after)
	for _, n := range []string{"c", "d"} {
		if err := a.Note(t.Context(), key, port.Note{Key: n, Text: n, At: now}); err != nil {
			t.Error(err)
		}
	}
	if i, _ := s.Issue(key); len(i.Comments) != 4 {
		t.Errorf("%d comments", len(i.Comments))
	}
}

// Two words of ours may share a status of Jira: its resolution tells them apart.
func TestResolutionsTellStatusesApart(t *testing.T) {
	t.Parallel()
	done := []jiratest.Screen{{Field: "resolution", Required: true}}
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud, Workflow: []jiratest.Transition{
		{ID: "1", Name: "Close", From: []string{"Open", "Approved"}, To: "Done", Screen: done}, {ID: "2", Name: "Reopen", From: []string{"Done"}, To: "Open"},
	}})
	a, key := opened(t, s, func(set *jira.Settings) {
		set.Statuses["backed-out"], set.Statuses["cancelled"] = []string{"Done"}, []string{"Done"}
	})
	for _, want := range []port.TicketStatus{port.TicketBackedOut, port.TicketOpen, port.TicketCancelled, port.TicketOpen, port.TicketDone} {
		if err := a.Move(t.Context(), key, want); err != nil {
			t.Fatal(err)
		}
		if got, err := a.Ticket(t.Context(), key); err != nil || got.Status != want {
			t.Errorf("moved to %s, it is %s, %v", want, got.Status, err)
		}
	}
}
