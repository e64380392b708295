package github_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// staff makes people who may write, and one who may only read.
func staff(w *world) {
	for _, login := range []string{"dana", "eli", "mira", "gast"} {
		w.AddUser(login, login+"@shop.example", "User")
		w.Role(payments, login, "write")
	}
	w.Role(payments, "gast", "read")
}

func logins(all []port.Identity) (names []string) {
	for _, i := range all {
		names = append(names, i.Account.ID)
	}
	return names
}

func approvers(r *port.MergeRequest) (names []string) {
	for _, a := range r.Approvals {
		names = append(names, a.By.Account.ID)
	}
	return names
}

func ranged(t *testing.T, p *github.Provenance, since, commit string) port.CommitRange {
	t.Helper()
	got, err := p.Range(t.Context(), "payments", since, commit)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatAVersionBrings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		staff(w)
		since := w.Head(payments, "main")
		first := w.Commit(payments, "fix", "dana", githubtest.Change{
			Message: "Round up\n\nAs agreed.\n\nCo-authored-by: Eli <eli@shop.example>\nco-authored-by: M <12+mira@users.noreply.github.com>\n",
			Files:   map[string]string{"a": "1"},
		})
		number := w.OpenRequest(payments, "fix", "main", "dana", "Rounding")
		time.Sleep(time.Hour)
		w.Review(payments, number, "mira", "APPROVED")
		time.Sleep(time.Hour)
		pushed := time.Now()
		second := w.Commit(payments, "fix", "eli", githubtest.Change{Message: "And down", Author: githubtest.Person{Name: "?", Email: "who@else.example"}, Files: map[string]string{"a": "2"}})
		time.Sleep(time.Hour)
		w.Review(payments, number, "mira", "COMMENTED")
		w.Review(payments, number, "gast", "APPROVED")
		w.Review(payments, number, "gonogo", "APPROVED")
		w.Dismiss(payments, number, "gonogo")
		time.Sleep(time.Minute)
		merge := w.Merge(payments, number, "mira", false)
		w.DeleteBranch(payments, "fix", "mira")
		direct := w.Commit(payments, "main", "eli", githubtest.Change{Message: "Directly", Files: map[string]string{"b": "1"}})

		p := w.provenance(t)
		got := ranged(t, p, since[:8], direct[:10])
		var ids []string
		for _, c := range got.Commits {
			ids = append(ids, c.ID)
		}
		if want := []string{first, second, merge, direct}; !slices.Equal(ids, want) || got.Since != since || got.Commit != direct || got.More {
			t.Fatalf("%+v", got)
		}
		c := got.Commits[0]
		if c.Subject != "Round up" || c.Author.Account != (chat.Account{Platform: "github", ID: "dana"}) || c.Author.Email != "dana@shop.example" || c.Merge || !strings.HasSuffix(c.Link, first) {
			t.Errorf("%+v", c)
		}
		if co := c.CoAuthors; len(co) != 2 || co[0].Email != "eli@shop.example" || co[1].Account.ID != "mira" {
			t.Errorf("co-authors %+v", co)
		}
		if a := got.Commits[1].Author; a.Account.ID != "" || a.Email != "who@else.example" {
			t.Errorf("somebody GitHub does not know: %+v", a)
		}
		if c := got.Commits[2]; !c.Merge || !c.Committer.Machine || c.Committer.Account.ID != "web-flow" {
			t.Errorf("a merge on GitHub's pages: %+v", c)
		}
		r := c.Request
		if r == nil || r.ID != "#1" || r.Author.Account.ID != "dana" || r.MergedBy.Account.ID != "mira" || r.Head != second || !r.PushedAt.Equal(pushed.Truncate(time.Second)) {
			t.Fatalf("%+v", r)
		}
		if who := logins(r.Pushers); !slices.Equal(who, []string{"eli", "dana"}) {
			t.Errorf("pushed by %q", who)
		}
		// The approval stands, and says that it was given to what was there before the last push.
		if who := approvers(r); !slices.Equal(who, []string{"mira"}) || r.Approvals[0].Commit != first || !r.Approvals[0].At.Before(r.PushedAt) {
			t.Errorf("approved by %+v", r.Approvals)
		}
		if got.Commits[1].Request != r || got.Commits[2].Request != r || got.Commits[3].Request != nil {
			t.Error("commits and their requests")
		}
		if got.Pipeline == nil || got.Pipeline.ID != since || got.File != ".github/workflows/deploy.yml" || got.Source.System != "github" {
			t.Errorf("pipeline file: %+v", got.Pipeline)
		}
	})
}

