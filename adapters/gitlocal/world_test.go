package gitlocal_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlocal"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// world is a folder of repositories that the git program itself made.
type world struct {
	t    *testing.T
	root string
	now  time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs the git program")
	}
	w := &world{t: t, root: t.TempDir(), now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	w.git("", "init", "--quiet", "--initial-branch=main", "payments.git")
	return w
}

// git runs git in a repository as its owner would, and returns what it printed.
func (w *world) git(in string, args ...string) string { return w.as("dana", in, args...) }

func (w *world) as(who, in string, args ...string) string {
	w.t.Helper()
	dir := w.root
	if args[0] != "init" && args[0] != "clone" {
		dir = filepath.Join(w.root, "payments.git")
	}
	w.now = w.now.Add(time.Minute)
	at := fmt.Sprintf("%d +0000", w.now.Unix())
	cmd := exec.CommandContext(w.t.Context(), "git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.root, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_DATE=" + at, "GIT_COMMITTER_DATE=" + at,
		"GIT_AUTHOR_NAME=" + who, "GIT_AUTHOR_EMAIL=" + who + "@shop.example", "GIT_COMMITTER_NAME=" + who, "GIT_COMMITTER_EMAIL=" + who + "@shop.example",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit changes a file on the present branch.
func (w *world) commit(who, file, message string, more ...string) string {
	w.t.Helper()
	at := filepath.Join(w.root, "payments.git", file)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(message+w.now.String()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.git("", "add", "--", file)
	w.as(who, "", append([]string{"commit", "--quiet", "-m", message}, more...)...)
	return w.git("", "rev-parse", "HEAD")
}

// merge merges a branch into the present one.
func (w *world) merge(who, branch, message string) string {
	w.t.Helper()
	w.as(who, "", "merge", "--quiet", "--no-ff", "-m", message, branch)
	return w.git("", "rev-parse", "HEAD")
}

func (w *world) settings() gitlocal.Settings {
	return gitlocal.Settings{Root: w.root, PipelineFile: "deploy.sh"}
}

func (w *world) adapter(change ...func(*gitlocal.Settings)) *gitlocal.Adapter {
	w.t.Helper()
	s := w.settings()
	for _, c := range change {
		c(&s)
	}
	a, err := gitlocal.New(s, gitlocal.Outside{
		Clock: func() time.Time { return w.now }, Targets: func() []port.Target { return []port.Target{{Service: "payments", Environment: "prod"}} },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func trusting(s *gitlocal.Settings) { s.TrustTrailers = true }

func (w *world) read(a *gitlocal.Adapter, since, commit string) port.CommitRange {
	w.t.Helper()
	r, err := a.Range(w.t.Context(), "payments", since, commit)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// worded is a commit in words.
func worded(c port.Commit) string {
	all := func(of []port.Identity) string {
		var words []string
		for _, i := range of {
			words = append(words, i.Email)
		}
		return strings.Join(words, " ")
	}
	out := fmt.Sprintf("%s: %s via %s with [%s]", c.Subject, c.Author.Email, c.Committer.Email, all(c.CoAuthors))
	if c.Merge {
		out += " merge"
	}
	if q := c.Request; q != nil {
		out += fmt.Sprintf(" by %s's %q merged by %s", q.Author.Email, q.Title, q.MergedBy.Email)
		for _, a := range q.Approvals {
			out += ", reviewed by " + a.By.Email
		}
	}
	return strings.ReplaceAll(out, "@shop.example", "")
}
