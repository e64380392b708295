package main

import "syscall"

// childAttributes put a service into a process group of its own, out of reach
// of the terminal's Ctrl-C, and have the kernel end it with the data centre.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
