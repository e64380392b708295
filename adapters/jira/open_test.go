package jira_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var kinds = []jiratest.Kind{jiratest.Cloud, jiratest.DataCenter}

const lag = time.Minute

func lagging(s *jira.Settings) { s.SearchLag = lag }

// bubble runs a test for each kind of Jira in a bubble of its own.
func bubble(t *testing.T, o jiratest.Options, test func(*testing.T, *stage)) {
	t.Helper()
	t.Parallel()
	for _, kind := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o.Kind = kind
				test(t, inside(t, o))
			})
		})
	}
}

func TestALostAnswerOpensOneTicketThoughSearchLags(t *testing.T) {
	bubble(t, jiratest.Options{Lag: 40 * time.Second}, func(t *testing.T, s *stage) {
		for key, restarted := range map[string]bool{"gonogo-R-1": true, "gonogo-R-2": false} {
			a := s.adapter(t, lagging)
			time.Sleep(2 * lag)
			s.LoseAnswer()
			_, err := a.Open(t.Context(), change(key))
			if v, _ := effect.Classify(err); v != effect.Unknown {
				t.Fatalf("a lost answer: %v", err)
			}
			if restarted {
				a = s.adapter(t, lagging)
			}
			var found port.Ticket
			for range 20 {
				if found, err = a.Find(t.Context(), key); err == nil {
					break
				}
				if v, _ := effect.Classify(err); errors.Is(err, effect.ErrNotFound) || v != effect.Unknown {
					t.Fatalf("while search lags, Find says %v", err)
				}
				// An impatient Open may not open a second one either: its change is older than the process, or was tried by it.
				c := change(key)
				c.At = c.At.Add(-time.Hour)
				if ticket, err := a.Open(t.Context(), c); err == nil && ticket.Change.Key != key {
					t.Fatalf("opened %+v", ticket)
				}
				time.Sleep(5 * time.Second)
			}
			if err != nil {
				t.Fatal(err)
			}
			again, err := a.Open(t.Context(), change(key))
			if err != nil || again.ID != found.ID || s.Opened(key) != 1 {
				t.Errorf("the repeat gave %s beside %s, %v; %d opened", again.ID, found.ID, err, s.Opened(key))
			}
		}
	})
}

func TestWhatWasNeverAcceptedIsOpenedAfterTheLag(t *testing.T) {
	bubble(t, jiratest.Options{Lag: 40 * time.Second}, func(t *testing.T, s *stage) {
		a := s.adapter(t, lagging)
		time.Sleep(2 * lag)
		// Warm what is kept, so that the very request that creates is the one that fails.
		if _, err := a.Open(t.Context(), change("gonogo-R-0")); err != nil {
			t.Fatal(err)
		}
		s.FailWrites(1)
		if _, err := a.Open(t.Context(), change("gonogo-R-1")); err == nil {
			t.Fatal("a failure was taken for success")
		}
		began := time.Now()
		for {
			_, err := a.Find(t.Context(), "gonogo-R-1")
			if errors.Is(err, effect.ErrNotFound) {
				break
			}
			if err == nil || time.Since(began) > 2*lag {
				t.Fatalf("after %s Find says %v", time.Since(began), err)
			}
			time.Sleep(time.Second)
		}
		if waited := time.Since(began); waited < lag {
			t.Errorf("certain after %s already", waited)
		}
		if _, err := a.Open(t.Context(), change("gonogo-R-1")); err != nil || s.Opened("gonogo-R-1") != 1 {
			t.Errorf("%v; %d opened", err, s.Opened("gonogo-R-1"))
		}
	})
}

func TestNobodyWaitsForTheLagWhenAllIsWell(t *testing.T) {
	bubble(t, jiratest.Options{Lag: 40 * time.Second}, func(t *testing.T, s *stage) {
		young := s.adapter(t, lagging)
		began := time.Now()
		first, err := young.Open(t.Context(), change("gonogo-R-1")) // decided since the start
		if err != nil {
			t.Fatal(err)
		}
		if got, err := young.Find(t.Context(), "gonogo-R-1"); err != nil || got.ID != first.ID {
			t.Errorf("what was just opened is found as %s, %v", got.ID, err)
		}
		c := change("gonogo-R-2")
		c.At = began.Add(-time.Minute)
		_, err = young.Open(t.Context(), c)
		if v, after := effect.Classify(err); v != effect.Retry || after <= 0 || after > lag {
			t.Errorf("a change from before the start: %v, after %s", err, after)
		}
		if time.Since(began) > time.Second {
			t.Errorf("that took %s", time.Since(began))
		}
		time.Sleep(lag)
		began = time.Now()
		if _, err := young.Find(t.Context(), "gonogo-R-2"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("Find: %v", err)
		}
		if _, err := young.Open(t.Context(), c); err != nil {
			t.Errorf("Open: %v", err)
		}
		if time.Since(began) > time.Second {
			t.Errorf("that took %s", time.Since(began))
		}
	})
}

