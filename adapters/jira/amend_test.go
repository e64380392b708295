package jira_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestAFieldEditedBehindTheBotsBack(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		for field, value := range map[string]any{
			"Artifact digest": "sha256:e711", "Risk tier": map[string]string{"value": "Low"}, "Rollback plan": "call Dana",
		} {
			if err := s.Edit("dana", key, field, value); err != nil {
				t.Fatal(err)
			}
		}
		read := func() port.Change {
			t.Helper()
			ticket, err := a.Ticket(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			return ticket.Change
		}
		if got := read(); got.Digest != "sha256:e711" || got.Tier != "Low" || got.Key != "gonogo-R-1" {
			t.Errorf("the ticket says %+v, and its fields something else", got)
		}
		// The bot has something new to say of the approvers: the rest stays as people left it, and the digest above all.
		c := change("gonogo-R-1")
		c.Approvers = []port.Party{{Name: "Charlie Chair", Account: s.Account("charlie")}}
		for range 2 {
			if err := a.Amend(t.Context(), key, c); err != nil {
				t.Fatal(err)
			}
		}
		i, _ := s.Issue(key)
		if i.Fields["Artifact digest"] != "sha256:e711" || i.Fields["Risk tier"] != "Low" || i.Fields["Rollback plan"] != "call Dana" || i.Fields["Approvers"] != "Charlie Chair" {
			t.Errorf("amended, the fields are %v", i.Fields)
		}
		if n := s.Requests("PUT /issue/{key}"); n != 1 {
			t.Errorf("%d edits, want one", n)
		}
		c.Tier = "critical"
		if err := a.Amend(t.Context(), key, c); err != nil {
			t.Fatal(err)
		}
		if got := read(); got.Tier != "critical" || got.Digest != "sha256:e711" {
			t.Errorf("amended, the ticket says %+v", got)
		}
		// An emptied field says nothing, and that counts too.
		if err := s.Edit("dana", key, "Artifact digest", nil); err != nil {
			t.Fatal(err)
		}
		if got := read(); got.Digest != "" {
			t.Errorf("the emptied field says %q", got.Digest)
		}
	})
}

func TestAmendKeepsWhatNoFieldShows(t *testing.T) {
	t.Parallel()
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud})
	a, key := opened(t, s, func(set *jira.Settings) { set.Fields = nil })
	c := change("gonogo-R-1")
	c.Window = port.Window{From: c.At.Add(time.Hour), Until: c.At.Add(2 * time.Hour)}
	c.Digest, c.Release = "sha256:other", "R-9" // what it is about stays
	for range 2 {
		if err := a.Amend(t.Context(), key, c); err != nil {
			t.Fatal(err)
		}
	}
	ticket, err := a.Ticket(t.Context(), key)
	if err != nil || !ticket.Change.Window.From.Equal(c.Window.From) || ticket.Change.Digest != "sha256:ab12" || ticket.Change.Release != "R-1" {
		t.Errorf("%+v, %v", ticket.Change, err)
	}
	if n := s.Requests("PUT /issue/{key}/properties/{name}"); n != 1 {
		t.Errorf("%d writes, want one", n)
	}
	item := s.Item("not ours", "Open", "")
	if v, _ := effect.Classify(a.Amend(t.Context(), item, c)); v != effect.Permanent {
		t.Error("an issue that is no ticket of ours was amended, or is tried again")
	}
}

// What a field holds already is not written again, though the bot did not put it there.
func TestAmendLeavesWhatIsThere(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		who := map[string]string{"accountId": s.Account("charlie")}
		if s.kind == jiratest.DataCenter {
			who = map[string]string{"name": "charlie@shop"}
		}
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		do(t, s.Edit("dana", key, "Approvers", []any{who}))
		do(t, s.Edit("dana", key, "Planned start", at.Format("2006-01-02T15:04:05.000-0700")))
		do(t, s.Edit("dana", key, "Risk tier", map[string]string{"value": "Low"}))
		c := change("gonogo-R-1")
		c.Approvers, c.Window.From, c.Tier = []port.Party{{Name: "Charlie Chair", Account: s.Account("charlie")}}, at, "low"
		do(t, a.Amend(t.Context(), key, c))
		if n := s.Requests("PUT /issue/{key}"); n != 0 {
			t.Errorf("%d edits of what was there", n)
		}
		ticket, err := a.Ticket(t.Context(), key)
		if err != nil || ticket.Change.Tier != "low" || !ticket.Change.Window.From.Equal(at) {
			t.Errorf("%+v, %v", ticket.Change, err)
		}
	})
}

// A field of a ticket that can't be edited any more holds up nothing: the lane behind it goes on.
func TestAFieldThatCantBeEditedIsLeft(t *testing.T) {
	t.Parallel()
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud})
	a, key := opened(t, s)
	s.SetField(jiratest.Field{ID: "customfield_10101", Name: "Risk", Type: "string", Custom: "textarea", Off: true})
	c := change("gonogo-R-1")
	c.Risk, c.Tier = "another rule", "low"
	if err := a.Amend(t.Context(), key, c); err != nil {
		t.Fatal(err)
	}
	if i, _ := s.Issue(key); i.Fields["Risk tier"] != "Low" {
		t.Errorf("%v", i.Fields)
	}
	if !strings.Contains(s.log.String(), "can't be edited") {
		t.Errorf("the log does not say so: %s", s.log)
	}
}

