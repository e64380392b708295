package jiratest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
)

// send makes a request as the bot, and returns the answer's status and body.
func send(t *testing.T, s *jiratest.Server, kind jiratest.Kind, method, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind == jiratest.Cloud {
		r.SetBasicAuth(jiratest.Email, jiratest.Token)
	} else {
		r.Header.Set("Authorization", "Bearer "+jiratest.Token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

const fields = `"project":{"key":"CHG"},"issuetype":{"name":"Change"}`

// A request that Jira would not take, or does not describe, is noticed.
func TestWrongRequestsAreCaught(t *testing.T) {
	t.Parallel()
	for _, kind := range []jiratest.Kind{jiratest.Cloud, jiratest.DataCenter} {
		vendorspec.Need(t, jiratest.Described(kind))
		for name, c := range map[string]struct{ method, path, body string }{
			"no such path":            {"GET", "/rest/api/2/nowhere", ""},
			"no such method":          {"DELETE", "/rest/api/2/myself", ""},
			"no such parameter":       {"GET", "/rest/api/2/mypermissions?project=CHG", ""},
			"a body of another form":  {"POST", "/rest/api/2/issue", `{"fields":[]}`},
			"no body":                 {"PUT", "/rest/api/2/issue/CHG-1/properties/x", ""},
			"properties as an object": {"POST", "/rest/api/2/issue", `{"fields":{},"properties":{"a":"b"}}`},
			"a search by number":      {"POST", map[jiratest.Kind]string{jiratest.Cloud: "/rest/api/3/search/jql", jiratest.DataCenter: "/rest/api/2/search"}[kind], `{"jql":1}`},
		} {
			s := jiratest.New(jiratest.Options{Kind: kind})
			send(t, s, kind, c.method, c.path, c.body)
			if len(s.Wrong()) == 0 {
				t.Errorf("%s: %s passes", kind, name)
			}
			s.Close()
		}
	}
}

func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	for _, kind := range []jiratest.Kind{jiratest.Cloud, jiratest.DataCenter} {
		s := jiratest.New(jiratest.Options{Kind: kind})
		other := map[jiratest.Kind]jiratest.Kind{jiratest.Cloud: jiratest.DataCenter, jiratest.DataCenter: jiratest.Cloud}[kind]
		if code, _ := send(t, s, kind, "GET", "/rest/api/2/myself", ""); code != 200 {
			t.Errorf("%s: %d", kind, code)
		}
		if code, _ := send(t, s, other, "GET", "/rest/api/2/myself", ""); code != 401 {
			t.Errorf("%s takes the credentials of the other kind: %d", kind, code)
		}
		s.Revoke()
		if code, _ := send(t, s, kind, "GET", "/rest/api/2/myself", ""); code != 401 {
			t.Errorf("%s takes a revoked token: %d", kind, code)
		}
		if code, _ := send(t, s, kind, "GET", "/rest/api/2/search", ""); code == 200 {
			t.Errorf("%s: %d", kind, code)
		}
	}
}

func TestSearchLags(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := jiratest.New(jiratest.Options{Kind: jiratest.Cloud, Lag: time.Minute, Clock: func() time.Time { return now }})
	if code, body := send(t, s, jiratest.Cloud, "POST", "/rest/api/2/issue", `{"fields":{`+fields+`,"summary":"a","labels":["x"]}}`); code != 201 {
		t.Fatal(code, body)
	}
	count := func() int {
		t.Helper()
		var page struct{ Issues []json.RawMessage }
		code, body := send(t, s, jiratest.Cloud, "POST", "/rest/api/3/search/jql", `{"jql":"project = CHG AND labels = \"x\" AND updated >= -5m ORDER BY updated ASC"}`)
		if err := json.Unmarshal([]byte(body), &page); err != nil || code != 200 {
			t.Fatal(code, body)
		}
		return len(page.Issues)
	}
	if n := count(); n != 0 {
		t.Errorf("search found %d at once", n)
	}
	if code, _ := send(t, s, jiratest.Cloud, "GET", "/rest/api/2/issue/CHG-1", ""); code != 200 {
		t.Errorf("reading lags too: %d", code)
	}
	now = now.Add(time.Minute)
	if n := count(); n != 1 {
		t.Errorf("search found %d after the lag", n)
	}
	for _, jql := range []string{"project = NONE", "labels = a:b", "fixVersion = 9", "size > 3", "updated >= yesterday"} {
		if code, _ := send(t, s, jiratest.Cloud, "POST", "/rest/api/3/search/jql", `{"jql":"`+jql+`"}`); code != 400 {
			t.Errorf("%s: %d", jql, code)
		}
	}
}

func TestValuesOfFields(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{
		`"customfield_10102":{"value":"High"}`: true, `"customfield_10102":{"value":"high"}`: false, `"customfield_10102":"High"`: false,
		`"customfield_10110":"2026-03-01T12:00:00.000+0000"`: true, `"customfield_10110":"2026-03-01T12:00:00Z"`: false,
		`"customfield_10113":"2026-03-01"`: true, `"customfield_10113":"1 March"`: false,
		`"customfield_10115":7`: true, `"customfield_10115":"7"`: false,
		`"customfield_10108":{"accountId":"557058:dana"}`: true, `"customfield_10108":{"name":"dana@shop"}`: false, `"customfield_10108":{"accountId":"x"}`: false,
		`"customfield_10109":[{"accountId":"557058:dana"}]`: true, `"customfield_10109":{"accountId":"557058:dana"}`: false,
		`"labels":["a"]`: true, `"labels":["a b"]`: false, `"customfield_10118":"x"`: false, `"customfield_1":"x"`: false,
		`"customfield_10104":"` + strings.Repeat("x", 256) + `"`: false, `"customfield_10101":"` + strings.Repeat("x", 256) + `"`: true,
	} {
		s := jiratest.New(jiratest.Options{Kind: jiratest.Cloud})
		code, body := send(t, s, jiratest.Cloud, "POST", "/rest/api/2/issue", `{"fields":{`+fields+`,"summary":"a",`+value+`}}`)
		if (code == 201) != ok {
			t.Errorf("%.80s: %d %s", value, code, body)
		}
	}
	s := jiratest.New(jiratest.Options{Kind: jiratest.Cloud})
	if code, body := send(t, s, jiratest.Cloud, "POST", "/rest/api/2/issue", `{"fields":{`+fields+`}}`); code != 400 || !strings.Contains(body, "Summary is required") {
		t.Errorf("%d %s", code, body)
	}
}

// What the older, larger create metadata says is what the newer says, field by field.
func TestCreateMetadataAgree(t *testing.T) {
	t.Parallel()
	s := jiratest.New(jiratest.Options{Kind: jiratest.Cloud})
	var older struct {
		Projects []struct {
			IssueTypes []struct {
				ID     string
				Fields map[string]json.RawMessage
			}
		}
	}
	var newer struct{ Fields []struct{ FieldID string } }
	_, body := send(t, s, jiratest.Cloud, "GET", "/rest/api/2/issue/createmeta?projectKeys=CHG&expand=projects.issuetypes.fields", "")
	if err := json.Unmarshal([]byte(body), &older); err != nil || len(older.Projects) != 1 {
		t.Fatal(err, body)
	}
	kind := older.Projects[0].IssueTypes[0]
	seen := 0
	for page := newer; seen == 0 || len(page.Fields) > 0; seen += len(page.Fields) {
		page = newer
		_, body = send(t, s, jiratest.Cloud, "GET", "/rest/api/2/issue/createmeta/CHG/issuetypes/"+kind.ID+"?startAt="+strconv.Itoa(seen), "")
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err, body)
		}
		for _, f := range page.Fields {
			if kind.Fields[f.FieldID] == nil {
				t.Errorf("%s is in one alone", f.FieldID)
			}
		}
	}
	if seen != len(kind.Fields) {
		t.Errorf("%d fields, and %d", seen, len(kind.Fields))
	}
	for _, err := range s.Wrong() {
		t.Errorf("%.300v", err)
	}
	old := jiratest.New(jiratest.Options{Kind: jiratest.DataCenter})
	if code, _ := send(t, old, jiratest.DataCenter, "GET", "/rest/api/2/issue/createmeta", ""); code != 404 {
		t.Errorf("Data Center has it still: %d", code)
	}
}

