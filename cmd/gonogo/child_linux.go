package main

import "syscall"

// boundChild keeps a child out of reach of the terminal's Ctrl-C, and has the kernel end it when this process ends, even
// killed.
func boundChild() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
