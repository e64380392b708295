package gitlocal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/gitlocal"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// A commit that names its author in no plain way names nobody, who then can't be told from any voter.
func TestForgedIdentities(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin")
	tree := w.git("", "rev-parse", "HEAD^{tree}")
	const good = "Dana <dana@shop.example> 1793610000 +0000"
	for name, c := range map[string]struct{ author, committer, more, want string }{
		"plain":              {good, good, "", "dana"},
		"two authors":        {good + "\nauthor Eve <eve@shop.example> 1793610000 +0000", good, "", ""},
		"two addresses":      {"Dana <dana@shop.example> <eve@shop.example> 1793610000 +0000", good, "", ""},
		"no address":         {"Dana <> 1793610000 +0000", good, "", ""},
		"a space in it":      {"Dana <dana @shop.example> 1793610000 +0000", good, "", ""},
		"not UTF-8":          {"Dana <dana\xff@shop.example> 1793610000 +0000", good, "", ""},
		"a name like a line": {"author committer Dana <dana@shop.example> 1793610000 +0000", good, "", "dana"},
		"signed":             {good, good, "gpgsig -----BEGIN-----\n author Eve <eve@shop.example> 1793610000 +0000\n -----END-----\n", "dana"},
	} {
		text := "tree " + tree + "\nparent " + first + "\nauthor " + c.author + "\ncommitter " + c.committer + "\n" + c.more + "\nForge\n"
		id := w.git(text, "hash-object", "-t", "commit", "-w", "--literally", "--stdin")
		r := w.read(w.adapter(), first, id)
		if got := strings.TrimSuffix(r.Commits[0].Author.Email, "@shop.example"); got != c.want {
			t.Errorf("%s: the author is %q, want %q", name, got, c.want)
		}
	}
}

// What a repository configures is not run, what replaces a commit is not believed, and a file's name is no pattern.
func TestRepositoryOfSomebodyHostile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", ":(glob)**", "Begin")
	fix := w.commit("eve", "a.go", "Fix")
	ran := filepath.Join(w.root, "ran")
	for _, key := range []string{"core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "diff.external", "core.editor"} {
		w.git("", "config", key, "touch "+ran+"; false")
	}
	w.git("", "config", "log.showSignature", "true")
	w.git("", "config", "extensions.partialClone", "origin")
	w.git("", "config", "remote.origin.url", "ext::touch "+ran)
	hook := filepath.Join(w.root, "payments.git", ".git", "hooks", "reference-transaction")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	innocent := w.git("tree "+w.git("", "rev-parse", "HEAD^{tree}")+"\nparent "+first+"\nauthor Mallory <dana@shop.example> 1793610000 +0000\ncommitter Mallory <dana@shop.example> 1793610000 +0000\n\nInnocent\n",
		"hash-object", "-t", "commit", "-w", "--stdin")
	if err := os.MkdirAll(filepath.Join(w.root, "payments.git", ".git", "refs", "replace"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.root, "payments.git", ".git", "refs", "replace", fix), []byte(innocent+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.root, "payments.git", ".git", "info", "grafts"), []byte(fix+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(ran) // by git config itself

	a := w.adapter(func(s *gitlocal.Settings) { s.PipelineFile = ":(glob)**" })
	r := w.read(a, first, fix)
	wantLines(t, lines(r.Commits), []string{"Fix: eve via eve with []"})
	if r.Pipeline == nil || r.Pipeline.ID != first {
		t.Errorf("the file was last changed by %+v", r.Pipeline)
	}
	if _, err := a.Range(t.Context(), "payments", first, strings.Repeat("1", 40)); err == nil {
		t.Error("a commit that is nowhere was found")
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("what the repository configures was run")
	}
}

func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("dana", "deploy.sh", "Begin")
	text := "tree " + w.git("", "rev-parse", "HEAD^{tree}") + "\nparent " + first + "\nauthor D <dana@shop.example> 1793610000 +0000\ncommitter D <dana@shop.example> 1793610000 +0000\n\n"
	long := w.git(text+strings.Repeat("long ", 100)+"\n", "hash-object", "-t", "commit", "-w", "--stdin")
	if r := w.read(w.adapter(), first, long); len(r.Commits[0].Subject) > 200 {
		t.Errorf("a subject of %d bytes", len(r.Commits[0].Subject))
	}
	huge := w.git(text+strings.Repeat("x", 33<<20)+"\n", "hash-object", "-t", "commit", "-w", "--stdin")
	if _, err := w.adapter().Range(t.Context(), "payments", first, huge); err == nil || !strings.Contains(err.Error(), "more than is read") {
		t.Errorf("33 MB of a message: %.200v", err)
	}
}

func FuzzObjects(f *testing.F) {
	f.Add("1111111111111111111111111111111111111111 commit 4\nx\n\ny\n")
	f.Add("1111111111111111111111111111111111111111 commit 99999999999999999999\n")
	f.Add("1111111111111111111111111111111111111111 missing\n")
	f.Fuzz(func(t *testing.T, text string) {
		commits, err := gitlocal.Objects(text)
		if err != nil {
			return
		}
		for _, c := range commits {
			if len(c.ID) < 40 || len([]rune(c.Subject)) > 200 {
				t.Errorf("%+v", c)
			}
			for _, i := range append([]port.Identity{c.Author, c.Committer}, c.CoAuthors...) {
				if strings.ContainsAny(i.Email, "<> \n") {
					t.Errorf("the address %q", i.Email)
				}
			}
		}
	})
}
