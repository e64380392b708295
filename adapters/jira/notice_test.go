package jira_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// run lets the adapter ask, until the test ends.
func run(t *testing.T, a *jira.Adapter) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		done <- nil
	}
	t.Cleanup(stop)
	return stop
}

// listen mounts the adapter's door, and lets Jira send its webhooks there.
func (s *stage) listen(t *testing.T, a *jira.Adapter, secret string) {
	t.Helper()
	host := "bot." + strings.TrimPrefix(s.url, "https://")
	t.Cleanup(s.net.Serve(host, a.Handler()))
	s.Webhooks(s.net.Client(), "https://"+host+"/", secret)
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWebhookAndPollingSayTheSame(t *testing.T) {
	bubble(t, jiratest.Options{Lag: 20 * time.Second}, func(t *testing.T, s *stage) {
		a, key := opened(t, s, lagging)
		s.listen(t, a, hookSecret)
		run(t, a)
		time.Sleep(time.Minute)
		do(t, a.Move(t.Context(), key, port.TicketImplementing)) // the bot's own doing is no news
		do(t, a.Move(t.Context(), key, port.TicketOpen))
		do(t, a.Note(t.Context(), key, port.Note{Key: "n", Text: "x", At: time.Now()}))
		do(t, s.Comment("dana", key, "a comment alone is none either"))
		time.Sleep(5 * time.Minute)
		if got := s.ears.heard(); len(got) != 0 {
			t.Fatalf("heard %+v", got)
		}
		do(t, s.Edit("dana", key, "Commit", "bad1dea"))
		time.Sleep(time.Second)
		at := time.Now()
		do(t, s.Transition("charlie", key, "Approved"))
		synctest.Wait()
		heard := s.ears.heard()
		if len(heard) != 2 {
			t.Fatalf("by webhook %+v", heard)
		}
		i, _ := s.Issue(key)
		first, second := heard[0], heard[1]
		if first.Ticket.Was != "Open" || first.Ticket.Is != "Open" || first.Ticket.Decision != "" || first.Account != (chat.Account{Platform: "jira", ID: s.Account("dana")}) ||
			first.Ticket.Ticket.Change.Commit != "bad1dea" {
			t.Errorf("an edit: %+v, %+v", first, first.Ticket)
		}
		if second.Ticket.Was != "Open" || second.Ticket.Is != "Approved" || second.Ticket.Decision != port.DecisionGo || second.System != "jira" ||
			second.Account.ID != s.Account("charlie") || !second.At.Equal(at.Truncate(time.Millisecond)) || second.Ticket.Ticket.ID != key ||
			second.Ticket.Ticket.Status != port.TicketApproved || second.Ticket.Ticket.Change.Digest != "sha256:ab12" ||
			!strings.HasPrefix(second.Key, "ticket:"+i.ID+":") {
			t.Errorf("an approval: %+v, %+v", second, second.Ticket)
		}
		time.Sleep(10 * time.Minute)
		if n := len(s.ears.heard()); n != 2 {
			t.Errorf("after polling %d notices: it said them again", n)
		}
		// Another process, by polling alone, says the same under the same keys.
		other := &stage{Server: s.Server, kind: s.kind, url: s.url, net: s.net, ears: &ears{}, log: s.log}
		run(t, other.adapter(t, func(set *jira.Settings) { set.WebhookSecret = "" }))
		time.Sleep(5 * time.Minute)
		got := other.ears.heard()
		if len(got) != 2 || got[0].Key != first.Key || got[1].Key != second.Key || got[1].Ticket.Decision != port.DecisionGo || !got[1].At.Equal(second.At) {
			t.Errorf("by polling %+v", got)
		}
	})
}

// Jira's clock may be behind: what happened there since the last look is told all the same.
func TestAClockThatIsBehind(t *testing.T) {
	behind := func() time.Time { return time.Now().Add(-10 * time.Minute) }
	bubble(t, jiratest.Options{Clock: behind}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		run(t, a)
		time.Sleep(30 * time.Minute)
		do(t, s.Transition("sam", key, "Rejected"))
		time.Sleep(10 * time.Minute)
		if got := s.ears.heard(); len(got) != 1 || got[0].Ticket.Decision != port.DecisionNoGo {
			t.Errorf("heard %+v", got)
		}
	})
}

