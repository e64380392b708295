package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Follow looks at the run's folder every Outside.Poll. When ctx is done it returns seen, without an error.
func (a *Adapter) Follow(ctx context.Context, run port.Run, seen port.Progress) (port.Progress, error) {
	dir, err := a.folder(run)
	if err != nil {
		return seen, err
	}
	tick := time.NewTicker(a.outside.Poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		p, err := a.progress(dir)
		if err != nil {
			return seen, fmt.Errorf("following run %s: %w", run.ID, err)
		}
		if p.State.Ended() || differs(p, seen) {
			return p, nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return seen, nil
}

func differs(a, b port.Progress) bool {
	return a.State != b.State || a.Stage != b.Stage || a.Percent != b.Percent || !slices.Equal(a.Tail, b.Tail)
}

func (a *Adapter) progress(dir string) (port.Progress, error) {
	p := port.Progress{At: a.outside.Clock().UTC()}
	if !isDir(dir) {
		p.State = port.RunLost
		return p, nil
	}
	state, end, err := a.state(dir)
	if err != nil {
		return p, err
	}
	p.State = state
	if !end.At.IsZero() {
		p.At = end.At
	}
	s, err := readJSON[status](filepath.Join(dir, statusFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	p.Stage, p.Percent = s.Stage, min(max(s.Percent, 0), 100)
	p.Tail, err = tail(filepath.Join(dir, outputFile))
	if end.Fault != "" {
		p.Tail = append(p.Tail, end.Fault)
		p.Tail = p.Tail[max(0, len(p.Tail)-port.TailLines):]
	}
	return p, err
}

// state reads in the order that makes sense of what it sees: a mark seen before a free lock means that the supervisor is
// gone, and then whatever it left is final.
func (a *Adapter) state(dir string) (port.RunState, exit, error) {
	marked := exists(filepath.Join(dir, startedFile))
	live, err := held(dir)
	if err != nil {
		return "", exit{}, err
	}
	end, err := readJSON[exit](filepath.Join(dir, exitFile))
	switch {
	case err == nil && end.State.Ended():
		return end.State, end, nil
	case err == nil:
		return port.RunLost, exit{Fault: "its exit status is malformed"}, nil
	case !errors.Is(err, fs.ErrNotExist) && !live:
		return port.RunLost, exit{Fault: "its exit status is malformed"}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", exit{}, err
	case marked && live:
		return port.RunRunning, exit{}, nil
	case marked:
		return port.RunLost, exit{}, nil
	case live:
		return port.RunQueued, exit{}, nil
	}
	return a.abandon(dir)
}

// abandon settles a run whose supervisor ended before it started the command: nothing happened, and nothing will, for
// the end is recorded under the lock that a supervisor would need.
func (a *Adapter) abandon(dir string) (port.RunState, exit, error) {
	lock, err := tryLock(filepath.Join(dir, lockFile), syscall.LOCK_EX)
	if errors.Is(err, errHeld) {
		return port.RunQueued, exit{}, nil
	}
	if err != nil {
		return "", exit{}, err
	}
	defer lock.Close()
	if exists(filepath.Join(dir, startedFile)) || exists(filepath.Join(dir, exitFile)) {
		return port.RunQueued, exit{}, nil // somebody was faster: the next look tells
	}
	end := exit{State: port.RunFailed, Code: -1, Fault: "never started: its supervisor ended first", At: a.outside.Clock().UTC()}
	if exists(filepath.Join(dir, cancelFile)) {
		end.State, end.Fault = port.RunCancelled, ""
	}
	if err := writeSynced(filepath.Join(dir, exitFile), end); err != nil {
		return "", exit{}, effect.Retryable(err, 0)
	}
	return end.State, end, nil
}
