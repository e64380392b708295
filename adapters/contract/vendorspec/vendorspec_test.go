package vendorspec_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

var events = vendorspec.Options{File: "pagerduty/events-v2-openapiv3.json", Base: "/v2"}

func TestRequestsAndAnswersAreCompared(t *testing.T) {
	t.Parallel()
	s := vendorspec.Need(t, events)
	good := `{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","payload":{"summary":"a","source":"b","severity":"critical"}}`
	for _, c := range []struct {
		method, path, body string
		ok                 bool
	}{
		{"POST", "/v2/enqueue", good, true},
		{"POST", "/v2/enqueue", strings.Replace(good, "critical", "dreadful", 1), false},
		{"POST", "/v2/enqueue", `{`, false},
		{"POST", "/v2/enqueue", ``, false},
		{"GET", "/v2/enqueue", ``, false},
		{"POST", "/v2/nowhere", good, false},
		{"POST", "/enqueue", good, false},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Content-Type", "application/json")
		if err := s.Request(r, []byte(c.body)); (err == nil) != c.ok {
			t.Errorf("%s %s %.40s: %v", c.method, c.path, c.body, err)
		}
	}
	if err := s.Answer("POST", "/v2/enqueue", http.StatusAccepted, "application/json", []byte(`{"status":"success","message":"m","dedup_key":"k"}`)); err != nil {
		t.Error(err)
	}
	if s.Answer("POST", "/v2/enqueue", http.StatusAccepted, "application/json", []byte(`{"status":1}`)) == nil {
		t.Error("an answer of another form passes")
	}
}

// What others read has only the kept paths, as they are asked for.
func TestTextForOthers(t *testing.T) {
	t.Parallel()
	vendorspec.Need(t, events)
	text, err := vendorspec.Text(vendorspec.Options{File: events.File, Base: events.Base, Keep: []string{"/enqueue"}})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Paths   map[string]any
		Servers []any
	}
	if err := json.Unmarshal(text, &got); err != nil || len(got.Paths) != 1 || got.Paths["/v2/enqueue"] == nil || got.Servers != nil {
		t.Errorf("%v: %.300s", err, text)
	}
}

// Every description that the adapters' tests rest on loads, cut to few paths where it is large.
func TestDescriptionsLoad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o            vendorspec.Options
		method, path string
	}{
		{events, "POST", "/v2/change/enqueue"},
		{vendorspec.Options{File: "jira/cloud-rest-v3-openapi.json.gz", Keep: []string{"/rest/api/3/search/jql"}}, "GET", "/rest/api/3/search/jql"},
		{vendorspec.Options{File: "jira/data-center-10.0-rest-v2-openapi.json", Base: "/rest", Keep: []string{"/api/2/issue"}}, "POST", "/rest/api/2/issue"},
		{vendorspec.Options{File: "gitlab/openapi3-converted.yaml.gz", Keep: []string{"/api/v4/projects/{id}/pipeline"}}, "POST", "/api/v4/projects/1/pipeline"},
		{vendorspec.Options{File: "github/api.github.com.json.gz", Keep: []string{"/repos/{owner}/{repo}/actions/"}}, "GET", "/repos/a/b/actions/runs"},
		{vendorspec.Options{File: "argocd/swagger.json"}, "GET", "/api/v1/applications"},
		{vendorspec.Options{File: "jenkins/jenkins-api-community.yml"}, "GET", "/crumbIssuer/api/json"},
	} {
		began := time.Now()
		if s := vendorspec.Need(t, c.o); !s.Described(c.method, c.path) {
			t.Errorf("%s: %s %s is not described", c.o.File, c.method, c.path)
		}
		t.Logf("%s in %v", c.o.File, time.Since(began))
	}
}