// slow is a line that takes what is posted, and breaks much later.
type slow struct {
	http.RoundTripper
	takes time.Duration
}

// RoundTrip implements http.RoundTripper.
func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/issue") {
		return s.RoundTripper.RoundTrip(r)
	}
	time.Sleep(s.takes)
	return nil, io.ErrUnexpectedEOF
}

// The lag begins when an attempt ends: until then it may have been taken.
func TestTheLagBeginsWithTheEndOfAnAttempt(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		client := s.net.Client()
		client.Transport = slow{client.Transport, 15 * time.Second}
		set := settings(s.kind, s.url)
		set.SearchLag = lag
		a, err := jira.New(set, jira.Outside{Secret: secret, Clock: time.Now, Client: client})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * lag)
		_, err = a.Open(t.Context(), change("gonogo-R-1"))
		if v, _ := effect.Classify(err); v != effect.Unknown {
			t.Fatalf("a broken line: %v", err)
		}
		time.Sleep(lag - time.Second)
		if _, err := a.Find(t.Context(), "gonogo-R-1"); err == nil || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%s after the attempt Find is certain: %v", lag-time.Second, err)
		}
		time.Sleep(time.Second)
		if _, err := a.Find(t.Context(), "gonogo-R-1"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("%s after the attempt Find is not certain: %v", lag, err)
		}
	})
}

// While the right to create is missing, or Jira does not say what its fields are, tickets are read as before.
func TestTicketsAreReadThoughTheirFieldsCantBeAsked(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		s.Deny("CREATE_ISSUES")
		time.Sleep(time.Hour)
		do(t, s.Edit("dana", key, "Artifact digest", "sha256:e711"))
		ticket, err := a.Ticket(t.Context(), key)
		if err != nil || ticket.Change.Digest != "sha256:e711" {
			t.Errorf("%+v, %v", ticket.Change, err)
		}
	})
}

func TestACopyIsNotTheTicket(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a := s.adapter(t)
		ticket, err := a.Open(t.Context(), change("gonogo-R-1"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Clone("dana", ticket.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := s.adapter(t).Find(t.Context(), "gonogo-R-1"); err != nil || got.ID != ticket.ID {
			t.Errorf("found %s, %v; want %s", got.ID, err, ticket.ID)
		}
		// The copy alone, with the label but without the property, is no ticket either.
		if err := s.Delete("dana", ticket.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := a.Find(t.Context(), "gonogo-R-1"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("the copy was taken for the ticket: %+v, %v", got, err)
		}
	})
}

// Labels and properties are for everybody to write who may edit issues, and keys can be guessed: who created an issue is for nobody to write.
func TestAForgedTicketIsNotTheTicket(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		forged := s.Forge("dana", "CHG", []string{"gonogo", "gonogo-R-1"}, map[string]string{
			"gonogo.change": `{"key":"gonogo-R-1","release":"R-1","service":"checkout","version":"2.4.0","digest":"sha256:ab12"}`,
		})
		if got, err := s.adapter(t).Find(t.Context(), "gonogo-R-1"); err == nil {
			t.Errorf("found %s, which is forged", got.ID)
		}
		a := s.adapter(t)
		ticket, err := a.Open(t.Context(), change("gonogo-R-1"))
		if err != nil || ticket.ID == forged {
			t.Fatalf("opened %s, %v; %s is forged", ticket.ID, err, forged)
		}
		if again, err := s.adapter(t).Open(t.Context(), change("gonogo-R-1")); err != nil || again.ID != ticket.ID {
			t.Errorf("opened again as %s, %v", again.ID, err)
		}
	})
}

