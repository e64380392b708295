package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/artifactdir"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// demonstration is what the demo command puts around a bot: an artifact repository and a data centre, both programs of
// the demonstration's folder. What they are about is in that folder alone.
type demonstration struct {
	folder string // the demonstration's programs and configuration
	data   string
	log    io.Writer
	centre *exec.Cmd // nil where one was running already
	ended  chan struct{}
	tryOut []trial
	// further are steps after those, which are buttons to press.
	further []chat.Line
}

// trial is a line to try, and as whom.
type trial struct{ as, line string }

func (d *demonstration) path(parts ...string) string {
	return filepath.Join(append([]string{d.data}, parts...)...)
}
func (d *demonstration) state() string         { return d.path("datacentre") }
func (d *demonstration) repository() string    { return d.path("repo") }
func (d *demonstration) configuration() string { return d.path("gonogo.yaml") }
func (d *demonstration) program(name string) string {
	return d.path("bin", name)
}

// The demonstration's programs, as their folders are called.
const (
	millProgram   = "mill"
	centreProgram = "datacentre"
)

// plainPath is what a folder may be called so that its name can stand unquoted in the configuration.
var plainPath = regexp.MustCompile(`^[\p{L}\p{N}/._@+~-]+$`)

// prepare leaves a data centre running and the configuration written.
func (d *demonstration) prepare(ctx context.Context) error {
	for _, need := range []string{"gonogo.yaml", millProgram, centreProgram} {
		if _, err := os.Stat(filepath.Join(d.folder, need)); err != nil {
			return fmt.Errorf("%s is not the demonstration's folder: run this in a checkout of gonogo, or name the folder with --demo", d.folder)
		}
	}
	if !plainPath.MatchString(d.data) {
		return fmt.Errorf("--data %s: for the demonstration, choose a folder without spaces and special characters in its path", d.data)
	}
	if err := os.MkdirAll(d.path("bin"), 0o700); err != nil {
		return err
	}
	d.say("building the demonstration's programs")
	if err := d.run(ctx, d.folder, "go", "build", "-o", d.path("bin")+"/", "./"+millProgram, "./"+centreProgram); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("the demonstration builds its programs: install Go first (https://go.dev/dl)")
		}
		return fmt.Errorf("build the demonstration's programs: %w", err)
	}
	d.say("building the versions to release")
	if err := d.run(ctx, d.folder, d.program(millProgram), "-out", d.repository(), "-checkout", d.folder); err != nil {
		return fmt.Errorf("build the versions to release: %w", err)
	}
	if err := d.startCentre(ctx); err != nil {
		return err
	}
	if err := d.configure(); err != nil {
		d.close()
		return err
	}
	return nil
}

func (d *demonstration) say(what string) { fmt.Fprintln(d.log, "gonogo demo:", what) }

// run runs a program to its end; what it prints goes to the log.
func (d *demonstration) run(ctx context.Context, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, d.log, d.log
	return cmd.Run()
}

// startCentre starts the data centre, unless one works in the folder already, and waits until it answers.
func (d *demonstration) startCentre(ctx context.Context) error {
	if _, err := d.ask(ctx, "status", "-state", d.state()); err == nil {
		d.say("the data centre runs already")
		return nil
	}
	services, oldest, err := d.stock(ctx)
	if err != nil {
		return err
	}
	d.say("starting the data centre")
	d.ended = make(chan struct{})
	started := make(chan error)
	go func() {
		// The kernel ends the child with the thread that started it.
		runtime.LockOSThread()
		d.centre = exec.Command(d.program(centreProgram), "serve", "-state", d.state(), "-repo", d.repository(),
			"-bootstrap", oldest, "-services", strings.Join(services, ","))
		d.centre.Stderr = d.log
		d.centre.SysProcAttr = boundChild()
		err := d.centre.Start()
		started <- err
		if err == nil {
			_ = d.centre.Wait()
		}
		close(d.ended)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start the data centre: %w", err)
	}
	ready := make(chan error, 1)
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, err := d.ask(waiting, "status", "-state", d.state(), "-wait", "30s")
		ready <- err
	}()
	select {
	case err = <-ready:
	case <-d.ended:
		err = errors.New("it ended")
	}
	if err != nil {
		d.close()
		return fmt.Errorf("the data centre did not get ready: %w", err)
	}
	return nil
}

// ask runs the data centre's command line and returns what it printed.
func (d *demonstration) ask(ctx context.Context, args ...string) ([]byte, error) {
	var out, fault bytes.Buffer
	cmd := exec.CommandContext(ctx, d.program(centreProgram), args...)
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(fault.String()))
	}
	return out.Bytes(), nil
}

// stock lists the services of the repository, and the oldest version that all of them have.
func (d *demonstration) stock(ctx context.Context) (services []string, oldest string, err error) {
	folders, err := os.ReadDir(d.repository())
	if err != nil {
		return nil, "", err
	}
	repo, err := artifactdir.New(artifactdir.Settings{Dir: d.repository()}, time.Now)
	if err != nil {
		return nil, "", err
	}
	var common []string
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		versions, err := repo.Versions(ctx, f.Name())
		if err != nil {
			return nil, "", err
		}
		if services == nil {
			common = versions
		}
		common = slices.DeleteFunc(common, func(v string) bool { return !slices.Contains(versions, v) })
		services = append(services, f.Name())
	}
	if len(common) == 0 {
		return nil, "", errors.New("the repository holds no version that all services have")
	}
	return services, common[0], nil
}

// configure writes the demonstration's configuration with what only this machine knows filled in.
func (d *demonstration) configure() error {
	template, err := os.ReadFile(filepath.Join(d.folder, "gonogo.yaml"))
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(d.state(), "addresses.json"))
	if err != nil {
		return err
	}
	addresses := map[string]string{}
	if err := json.Unmarshal(b, &addresses); err != nil {
		return fmt.Errorf("the data centre's addresses: %w", err)
	}
	pairs := []string{
		"${data}", d.data, "${state}", d.state(), "${repo}", d.repository(), "${datacentre}", d.program(centreProgram),
	}
	for name, address := range addresses {
		pairs = append(pairs, "${"+name+"}", address)
	}
	return os.WriteFile(d.configuration(), []byte(strings.NewReplacer(pairs...).Replace(string(template))), 0o600)
}

// stopTime is how long the data centre may take to stop.
const stopTime = 5 * time.Second

// close stops the data centre if this process started it.
func (d *demonstration) close() {
	if d.centre == nil || d.centre.Process == nil {
		return
	}
	_ = d.centre.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.ended:
	case <-time.After(stopTime):
		_ = d.centre.Process.Kill()
		<-d.ended
	}
}
