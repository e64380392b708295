// Command gonogo is the release manager that lives in chat: the bot itself, and the command line to speak to a running one.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	_ "time/tzdata" // zones in configuration must not depend on the machine

	"github.com/alecthomas/kong"

	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func main() {
	// A supervisor lives as long as the deployment that it supervises and needs nothing of what follows.
	if len(os.Args) == 3 && os.Args[1] == runner.SupervisorCommand {
		os.Exit(runner.Supervise(os.Args[2]))
	}
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// streams are what a command reads and writes.
type streams struct {
	in  *os.File
	out io.Writer
	err io.Writer
}

// Exit statuses that are not about speaking to a bot; those are in adapters/terminal.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// exit is an error with the status to end with. A nil err was told already.
type exit struct {
	status int
	err    error
}

func (e exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

// usage is wrong use of the command line.
func usage(format string, args ...any) error {
	return exit{exitUsage, fmt.Errorf(format, args...)}
}

// run carries out one command line and returns its exit status.
func run(args []string, s streams) int {
	var p program
	leave := -1
	parser, err := kong.New(&p,
		kong.Name("gonogo"),
		kong.Description("The release manager that lives in chat."),
		kong.Writers(s.out, s.err),
		kong.Exit(func(status int) { leave = status }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return s.tell(args, exit{exitFailed, err})
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if leave >= 0 { // help was asked for, and told
		return leave
	}
	if err != nil {
		return s.tell(args, exit{exitUsage, fmt.Errorf("%w; see gonogo --help", err)})
	}
	return s.tell(args, parsed.Run(s))
}

// tell says what went wrong and returns the exit status.
func (s streams) tell(args []string, err error) int {
	if err == nil {
		return exitDone
	}
	e := exit{status: exitFailed, err: err}
	errors.As(err, &e)
	if e.err == nil {
		return e.status
	}
	if e.status == exitUsage && wantsJSON(args) {
		s.print(words.Reply{Outcome: chat.Invalid, Code: "usage", Text: e.err.Error()})
		return terminal.ExitInvalid
	}
	fmt.Fprintln(s.err, "gonogo:", e.err)
	return e.status
}

// wantsJSON reports whether a command line that could not be parsed asked for JSON, which is printed on every exit.
func wantsJSON(args []string) bool {
	return len(args) > 0 && (args[0] == "say" || args[0] == "press") && slices.Contains(args, "--json")
}

func (s streams) print(v any) {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}
