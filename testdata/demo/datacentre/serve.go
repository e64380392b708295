package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// settings are the daemon's.
type settings struct {
	state, repo  string
	http         string // address of the read-only HTTP pages, empty for none
	bootstrap    string // version to start where nothing runs yet, empty for none
	services     []string
	envs         []string
	traffic      int           // requests per second to each front
	pace         time.Duration // time each stage of a run takes at least
	startTimeout time.Duration // a new process must listen within it
}

func serveCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	var services, envs string
	flags := flag.NewFlagSet("datacentre serve", flag.ContinueOnError)
	flags.StringVar(&s.state, "state", "", "folder of the data centre's own files (required)")
	flags.StringVar(&s.repo, "repo", "", "folder of the artifact repository (required)")
	flags.StringVar(&s.http, "http", "", "loopback address for read-only pages: /healthz, /status, /runs")
	flags.StringVar(&s.bootstrap, "bootstrap", "", "version to start wherever nothing runs yet")
	flags.StringVar(&services, "services", "web,payments,ledger", "services, comma separated")
	flags.StringVar(&envs, "envs", "staging,prod", "environments, comma separated")
	flags.IntVar(&s.traffic, "traffic", 10, "synthetic requests per second to each service and environment, 0 to 200")
	flags.DurationVar(&s.pace, "pace", 0, "least time that each stage of a deployment takes, for watching it")
	flags.DurationVar(&s.startTimeout, "start-timeout", 10*time.Second, "time within which a new process must listen")
	if status, ok := parseFlags(flags, args, stderr); !ok {
		return status
	}
	s.services, s.envs = strings.Split(services, ","), strings.Split(envs, ",")
	if err := s.check(); err != nil {
		return usage(stderr, err)
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	if err := serve(ctx, s, log, stdout); err != nil {
		fmt.Fprintln(stderr, "datacentre:", err)
		return exitNotDone
	}
	return exitDone
}

func (s *settings) check() error {
	switch {
	case s.state == "":
		return errors.New("-state DIR is required")
	case s.repo == "":
		return errors.New("-repo DIR is required")
	case s.traffic < 0 || s.traffic > 200:
		return errors.New("-traffic is 0 to 200 requests per second")
	case s.pace < 0 || s.pace > time.Minute:
		return errors.New("-pace is 0s to 1m")
	case s.startTimeout <= 0 || s.startTimeout > 10*time.Minute:
		return errors.New("-start-timeout is above 0s and at most 10m")
	}
	for i, names := range [][]string{s.services, s.envs} {
		for j, n := range names {
			if err := artifact.CheckName(n, "1"); err != nil || slices.Contains(names[:j], n) {
				return fmt.Errorf("%s has a name that is malformed or said twice: %q", []string{"-services", "-envs"}[i], n)
			}
		}
	}
	if s.bootstrap != "" {
		if err := artifact.CheckName("x", s.bootstrap); err != nil {
			return fmt.Errorf("-bootstrap: %w", err)
		}
	}
	if s.http != "" {
		host, _, err := net.SplitHostPort(s.http)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("-http %q is not a loopback address such as 127.0.0.1:0", s.http)
		}
	}
	var err error
	if s.state, err = filepath.Abs(s.state); err == nil {
		s.repo, err = filepath.Abs(s.repo)
	}
	return err
}

// serve runs the data centre until ctx ends.
func serve(ctx context.Context, s settings, log *slog.Logger, stdout io.Writer) error {
	if err := os.MkdirAll(s.state, 0o700); err != nil {
		return err
	}
	unlock, err := lock(s.state)
	if err != nil {
		return err
	}
	defer unlock()
	c, err := newCentre(s, log)
	if err != nil {
		return err
	}
	defer c.close()
	ln, err := listenSocket(s.state)
	if err != nil {
		return err
	}
	defer ln.Close()
	go c.serveSocket(ln)
	pages := ""
	if s.http != "" {
		addr, closePages, err := c.servePages(s.http)
		if err != nil {
			return err
		}
		defer closePages()
		pages = "http://" + addr
	}
	if err := c.boot(pages); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "ready")
	log.Info("ready", "state", s.state)
	<-ctx.Done()
	log.Info("stopping")
	return nil
}

// lock makes sure that one daemon alone works in the state folder.
func lock(state string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(state, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another data centre works in %s", state)
	}
	return func() { f.Close() }, nil
}
