package gitlocal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/gitlocal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
)

func lines(commits []port.Commit) (all []string) {
	for _, c := range commits {
		all = append(all, worded(c))
	}
	return all
}

func wantLines(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin")
	w.git("", "switch", "--quiet", "--create", "fix")
	w.commit("eve", "a.go", "Fix\n\nCo-authored-by: Max <max@shop.example>\nSigned-off-by: Sam <sam@shop.example>")
	w.commit("eve", "deploy.sh", "Deploy it otherwise", "--author=Pia <pia@shop.example>")
	w.git("", "switch", "--quiet", "main")
	w.commit("dana", "b.go", "Meanwhile\n\nReviewed-by: Eve <eve@shop.example>")
	w.merge("dana", "fix", "Merge fix\n\nReviewed-by: Rita <rita@shop.example>\nReviewed-by: Ron <ron@shop.example>")
	last := w.commit("dana", "c.go", "Straight onto main")

	r := w.read(w.adapter(), first, last[:9])
	if r.Since != first || r.Commit != last || r.More || r.File != "deploy.sh" || r.Source.System != "git" || r.Source.At.IsZero() || !r.Requestless {
		t.Errorf("the range is %+v", r)
	}
	wantLines(t, lines(r.Commits), []string{
		"Meanwhile: dana via dana with []",
		"Fix: eve via eve with [max]",
		"Deploy it otherwise: pia via eve with []",
		"Merge fix: dana via dana with [] merge",
		"Straight onto main: dana via dana with []",
	})
	wantLines(t, lines([]port.Commit{*r.Pipeline}), []string{"Deploy it otherwise: pia via eve with []"})

	trusted := w.adapter(trusting)
	r = w.read(trusted, first, last)
	fix := ` by pia's "Merge fix" merged by dana, reviewed by rita, reviewed by ron`
	wantLines(t, lines(r.Commits), []string{
		`Meanwhile: dana via dana with [] by dana's "Meanwhile" merged by dana, reviewed by eve`,
		"Fix: eve via eve with [max]" + fix,
		"Deploy it otherwise: pia via eve with []" + fix,
		"Merge fix: dana via dana with [] merge" + fix,
		"Straight onto main: dana via dana with []",
	})
	if r.Requestless {
		t.Error("reviews are known, and it is said that they are not")
	}

	// Of a later range the pipeline file's last change is before it, and came in by the same merge.
	r = w.read(trusted, r.Commits[3].ID, last)
	wantLines(t, lines(append(r.Commits, *r.Pipeline)), []string{
		"Straight onto main: dana via dana with []",
		`Deploy it otherwise: pia via eve with [] by pia's "Merge fix" merged by dana, reviewed by rita, reviewed by ron`,
	})
	if q := r.Pipeline.Request; len(q.Pushers) == 0 || q.Pushers[0].Email != "dana@shop.example" {
		t.Errorf("who merged the pipeline file could have put anything into it, and is not named: %+v", q)
	}

	if r = w.read(trusted, "", first); len(r.Commits) != 1 || r.Since != "" || r.Pipeline == nil || r.Pipeline.ID != first {
		t.Errorf("of the first version: %+v", r)
	}
	if r = w.read(trusted, last, last); len(r.Commits) != 0 || r.Pipeline == nil {
		t.Errorf("of nothing new: %+v", r)
	}
	if r = w.read(w.adapter(func(s *gitlocal.Settings) { s.PipelineFile = "ci/deploy.yml" }), first, last); r.Pipeline != nil {
		t.Errorf("a file that is not there was changed by %+v", r.Pipeline)
	}
}

// everybody has the people of the tests resolved by their address.
func everybody(a chat.Account) people.Whose {
	name, at, _ := strings.Cut(a.ID, "@")
	if at != "shop.example" {
		return people.Whose{}
	}
	return people.Whose{Person: name}
}

// TestJudged: what the gate says of what was read, which is what this is for.
func TestJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin\n\nReviewed-by: Eve <eve@shop.example>")
	for _, c := range []struct{ message, closed, unknown string }{
		{"Reviewed\n\nReviewed-by: Eve <eve@shop.example>", "", ""},
		{"Not reviewed", "provenance.direct", ""},
		{"By herself\n\nReviewed-by: Dana <dana@shop.example>", "provenance.own provenance.own", ""},
		{"By herself and another\n\nReviewed-by: Dana <dana@shop.example>\nreviewed-by: Eve <eve@shop.example>", "", ""},
		{"By a co-author\n\nCo-authored-by: Eve <eve@shop.example>\nReviewed-by: Eve <eve@shop.example>", "provenance.own", ""},
		{"By somebody unknown\n\nReviewed-by: Who <who@elsewhere.example>", "provenance.by_nobody", ""},
		{"Quoted\n\n> Reviewed-by: Eve <eve@shop.example>", "provenance.direct", ""},
		{"In the text\n\nThe line\nReviewed-by: Eve <eve@shop.example>", "provenance.direct", ""},
		{"Too early\n\nReviewed-by: Eve <eve@shop.example>\n\nAnd more words.", "provenance.direct", ""},
		{"Reviewed-by: Eve <eve@shop.example>", "provenance.direct", ""},
		{"Not well formed\n\nReviewed-by: eve@shop.example", "provenance.direct", ""},
		{"Two at once\n\nReviewed-by: Dana <eve@shop.example> <x@shop.example>", "provenance.direct", ""},
	} {
		before := w.git("", "rev-parse", "HEAD")
		id := w.commit("dana", "a.go", c.message)
		report := provenance.Judge(w.read(w.adapter(trusting), before, id), everybody)
		if got, want := codes(report.Closed), c.closed; got != want {
			t.Errorf("%q is closed by %q, want %q", c.message, got, want)
		}
		if got, want := codes(report.Unknown), c.unknown; got != want {
			t.Errorf("%q is not known by %q, want %q", c.message, got, want)
		}
	}
	report := provenance.Judge(w.read(w.adapter(), first, w.git("", "rev-parse", "HEAD~11")), everybody)
	if codes(report.Closed) != "" || codes(report.Unknown) != "provenance.requestless provenance.requestless" {
		t.Errorf("without trust: closed by %q, not known by %q", codes(report.Closed), codes(report.Unknown))
	}
}

