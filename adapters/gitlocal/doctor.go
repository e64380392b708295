package gitlocal

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// leastGit is the oldest git whose options are used: --end-of-options of rev-list came with 2.24, of which 2.30 is the first that is
// still patched by distributions.
const leastMajor, leastMinor = 2, 30

// Examine implements port.Examiner: the git program, the root, and the repository of each service.
func (a *Adapter) Examine(ctx context.Context) []port.Finding {
	e := examination{}
	if !e.program(ctx) {
		return e.findings
	}
	if _, err := os.ReadDir(a.settings.Root); err != nil {
		e.bad(chat.Say("gitlocal.check.no_root", chat.Word("root", a.settings.Root)), chat.Say("gitlocal.check.do_root"))
		return e.findings
	}
	services := map[string]bool{}
	for _, t := range a.outside.Targets() {
		services[t.Service] = true
	}
	for _, service := range slices.Sorted(maps.Keys(services)) {
		e.repository(ctx, a, service)
	}
	if a.settings.TrustTrailers {
		e.fine(chat.Say("gitlocal.check.trusted"))
	} else {
		e.fine(chat.Say("gitlocal.check.untrusted"))
	}
	return e.findings
}

type examination struct{ findings []port.Finding }

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// program finds git and its version.
func (e *examination) program(ctx context.Context) bool {
	at, err := exec.LookPath("git")
	if err != nil {
		e.bad(chat.Say("gitlocal.check.no_git"), chat.Say("gitlocal.check.do_git"))
		return false
	}
	cmd := exec.CommandContext(ctx, at, "version")
	cmd.Env = surroundings()
	out, err := cmd.Output()
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "git version ")
	if err != nil || !recent(version) {
		e.bad(chat.Say("gitlocal.check.old_git", chat.Word("version", clip(version))), chat.Say("gitlocal.check.do_git"))
		return false
	}
	e.fine(chat.Say("gitlocal.check.git", chat.Word("version", clip(version))))
	return true
}

// recent reports whether a version as git says it, "2.39.5 (Apple Git-154)", will do.
func recent(version string) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	major, err := strconv.Atoi(parts[0])
	minor, fault := strconv.Atoi(parts[1])
	return err == nil && fault == nil && (major > leastMajor || major == leastMajor && minor >= leastMinor)
}

// repository examines one as it is on its present branch.
func (e *examination) repository(ctx context.Context, a *Adapter, service string) {
	name := chat.Word("service", service)
	repo, err := a.open(service)
	if err != nil {
		e.bad(chat.Say("gitlocal.check.no_repository", name, chat.Word("folder", filepath.Join(a.settings.Root, a.settings.folder(service))), chat.Word("fault", err.Error())),
			chat.Say("gitlocal.check.do_repository", name))
		return
	}
	head, err := repo.git(ctx, "", "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	head = strings.TrimSpace(head)
	if err == nil {
		_, err = repo.read(ctx, []string{head})
	}
	if err != nil {
		e.bad(chat.Say("gitlocal.check.unreadable", name, chat.Word("fault", err.Error())), chat.Say("gitlocal.check.do_readable"))
		return
	}
	if shallow, err := repo.git(ctx, "", "rev-parse", "--is-shallow-repository"); err != nil || strings.TrimSpace(shallow) != "false" {
		e.bad(chat.Say("gitlocal.check.shallow", name), chat.Say("gitlocal.check.do_shallow"))
		return
	}
	file := chat.Word("file", a.settings.PipelineFile)
	if changed, err := repo.lastChange(ctx, head, a.settings.PipelineFile); err != nil || changed == "" {
		e.bad(chat.Say("gitlocal.check.no_file", name, file), chat.Say("gitlocal.check.do_file"))
		return
	}
	e.fine(chat.Say("gitlocal.check.repository", name, file))
}
