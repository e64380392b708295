package runner

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// lockVariable tells the supervisor which of its descriptors holds the run's lock. The lock is taken before the
// supervisor is forked and inherited by it, so there is no instant at which a run that will start looks abandoned.
const lockVariable = "GONOGO_RUN_LOCK"

var errHeld = errors.New("the lock is held")

// tryLock takes an advisory lock, or returns errHeld. The kernel frees it when the last process holding it is gone, by
// whatever death: unlike a process id, it can't be mistaken for somebody else's later.
func tryLock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errHeld
	}
	return nil, &os.PathError{Op: "lock", Path: path, Err: err}
}

// held reports whether a supervisor lives in the run's folder.
func held(dir string) (bool, error) {
	f, err := tryLock(filepath.Join(dir, lockFile), syscall.LOCK_SH)
	if errors.Is(err, errHeld) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, f.Close()
}

// inheritedLock is the lock that the bot took for this supervisor; started by hand, it takes its own.
func inheritedLock(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockFile)
	fd, err := strconv.Atoi(os.Getenv(lockVariable))
	if err != nil {
		return tryLock(path, syscall.LOCK_EX)
	}
	os.Unsetenv(lockVariable)
	syscall.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), path)
	if f == nil {
		return nil, errors.New("the inherited lock is no open file")
	}
	mine, err := f.Stat()
	if err != nil {
		return nil, err
	}
	there, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !os.SameFile(mine, there) {
		return nil, errors.New("the inherited lock is another run's")
	}
	return f, nil
}
