package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// printer prints the tour's conversation for people.
type printer struct {
	out io.Writer
	opt terminal.Options
}

func newPrinter(out io.Writer) *printer {
	p := &printer{out: out, opt: layout(out)}
	p.opt.Width -= len(margin)
	return p
}

// margin sets what the bot says apart from what people say.
const margin = "  │ "

// The select graphic rendition sequences used (ECMA-48, 8.3.117).
const (
	sgrBold  = "\x1b[1m"
	sgrDim   = "\x1b[2m"
	sgrGreen = "\x1b[32m"
	sgrRed   = "\x1b[31m"
	sgrReset = "\x1b[0m"
)

func (p *printer) line(style, text string) {
	if p.opt.Colour && style != "" {
		text = style + text + sgrReset
	}
	fmt.Fprintln(p.out, text)
}

func (p *printer) chapter(title string) {
	p.line("", "")
	p.line(sgrBold, title)
	p.line(sgrBold, strings.Repeat("═", len([]rune(title))))
}

func (p *printer) note(text string)   { p.line(sgrDim, text) }
func (p *printer) remark(text string) { p.line(sgrDim, "\n# "+text) }
func (p *printer) step(text string)   { p.line(sgrBold, "\n"+text) }
func (p *printer) passed(what string) { p.line(sgrGreen, "    ✓ "+what) }
func (p *printer) failed(what string) { p.line(sgrRed, "    ✗ "+what) }

// message prints what the bot says; where is the channel, empty for an answer.
func (p *printer) message(where string, m words.Message) {
	if where != "" {
		p.line(sgrDim, "  ┌ "+where)
	}
	p.text(terminal.Render(m, p.opt))
}

func (p *printer) text(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprint(p.out, margin+strings.TrimRight(line, "\n")+"\n")
	}
}
