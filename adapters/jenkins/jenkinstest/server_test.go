package jenkinstest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
)

type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func jenkins(o jenkinstest.Options) (*jenkinstest.Server, *clock) {
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	o.Clock, o.User, o.Token, o.URL = func() time.Time { return c.now }, "bot", "secret", "https://ci.example/ci"
	s := jenkinstest.New(o)
	s.AddJob(jenkinstest.Job{Path: "shop/deploy", Parameters: []jenkinstest.Parameter{{Name: "KEY"}, {Name: "STAGE", Choices: []string{"test", "prod"}}}})
	s.AddJob(jenkinstest.Job{Path: "plain"})
	return s, c
}

func ask(s *jenkinstest.Server, method, path, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/ci"+path, strings.NewReader(form))
	r.SetBasicAuth("bot", "secret")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestABuildsLife(t *testing.T) {
	t.Parallel()
	s, c := jenkins(jenkinstest.Options{Quiet: 5 * time.Second})
	started := ask(s, "POST", "/job/shop/job/deploy/buildWithParameters", "KEY=1&STAGE=prod&OTHER=x")
	if started.Code != http.StatusCreated || started.Header().Get("Location") != "https://ci.example/ci/queue/item/1/" {
		t.Fatalf("the start gave %d %v", started.Code, started.Header())
	}
	if again := ask(s, "POST", "/job/shop/job/deploy/buildWithParameters", "KEY=1&STAGE=prod"); again.Header().Get("Location") != started.Header().Get("Location") {
		t.Error("the same that waits in the queue is not folded")
	}
	for _, step := range []struct {
		after      time.Duration
		page, says string
	}{
		{0, "/queue/item/1/api/json?tree=id,why,cancelled,executable[number]", `{"_class":"hudson.model.Queue$WaitingItem","id":1,"why":"In the quiet period. Expires in 5s"}`},
		{0, "/queue/api/json?tree=items[id,task[url]]", `{"_class":"hudson.model.Queue","items":[{"_class":"hudson.model.Queue$WaitingItem","id":1,"task":{"_class":"hudson.model.FreeStyleProject","url":"https://ci.example/ci/job/shop/job/deploy/"}}]}`},
		{6 * time.Second, "/queue/api/json?tree=items[id]", `{"_class":"hudson.model.Queue","items":[]}`},
		{0, "/queue/item/1/api/json?tree=cancelled,executable[number]", `{"_class":"hudson.model.Queue$LeftItem","cancelled":false,"executable":{"_class":"hudson.model.FreeStyleBuild","number":1}}`},
		{0, "/job/shop/job/deploy/1/api/json?tree=building,result,actions[parameters[name,value]]", `{"_class":"hudson.model.FreeStyleBuild","actions":[{"_class":"hudson.model.CauseAction"},{},{"_class":"hudson.model.ParametersAction","parameters":[{"_class":"hudson.model.StringParameterValue","name":"KEY","value":"1"},{"_class":"hudson.model.StringParameterValue","name":"STAGE","value":"prod"}]}],"building":true,"result":null}`},
		{10 * time.Second, "/job/shop/job/deploy/api/json?tree=builds[number,building,result]{0,5}", `{"_class":"hudson.model.FreeStyleProject","builds":[{"_class":"hudson.model.FreeStyleBuild","building":false,"number":1,"result":"SUCCESS"}]}`},
		{0, "/job/shop/job/deploy/api/json?tree=builds[number]{1,5}", `{"_class":"hudson.model.FreeStyleProject","builds":[]}`},
	} {
		c.pass(step.after)
		if got := strings.TrimSpace(ask(s, "GET", step.page, "").Body.String()); got != step.says {
			t.Errorf("%s:\n%s\nwant\n%s", step.page, got, step.says)
		}
	}
	c.pass(5 * time.Minute)
	if w := ask(s, "GET", "/queue/item/1/api/json", ""); w.Code != http.StatusNotFound {
		t.Errorf("the queue remembers for ever: %d", w.Code)
	}
	for _, err := range s.Wrong() {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s, c := jenkins(jenkinstest.Options{Crumbs: true})
	start := func() *httptest.ResponseRecorder {
		return ask(s, "POST", "/job/shop/job/deploy/buildWithParameters", "KEY=1")
	}
	if w := start(); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "No valid crumb was included in the request") {
		t.Errorf("without a crumb: %d %s", w.Code, w.Body)
	}
	var crumb struct{ Crumb, CrumbRequestField string }
	given := ask(s, "GET", "/crumbIssuer/api/json", "")
	if err := json.Unmarshal(given.Body.Bytes(), &crumb); err != nil {
		t.Fatal(err)
	}
	with := func(cookie bool, path, form string) int {
		r := httptest.NewRequest("POST", "/ci"+path, strings.NewReader(form))
		r.SetBasicAuth("bot", "secret")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(crumb.CrumbRequestField, crumb.Crumb)
		if cookie {
			r.AddCookie(given.Result().Cookies()[0])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	build := "/job/shop/job/deploy/buildWithParameters"
	for _, step := range []struct {
		do     func()
		path   string
		form   string
		cookie bool
		want   int
	}{
		{nil, build, "KEY=1", false, http.StatusForbidden}, // the crumb of another session
		{nil, build, "KEY=1", true, http.StatusCreated},
		{nil, build, "KEY=2&STAGE=elsewhere", true, http.StatusBadRequest},
		{nil, "/job/plain/buildWithParameters", "KEY=1", true, http.StatusBadRequest},
		{nil, "/job/absent/buildWithParameters", "KEY=1", true, http.StatusNotFound},
		{nil, "/job/shop/job/deploy/1/stop", "", true, http.StatusFound},
		{nil, "/queue/cancelItem?id=1", "", true, http.StatusInternalServerError}, // it has left
		{nil, "/queue/cancelItem?id=9", "", true, http.StatusNotFound},
		{func() { s.Disable("shop/deploy", true) }, build, "KEY=3", true, http.StatusConflict},
		{func() { s.Disable("shop/deploy", false); s.Revoke(jenkinstest.JobBuild) }, build, "KEY=3", true, http.StatusForbidden},
		{func() { s.Revoke(jenkinstest.JobRead) }, build, "KEY=3", true, http.StatusNotFound},
		{s.Restart, "/job/shop/job/deploy/1/stop", "", true, http.StatusForbidden}, // the session is gone
	} {
		if step.do != nil {
			step.do()
		}
		if got := with(step.cookie, step.path, step.form); got != step.want {
			t.Errorf("%s %s: %d, want %d", step.path, step.form, got, step.want)
		}
		c.pass(time.Second)
	}
	nobody := httptest.NewRecorder()
	s.ServeHTTP(nobody, httptest.NewRequest("GET", "/ci/api/json", nil))
	if nobody.Code != http.StatusForbidden {
		t.Errorf("nobody in particular gets %d", nobody.Code)
	}
	for _, err := range s.Wrong() {
		t.Error(err)
	}
}

// What is asked otherwise than Jenkins takes it is caught, whatever comes of it.
func TestStrictness(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, form string
		described          bool // by the community's description, which may be absent
	}{
		"no such page":            {"GET", "/job/shop/job/deploy/xml", "", false},
		"a malformed tree":        {"GET", "/api/json?tree=a[b", "", false},
		"a span of nothing":       {"GET", "/api/json?tree=a{1}", "", false},
		"a start that is asked":   {"GET", "/job/shop/job/deploy/buildWithParameters", "", false},
		"a start without a form":  {"POST", "/job/shop/job/deploy/buildWithParameters", "", false},
		"a page that is told":     {"POST", "/api/json", "", false},
		"output from nowhere":     {"GET", "/job/shop/job/deploy/1/logText/progressiveText", "", true},
		"a query that none takes": {"GET", "/api/json?pretty=1", "", true},
		"a body that none takes":  {"POST", "/job/shop/job/deploy/1/stop", "a=b", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.described {
				vendorspec.Need(t, vendorspec.Options{File: "jenkins/jenkins-api-community.yml", Keep: []string{"/api/json"}})
			}
			s, _ := jenkins(jenkinstest.Options{})
			s.Build("dana", "shop/deploy")
			ask(s, c.method, c.path, c.form)
			if len(s.Wrong()) == 0 {
				t.Error("it was not caught")
			}
		})
	}
}
