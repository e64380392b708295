package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDocsGitLocal: the page of repositories on this machine answers what the other systems' pages answer, and can be followed.
func TestDocsGitLocal(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs the git program")
	}
	n := newNewcomer(t, "../../docs/gitlocal.md", nil)
	wantChapters(t, "Git", n.page)

	n.follow("", "Add this section")
	n.follow("`gonogo init` writes", "```yaml")
	n.edit(func(text string) string { return text + "\nprovenance:\n#\n" })
	n.follow("```yaml", "$ gonogo doctor")
	n.follow("$ gonogo doctor", "$ gonogo say --token-file admin.token --in '#releases' '/audit show R-1'")
	wordsIn(t, "doctor", strings.Join(strings.Fields(n.did["gonogo doctor --config gonogo.yaml"]), " "),
		"What provenance looks like", "Commits of example can be read, and deploy.sh among them.", "Reviewed-by lines don't count")
	shown, _ := n.ends("gonogo say --token-file admin.token --in '#releases' '/audit show R-1'")
	wordsIn(t, "trail", strings.Join(strings.Fields(shown), " "), "Source code of example 1.0.0 up to", "1 commit (from git")
	n.stop()
}