func TestWhichReviewsStand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reviews []string // "login STATE"
		want    []string
	}{
		"approved":              {[]string{"eli APPROVED", "mira APPROVED"}, []string{"eli", "mira"}},
		"changed their mind":    {[]string{"eli APPROVED", "eli CHANGES_REQUESTED"}, nil},
		"changed it back":       {[]string{"eli CHANGES_REQUESTED", "eli APPROVED"}, []string{"eli"}},
		"dismissed":             {[]string{"eli APPROVED", "eli dismissed"}, nil},
		"dismissed after":       {[]string{"eli APPROVED", "eli CHANGES_REQUESTED", "eli dismissed"}, nil},
		"approved once more":    {[]string{"eli APPROVED", "eli dismissed", "eli APPROVED"}, []string{"eli"}},
		"a comment is none":     {[]string{"eli COMMENTED"}, nil},
		"a comment takes none":  {[]string{"eli APPROVED", "eli COMMENTED"}, []string{"eli"}},
		"who may only read":     {[]string{"gast APPROVED"}, nil},
		"who is of no use here": {[]string{"other APPROVED"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, mayAsk := range []bool{true, false} {
					w := begin(t, githubtest.Options{})
					staff(w)
					w.AddUser("other", "other@else.example", "User")
					w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Fix", Files: map[string]string{"a": "1"}})
					number := w.OpenRequest(payments, "fix", "main", "dana", "Fix")
					for _, review := range c.reviews {
						who, state, _ := strings.Cut(review, " ")
						time.Sleep(time.Minute)
						if state == "dismissed" {
							w.Dismiss(payments, number, who)
						} else {
							w.Review(payments, number, who, state)
						}
					}
					squashed := w.Merge(payments, number, "dana", true)
					want := c.want
					if !mayAsk { // a token without push may not ask for roles: then what a review says of its author counts
						w.Permit("metadata", "")
						if name == "who may only read" {
							want = []string{"gast"}
						}
					}
					set := provenanceSettings()
					set.Branch = "main"
					p, err := github.NewProvenance(set, w.outside())
					if err != nil {
						t.Fatal(err)
					}
					got := ranged(t, p, "", squashed)
					if r := got.Commits[0].Request; r == nil || !slices.Equal(approvers(r), want) {
						t.Errorf("may ask %v: %+v, want %q", mayAsk, r, want)
					}
				}
			})
		})
	}
}

// Commits' own dates are whoever made them's to choose; when a push came is GitHub's to say, or nobody's.
func TestWhenItWasPushedIsNotForgeable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		staff(w)
		before := time.Now()
		w.Commit(payments, "fix", "eli", githubtest.Change{Message: "Of another branch of that name"})
		w.DeleteBranch(payments, "fix", "eli")
		time.Sleep(time.Hour)
		w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Fix", Files: map[string]string{"a": "1"}})
		number := w.OpenRequest(payments, "fix", "main", "dana", "Fix")
		w.Review(payments, number, "eli", "APPROVED")
		time.Sleep(time.Hour)
		pushed := time.Now()
		head := w.Commit(payments, "fix", "mira", githubtest.Change{Message: "Fix", At: before, Force: true, Files: map[string]string{"a": "evil"}})
		w.Merge(payments, number, "dana", false)
		time.Sleep(time.Hour)
		w.Commit(payments, "fix", "gonogo", githubtest.Change{Message: "Later, under the same name"})
		p := w.provenance(t)
		r := ranged(t, p, "", head).Commits[0].Request
		if r == nil || r.Head != head || !r.PushedAt.Equal(pushed.Truncate(time.Second)) || !slices.Equal(logins(r.Pushers), []string{"mira", "dana"}) {
			t.Errorf("%+v", r)
		}
		w.KeepActivity(false)
		r = ranged(t, p, "", head).Commits[0].Request
		if r == nil || !r.PushedAt.IsZero() || !slices.Equal(logins(r.Pushers), []string{"mira"}) || r.Approvals[0].Commit == head {
			t.Errorf("without GitHub's word: %+v", r)
		}
		w.KeepActivity(true)
		w.FromFork(payments, number, "mira")
		if r = ranged(t, p, "", head).Commits[0].Request; r == nil || !r.PushedAt.IsZero() {
			t.Errorf("from a fork: %+v", r)
		}
	})
}

func TestTheRequestThatACommitCameInWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		staff(w)
		w.Commit(payments, "next", "dana", githubtest.Change{Message: "Next"})
		fix := w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Fix", Files: map[string]string{".github/workflows/deploy.yml": deploy + "# changed\n"}})
		into := w.OpenRequest(payments, "fix", "next", "dana", "Into next")
		w.Merge(payments, into, "dana", false)
		time.Sleep(time.Minute)
		p := w.provenance(t)
		if r := ranged(t, p, "", fix).Commits[0].Request; r == nil || r.ID != "#1" {
			t.Errorf("merged into another branch alone: %+v", r)
		}
		main := w.OpenRequest(payments, "next", "main", "dana", "Into main")
		if r := ranged(t, p, "", fix).Commits[0].Request; r == nil || r.ID != "#1" {
			t.Errorf("an open one counts: %+v", r)
		}
		head := w.Merge(payments, main, "mira", false)
		got := ranged(t, p, "", head)
		if r := ranged(t, p, "", fix).Commits[0].Request; r == nil || r.ID != "#2" {
			t.Errorf("merged into the branch: %+v", r)
		}
		if got.Pipeline == nil || got.Pipeline.ID != fix || got.Pipeline.Request == nil || got.Pipeline.Request.ID != "#2" || len(got.Commits) != 1 {
			t.Errorf("the pipeline file: %+v", got.Pipeline)
		}
	})
}

// A squashed commit shows its author alone: whoever made what it was made of counts as well.
func TestASquashedCommitHidesNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		staff(w)
		w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Fix", Files: map[string]string{"a": "1"}})
		w.Commit(payments, "fix", "mira", githubtest.Change{Message: "More\n\nCo-authored-by: E <eli@shop.example>", Author: githubtest.Person{Email: "who@else.example"}})
		squashed := w.Merge(payments, w.OpenRequest(payments, "fix", "main", "dana", "Fix"), "mira", true)
		var all []string
		for _, who := range ranged(t, w.provenance(t), "", squashed).Commits[0].CoAuthors {
			all = append(all, orElse(who.Account.ID, who.Email))
		}
		slices.Sort(all)
		if want := []string{"eli@shop.example", "mira", "who@else.example"}; !slices.Equal(all, want) {
			t.Errorf("made by %q, want %q", all, want)
		}
		for i := range 250 {
			w.Commit(payments, "long", "dana", githubtest.Change{Message: fmt.Sprint(i)})
		}
		squashed = w.Merge(payments, w.OpenRequest(payments, "long", "main", "dana", "Long"), "mira", true)
		if got, err := w.provenance(t).Range(t.Context(), "payments", "", squashed); err == nil {
			t.Errorf("of more commits than are listed: %+v", got)
		}
	})
}

func orElse(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

func TestTooManyCommits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		since := w.Head(payments, "main")
		var shas []string
		for i := range 251 {
			shas = append(shas, w.Commit(payments, "main", "gonogo", githubtest.Change{Message: fmt.Sprint(i)}))
		}
		p := w.provenance(t)
		got := ranged(t, p, since, shas[249])
		if len(got.Commits) != 250 || got.More || got.Commits[0].ID != shas[0] || got.Commits[249].ID != shas[249] {
			t.Errorf("%d commits, more %v", len(got.Commits), got.More)
		}
		if got = ranged(t, p, since, shas[250]); len(got.Commits) != port.CommitsMost || !got.More {
			t.Errorf("%d commits, more %v", len(got.Commits), got.More)
		}
		if got = ranged(t, p, shas[9], shas[3]); len(got.Commits) != 0 || got.More {
			t.Errorf("going back brings %d commits", len(got.Commits))
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		head, none := w.Head(payments, "main"), strings.Repeat("0", 40)
		p := w.provenance(t)
		for name, c := range map[string][3]string{
			"no commit": {"payments", "", none}, "no commit before": {"payments", none, head}, "no id": {"payments", "", "main"},
			"a path": {"payments", "../x", head}, "nothing": {"payments", "", ""}, "no service": {"a/b", "", head},
		} {
			if got, err := p.Range(t.Context(), c[0], c[1], c[2]); !errors.Is(err, effect.ErrNotFound) {
				t.Errorf("%s: %+v %v", name, got, err)
			}
		}
		w.Hide(payments, true)
		if _, err := p.Range(t.Context(), "payments", "", head); err == nil || errors.Is(err, effect.ErrNotFound) {
			t.Errorf("out of sight: %v", err)
		}
		w.Hide(payments, false)
		set := provenanceSettings()
		set.PipelineFile = "Jenkinsfile"
		p, err := github.NewProvenance(set, w.outside())
		if err != nil {
			t.Fatal(err)
		}
		if got := ranged(t, p, "", head); got.Pipeline != nil {
			t.Errorf("%+v", got.Pipeline)
		}
	})
}

