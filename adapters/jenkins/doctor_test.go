package jenkins_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// found are the codes of findings; those that are not OK begin with "!".
func (s *stand) found(findings []port.Finding) []string {
	s.t.Helper()
	var codes []string
	for _, f := range findings {
		mark := ""
		if !f.OK {
			mark = "!"
		}
		if f.OK != f.Do.IsZero() {
			s.t.Errorf("%s says nothing of what to do, or too much", f.What.Code)
		}
		codes = append(codes, mark+strings.TrimPrefix(string(f.What.Code), "jenkins.check."))
	}
	return codes
}

func (s *stand) wantFound(want ...string) {
	s.t.Helper()
	if got := s.found(s.a.Examine(s.t.Context())); !slices.Equal(got, want) {
		s.t.Errorf("found %v, want %v", got, want)
	}
}

func TestDoctor(t *testing.T) {
	wrongToken, wrongPlace, wrongParameter := settings(), settings(), settings()
	wrongToken.Token = "env:HOOK"
	wrongPlace.URL = "https://elsewhere.example"
	wrongParameter.Parameters = map[string]string{"VERSION": "{version}", "FLAVOUR": "x"}
	noJob := settings()
	noJob.Job, noJob.Jobs = "", map[string]string{"payments": job}
	for name, c := range map[string]struct {
		o    jenkinstest.Options
		set  jenkins.Settings
		do   func(*stand)
		want []string
	}{
		"all is well":        {want: []string{"account", "crumb", "job", "rights_unknown"}},
		"with Blue Ocean":    {o: jenkinstest.Options{Blue: true}, want: []string{"account", "crumb", "job"}},
		"a wrong token":      {set: wrongToken, want: []string{"!no_token"}},
		"nobody there":       {set: wrongPlace, want: []string{"!unreachable"}},
		"no right to read":   {do: func(s *stand) { s.ci.Revoke(jenkinstest.OverallRead) }, want: []string{"!no_read"}},
		"no right to see it": {do: func(s *stand) { s.ci.Revoke(jenkinstest.JobRead) }, want: []string{"account", "crumb", "!no_job"}},
		"no right to build": {o: jenkinstest.Options{Blue: true}, do: func(s *stand) { s.ci.Revoke(jenkinstest.JobBuild) },
			want: []string{"account", "crumb", "job", "!no_build"}},
		"no right to cancel": {o: jenkinstest.Options{Blue: true}, do: func(s *stand) { s.ci.Revoke(jenkinstest.JobCancel) },
			want: []string{"account", "crumb", "job", "!no_cancel"}},
		"an undeclared parameter": {set: wrongParameter, want: []string{"account", "crumb", "!undeclared", "rights_unknown"}},
		"an undeclared key": {do: func(s *stand) {
			s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters[1:]})
		}, want: []string{"account", "crumb", "!undeclared", "rights_unknown"}},
		"a hidden key": {do: func(s *stand) {
			s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: append([]jenkinstest.Parameter{{Name: keyName, Type: "PasswordParameterDefinition"}}, parameters[1:]...)})
		}, want: []string{"account", "crumb", "!hidden", "rights_unknown"}},
		"no such choice": {do: func(s *stand) {
			s.target = append(s.target, port.Target{Service: "payments", Environment: "test"})
			s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: []jenkinstest.Parameter{{Name: keyName}, {Name: "VERSION", Choices: []string{"1"}}, {Name: "ENVIRONMENT", Choices: []string{"test"}}}})
		}, want: []string{"account", "crumb", "!no_choice", "rights_unknown"}},
		"a disabled job": {do: func(s *stand) { s.ci.Disable(job, true) }, want: []string{"account", "crumb", "!disabled", "rights_unknown"}},
		"a folder for a job": {do: func(s *stand) { s.ci.AddJob(jenkinstest.Job{Path: job + "/main"}); s.ci.RemoveJob(job) },
			want: []string{"account", "crumb", "!folder"}},
		"a service without a job": {set: noJob, do: func(s *stand) { s.target = append(s.target, port.Target{Service: "search", Environment: "prod"}) },
			want: []string{"account", "crumb", "!nameless", "job", "rights_unknown"}},
		"something in between fails": {do: func(s *stand) { s.ci.Fail(trouble.Closed) }, want: []string{"!unreachable"}},
		"no answer at all":           {do: func(s *stand) { s.ci.Garble("/") }, want: []string{"!not_jenkins"}},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, c.o, c.set, func(s *stand) {
				if c.do != nil {
					c.do(s)
				}
				s.wantFound(c.want...)
			})
		})
	}
}

func TestDoctorOnSomethingElse(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		stop := s.net.Serve("ci.example", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Log in</html>")) }))
		s.wantFound("!not_jenkins")
		stop()
		stop = s.net.Serve("ci.example", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "crumb") {
				http.NotFound(w, r)
				return
			}
			s.ci.ServeHTTP(w, r)
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		}))
		defer stop()
		s.wantFound("account", "no_crumb", "job", "rights_unknown")
	})
}