func TestDecisions(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		listener := run(t, a)
		defer listener()
		said := func() (all []string) {
			t.Helper()
			time.Sleep(2 * time.Minute)
			for _, n := range s.ears.heard() {
				all = append(all, n.Ticket.Was+"→"+n.Ticket.Is+" "+string(n.Ticket.Decision))
			}
			s.ears.mu.Lock()
			s.ears.all = nil
			s.ears.mu.Unlock()
			return all
		}
		want := func(what string, got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		do(t, s.Transition("sam", key, "Rejected"))
		want("a no", said(), "Open→Rejected no-go")
		do(t, s.Transition("sam", key, "Open"))
		want("taken back", said(), "Rejected→Open ")
		do(t, s.Transition("charlie", key, "Approved"))
		time.Sleep(time.Second)
		do(t, a.Move(t.Context(), key, port.TicketImplementing))
		want("a go that the bot acted on", said(), "Open→Approved go")
		do(t, a.Move(t.Context(), key, port.TicketOpen))
		do(t, s.Transition("charlie", key, "Approved"))
		time.Sleep(time.Second)
		do(t, s.Transition("charlie", key, "Open"))
		want("a go taken back before anybody looked", said(), "Open→Approved ", "Approved→Open ")
		do(t, s.Transition("automation", key, "Approved"))
		if s.kind == jiratest.Cloud {
			want("an app decides nothing", said(), "Open→Approved ")
		}
	})
}

// A ticket that people close, or delete, behind the bot's back.
func TestClosedBehindTheBotsBack(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		s.listen(t, a, hookSecret)
		do(t, s.Transition("dana", key, "Cancelled"))
		synctest.Wait()
		if got := s.ears.heard(); len(got) != 1 || got[0].Ticket.Ticket.Status != port.TicketCancelled {
			t.Fatalf("heard %+v", got)
		}
		do(t, s.Delete("dana", key))
		synctest.Wait()
		for _, d := range s.Sent() { // those of before come late: there is nothing to repeat them for
			if code := post(a, d.Body, d.Header); code != http.StatusNoContent {
				t.Errorf("%s, late: answered %d", d.Event, code)
			}
		}
		got := s.ears.heard()
		if len(got) != 2 || got[1].Ticket.Ticket.ID != key || got[1].Ticket.Ticket.Status != port.TicketOther || got[1].Ticket.Is != "deleted" || got[1].Account.ID != s.Account("dana") {
			t.Fatalf("heard %+v", got)
		}
	})
}

func TestWebhooksOfOtherIssuesAreIgnored(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		s.listen(t, a, hookSecret)
		item := s.Item("not ours", "Open", "")
		before := s.Requests("GET /issue/{key}")
		do(t, s.Transition("dana", item, "Done"))
		synctest.Wait()
		if n := s.Requests("GET /issue/{key}") - before; n != 0 || len(s.ears.heard()) != 0 {
			t.Errorf("%d looks, heard %+v", n, s.ears.heard())
		}
		// Taking the label away does not hide what happens.
		do(t, s.Edit("dana", key, "Labels", []string{"mine"}))
		do(t, s.Transition("dana", key, "Done"))
		synctest.Wait()
		if got := s.ears.heard(); len(got) != 2 {
			t.Errorf("heard %+v", got)
		}
	})
}

// A copy has the labels of the ticket and says nothing for it.
func TestACopyIsNotHeard(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		s.listen(t, a, hookSecret)
		run(t, a)
		do(t, s.Clone("dana", key))
		keys := s.Keys("CHG")
		do(t, s.Transition("charlie", keys[len(keys)-1], "Approved"))
		time.Sleep(5 * time.Minute)
		if got := s.ears.heard(); len(got) != 0 || len(keys) != 2 {
			t.Errorf("heard %+v of %v", got, keys)
		}
	})
}

func TestAWebhookWaitsForTheListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inside(t, jiratest.Options{Kind: jiratest.Cloud})
		a, key := opened(t, s)
		s.listen(t, a, hookSecret)
		s.ears.fails = errors.New("the disk is full")
		do(t, s.Transition("charlie", key, "Approved"))
		synctest.Wait()
		if sent := s.Sent(); sent[len(sent)-1].Status != http.StatusServiceUnavailable {
			t.Fatalf("it was acknowledged with %d", sent[len(sent)-1].Status)
		}
		s.ears.mu.Lock()
		s.ears.fails = nil
		s.ears.mu.Unlock()
		time.Sleep(6 * time.Minute)
		if got := s.ears.heard(); len(got) != 1 || got[0].Ticket.Decision != port.DecisionGo {
			t.Errorf("heard %+v", got)
		}
	})
}

