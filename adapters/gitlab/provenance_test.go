package gitlab_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func (w *world) provenance(s gitlab.ProvenanceSettings) *gitlab.Provenance {
	w.t.Helper()
	s.URL, s.Token = w.url, "env:GITLAB"
	if s.Project == "" {
		s.Project = "shop/{service}"
	}
	p, err := gitlab.NewProvenance(s, w.outside(nil))
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func who(i port.Identity) string {
	text := i.Account.ID
	if i.Email != "" {
		text += "<" + i.Email + ">"
	}
	if i.Machine {
		text += " (machine)"
	}
	return text
}

func all[T any](list []T, word func(T) string) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = word(v)
	}
	return strings.Join(words, ", ")
}

// worded is a commit in words, its times as what passed since the start.
func worded(c port.Commit, began time.Time) string {
	since := func(t time.Time) string {
		if t.IsZero() {
			return "?"
		}
		return t.Sub(began).String()
	}
	out := fmt.Sprintf("%q by %s via %s with [%s]", c.Subject, who(c.Author), who(c.Committer), all(c.CoAuthors, who))
	if c.Merge {
		out += " merge"
	}
	if r := c.Request; r != nil {
		out += fmt.Sprintf(" in %s of %s pushed %s by [%s] approved [%s] merged %s by %s", r.ID, who(r.Author), since(r.PushedAt), all(r.Pushers, who),
			all(r.Approvals, func(a port.Approval) string { return who(a.By) + " " + since(a.At) }), since(r.MergedAt), who(r.MergedBy))
	}
	return out
}

func TestRange(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Members["gonogo"] = gitlabtest.Reporter })
		bot := w.side.AddUser("project_7_bot_0123456789abcdef")
		bot.Bot = true
		began, first := time.Now(), w.side.Head(shop, "main")
		pass := func() { time.Sleep(time.Hour) }

		w.side.Push(shop, "eve", "fix", gitlabtest.Commit{Message: "Fix it\n\nCo-authored-by: Max <max@example.org>", Author: "eve@example.org"})
		pass()
		one := w.side.Open(shop, "eve", "fix")
		w.side.ApproveRequest(shop, one, "dana")
		pass()
		w.side.Push(shop, "gonogo", "fix", gitlabtest.Commit{Message: "Fix it more", Author: "3-eve@users.noreply.gitlab.test", Committer: "2-somebody@users.noreply.gitlab.test"})
		pass()
		w.side.ApproveRequest(shop, one, "gonogo")
		w.side.TakeBack(shop, one, "gonogo")
		w.side.Say(shop, one, "eve", "approved this merge request, says nobody")
		pass()
		w.side.Merge(shop, one, "dana", false)
		pass()
		w.side.Push(shop, "dana", "ci", gitlabtest.Commit{Message: "Change the pipeline", Author: "dana@example.org", Files: []string{".gitlab-ci.yml"}},
			gitlabtest.Commit{Message: "Again", Author: "bot@example.org"})
		two := w.side.Open(shop, bot.Username, "ci")
		pass()
		w.side.ApproveRequest(shop, two, "eve")
		squashed := w.side.Merge(shop, two, "dana", true)
		pass()
		last := w.side.Push(shop, "dana", "main", gitlabtest.Commit{Message: "Straight onto main", Author: "dana@example.org"})

		r, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, last[:10])
		if err != nil {
			t.Fatal(err)
		}
		if r.Since != first || r.Commit != last || r.More || r.File != ".gitlab-ci.yml" || r.Source.System != "gitlab" || r.Source.At.IsZero() || r.Service != "payments" {
			t.Errorf("the range is %+v", r)
		}
		fix := ` in !1 of eve pushed 2h0m0s by [gonogo, eve] approved [dana 1h0m0s] merged 4h0m0s by dana`
		ci := ` in !2 of project_7_bot_0123456789abcdef (machine) pushed 5h0m0s by [dana] approved [eve 6h0m0s] merged 6h0m0s by dana`
		var got []string
		for _, c := range r.Commits {
			got = append(got, worded(c, began))
		}
		wantLines(t, "commits", got, []string{
			`"Fix it" by <eve@example.org> via <eve@example.org> with [<max@example.org>]` + fix,
			`"Fix it more" by eve<3-eve@users.noreply.gitlab.test> via dana<2-somebody@users.noreply.gitlab.test> with []` + fix,
			`"Merge branch 'fix'" by <dana@example.org> via <dana@example.org> with [] merge` + fix,
			`"Request 2" by <project_7_bot_0123456789abcdef@example.org> via <dana@example.org> with [<bot@example.org>, <dana@example.org>]` + ci,
			`"Straight onto main" by <dana@example.org> via <dana@example.org> with []`,
		})
		if r.Pipeline == nil || r.Pipeline.ID != squashed || r.Pipeline.Request == nil || r.Pipeline.Request.ID != "!2" {
			t.Errorf("the pipeline file was last changed by %+v", r.Pipeline)
		}
		if q := r.Commits[0].Request; q.Head != r.Commits[1].ID || !slices.Equal(q.Made, []string{r.Commits[2].ID}) {
			t.Errorf("last pushed was %s, and GitLab made %v", q.Head, q.Made)
		}
		if q := r.Commits[3].Request; !slices.Equal(q.Made, []string{squashed}) {
			t.Errorf("GitLab made %v of %s", q.Made, squashed)
		}

		old, err := w.provenance(gitlab.ProvenanceSettings{PipelineFile: "ci/main.yml"}).Range(t.Context(), "payments", "", first)
		if err != nil || len(old.Commits) != 1 || old.Commits[0].ID != first || old.Pipeline != nil || old.Since != "" {
			t.Errorf("of the first version: %+v, %v", old, err)
		}
		none, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", last, last)
		if err != nil || len(none.Commits) != 0 || none.Pipeline == nil {
			t.Errorf("of nothing new: %+v, %v", none, err)
		}
	})
}

