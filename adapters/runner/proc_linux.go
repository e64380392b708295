package runner

import "syscall"

// commandAttr gives the command a process group of its own, so that it can be signalled with what it started, and has
// the kernel kill it when its supervisor is killed: a run that is reported lost does not go on unseen.
func commandAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
