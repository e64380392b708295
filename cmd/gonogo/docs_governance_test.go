package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestDocsGovernance: whoever follows the page has a strict organisation, which refuses what the page says that it refuses.
func TestDocsGovernance(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs the git program")
	}
	n := newNewcomer(t, "../../docs/governance.md", nil)
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(n.page, -1) {
		for line := range strings.Lines(block[1]) {
			command, shown := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if !shown {
				t.Fatalf("the page shows %q, which nobody can run", line)
			}
			said, _, refused := strings.Cut(command, "  # refused")
			if !refused {
				n.run(command)
			} else if out, status := n.ends(said); status == 0 || strings.Contains(out, "usage") {
				t.Errorf("%s is not refused:\n%s", said, out)
			}
			if strings.HasPrefix(command, "gonogo init") {
				n.edit(func(text string) string { return text }) // an address of its own
			}
		}
	}
	shown := func(line string) string { return strings.Join(strings.Fields(n.did[line]), " ") }
	wordsIn(t, "describe", shown("gonogo policy describe"), "The seat security is filled by 1 of security", "An emergency lifts no duty.")
	wordsIn(t, "explain", shown(`gonogo say --token-file rita.token --in '#releases' '/release explain R-1 prod'`), "approval: closed", "Rita Release-Manager is requester of example 1.0.0")
	wordsIn(t, "vote", shown(`gonogo say --token-file joe.token --in '#releases' '/vote R-1 go'`), "vote")
	wordsIn(t, "trail", shown(`gonogo say --token-file rita.token --in '#releases' '/audit show C-1'`), "Second Administrator", "emergency.lifetime")
	wordsIn(t, "verify", shown("gonogo audit verify --data gonogo-data"), "whole")
	for _, page := range regexp.MustCompile(`\]\(([a-z]+\.md)`).FindAllStringSubmatch(n.page, -1) {
		if _, err := os.Stat("../../docs/" + page[1]); err != nil && page[1] != "calendar.md" {
			t.Errorf("the page leads to %s, which is not there", page[1])
		}
	}
	n.stop()
}