func codes(texts []chat.Text) string {
	var all []string
	for _, t := range texts {
		all = append(all, string(t.Code))
	}
	return strings.Join(all, " ")
}

func TestALongRangeSaysThatThereIsMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin")
	var in strings.Builder
	for i := range port.CommitsMost + 1 {
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter Dana <dana@shop.example> %d +0000\ndata <<EOM\n%d\nEOM\n", w.now.Unix()+int64(i), i)
		if i == 0 {
			fmt.Fprintf(&in, "from %s\n", first)
		}
	}
	w.git(in.String(), "fast-import", "--quiet")
	head := w.git("", "rev-parse", "main")
	if r := w.read(w.adapter(), first, head+""); !r.More || len(r.Commits) != port.CommitsMost || r.Commits[len(r.Commits)-1].ID != head {
		t.Errorf("%d commits, more %t", len(r.Commits), r.More)
	}
	if r := w.read(w.adapter(), first, w.git("", "rev-parse", "main~1")); r.More || len(r.Commits) != port.CommitsMost || r.Commits[0].Subject != "0" {
		t.Errorf("of as many as are read: %d commits, more %t", len(r.Commits), r.More)
	}
}

func TestRangesThatAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin")
	a := w.adapter()
	for _, c := range [][3]string{
		{"billing", "", first},
		{"..", "", first},
		{"--help", "", first},
		{"payments/../payments", "", first},
		{"payments", "", strings.Repeat("0", 40)},
		{"payments", strings.Repeat("0", 40), first},
		{"payments", "", "main"},
		{"payments", "", "HEAD"},
		{"payments", "", "--all"},
		{"payments", "", "-" + first[:10]},
		{"payments", "", first + "~0"},
		{"payments", "", first[:4]},
		{"payments", "", ""},
	} {
		_, err := a.Range(t.Context(), c[0], c[1], c[2])
		if verdict, _ := effect.Classify(err); !errors.Is(err, effect.ErrNotFound) || verdict != effect.Permanent {
			t.Errorf("Range(%q) gave %v", c, err)
		}
	}
	// A branch may be called like the beginning of an id.
	w.git("", "branch", strings.Repeat("a", 10))
	if _, err := a.Range(t.Context(), "payments", "", strings.Repeat("a", 10)); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("a branch was taken for a commit: %v", err)
	}
}

func TestRangesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("dana", "deploy.sh", "Begin")
	last := w.commit("dana", "a.go", "Go on")
	a := w.adapter()

	w.git("", "clone", "--quiet", "--depth=1", "--bare", "file://"+w.root+"/payments.git", "shallow.git")
	if _, err := a.Range(t.Context(), "shallow", "", last); err == nil || !strings.Contains(err.Error(), "shallow") {
		t.Errorf("a shallow clone: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Range(ended, "payments", "", last)
	if verdict, _ := effect.Classify(err); verdict != effect.Retry {
		t.Errorf("without time: %v", err)
	}
	at := filepath.Join(w.root, "payments.git", ".git", "objects", last[:2], last[2:])
	if err := os.Chmod(at, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = a.Range(t.Context(), "payments", "", last)
	if verdict, _ := effect.Classify(err); err == nil || errors.Is(err, effect.ErrNotFound) || verdict != effect.Retry {
		t.Errorf("of a damaged commit: %v", err)
	}
	gone := w.adapter(func(s *gitlocal.Settings) { s.Root = filepath.Join(w.root, "elsewhere") })
	_, err = gone.Range(t.Context(), "payments", "", last)
	if verdict, _ := effect.Classify(err); verdict != effect.Retry {
		t.Errorf("without a root: %v", err)
	}
}

// Nothing outside the root is read, whatever a repository's folder is made of.
func TestRootIsNotLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin")
	inside := filepath.Join(w.root, "inside")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(w.root, "payments.git"), filepath.Join(inside, "linked.git")); err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(inside, "tree.git")
	if err := os.Mkdir(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, ".git"), []byte("gitdir: "+filepath.Join(w.root, "payments.git", ".git")), 0o600); err != nil {
		t.Fatal(err)
	}
	a := w.adapter(func(s *gitlocal.Settings) { s.Root = inside })
	for _, service := range []string{"linked", "tree"} {
		if _, err := a.Range(t.Context(), service, "", first); err == nil || !strings.Contains(err.Error(), "out of the configured root") {
			t.Errorf("%s: %v", service, err)
		}
	}
}
