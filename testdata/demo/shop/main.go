// Command shop is the demo organisation's sample service. One program plays
// web, payments or ledger; which, in which version and with which fault, comes
// from its build: the stanza at the end of its own executable, or the linker
// (-ldflags "-X main.service=web -X main.version=1.0.0").
//
//	shop [-listen 127.0.0.1:0]
//
// Once it listens it prints one line, "listening 127.0.0.1:PORT". Upstream
// services are found through PAYMENTS_URL and LEDGER_URL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// Set by the linker for a build without a stanza.
var service, version, fault string

const (
	crashAfter    = 300 * time.Millisecond // a crash-loop build lives this long once it listens
	shutdownGrace = 2 * time.Second        // requests under way get this long after SIGTERM
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	// A demonstration runs six of these beside a bot: small beats fast.
	debug.SetGCPercent(40)
	runtime.GOMAXPROCS(min(2, runtime.GOMAXPROCS(0)))
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends; 0 after an orderly stop, 1 after a failure, 2 for
// wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	log := slog.New(slog.NewTextHandler(stderr, nil))
	flags := flag.NewFlagSet("shop", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", cmpEnv("LISTEN_ADDR", "127.0.0.1:0"), "loopback address to listen on (or LISTEN_ADDR)")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "shop: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	build, flt, err := identity()
	if err != nil {
		fmt.Fprintln(stderr, "shop:", err)
		return 2
	}
	if err := loopback(*listen); err != nil {
		fmt.Fprintln(stderr, "shop:", err)
		return 2
	}
	if flt.Kind == artifact.FaultSlowStart {
		select {
		case <-ctx.Done():
			return 0
		case <-time.After(flt.Delay):
		}
	}
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(stderr, "shop:", err)
		return 1
	}
	log = log.With("service", build.Service, "version", build.Version)
	fmt.Fprintf(stdout, "listening %s\n", ln.Addr())
	log.Info("listening", "addr", ln.Addr().String())
	switch flt.Kind {
	case artifact.FaultHang:
		return hang(ctx, ln)
	case artifact.FaultCrashLoop:
		time.AfterFunc(crashAfter, func() {
			log.Error("crashed")
			os.Exit(3)
		})
	}
	if err := serve(ctx, ln, newShop(build, flt, upstreamURL(build.Service), time.Now)); err != nil {
		log.Error("stopped", "err", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
		defer cancel()
		stopped <- srv.Shutdown(grace)
	}()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// hang takes connections and never says a word on them.
func hang(ctx context.Context, ln net.Listener) int {
	context.AfterFunc(ctx, func() { ln.Close() })
	for {
		conn, err := ln.Accept()
		if err != nil {
			return 0
		}
		go func() {
			defer conn.Close()
			io.Copy(io.Discard, conn)
		}()
	}
}

// identity is what this executable was built as.
func identity() (artifact.Stanza, artifact.Fault, error) {
	self, err := os.Executable()
	if err != nil {
		return artifact.Stanza{}, artifact.Fault{}, err
	}
	s, err := artifact.Read(self)
	if errors.Is(err, artifact.ErrNoStanza) {
		s, err = artifact.Stanza{Service: service, Version: version, Fault: fault}, nil
	}
	if err != nil {
		return artifact.Stanza{}, artifact.Fault{}, err
	}
	if s.Service == "" || s.Version == "" {
		return artifact.Stanza{}, artifact.Fault{}, errors.New("this build has no service and version: make artifacts with mill")
	}
	if _, known := roles[s.Service]; !known {
		return artifact.Stanza{}, artifact.Fault{}, fmt.Errorf("this build plays %q, which is none of web, payments and ledger", s.Service)
	}
	f, err := artifact.ParseFault(s.Fault)
	return s, f, err
}

func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("-listen %q is not host:port", addr)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("-listen %q is not a loopback address", addr)
	}
	return nil
}

func cmpEnv(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