// Cloud repeats a webhook that was not taken, minutes later; Data Center does not. A refusal is final on both.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	for kind, want := range map[jiratest.Kind][]int{jiratest.Cloud: {503, 400}, jiratest.DataCenter: {503}} {
		synctest.Test(t, func(t *testing.T) {
			var n memnet.Net
			var mu sync.Mutex
			var got []*http.Request
			stop := n.Serve("bot.example", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				body, _ := io.ReadAll(r.Body)
				if r.Header.Get("X-Hub-Signature") != jiratest.Sign("hush", body) || !strings.Contains(string(body), `"webhookEvent":"jira:issue_created"`) {
					t.Errorf("%s: %v for %s", kind, r.Header, body)
				}
				code := []int{503, 400}[len(got)]
				got = append(got, r)
				w.WriteHeader(code)
			}))
			defer stop()
			s := jiratest.New(jiratest.Options{Kind: kind})
			defer s.Close()
			s.Webhooks(n.Client(), "https://bot.example/", "hush")
			s.Item("a", "Open", "")
			time.Sleep(time.Hour)
			mu.Lock()
			defer mu.Unlock()
			if len(got) != len(want) {
				t.Fatalf("%s: sent %d times, want %d", kind, len(got), len(want))
			}
			if sent := s.Sent(); len(sent) != 1 || sent[0].Status != want[len(want)-1] {
				t.Errorf("%s: %+v", kind, sent)
			}
			if kind == jiratest.Cloud && (got[0].Header.Get("X-Atlassian-Webhook-Identifier") != got[1].Header.Get("X-Atlassian-Webhook-Identifier") ||
				got[1].Header.Get("X-Atlassian-Webhook-Retry") != "1") {
				t.Errorf("the repeat says %v", got[1].Header)
			}
		})
	}
}