func TestWebhooksThatComeTwiceOrLate(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a, key := opened(t, s)
		s.Webhooks(http.DefaultClient, "http://127.0.0.1:1/", hookSecret) // to have them, not to send them
		do(t, s.Transition("charlie", key, "Approved"))
		time.Sleep(time.Second)
		do(t, s.Edit("dana", key, "Commit", "bad1dea"))
		var events []jiratest.Sent
		for _, d := range s.Sent() {
			if d.Event == "jira:issue_updated" {
				events = append(events, d)
			}
		}
		slices.Reverse(events)
		for range 3 {
			for _, d := range events {
				if code := post(a, d.Body, d.Header); code != http.StatusNoContent {
					t.Errorf("answered %d", code)
				}
			}
		}
		keys := s.ears.keys()
		if len(keys) != 2 || keys[0] == keys[1] || s.ears.heard()[0].Ticket.Decision != port.DecisionGo {
			t.Errorf("heard %q", keys)
		}
		s.Close()
	})
}

func post(a *jira.Adapter, body []byte, header http.Header) int {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header = header.Clone()
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestForgedWebhooks(t *testing.T) {
	t.Parallel()
	s := loopback(t, jiratest.Options{Kind: jiratest.Cloud})
	a, key := opened(t, s)
	do(t, s.Transition("charlie", key, "Approved"))
	i, _ := s.Issue(key)
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"` + i.ID + `","key":"` + key + `","fields":{"labels":["gonogo"]}}}`)
	for name, c := range map[string]struct {
		signature string
		body      []byte
		want      int
	}{
		"unsigned":            {"", body, 401},
		"another secret":      {jiratest.Sign("guess", body), body, 401},
		"no secret":           {jiratest.Sign("", body), body, 401},
		"another body":        {jiratest.Sign(hookSecret, append([]byte(" "), body...)), body, 401},
		"another method":      {strings.Replace(jiratest.Sign(hookSecret, body), "sha256", "sha1", 1), body, 401},
		"no hex":              {"sha256=zz", body, 401},
		"signed rubbish":      {jiratest.Sign(hookSecret, []byte("rubbish")), []byte("rubbish"), 400},
		"an issue of no form": {jiratest.Sign(hookSecret, []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"../1"}}`)), []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"../1"}}`), 400},
	} {
		if code := post(a, c.body, http.Header{"X-Hub-Signature": {c.signature}}); code != c.want {
			t.Errorf("%s: %d, want %d", name, code, c.want)
		}
	}
	if got := s.ears.heard(); len(got) != 0 {
		t.Fatalf("heard %+v", got)
	}
	if code := post(a, body, http.Header{"X-Hub-Signature": {jiratest.Sign(hookSecret, body)}}); code != 204 || len(s.ears.heard()) != 1 {
		t.Errorf("signed: %d, heard %+v", code, s.ears.heard())
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
	if s.adapter(t, func(set *jira.Settings) { set.WebhookSecret = "" }).Handler() != nil {
		t.Error("there is a door without a secret")
	}
}

func TestPollingOutlastsTrouble(t *testing.T) {
	bubble(t, jiratest.Options{Lag: 20 * time.Second}, func(t *testing.T, s *stage) {
		a, key := opened(t, s, lagging)
		run(t, a)
		time.Sleep(2 * time.Minute)
		s.Fail(trouble.Broken)
		time.Sleep(time.Hour)
		do(t, s.Transition("charlie", key, "Approved"))
		s.Heal()
		time.Sleep(6 * time.Minute)
		if got := s.ears.heard(); len(got) != 1 || got[0].Ticket.Decision != port.DecisionGo {
			t.Errorf("heard %+v", got)
		}
		if n := strings.Count(s.log.String(), "can't be read"); n < 10 || n > 20 {
			t.Errorf("asked %d times in an hour of trouble, want about one in five minutes", n)
		}
	})
}

// Polling goes through more than a search gives at once.
func TestPollingGoesThroughMany(t *testing.T) {
	bubble(t, jiratest.Options{}, func(t *testing.T, s *stage) {
		a := s.adapter(t, func(set *jira.Settings) { set.Fields = map[string]string{"digest": "Artifact digest"} })
		const many = 230
		for n := range many {
			ticket, err := a.Open(t.Context(), change(fmt.Sprintf("gonogo-R-%d", n)))
			do(t, err)
			time.Sleep(time.Second)
			do(t, s.Transition("charlie", ticket.ID, "Approved"))
		}
		time.Sleep(10 * time.Minute) // by now the last of them is older than any overlap of two searches
		run(t, a)
		time.Sleep(5 * time.Minute)
		keys := s.ears.keys()
		slices.Sort(keys)
		if n := len(slices.Compact(slices.Clone(keys))); n != many || len(keys) != many {
			t.Errorf("%d notices, %d of them different; want %d", len(keys), n, many)
		}
	})
}