func TestNotes(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		text := "deployed {color:red}by [~dana]{color} in C:\\temp!\n\nsecond paragraph"
		n := port.Note{Key: "gonogo-R-1/17 ü", Text: text, At: time.Now().Add(-time.Hour)}
		if err := a.Note(t.Context(), key, n); err != nil {
			t.Fatal(err)
		}
		i, _ := s.Issue(key)
		if strings.Contains(i.Comments[0], " [~dana]") || strings.Contains(i.Comments[0], " {color") {
			t.Errorf("what people wrote is taken for markup: %s", i.Comments[0])
		}
		// Somebody else says it again, key and all: that is none of the bot's notes.
		other := strings.Replace(i.Comments[0], "17", "18", 1)
		for _, said := range []string{i.Comments[0], other, "{{gonogo}}", "{{gonogo x y}}", "thanks"} {
			if err := s.Comment("dana", key, said); err != nil {
				t.Fatal(err)
			}
		}
		ticket, err := a.Ticket(t.Context(), key)
		if err != nil || len(ticket.Notes) != 1 || ticket.Notes[0].Text != text || ticket.Notes[0].Key != n.Key || !ticket.Notes[0].At.Equal(n.At) {
			t.Errorf("notes %+v, %v", ticket.Notes, err)
		}
		for range 120 { // more than a page
			if err := s.Comment("dana", key, "and another"); err != nil {
				t.Fatal(err)
			}
		}
		late := port.Note{Key: "late", Text: "the end", At: time.Now()}
		for range 2 {
			if err := a.Note(t.Context(), key, late); err != nil {
				t.Fatal(err)
			}
		}
		if ticket, err = a.Ticket(t.Context(), key); err != nil || len(ticket.Notes) != 2 || ticket.Notes[1].Text != "the end" {
			t.Errorf("notes %+v, %v", ticket.Notes, err)
		}
	})
}

func TestWorkItems(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		story, bug := s.Item("Pay by card", "Done", ""), s.Item("Wrong tax", "Implementing", "")
		planned := s.Item("Refunds", "Open", "checkout 2.4.0")
		c := change("gonogo-R-1")
		c.Items = []string{story + " pay by card", "fix tax (" + bug + ", " + story + ")", "UTF-8 and SHA-256 and NOPE-12", "for " + key, "pay-1 in small letters"}
		for range 2 {
			items, err := a.WorkItems(t.Context(), key, c)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range items {
				done := ""
				if i.Done {
					done = " done"
				}
				got = append(got, i.ID+" "+i.Title+" "+i.Status+done)
			}
			want := []string{story + " Pay by card Done done", bug + " Wrong tax Implementing", planned + " Refunds Open"}
			if !slices.Equal(got, want) {
				t.Errorf("work items %q, want %q", got, want)
			}
		}
		i, _ := s.Issue(key)
		if want := []string{"relates to " + story, "relates to " + bug, "relates to " + planned}; !slices.Equal(i.Links, want) {
			t.Errorf("links %q, want %q", i.Links, want)
		}
		c.Version = `2.4" OR project = "CHG` // no version of that name: the quote ends nothing
		if items, err := a.WorkItems(t.Context(), key, c); err != nil || len(items) != 2 {
			t.Errorf("%+v, %v", items, err)
		}
	})
}

func TestLinksInEitherDirection(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"is blocked by": "is blocked by PAY-1", "blocks": "blocks PAY-1", "relates": "relates to PAY-1"} {
		s := loopback(t, jiratest.Options{Kind: jiratest.Cloud})
		a, key := opened(t, s, func(set *jira.Settings) { set.WorkItems = jira.WorkItems{Link: words} })
		c := change("gonogo-R-1")
		c.Items = []string{s.Item("a", "Done", "")}
		for range 2 {
			if _, err := a.WorkItems(t.Context(), key, c); err != nil {
				t.Fatal(err)
			}
		}
		if i, _ := s.Issue(key); !slices.Equal(i.Links, []string{want}) {
			t.Errorf("%s: links %q", words, i.Links)
		}
	}
}

func TestAtMostSoManyWorkItems(t *testing.T) {
	t.Parallel()
	s := loopback(t, jiratest.Options{Kind: jiratest.DataCenter})
	a, key := opened(t, s, func(set *jira.Settings) { set.WorkItems.Max = 3 })
	c := change("gonogo-R-1")
	for range 5 {
		c.Items = append(c.Items, s.Item("a", "Done", "checkout 2.4.0"))
	}
	if items, err := a.WorkItems(t.Context(), key, c); err != nil || len(items) != 3 {
		t.Errorf("%d work items, %v", len(items), err)
	}
}
