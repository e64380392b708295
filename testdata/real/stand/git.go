package stand

import (
	"context"
	"fmt"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Repository is a Git repository with the branch main, served read-only over HTTP by Git's own program.
type Repository struct {
	// URL is where it can be cloned from.
	URL string

	mu   sync.Mutex
	tree string // a work tree with main checked out
	http *httptest.Server
}

// serveRepository makes an empty repository below dir.
func serveRepository(ctx context.Context, dir, name string) (*Repository, error) {
	root := filepath.Join(dir, "git")
	bare := filepath.Join(root, name+".git")
	r := &Repository{tree: filepath.Join(dir, "worktree-"+name)}
	for _, args := range [][]string{{"init", "-q", "--bare", "-b", "main", bare}, {"init", "-q", "-b", "main", r.tree}, {"-C", r.tree, "remote", "add", "origin", bare}} {
		if _, err := git(ctx, dir, args...); err != nil {
			return nil, err
		}
	}
	programs, err := git(ctx, dir, "--exec-path")
	if err != nil {
		return nil, err
	}
	r.http = httptest.NewServer(&cgi.Handler{
		Path: filepath.Join(programs, "git-http-backend"), Dir: root, Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"},
		Stderr: new(strings.Builder),
	})
	r.URL = r.http.URL + "/" + name + ".git"
	return r, nil
}

// Commit writes files, path to content, commits them onto main and gives the commit's id. An empty content removes the file.
func (r *Repository) Commit(ctx context.Context, message string, files map[string]string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for path, content := range files {
		path = filepath.Join(r.tree, path)
		if content == "" {
			if err := os.Remove(path); err != nil {
				return "", err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-q", "-m", message}, {"push", "-q", "origin", "main"}} {
		if _, err := git(ctx, r.tree, args...); err != nil {
			return "", err
		}
	}
	return git(ctx, r.tree, "rev-parse", "HEAD")
}

// Tag names a commit.
func (r *Repository) Tag(ctx context.Context, name, commit string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := git(ctx, r.tree, "tag", name, commit); err != nil {
		return err
	}
	_, err := git(ctx, r.tree, "push", "-q", "origin", name)
	return err
}

// Read gives a file's content on main, as the server has it.
func (r *Repository) Read(ctx context.Context, path string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := git(ctx, r.tree, "fetch", "-q", "origin", "main"); err != nil {
		return "", err
	}
	return git(ctx, r.tree, "show", "FETCH_HEAD:"+path)
}

func (r *Repository) close() { r.http.Close() }

// git runs git as somebody with no settings, and gives what it prints.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Stand", "GIT_AUTHOR_EMAIL=stand@example.org", "GIT_COMMITTER_NAME=Stand", "GIT_COMMITTER_EMAIL=stand@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