// Nothing that can't be read is taken for nothing there: a range is whole or an error.
func TestARangeIsWholeOrAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		staff(w)
		since := w.Head(payments, "main")
		w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Fix"})
		number := w.OpenRequest(payments, "fix", "main", "dana", "Fix")
		w.Review(payments, number, "eli", "APPROVED")
		head := w.Merge(payments, number, "mira", false)
		p := w.provenance(t)
		ranged(t, p, since, head)
		for _, path := range w.Requests() {
			_, path, _ = strings.Cut(path, " ")
			w.Garble(path)
			got, err := p.Range(t.Context(), "payments", since, head)
			if verdict, _ := effect.Classify(err); verdict != effect.Retry || errors.Is(err, effect.ErrNotFound) {
				t.Errorf("%s malformed: %+v %v", path, got, err)
			}
			w.Heal()
		}
		for _, right := range []string{"contents", "pull_requests"} {
			w.Permit(right, "")
			if got, err := p.Range(t.Context(), "payments", since, head); err == nil || errors.Is(err, effect.ErrNotFound) {
				t.Errorf("without %s: %+v %v", right, got, err)
			}
			w.Permit(right, "read")
		}
	})
}

// What GitHub made as it merged, it signed. A commit that somebody made and pushed says the same of itself, unsigned.
func TestWhatGitHubMade(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		merge func(w *world, number int) string
		made  bool
	}{
		"a merge":         {func(w *world, number int) string { return w.Merge(payments, number, "mira", false) }, true},
		"a squash":        {func(w *world, number int) string { return w.Merge(payments, number, "mira", true) }, true},
		"a merge by hand": {func(w *world, number int) string { return w.MergeByHand(payments, number, "mira") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := begin(t, githubtest.Options{})
				staff(w)
				since := w.Head(payments, "main")
				w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Round up", Files: map[string]string{"a": "1"}})
				number := w.OpenRequest(payments, "fix", "main", "dana", "Rounding")
				sha := c.merge(w, number)
				got := ranged(t, w.provenance(t), since, sha)
				last := got.Commits[len(got.Commits)-1]
				if last.ID != sha || last.Request == nil || last.Request.MergedBy.Account.ID != "mira" || last.Request.Author.Account.ID != "dana" {
					t.Fatalf("%+v", last)
				}
				want := []string{sha}
				if !c.made {
					want = nil
				}
				if !slices.Equal(last.Request.Made, want) {
					t.Errorf("GitHub made %v of it, want %v", last.Request.Made, want)
				}
			})
		})
	}
}

// GitHub calls a repository the same in any case, and answers in its own.
func TestARepositoryInAnotherCase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		staff(w)
		since := w.Head(payments, "main")
		w.Commit(payments, "fix", "dana", githubtest.Change{Message: "Round up", Files: map[string]string{"a": "1"}})
		number := w.OpenRequest(payments, "fix", "main", "dana", "Rounding")
		w.Review(payments, number, "mira", "APPROVED")
		sha := w.Merge(payments, number, "mira", false)
		s := provenanceSettings()
		s.Repository = "Shop/{service}"
		p, err := github.NewProvenance(s, w.outside())
		if err != nil {
			t.Fatal(err)
		}
		got := ranged(t, p, since, sha)
		if r := got.Commits[0].Request; r == nil || r.PushedAt.IsZero() || len(r.Pushers) != 1 {
			t.Errorf("the request is %+v", r)
		}
	})
}
