package runner

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// SupervisorCommand is the hidden subcommand of the bot's program that calls Supervise with its one argument.
const SupervisorCommand = "run-supervisor"

const (
	look  = 50 * time.Millisecond // how often the supervisor looks for a free slot or a request to cancel
	drain = time.Second           // how long output is read on after the command ended, from what it left behind
)

// Supervise carries out the order in a run's folder and records how it ended. It is the whole life of a process that the
// runner started; the result is that process's exit status. Called again on the same folder, it runs nothing.
func Supervise(dir string) int {
	if err := supervise(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func supervise(dir string) error {
	lock, err := inheritedLock(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if exists(filepath.Join(dir, startedFile)) || exists(filepath.Join(dir, exitFile)) {
		return nil
	}
	o, err := readJSON[order](filepath.Join(dir, orderFile))
	if err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	slot, err := waitForSlot(dir, o.Slots, told)
	if err != nil {
		return err
	}
	if slot == nil {
		return writeSynced(filepath.Join(dir, exitFile), exit{State: port.RunCancelled, Code: -1, At: time.Now().UTC()})
	}
	defer slot.Close()
	return execute(dir, o, told)
}

// waitForSlot returns the lock of one of the slots that all runs share, or nil when the run was cancelled before it got
// one.
func waitForSlot(dir string, slots int, told <-chan os.Signal) (*os.File, error) {
	folder := filepath.Join(filepath.Dir(filepath.Dir(dir)), "slots")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if exists(filepath.Join(dir, cancelFile)) {
			return nil, nil
		}
		for i := range max(slots, 1) {
			slot, err := tryLock(filepath.Join(folder, fmt.Sprint(i)), syscall.LOCK_EX)
			if !errors.Is(err, errHeld) {
				return slot, err
			}
		}
		select {
		case s := <-told:
			return nil, fmt.Errorf("told to stop by %s before the command was started", s)
		case <-tick.C:
		}
	}
}

func execute(dir string, o order, told <-chan os.Signal) error {
	out, err := newOutput(dir, o.secretValues())
	if err != nil {
		return err
	}
	cmd := exec.Command(o.Argv[0], o.Argv[1:]...)
	cmd.Dir = o.Dir
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = drain
	cmd.SysProcAttr = commandAttr()
	if err := writeSynced(filepath.Join(dir, startedFile), started{os.Getpid(), time.Now().UTC()}); err != nil {
		return err
	}
	// The kernel ties the command's life to the thread that started it, so that thread must last.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	end := exit{State: port.RunFailed, Code: -1}
	if err := cmd.Start(); err != nil {
		end.Fault = fmt.Sprintf("could not be started: %v", err)
	} else {
		end = attend(cmd, dir, o, told)
	}
	outErr := out.Close()
	if outErr != nil && end.Fault == "" {
		end.Fault = "its output could not be kept whole"
	}
	end.At = time.Now().UTC()
	return errors.Join(outErr, writeSynced(filepath.Join(dir, exitFile), end))
}

// attend waits for the command, and stops it when asked to, when told to, or when its time is over.
func attend(cmd *exec.Cmd, dir string, o order, told <-chan os.Signal) exit {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	limit := time.NewTimer(o.Limit)
	defer limit.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	var stopped *exit
	var kill <-chan time.Time
	stop := func(why exit) {
		if stopped == nil {
			stopped = &why
			kill = time.After(o.Grace)
			syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		}
	}
	for {
		select {
		case err := <-ended:
			if stopped != nil {
				syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind in its group
				stopped.Code = cmd.ProcessState.ExitCode()
				return *stopped
			}
			return exitOf(cmd, err)
		case <-kill:
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		case <-limit.C:
			stop(exit{State: port.RunFailed, Fault: fmt.Sprintf("stopped: took longer than %s", o.Limit)})
		case s := <-told:
			stop(exit{State: port.RunFailed, Fault: fmt.Sprintf("stopped: its supervisor was told to by %s", s)})
		case <-tick.C:
			if stopped == nil && exists(filepath.Join(dir, cancelFile)) {
				stop(exit{State: port.RunCancelled})
			}
		}
	}
}

func exitOf(cmd *exec.Cmd, err error) exit {
	e := exit{State: port.RunFailed, Code: cmd.ProcessState.ExitCode()}
	switch {
	case cmd.ProcessState.Success():
		e.State = port.RunSucceeded
	case cmd.ProcessState.Exited():
		e.Fault = fmt.Sprintf("exit status %d", e.Code)
	default:
		e.Fault = fmt.Sprint("ended by ", strings.TrimSpace(err.Error()))
	}
	return e
}

func (o order) secretValues() []string {
	var values []string
	for _, name := range o.Secrets {
		values = append(values, os.Getenv(name))
	}
	return values
}