// A file that somebody else put there under the name of evidence is no evidence.
func TestEvidenceIsTheBots(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		do(t, s.Attach("dana", key, "R-1.json"))
		for range 2 {
			do(t, a.Attach(t.Context(), key, port.Evidence{Name: "R-1.json", Type: "application/json", Body: []byte("{}")}))
		}
		got, err := a.Ticket(t.Context(), key)
		if i, _ := s.Issue(key); err != nil || !slices.Equal(got.Files, []string{"R-1.json"}) || len(i.Files) != 2 {
			t.Errorf("the ticket has %v of %v, %v", got.Files, i.Files, err)
		}
	})
}

// A lag that is configured too short may open a second ticket: then everybody agrees that the first one counts.
func TestOfTwoTicketsTheOlderCounts(t *testing.T) {
	bubble(t, jiratest.Options{Lag: time.Minute}, func(t *testing.T, s *stage) {
		s.LoseAnswer()
		if _, err := s.adapter(t).Open(t.Context(), change("gonogo-R-1")); err == nil {
			t.Fatal("the answer was not lost")
		}
		if _, err := s.adapter(t).Open(t.Context(), change("gonogo-R-1")); err != nil || s.Opened("gonogo-R-1") != 2 {
			t.Fatalf("%v; %d opened", err, s.Opened("gonogo-R-1"))
		}
		time.Sleep(2 * time.Minute)
		do(t, s.Comment("dana", "CHG-1", "changed last"))
		time.Sleep(2 * time.Minute)
		if got, err := s.adapter(t).Find(t.Context(), "gonogo-R-1"); err != nil || got.ID != "CHG-1" {
			t.Errorf("found %s, %v", got.ID, err)
		}
	})
}

func TestWhatCantBeSeenIsNotMissing(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a := s.adapter(t)
		ticket, err := a.Open(t.Context(), change("gonogo-R-1"))
		if err != nil {
			t.Fatal(err)
		}
		s.Deny("BROWSE_PROJECTS")
		for name, err := range map[string]error{
			"Find":   failure(a.Find(t.Context(), "gonogo-R-1")),
			"again":  failure(s.adapter(t).Find(t.Context(), "gonogo-R-1")),
			"Ticket": failure(a.Ticket(t.Context(), ticket.ID)),
			"Note":   a.Note(t.Context(), ticket.ID, port.Note{Key: "n", Text: "x"}),
		} {
			if v, _ := effect.Classify(err); err == nil || errors.Is(err, effect.ErrNotFound) || v == effect.Permanent {
				t.Errorf("%s without the right to see: %v", name, err)
			}
		}
		s.Allow("BROWSE_PROJECTS")
		if _, err := a.Find(t.Context(), "gonogo-R-1"); err != nil {
			t.Error(err)
		}
	})
}

func failure(_ port.Ticket, err error) error { return err }

// What Jira refuses may be mended by a person: nothing is given up, nothing is opened by halves, and the sentence names what is wrong.
func TestWhatJiraRefusesWaitsForAPerson(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field   *jiratest.Field
		deny    string
		change  func(*jira.Settings)
		altered func(*port.Change)
		says    string
	}{
		"a field that nobody knows":      {change: func(s *jira.Settings) { s.Fields["digest"] = "Nowhere" }, says: "digest (Nowhere)"},
		"a field on another screen":      {change: func(s *jira.Settings) { s.Fields["digest"] = "Elsewhere" }, says: "digest (Elsewhere)"},
		"a required field":               {field: &jiratest.Field{ID: "customfield_10999", Name: "Cost centre", Type: "string", Custom: "textfield", Required: true}, says: "Cost centre is required"},
		"a value that is not offered":    {altered: func(c *port.Change) { c.Tier = "dreadful" }, says: `does not offer "dreadful", only: Low, Medium, High, Critical`},
		"a type that can't be written":   {change: func(s *jira.Settings) { s.Fields["commit"] = "Sprint" }, says: "can't be written"},
		"a text where a date belongs":    {change: func(s *jira.Settings) { s.Fields["commit"] = "Change day" }, says: "takes a time"},
		"a text where a number belongs":  {change: func(s *jira.Settings) { s.Fields["commit"] = "Build number" }, says: "takes a number"},
		"no such issue type":             {change: func(s *jira.Settings) { s.IssueType = "Earthquake" }, says: "no such issue type"},
		"no such project":                {change: func(s *jira.Settings) { s.Project = "NONE" }, says: "NONE"},
		"labels are on no screen":        {field: &jiratest.Field{ID: "labels", Name: "Labels", Type: "array", Items: "string", Off: true}, says: "Labels is not on the screen"},
		"the right to create is missing": {deny: "CREATE_ISSUES", says: "may create none there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := loopback(t, jiratest.Options{Kind: jiratest.Cloud})
			if c.field != nil {
				s.SetField(*c.field)
			}
			if c.deny != "" {
				s.Deny(c.deny)
			}
			var changes []func(*jira.Settings)
			if c.change != nil {
				changes = append(changes, c.change)
			}
			ch := change("gonogo-R-1")
			if c.altered != nil {
				c.altered(&ch)
			}
			_, err := s.adapter(t, changes...).Open(t.Context(), ch)
			v, after := effect.Classify(err)
			if err == nil || v != effect.Retry || after < time.Minute || errors.Is(err, effect.ErrNotFound) {
				t.Fatalf("%v: verdict %v after %s", err, v, after)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q and not %q", err, c.says)
			}
			if n := len(s.Keys("CHG")); n != 0 {
				t.Errorf("%d issues were opened", n)
			}
		})
	}
}

