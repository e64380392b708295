// Command mill builds the demo organisation's artifact repository.
//
//	mill -out DIR                                  the demo's own versions; those already there are kept
//	mill -out DIR -add payments@1.4.0 [-fault hang] [-author dana@example.test] [-change TEXT] [-lines N] [-wrong-checksum]
//	mill -out DIR -rebuild payments@1.1.0          other bytes, and a manifest to match, for a version already there
//
// The sample service is compiled once from the checkout that holds the working
// folder (or -checkout DIR); every artifact is that program and a build stanza.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// order is what the command line asks for.
type order struct {
	out, checkout, shop string
	add, rebuild        string
	fault               string
	authors, changes    list
	lines               int
	wrongChecksum       bool
	builtAt             time.Time
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// run returns 0 when everything asked for is there, 1 when building failed, 2
// for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "mill:", err)
		return 2
	}
	jobs, err := o.jobs()
	if err != nil {
		fmt.Fprintln(stderr, "mill:", err)
		return 2
	}
	if len(jobs) == 0 {
		fmt.Fprintln(stdout, "nothing to build: every version is there")
		return 0
	}
	program, err := o.program(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "mill:", err)
		return 1
	}
	for _, j := range jobs {
		m, err := publish(o.out, program, j, o.builtAt)
		if err != nil {
			fmt.Fprintln(stderr, "mill:", err)
			return 1
		}
		fmt.Fprintf(stdout, "%s %s %s\n", m.Service, m.Version, m.SHA256)
	}
	return 0
}

func parse(args []string, stderr io.Writer) (order, error) {
	var o order
	var at string
	flags := flag.NewFlagSet("mill", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.out, "out", "", "folder of the artifact repository (required)")
	flags.StringVar(&o.checkout, "checkout", ".", "folder inside the checkout to compile from")
	flags.StringVar(&o.shop, "shop", "", "compiled sample service to use instead of compiling")
	flags.StringVar(&o.add, "add", "", "build one more version, SERVICE@VERSION")
	flags.StringVar(&o.rebuild, "rebuild", "", "build a version anew with other bytes, SERVICE@VERSION")
	flags.StringVar(&o.fault, "fault", "", "fault of the version: none, errors-after:3s:0.4, hang, crash-loop, slow:800ms, unhealthy, slow-start:5s")
	flags.Var(&o.authors, "author", "e-mail address of a commit author (repeatable)")
	flags.Var(&o.changes, "change", "line of the change list (repeatable)")
	flags.IntVar(&o.lines, "lines", 0, "lines changed")
	flags.BoolVar(&o.wrongChecksum, "wrong-checksum", false, "write a manifest whose checksum is not the artifact's")
	flags.StringVar(&at, "built-at", "", "build time, RFC 3339 (default: now)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.Usage()
		}
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	o.builtAt = time.Now().UTC().Truncate(time.Second)
	if at != "" {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return o, fmt.Errorf("-built-at %q is not a time such as 2026-03-01T09:30:00Z", at)
		}
		o.builtAt = t.UTC()
	}
	return o, o.check()
}

func (o order) check() error {
	single := o.add != "" || o.rebuild != ""
	switch {
	case o.out == "":
		return errors.New("-out DIR is required")
	case o.add != "" && o.rebuild != "":
		return errors.New("-add and -rebuild can't be given together")
	case !single && (o.fault != "" || len(o.authors)+len(o.changes)+o.lines > 0 || o.wrongChecksum):
		return errors.New("-fault, -author, -change, -lines and -wrong-checksum need -add or -rebuild")
	case o.lines < 0 || o.lines > 10_000_000:
		return fmt.Errorf("-lines %d is not between 0 and 10000000", o.lines)
	}
	if _, err := artifact.ParseFault(o.fault); err != nil {
		return err
	}
	for _, a := range o.authors {
		if parsed, err := mail.ParseAddress(a); err != nil || parsed.Address != a {
			return fmt.Errorf("-author %q is not an e-mail address", a)
		}
	}
	for _, c := range o.changes {
		if strings.TrimSpace(c) == "" || len(c) > 500 {
			return errors.New("-change needs 1 to 500 characters")
		}
	}
	return nil
}

// program is the compiled service without a stanza.
func (o order) program(ctx context.Context) ([]byte, error) {
	if o.shop != "" {
		program, err := os.ReadFile(o.shop)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("-shop %s does not exist", o.shop)
		}
		return program, err
	}
	root, err := artifact.Checkout(o.checkout)
	if err != nil {
		return nil, err
	}
	return artifact.Compile(ctx, root)
}
