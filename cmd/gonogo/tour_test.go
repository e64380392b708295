package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tourTime is what the whole story may take, with a race detector and neighbours.
const tourTime = 8 * time.Minute

// tourCommandLine runs the tour as a program of its own, on the demonstration of this checkout.
func tourCommandLine(t *testing.T, args ...string) (status int, out, fault string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs a Go toolchain")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), tourTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append([]string{"tour", "--demo", "../../testdata/demo"}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+t.TempDir(), "NO_COLOR=1")
	var printed, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &told
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), printed.String(), told.String()
}

// TestTour plays the story that ships, whole.
func TestTour(t *testing.T) {
	t.Parallel()
	status, out, fault := tourCommandLine(t, "--story", "../../testdata/tour/story.txt", "--limit", tourTime.String())
	if status != 0 {
		t.Fatalf("exit status %d\n%s\n%s", status, out, fault)
	}
	for _, want := range []string{"everything came out as it must", "1 · ", "8 · ", "The audit trail is whole"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not print %q", want)
		}
	}
}

// TestTourNoticesWhatIsWrong ends with another status than 0 at the first step that comes out otherwise.
func TestTourNoticesWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "story.txt")
	script := "== 1 · All is well\ndev #releases: /whoami\n  done\n== 2 · Nothing is\ndev #releases: /release show R-1\n  done\ndev #releases: /help\n"
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, fault := tourCommandLine(t, "--story", file)
	if status != exitFailed || !strings.Contains(fault, "story.txt:5:") {
		t.Errorf("exit status %d: %s", status, fault)
	}
	if strings.Contains(out, "> /help") || !strings.Contains(out, "✗ line 6 expects") {
		t.Errorf("it went on:\n%s", out)
	}
}

func TestTourTakesNoFolderThatIsInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "precious"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, fault := tourCommandLine(t, "--story", "../../testdata/tour/story.txt", "--data", dir)
	if status == 0 || !strings.Contains(fault, "not empty") {
		t.Errorf("exit status %d: %s", status, fault)
	}
}

func TestStoryThatShipsIsRead(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../testdata/tour/story.txt")
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseStory("story.txt", script)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.chapters) != 8 {
		t.Errorf("%d chapters, want 8", len(s.chapters))
	}
	for _, c := range s.chapters {
		for _, step := range c.steps {
			if _, ok := acts[step.verb]; !ok {
				t.Errorf("line %d: nothing plays %q", step.line, step.verb)
			}
			if (step.verb == "say" || step.verb == "press" || step.verb == "gonogo") && len(step.expect) == 0 {
				t.Errorf("line %d: %q expects nothing", step.line, step.text)
			}
		}
	}
}

func TestStoriesAreReadAsWritten(t *testing.T) {
	t.Parallel()
	s, err := parseStory("x", []byte("# nobody hears this\n== A\n# heard\nann #a: /say b: c\n  done code ID-1\n  !~ no: way\n\ncard R-1 ~ one: two\n"))
	if err != nil {
		t.Fatal(err)
	}
	said, card := s.chapters[0].steps[0], s.chapters[0].steps[1]
	if got := strings.Join(said.args, "|"); said.verb != "say" || got != "ann|#a|/say b: c" || said.line != 4 {
		t.Errorf("said %+v", said)
	}
	if len(said.remarks) != 1 || said.remarks[0] != "heard" || card.remarks != nil {
		t.Errorf("remarks %q, %q", said.remarks, card.remarks)
	}
	if len(said.expect) != 2 || said.expect[0].String() != "done code ID-1" || said.expect[1].rest != "no: way" {
		t.Errorf("expectations %v", said.expect)
	}
	if got := strings.Join(card.args, "|"); card.verb != "card" || got != "R-1|~|one: two" {
		t.Errorf("card %+v", card)
	}
}

func TestStoriesThatAreNoneNameTheLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ script, want string }{
		{"dev #a: hello", "x:1:"},
		{"== A\n  done", "x:2:"},
		{"== A\ndance wildly", `x:2: "dance wildly": "dance" is no step`},
		{"== A\npress dev R-1", "takes more words"},
		{"== A\ncard R-1 says something", "x:2:"},
		{"== A\nstop\n  ~", "x:3:"},
		{"== A\nstop\n  maybe so", `"maybe" is nothing that can be expected`},
	} {
		if _, err := parseStory("x", []byte(test.script)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.script, err, test.want)
		}
	}
}
