//go:build !linux

package main

import "syscall"

// boundChild keeps a child out of reach of the terminal's Ctrl-C.
func boundChild() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
