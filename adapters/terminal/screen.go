package terminal

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// screen is where a conversation is typed and shown. Write may be called while ReadLine waits: what is being typed
// stays whole beneath what is written.
type screen interface {
	io.Writer
	ReadLine() (string, error)
	SetPrompt(string)
}

// newScreen edits lines where there is a terminal, and reads them as they come where there is none.
func newScreen(in io.Reader, out io.Writer, opts ChatOptions, history term.History) screen {
	if !opts.TTY {
		return &pipe{in: bufio.NewReader(in), Writer: out}
	}
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, "")
	if history != nil {
		t.History = history
	}
	return t
}

// pipe is a screen without a terminal: no prompt, no editing, no history.
type pipe struct {
	io.Writer
	in *bufio.Reader
}

func (p *pipe) ReadLine() (string, error) {
	line, err := p.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

func (*pipe) SetPrompt(string) {}

// Attach prepares a terminal for Chat: where both files are one, it sets TTY and Size in opts and switches the terminal
// to raw mode, which restore ends. Where they are not, it leaves everything as it is.
func Attach(in, out *os.File, opts *ChatOptions) (restore func() error, err error) {
	nothing := func() error { return nil }
	input, output := int(in.Fd()), int(out.Fd())
	if !term.IsTerminal(input) || !term.IsTerminal(output) {
		return nothing, nil
	}
	before, err := term.MakeRaw(input)
	if err != nil {
		return nothing, err
	}
	opts.TTY = true
	opts.Size = func() (width, height int) {
		width, height, err := term.GetSize(output)
		if err != nil {
			return 0, 0
		}
		return width, height
	}
	return func() error {
		// The prompt that nothing was typed at would stand before the shell's.
		_, err := out.WriteString("\r\x1b[K")
		return errors.Join(err, term.Restore(input, before))
	}, nil
}
