package gitlocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// Bounds of one run of git.
const (
	runTime    = 10 * time.Second
	outputMost = 32 << 20 // bytes; a commit's message has no bound of its own
	said       = 200      // bytes of what git said that are quoted
)

var errTooMuch = errors.New("git answered with more than is read")

// repository is a folder that git is asked about, without links in its path.
type repository struct{ dir string }

// guard makes git read what is there and nothing else: no pager, no hook, no watcher, no index of commits that could say other than
// the commits do, no path that means a pattern.
var guard = []string{
	"--no-pager", "--literal-pathspecs", "--no-optional-locks",
	"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.commitGraph=false", "-c", "protocol.allow=never",
}

// surroundings are all that git gets of the process's own: where programs are. It reads no configuration but the repository's,
// replaces no object by another, and reaches nothing: a missing object stays missing.
func surroundings() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=/dev/null", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false",
	}
}

// git runs git in the repository, and returns what it printed. No shell reads the arguments, and only ids of commits and the
// configured path are ever among them.
func (r repository) git(ctx context.Context, in string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append(append([]string{"--git-dir=" + r.dir}, guard...), args...)...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = surroundings(), r.dir, time.Second
	cmd.Stdin = strings.NewReader(in)
	out, complaint := &bounded{most: outputMost, full: cancel}, &bounded{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, complaint
	err := cmd.Run()
	var ended *exec.ExitError
	switch {
	case out.over:
		return "", effect.Permanently(fmt.Errorf("%s: %w", System, errTooMuch))
	case err == nil:
		return out.kept.String(), nil
	case ctx.Err() != nil:
		return "", effect.Retryable(fmt.Errorf("%s %s took too long: %w", System, args[0], ctx.Err()), 0)
	case errors.As(err, &ended) && ended.Exited():
		return "", fmt.Errorf("%s %s: %s: %w", System, args[0], clip(complaint.kept.String()), err)
	}
	return "", effect.Retryable(fmt.Errorf("%s can't be run: %w", System, err), 0)
}

// clip is the first line of what git said, in one piece.
func clip(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.ToValidUTF8(line[:min(said, len(line))], "")
}

// bounded keeps at most so many bytes.
type bounded struct {
	kept bytes.Buffer // not embedded: it would be read into past the bound
	most int
	full func() // called once there are more; nil: the rest is dropped
	over bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) <= b.most {
		return b.kept.Write(p)
	}
	if b.full == nil {
		b.kept.Write(p[:b.most-b.kept.Len()])
		return len(p), nil
	}
	b.over = true
	b.full()
	return 0, io.ErrShortWrite
}
