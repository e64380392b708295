// Command datacentre is the demo organisation's data centre: a daemon that
// runs, switches and supervises the sample services, and the command line that
// an organisation would have for it.
//
//	datacentre serve  -state DIR -repo DIR [-bootstrap 1.0.0] [-traffic N] [-pace DUR]
//	datacentre deploy -state DIR -service S -env E -version V -sha256 HEX -key KEY
//	datacentre cancel -state DIR -key KEY
//	datacentre status -state DIR [-wait DUR]
//	datacentre runs   -state DIR [-key KEY]
//	datacentre smoke  -state DIR -service S -env E [-version V]
//
// deploy prints "::stage NAME PERCENT" lines among free ones. A key names one
// run for good: said again, it follows or repeats the outcome of the first.
//
// Exit status: 0 done, 1 not done (failed, refused or cancelled), 2 wrong
// usage, 3 the data centre could not be reached or was lost (outcome unknown:
// ask again with the same key).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const (
	exitDone    = 0
	exitNotDone = 1
	exitUsage   = 2
	exitUnknown = 3
)

// subcommand parses its own flags and returns the exit status.
type subcommand func(ctx context.Context, args []string, stdout, stderr io.Writer) int

var subcommands = map[string]subcommand{
	"serve":  serveCommand,
	"deploy": deployCommand,
	"cancel": cancelCommand,
	"status": statusCommand,
	"runs":   runsCommand,
	"smoke":  smokeCommand,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprintln(stderr, "datacentre: say serve, deploy, cancel, status, runs or smoke")
		return exitUsage
	}
	cmd, known := subcommands[args[0]]
	if !known {
		fmt.Fprintf(stderr, "datacentre: unknown command %q: say serve, deploy, cancel, status, runs or smoke\n", args[0])
		return exitUsage
	}
	return cmd(ctx, args[1:], stdout, stderr)
}

// parseFlags parses args and refuses anything left over. The exit status counts
// only when ok is false.
func parseFlags(flags *flag.FlagSet, args []string, stderr io.Writer) (status int, ok bool) {
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(stderr)
		flags.Usage()
		return exitDone, false
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		return usage(stderr, err), false
	}
	return exitDone, true
}

func usage(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "datacentre:", err)
	return exitUsage
}
