package stand

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience is how long a program may take to end once it was asked to.
const patience = 5 * time.Second

// processes are the programs that a stand started, ended in the opposite order.
type processes struct {
	dir     string // holds the logs
	started []*process
}

// process is a program with all that it starts itself, in a process group of its own.
type process struct {
	name  string
	log   string
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts a program whose output goes to name.log. Nothing of the caller's environment but PATH reaches it; programs
// beside it come first there, as Helm beside Argo CD.
func (p *processes) start(name, path string, env []string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{"PATH=" + filepath.Dir(path) + ":" + os.Getenv("PATH"), "HOME=" + p.dir, "TMPDIR=" + os.TempDir()}, env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	x := &process{name: name, log: log.Name(), cmd: cmd, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(x.ended)
	}()
	p.started = append(p.started, x)
	return x, nil
}

// answers waits until the program answers a GET with status 200. It says so at once when the program has ended.
func (x *process) answers(ctx context.Context, client *http.Client, url string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-x.ended:
			cancel(fmt.Errorf("%s ended", x.name))
		case <-ctx.Done():
		}
	}()
	err := Await(ctx, "for "+x.name+" to answer", func(ctx context.Context) (bool, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return false, err
		}
		resp, err := client.Do(r)
		if err != nil {
			return false, err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return false, fmt.Errorf("%s answers %s", x.name, resp.Status)
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("%w (%w); its log ends: %s", err, context.Cause(ctx), tail(x.log, 2000))
	}
	return nil
}

// stop asks the whole group to end, and ends it after patience.
func (x *process) stop() {
	_ = syscall.Kill(-x.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-x.ended:
	case <-time.After(patience):
	}
	_ = syscall.Kill(-x.cmd.Process.Pid, syscall.SIGKILL) // what it started may outlive it
	<-x.ended
}

// close ends all, the youngest first.
func (p *processes) close() {
	for i := len(p.started) - 1; i >= 0; i-- {
		p.started[i].stop()
	}
	p.started = nil
}

// tail is the end of a file, at most n bytes.
func tail(file string, n int) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-n):])
}
