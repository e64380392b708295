//go:build unix && !linux

package runner

import "syscall"

// commandAttr gives the command a process group of its own, so that it can be signalled with what it started.
func commandAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
