package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// Memory and starts are measured in processes of their own.

// told is what a child says of itself.
type told struct {
	Took     time.Duration
	Resident int64
}

// idleFor is how long an idle process settles before its memory is read: longer than the engine waits to give memory back.
const idleFor = 12 * time.Second

// beChild is the child's side.
func beChild(what string, s settings) error {
	began := time.Now()
	engine, err := badgerkv.Open(s.dir, badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	h, err := openHouse(engine, 0)
	if err != nil {
		return err
	}
	var t told
	switch what {
	case "start":
		if err := h.vote(0, 0); err != nil {
			return err
		}
		t.Took = time.Since(began)
	case "hold":
		fmt.Println("{}")
		clients(64, time.Minute, h.vote) // until it is killed
	case "door":
		if err := h.fill(); err != nil {
			return err
		}
		address, stop, err := h.serve(1000)
		if err != nil {
			return err
		}
		clients(256, 3*s.length, h.post(httpClients(256), address+"/api/v1/say"))
		t.Resident = resident()
		stop()
	case "idle":
		time.Sleep(idleFor)
		t.Resident = resident()
	}
	if err := json.NewEncoder(os.Stdout).Encode(t); err != nil {
		return err
	}
	if err := h.close(); err != nil {
		return err
	}
	return engine.Close()
}

func spawn(what string, s settings, dir string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(self, "-child", what, "-dir", dir, "-time", s.length.String())
	c.Stderr = os.Stderr
	return c, os.MkdirAll(filepath.Dir(dir), 0o700)
}

func askChild(what string, s settings, dir string) (told, error) {
	var t told
	c, err := spawn(what, s, dir)
	if err != nil {
		return t, err
	}
	out, err := c.Output()
	if err != nil {
		return t, fmt.Errorf("child %s: %w", what, err)
	}
	return t, json.Unmarshal(out, &t)
}

// killChild starts a child that votes under load and kills it in the middle.
func killChild(s settings, dir string) error {
	c, err := spawn("hold", s, dir)
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return fmt.Errorf("child: %w", err)
	}
	time.Sleep(s.length / 2)
	if err := c.Process.Kill(); err != nil {
		return err
	}
	c.Wait() // ends with the signal
	return nil
}

// resident is what the kernel counts as this process's memory, in bytes (Linux).
func resident() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range bytes.Split(status, []byte("\n")) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kib, _ := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			return kib << 10
		}
	}
	return 0
}
