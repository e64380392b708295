package gitlocal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlocal"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	good := gitlocal.Settings{Root: "/srv/git", PipelineFile: "ci/deploy.sh"}
	for name, c := range map[string]struct {
		change func(*gitlocal.Settings)
		fault  string
	}{
		"good":                  {func(*gitlocal.Settings) {}, ""},
		"a repository for each": {func(s *gitlocal.Settings) { s.Repositories = map[string]string{"payments": "shop/pay"} }, ""},
		"one for all":           {func(s *gitlocal.Settings) { s.Repository = "shop/all.git" }, ""},
		"no root":               {func(s *gitlocal.Settings) { s.Root = "" }, "root: a folder is needed"},
		"out of the root":       {func(s *gitlocal.Settings) { s.Repository = "../{service}" }, "repository: "},
		"anywhere":              {func(s *gitlocal.Settings) { s.Repositories = map[string]string{"payments": "/etc"} }, "repositories.payments: "},
		"another placeholder":   {func(s *gitlocal.Settings) { s.Repository = "{environment}.git" }, "it may hold {service}"},
		"no file":               {func(s *gitlocal.Settings) { s.PipelineFile = "" }, "pipeline_file: "},
		"a file elsewhere":      {func(s *gitlocal.Settings) { s.PipelineFile = "../deploy.sh" }, "pipeline_file: "},
		"a file said oddly":     {func(s *gitlocal.Settings) { s.PipelineFile = "./deploy.sh" }, "pipeline_file: "},
	} {
		s := good
		c.change(&s)
		_, err := gitlocal.New(s, gitlocal.Outside{Clock: time.Now})
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
	if _, err := gitlocal.New(good, gitlocal.Outside{}); err == nil {
		t.Error("made without a clock")
	}
}

func TestExamine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	check := func(a *gitlocal.Adapter, want ...chat.Code) {
		t.Helper()
		var got, to []string
		for _, f := range a.Examine(t.Context()) {
			got = append(got, string(f.What.Code))
			if f.OK != f.Do.IsZero() {
				t.Errorf("%+v: what is wrong says what to do, and nothing else does", f)
			}
		}
		for _, c := range want {
			to = append(to, string(c))
		}
		wantLines(t, got, to)
	}
	check(w.adapter(), "gitlocal.check.git", "gitlocal.check.unreadable", "gitlocal.check.untrusted") // no commit yet
	first := w.commit("dana", "deploy.sh", "Begin")
	check(w.adapter(), "gitlocal.check.git", "gitlocal.check.repository", "gitlocal.check.untrusted")
	check(w.adapter(trusting), "gitlocal.check.git", "gitlocal.check.repository", "gitlocal.check.trusted")
	check(w.adapter(func(s *gitlocal.Settings) { s.PipelineFile = "ci.yml" }), "gitlocal.check.git", "gitlocal.check.no_file", "gitlocal.check.untrusted")
	check(w.adapter(func(s *gitlocal.Settings) { s.Repository = "elsewhere" }), "gitlocal.check.git", "gitlocal.check.no_repository", "gitlocal.check.untrusted")
	check(w.adapter(func(s *gitlocal.Settings) { s.Root = filepath.Join(w.root, "elsewhere") }), "gitlocal.check.git", "gitlocal.check.no_root")
	if err := os.WriteFile(filepath.Join(w.root, "payments.git", ".git", "shallow"), []byte(first+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check(w.adapter(), "gitlocal.check.git", "gitlocal.check.shallow", "gitlocal.check.untrusted")
}

func TestGitIsRecent(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"2.39.5": true, "2.30.0": true, "2.29.9": false, "3.0": true, "1.99.1": false, "2.50.1 (Apple Git-155)": true, "2": false, "": false, "x.y": false,
	} {
		if got := gitlocal.Recent(version); got != want {
			t.Errorf("%q is recent: %t", version, got)
		}
	}
}
