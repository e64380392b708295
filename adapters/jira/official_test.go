package jira_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/prism"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// official is where Prism is, once `npm ci` was run there: a server by others on Atlassian's own descriptions.
const official = "../../testdata/official/jira"

// described is the description of one kind of Jira. Version 2 on Cloud is its version 3, but for the form of texts, of which the description
// says nothing: so what is asked of version 2 is compared with that, and the search stays where only version 3 has it.
func described(kind jiratest.Kind) vendorspec.Options {
	o := jiratest.Described(kind)
	mend := o.Mend
	o.Mend = func(raw map[string]any) {
		mend(raw)
		forPrism(raw)
		paths := raw["paths"].(map[string]any)
		for path, item := range maps.Clone(paths) {
			if rest, ok := strings.CutPrefix(path, "/rest/api/3/"); ok && !strings.HasPrefix(rest, "search") {
				delete(paths, path)
				paths["/rest/api/2/"+rest] = item
			}
		}
	}
	for _, path := range slices.Clone(o.Keep) {
		o.Keep = append(o.Keep, strings.Replace(path, "/rest/api/3/", "/rest/api/2/", 1))
	}
	return o
}

// forPrism mends what Prism takes at its word: a form of files is described as a list or a text, answers without a body as JSON of any
// form, and Data Center's personal tokens, which are sent as bearers, only in words:
// https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html
func forPrism(v any) {
	switch v := v.(type) {
	case map[string]any:
		if media, ok := v["multipart/form-data"].(map[string]any); ok {
			media["schema"] = map[string]any{"type": "object", "required": []any{"file"}, "properties": map[string]any{"file": map[string]any{}}}
		}
		if media, ok := v["application/json"].(map[string]any); ok {
			if schema, ok := media["schema"].(map[string]any); ok && len(schema) == 0 {
				delete(v, "application/json")
			}
		}
		if v["type"] == "http" && v["scheme"] == "basic" && strings.HasPrefix(fmt.Sprint(v["description"]), "In order to use basic") {
			v["scheme"] = "bearer"
		}
		for _, below := range v {
			forPrism(below)
		}
	case []any:
		for _, below := range v {
			forPrism(below)
		}
	}
}

// authorised is how credentials are sent.
var authorised = map[jiratest.Kind]string{jiratest.Cloud: "Basic YTpi", jiratest.DataCenter: "Bearer a"}

// TestRequestsAndAnswersAsPrismSeesThem puts a server by others between the adapter and the tests' Jira: it compares what each says to the
// other with Atlassian's descriptions, through the life of a ticket.
func TestRequestsAndAnswersAsPrismSeesThem(t *testing.T) {
	t.Parallel()
	p := prism.Need(t, official)
	for kind, search := range map[jiratest.Kind]string{jiratest.Cloud: "POST /rest/api/3/search/jql", jiratest.DataCenter: "POST /rest/api/2/search"} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := loopback(t, jiratest.Options{Kind: kind, Writes: 1000})
			var shut atomic.Bool
			jiras := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if shut.Load() {
					w.WriteHeader(http.StatusNoContent)
					return
				}
				s.ServeHTTP(w, r)
			}))
			t.Cleanup(jiras.Close)
			seen := &prism.Witness{Answers: true}
			set := settings(kind, p.Between(t, described(kind), jiras.URL))
			a, err := jira.New(set, jira.Outside{
				Secret: secret, Clock: time.Now, Client: &http.Client{Transport: seen}, Listener: s.ears, Log: slog.New(slog.NewTextHandler(&locked{w: s.log}, nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			id := liveTicket(t, s, a)
			for _, wrong := range seen.Wrong() {
				t.Error(wrong)
			}
			if lacks := seen.Lacks(search, "GET /rest/api/2/mypermissions", "GET /rest/api/2/myself", "POST /rest/api/2/issue", "POST /rest/api/2/issue/"+id+"/comment",
				"POST /rest/api/2/issue/"+id+"/transitions", "POST /rest/api/2/issue/"+id+"/attachments", "POST /rest/api/2/issueLink", "PUT /rest/api/2/issue/"+id); len(lacks) > 0 {
				t.Errorf("not asked: %q", lacks)
			}

			// And Prism does see what is wrong, by itself.
			shut.Store(true)
			for _, wrong := range []struct{ method, path, body string }{
				{"POST", "/rest/api/2/issue", `{"fields":"none"}`},
				{"POST", search[len("POST "):], `{"maxResults":"many"}`},
				{"GET", "/rest/api/2/nowhere", ""},
			} {
				r := httptest.NewRequestWithContext(t.Context(), wrong.method, set.URL+wrong.path, strings.NewReader(wrong.body))
				r.RequestURI = ""
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", authorised[kind])
				answer, err := seen.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
				if all := strings.Join(seen.Wrong(), "; "); !strings.Contains(all, "request") && answer.StatusCode != http.StatusNotFound {
					t.Errorf("Prism lets a wrong request pass: %s %s %s: %s", wrong.method, wrong.path, wrong.body, all)
				}
			}
		})
	}
}

// liveTicket does with a ticket what the bot does from its opening to its end, and everything else that the adapter asks for.
func liveTicket(t *testing.T, s *stage, a *jira.Adapter) (id string) {
	t.Helper()
	ctx, c := t.Context(), change("gonogo-1-R-1")
	item := s.Item("Pay by invoice", "Done", c.Version)
	no := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	made, err := a.Open(ctx, c)
	no("Open", err)
	found, err := a.Find(ctx, c.Key)
	no("Find", err)
	if found.ID != made.ID {
		t.Errorf("found %s, want %s", found.ID, made.ID)
	}
	c.Approvers = []port.Party{{Name: "Rita Release"}}
	c.Window = port.Window{From: c.At, Until: c.At.Add(time.Hour)}
	no("Amend", a.Amend(ctx, made.ID, c))
	no("Note", a.Note(ctx, made.ID, port.Note{Key: "N-1", Text: "Rita said go", At: c.At}))
	c.Items = []string{"Merge " + item}
	items, err := a.WorkItems(ctx, made.ID, c)
	no("WorkItems", err)
	if len(items) != 1 || items[0].ID != item {
		t.Errorf("work items %+v, want %s", items, item)
	}
	no("Attach", a.Attach(ctx, made.ID, port.Evidence{Name: "evidence.json", Type: "application/json", Body: []byte(`{"release":"R-1"}`)}))
	for _, status := range []port.TicketStatus{port.TicketImplementing, port.TicketDone} {
		no("Move", a.Move(ctx, made.ID, status))
	}
	got, err := a.Ticket(ctx, made.ID)
	no("Ticket", err)
	if got.Status != port.TicketDone || len(got.Notes) != 1 || !slices.Equal(got.Files, []string{"evidence.json"}) {
		t.Errorf("the ticket came to %+v", got)
	}
	for _, f := range a.Examine(ctx) {
		if !f.OK {
			t.Errorf("examined: %+v", f)
		}
	}
	return made.ID
}