// An older GitLab tells the times of approvals in its notes alone, and a person's words are none of its notes.
func TestApprovalsOfAnOlderGitLab(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		began, first := time.Now(), w.side.Head(shop, "main")
		w.side.Tag(shop, gitlabtest.Old, first)
		w.side.Push(shop, "eve", "fix", gitlabtest.Commit{Message: "Fix", Author: "eve@example.org"})
		one := w.side.Open(shop, "eve", "fix")
		time.Sleep(time.Hour)
		w.side.ApproveRequest(shop, one, "dana")
		time.Sleep(time.Hour)
		w.side.Say(shop, one, "dana", "approved this merge request")
		w.side.Merge(shop, one, "dana", false)
		r, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, "main")
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Commits[0].Request.Approvals; len(got) != 1 || got[0].At.Sub(began) != time.Hour {
			t.Errorf("approved: %+v", got)
		}
	})
}

// Of requests that hold a commit, the one counts that it came in with: merged into the target, first.
func TestACommitCameInOnce(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		first := w.side.Head(shop, "main")
		w.side.Push(shop, "eve", "fix", gitlabtest.Commit{Message: "Fix", Author: "eve@example.org"})
		w.side.Open(shop, "eve", "fix")
		w.side.Push(shop, "dana", "release", gitlabtest.Commit{Message: "Other", Author: "dana@example.org"})
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Retarget(1, "release") })
		w.side.Merge(shop, 1, "dana", false)
		again := w.side.Open(shop, "dana", "fix")
		_ = again
		r, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, "main")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Commits {
			if c.Request != nil {
				t.Errorf("%s came in with %s, which was merged elsewhere", c.Subject, c.Request.ID)
			}
		}
	})
}

func TestALongRangeSaysThatThereIsMore(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		first := w.side.Head(shop, "main")
		var many []gitlabtest.Commit
		for i := range port.CommitsMost {
			many = append(many, gitlabtest.Commit{Message: fmt.Sprint(i), Author: "dana@example.org"})
		}
		head := w.side.Push(shop, "dana", "main", many...)
		p := w.provenance(gitlab.ProvenanceSettings{})
		r, err := p.Range(t.Context(), "payments", first, head)
		if err != nil || r.More || len(r.Commits) != port.CommitsMost || r.Commits[0].Subject != "0" {
			t.Errorf("of as many as are read: %d commits, more %v, %v", len(r.Commits), r.More, err)
		}
		w.side.Push(shop, "dana", "main", gitlabtest.Commit{Message: "one more", Author: "dana@example.org"})
		if r, err = p.Range(t.Context(), "payments", first, "main"); err != nil || !r.More || len(r.Commits) != port.CommitsMost {
			t.Errorf("of one more: %d commits, more %v, %v", len(r.Commits), r.More, err)
		}
	})
}

