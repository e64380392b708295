package stand

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Gitea is a running Gitea with an administrator and nothing else.
type Gitea struct {
	// URL is its address, without TLS and without a slash at the end. The API is below /api/v1.
	URL string
	// Admin is a token that may everything.
	Admin string
	Dir   string

	program   string
	processes *processes
}

// giteaSettings are app.ini: no SSH, no mail, nothing asked of the world; webhooks may go to loopback.
const giteaSettings = `RUN_MODE = prod
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = %[1]s
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = %[2]s
ROOT_URL = http://127.0.0.1:%[2]s/
STATIC_ROOT_PATH = %[3]s
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = %[1]s/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = stand
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
[actions]
ENABLED = false
[cron.update_checker]
ENABLED = false
[log]
MODE = console
LEVEL = warn
`

// StartGitea starts one. Close ends it and removes what it wrote.
func StartGitea(ctx context.Context) (_ *Gitea, err error) {
	program, err := Built("gitea")
	if err != nil {
		return nil, err
	}
	root, err := moduleRoot("gitea")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "stand")
	if err != nil {
		return nil, err
	}
	g := &Gitea{URL: "http://127.0.0.1:" + ports[0], Dir: dir, program: program, processes: &processes{dir: dir}}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close())
		}
	}()
	if err = os.WriteFile(filepath.Join(dir, "app.ini"), []byte(fmt.Sprintf(giteaSettings, dir, ports[0], root)), 0o600); err != nil {
		return nil, err
	}
	if _, err = g.tool(ctx, "migrate"); err != nil {
		return nil, err
	}
	if _, err = g.tool(ctx, "admin", "user", "create", "--admin", "--username", "keeper", "--email", "keeper@example.org", "--random-password", "--must-change-password=false"); err != nil {
		return nil, err
	}
	if g.Admin, err = g.token(ctx, "keeper"); err != nil {
		return nil, err
	}
	web, err := g.processes.start("gitea", program, nil, "--config", filepath.Join(dir, "app.ini"), "--work-path", dir, "web")
	if err != nil {
		return nil, err
	}
	return g, web.answers(ctx, http.DefaultClient, g.URL+"/api/healthz")
}

// Close ends it and removes the folder.
func (g *Gitea) Close() error {
	g.processes.close()
	return os.RemoveAll(g.Dir)
}

// Logs gives the end of its log.
func (g *Gitea) Logs() string { return tail(filepath.Join(g.Dir, "gitea.log"), 3000) }

// User makes a user and a token of theirs that may everything they may.
func (g *Gitea) User(ctx context.Context, name string) (token string, err error) {
	body := map[string]any{"username": name, "email": name + "@example.org", "password": "correct horse " + name, "must_change_password": false}
	if err := g.Call(ctx, g.Admin, http.MethodPost, "/admin/users", body, nil); err != nil {
		return "", err
	}
	return g.token(ctx, name)
}

// Call asks its API something with a token; paths are below /api/v1. An answer that is no success is a StatusError.
func (g *Gitea) Call(ctx context.Context, token, method, path string, body, answer any) error {
	return call(ctx, g.URL+"/api/v1"+path, "token "+token, method, body, answer)
}

func (g *Gitea) token(ctx context.Context, name string) (string, error) {
	return g.tool(ctx, "admin", "user", "generate-access-token", "--username", name, "--token-name", "stand", "--scopes", "all", "--raw")
}

// tool runs the program's command line and gives the last line of what it prints.
func (g *Gitea) tool(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, g.program, append([]string{"--config", filepath.Join(g.Dir, "app.ini"), "--work-path", g.Dir}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + g.Dir}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("gitea %s: %w: %s", args[0], err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}