func TestDoctorComparesTheClocks(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		a, err := jenkins.New(settings(), jenkins.Outside{Secret: secrets, Clock: func() time.Time { return time.Now().Add(10 * time.Minute) }, Client: s.client, Pipeline: "shop"})
		if err != nil {
			t.Fatal(err)
		}
		s.a = a
		s.wantFound("account", "!clock", "crumb")
	})
}

// readings are what was read in one word each: on, off or unread, with its code.
func (s *stand) readings() []string {
	s.t.Helper()
	var all []string
	for _, r := range s.a.Audit(s.t.Context()) {
		word := "unread"
		if r.On != nil {
			word = map[bool]string{true: "on", false: "off"}[*r.On]
		}
		if (word == "on") != r.Do.IsZero() {
			s.t.Errorf("%s says nothing of what to do, or too much", r.What.Code)
		}
		all = append(all, string(r.Of)+" "+word+" "+strings.TrimPrefix(string(r.What.Code), "jenkins.audit."))
	}
	return all
}

func TestAudit(t *testing.T) {
	const access, record = "access-control ", "audit-log "
	seeing := func(s *stand) { s.ci.Grant(jenkinstest.OverallSystemRead) }
	for name, c := range map[string]struct {
		o    jenkinstest.Options
		do   func(*stand)
		want []string
	}{
		"as it should be": {jenkinstest.Options{}, nil,
			[]string{access + "on security", access + "on no_anonymous", access + "on rights_differ", record + "unread plugins_refused"}},
		"with the right to read": {jenkinstest.Options{Plugins: []string{"git", "role-strategy", "audit-trail"}}, seeing,
			[]string{access + "on security", access + "on no_anonymous", access + "unread strategy", record + "on record"}},
		"without the plugins": {jenkinstest.Options{Readable: true, Plugins: []string{"git"}}, seeing,
			[]string{access + "on security", access + "off anonymous", access + "off no_strategy", record + "off no_record"}},
		"wide open": {jenkinstest.Options{Open: true}, seeing,
			[]string{access + "off no_security", access + "off anonymous", access + "off no_strategy", record + "off no_record"}},
		"down": {jenkinstest.Options{}, func(s *stand) { s.ci.Fail(trouble.Closed) },
			[]string{access + "unread unread", access + "unread unread", access + "unread unread", record + "unread unread"}},
		"garbled": {jenkinstest.Options{}, func(s *stand) { s.ci.Garble("/") },
			[]string{access + "unread unread", access + "unread unread", access + "unread unread", record + "unread unread"}},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, c.o, jenkins.Settings{}, func(s *stand) {
				if c.do != nil {
					c.do(s)
				}
				if got := s.readings(); !slices.Equal(got, c.want) {
					t.Errorf("read %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestDescribed(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		set := settings()
		set.WebhookToken = ""
		want := port.Orchestration{System: "jenkins", Address: address, Job: "shop/deploy-{service}", Heard: port.Webhooks}
		if got := s.a.Described(); got != want {
			t.Errorf("described as %+v", got)
		}
		want.Heard = port.Asking
		if got := s.adapter(set).Described(); got != want {
			t.Errorf("described as %+v", got)
		}
	})
}

// No error, finding, reading, notice or line of the log holds a secret, whatever goes wrong.
func TestSecretsStayInside(t *testing.T) {
	within(t, jenkinstest.Options{Crumbs: true}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		s.ci.Pass()
		var all []string
		note := func(err error) {
			if err != nil {
				all = append(all, err.Error())
			}
		}
		for _, k := range trouble.Kinds() {
			s.ci.Fail(k)
			_, err := s.a.Start(s.t.Context(), deployment("D-2"))
			note(err)
			_, err = s.a.Find(s.t.Context(), "D-2")
			note(err)
			_, err = s.a.Follow(s.t.Context(), run, port.Progress{})
			note(err)
			note(s.a.Cancel(s.t.Context(), run))
			for _, f := range s.a.Examine(s.t.Context()) {
				all = append(all, words.Text(f.What, nil, time.Time{}), words.Text(f.Do, nil, time.Time{}))
			}
			for _, r := range s.a.Audit(s.t.Context()) {
				all = append(all, words.Text(r.What, nil, time.Time{}), words.Text(r.Do, nil, time.Time{}))
			}
			s.while(func() { time.Sleep(time.Minute) })
			s.ci.Heal()
		}
		set := settings()
		set.WebhookToken = "env:NOT_THERE"
		_, err := jenkins.New(set, jenkins.Outside{Clock: time.Now, Secret: secrets})
		note(err)
		set.WebhookToken, set.Token = token, token // written where a reference belongs
		note(set.Validate())
		if len(all) < 50 {
			t.Fatalf("only %d things were said", len(all))
		}
		for _, text := range append(all, s.log.String()) {
			if strings.Contains(text, token) || strings.Contains(text, hook) || strings.Contains(text, "crumb-of-") {
				t.Errorf("a secret in %q", text)
			}
		}
	})
}
