//go:build !linux

package main

import "syscall"

// childAttributes put a service into a process group of its own. Only Linux
// can end it with a data centre that was killed.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
