package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	stopGrace  = 3 * time.Second // between SIGTERM and SIGKILL
	maxLogSize = 1 << 20         // bytes; a longer log starts anew with the next process
)

// process is one running build of a service.
type process struct {
	cmd    *exec.Cmd
	addr   string // where it listens
	begun  time.Time
	exited chan struct{}
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// spawner starts all processes from one thread that never ends: the kernel
// kills the children when the thread that started them is gone, not only when
// the whole program is.
type spawner struct {
	starts chan func()
}

func newSpawner() *spawner {
	s := &spawner{starts: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for f := range s.starts {
			f()
		}
	}()
	return s
}

func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error)
	s.starts <- func() { done <- cmd.Start() }
	return <-done
}

// launch describes a process to start.
type launch struct {
	path    string   // executable
	env     []string // its whole environment
	log     string   // file that takes its stderr
	timeout time.Duration
}

// run starts a process and returns when it listens. When it does not, or ctx
// ends first, nothing of it is left.
func (s *spawner) run(ctx context.Context, l launch) (*process, error) {
	if err := os.MkdirAll(filepath.Dir(l.log), 0o700); err != nil {
		return nil, err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(l.log); err == nil && info.Size() > maxLogSize {
		flags |= os.O_TRUNC
	}
	logFile, err := os.OpenFile(l.log, flags, 0o600)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	ready := &announcement{addr: make(chan string, 1)}
	cmd := exec.Command(l.path, "-listen", "127.0.0.1:0")
	cmd.Env, cmd.Stdout, cmd.Stderr = l.env, ready, logFile
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = childAttributes()
	if err := s.start(cmd); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	p := &process{cmd: cmd, begun: time.Now(), exited: make(chan struct{})}
	go func() {
		cmd.Wait()
		close(p.exited)
	}()
	timer := time.NewTimer(l.timeout)
	defer timer.Stop()
	select {
	case p.addr = <-ready.addr:
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("the new process ended before it listened: %s", cmd.ProcessState)
	case <-ctx.Done():
		p.kill()
		return nil, context.Cause(ctx)
	case <-timer.C:
		p.kill()
		return nil, fmt.Errorf("the new process did not listen within %s", l.timeout)
	}
}

// stop ends the process, with force when it does not heed SIGTERM.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(stopGrace)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		p.kill()
	}
}

func (p *process) kill() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return
	}
	<-p.exited
}

func (p *process) alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// announcement takes a process's stdout, whose first line says where it
// listens. All that follows is dropped.
type announcement struct {
	mu   sync.Mutex
	line []byte
	said bool
	addr chan string
}

func (a *announcement) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.said {
		return len(b), nil
	}
	a.line = append(a.line, b[:min(len(b), 256)]...)
	line, _, whole := bytes.Cut(a.line, []byte("\n"))
	if !whole {
		a.said = len(a.line) > 256
		return len(b), nil
	}
	a.said = true
	if addr, ok := strings.CutPrefix(string(line), "listening "); ok {
		a.addr <- addr
	}
	return len(b), nil
}