func TestRangesThatAreNotThere(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		first := w.side.Head(shop, "main")
		p := w.provenance(gitlab.ProvenanceSettings{})
		for _, c := range [][3]string{{"billing", "", first}, {"payments", "", strings.Repeat("0", 40)}, {"payments", strings.Repeat("0", 40), first}, {"..", "", first}} {
			if _, err := p.Range(t.Context(), c[0], c[1], c[2]); !errors.Is(w.heard(err), effect.ErrNotFound) {
				t.Errorf("Range(%v) gave %v", c, err)
			}
		}
	})
}

func TestRangesInTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Now)
	head := w.side.Head(shop, "main")
	p := w.provenance(gitlab.ProvenanceSettings{})
	trouble.Meet(t, func(_ *testing.T, k trouble.Kind) { w.side.Fail(k) }, func(*testing.T) { w.side.Heal() }, func(ctx context.Context) error {
		_, err := p.Range(ctx, "payments", "", head)
		return w.heard(err)
	})
	if _, err := p.Range(t.Context(), "payments", "", head); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// What a failing part leaves out is never taken for nothing.
func TestRangesWithoutAPart(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"approvals", "versions", "notes", "commits", "events", "merge_requests"} {
		t.Run(part, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				first := w.side.Head(shop, "main")
				w.side.Push(shop, "eve", "fix", gitlabtest.Commit{Message: "Fix", Author: "eve@example.org"})
				w.side.Merge(shop, w.side.Open(shop, "eve", "fix"), "dana", false)
				w.side.Hide(part)
				_, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, "main")
				verdict, after := effect.Classify(w.heard(err))
				if part == "commits" && errors.Is(err, effect.ErrNotFound) {
					return // the commits themselves are hidden as well
				}
				if err == nil || errors.Is(err, effect.ErrNotFound) || verdict != effect.Retry || after == 0 {
					t.Errorf("Range gave %v", err)
				}
			})
		})
	}
}

// Who pads a request with comments, or a project with pushes, hides no push of theirs: what can't be read whole is no reading.
func TestWhatIsTooLongToReadHidesNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pad  func(w *world, request int64)
		says string
	}{
		"comments": {func(w *world, request int64) {
			for range 2001 {
				w.side.Say(shop, request, "eve", "LGTM")
			}
		}, "notes"},
		"pushes": {func(w *world, _ int64) {
			for range 2001 {
				w.side.Push(shop, "eve", "noise")
			}
		}, "who pushed"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				first := w.side.Head(shop, "main")
				w.side.Push(shop, "eve", "fix", gitlabtest.Commit{Message: "Fix it", Author: "dana@example.org"})
				request := w.side.Open(shop, "dana", "fix")
				time.Sleep(time.Minute)
				c.pad(w, request)
				w.side.Push(shop, "eve", "fix", gitlabtest.Commit{Message: "More", Author: "dana@example.org"})
				w.side.ApproveRequest(shop, request, "eve")
				last := w.side.Merge(shop, request, "dana", false)
				got, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, last)
				if w.heard(err) == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("the range was read: %v, and its pushers are [%s]", err, all(got.Commits[0].Request.Pushers, who))
				}
			})
		})
	}
}

// A busy project alone is no reason to doubt: a request is judged by the pushes since it was opened.
func TestManyPushesBeforeARequest(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		first := w.side.Head(shop, "main")
		for range 2001 {
			w.side.Push(shop, "eve", "noise")
		}
		time.Sleep(time.Minute)
		w.side.Push(shop, "dana", "fix", gitlabtest.Commit{Message: "Fix it", Author: "dana@example.org"})
		request := w.side.Open(shop, "dana", "fix")
		last := w.side.Merge(shop, request, "dana", false)
		got, err := w.provenance(gitlab.ProvenanceSettings{}).Range(t.Context(), "payments", first, last)
		if w.heard(err) != nil || all(got.Commits[0].Request.Pushers, who) != "dana" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