func TestFieldsOfEveryType(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a := s.adapter(t, func(set *jira.Settings) {
			set.Fields = map[string]string{
				"tier": "risk TIER", "version": "Build number", "environment": "customfield_10114", "requester": "Requester", "approvers": "Approvers",
				"window_start": "Planned start", "window_end": "Change day", "risk": "Environment", "link": "Release page", "service": "Signatories",
				"rollback": "Commit",
			}
		})
		c := change("R 1/ä") // a key that no label could be
		c.Version, c.Service, c.Rollback = "204", "check out", strings.Repeat("ä", 300)
		c.Requester.Account = s.Account("dana")
		c.Approvers = []port.Party{{Name: "Charlie Chair", Account: s.Account("charlie")}, {Name: "Nobody Linked"}, {Name: "Sam Security", Account: s.Account("sam")}}
		c.Window.From = time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)
		c.Window.Until = c.Window.From.Add(time.Hour)
		ticket, err := a.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		i, _ := s.Issue(ticket.ID)
		for field, want := range map[string]string{
			"Risk tier": "High", "Build number": "204", "Environments": "prod", "Requester": "Dana Developer", "Approvers": "Charlie Chair Sam Security",
			"Planned start": "2026-03-02T00:30:00.000+0100", "Change day": "2026-03-02", "Environment": c.Risk, "Release page": c.Link,
			"Signatories": "check_out", "Commit": strings.Repeat("ä", 254) + "…",
		} {
			if i.Fields[field] != want {
				t.Errorf("%s is %q, want %q", field, i.Fields[field], want)
			}
		}
		if labels := strings.Fields(i.Fields["Labels"]); len(labels) != 2 || labels[0] != "gonogo" || !strings.HasPrefix(labels[1], "gonogo-R-1") {
			t.Errorf("labels %v", labels)
		}
		got := ticket.Change
		if got.Version != c.Version || got.Service != c.Service || got.Tier != "high" || got.Rollback != c.Rollback || len(got.Approvers) != 3 {
			t.Errorf("read back %+v", got)
		}
		if found, err := s.adapter(t).Find(t.Context(), "R 1/ä"); err != nil || found.ID != ticket.ID {
			t.Errorf("found %s, %v", found.ID, err)
		}
		c.Key = "R-1-ä"
		if other, err := a.Open(t.Context(), c); err != nil || other.ID == ticket.ID {
			t.Errorf("another key of the same look: %s, %v", other.ID, err)
		}
	})
}

func TestNoSecretIsTold(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		s := loopback(t, jiratest.Options{Kind: kind})
		a := s.adapter(t)
		for _, k := range trouble.Kinds() {
			if k == trouble.Silent {
				continue
			}
			s.Fail(k)
			_, open := a.Open(t.Context(), change("gonogo-R-1"))
			_, find := a.Find(t.Context(), "gonogo-R-1")
			clean(t, open.Error(), find.Error())
			for _, f := range a.Examine(t.Context()) {
				for _, arg := range slices.Concat(f.What.Args, f.Do.Args) {
					clean(t, arg.Word)
				}
			}
			s.Heal()
		}
	}
}
