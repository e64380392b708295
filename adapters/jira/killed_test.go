package jira_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// story is all that the bot does to a ticket, each step as the outbox does it: the key is looked for before it is opened, and what ended
// well, done of the steps so far, is not repeated.
func story(t *testing.T, a *jira.Adapter, item string, at time.Time, done *int) error {
	t.Helper()
	c := change("gonogo-R-1")
	c.At, c.Items = at, []string{item}
	ticket, err := a.Find(t.Context(), c.Key)
	if errors.Is(err, effect.ErrNotFound) {
		ticket, err = a.Open(t.Context(), c)
	}
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return a.Note(t.Context(), ticket.ID, port.Note{Key: "n1", Text: "approved", At: at}) },
		func() error { _, err := a.WorkItems(t.Context(), ticket.ID, c); return err },
		func() error { return a.Move(t.Context(), ticket.ID, port.TicketImplementing) },
		func() error {
			c.Approvers = []port.Party{{Name: "Charlie Chair"}}
			c.Window = port.Window{From: at, Until: at.Add(time.Hour)}
			return a.Amend(t.Context(), ticket.ID, c)
		},
		func() error {
			return a.Attach(t.Context(), ticket.ID, port.Evidence{Name: "decisions.md", Type: "text/markdown", Body: []byte("# yes")})
		},
		func() error { return a.Note(t.Context(), ticket.ID, port.Note{Key: "n2", Text: "deployed", At: at}) },
		func() error { return a.Move(t.Context(), ticket.ID, port.TicketDone) },
	}
	for ; *done < len(steps); *done++ {
		if err := steps[*done](); err != nil {
			return err
		}
	}
	return nil
}

// Killed while it waits for the answer to any of its requests, and restarted, the bot ends with one of everything.
func TestKilledAtEveryStep(t *testing.T) {
	bubble(t, jiratest.Options{Lag: 40 * time.Second, Workflow: jiratest.Strict()}, func(t *testing.T, first *stage) {
		const changes = 9 // opening, two notes, a link, three transitions, amending, a file
		for n := 1; n <= changes+1; n++ {
			s := first
			if n > 1 {
				s = inside(t, jiratest.Options{Kind: first.kind, Lag: 40 * time.Second, Workflow: jiratest.Strict()})
			}
			item := s.Item("Pay by card", "Done", "")
			a := s.adapter(t, lagging)
			time.Sleep(2 * lag)
			at := time.Now()
			s.LoseAnswerTo(n)
			killed, done := 0, 0
			for err := story(t, a, item, at, &done); err != nil; err = story(t, a, item, at, &done) {
				if v, _ := effect.Classify(err); v == effect.Permanent || time.Since(at) > time.Hour {
					t.Fatalf("killed at %d: %v", n, err)
				}
				if killed == 0 {
					a = s.adapter(t, lagging)
				}
				killed++
				time.Sleep(10 * time.Second)
			}
			if (killed > 0) != (n <= changes) {
				t.Errorf("at %d it failed %d times: the story has another length", n, killed)
			}
			keys := s.Keys("CHG")
			if len(keys) != 1 {
				t.Fatalf("killed at %d, the tickets are %v", n, keys)
			}
			i, _ := s.Issue(keys[0])
			got := fmt.Sprint(i.Status, len(i.Comments), i.Files, i.Links)
			if want := fmt.Sprint("Done", 2, []string{"decisions.md"}, []string{"relates to " + item}); got != want || !slices.Equal(s.ears.keys(), nil) {
				t.Errorf("killed at %d, the ticket is %s, want %s", n, got, want)
			}
		}
	})
}
