package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/config"
)

type tourCommand struct {
	Demo  string        `type:"path" default:"testdata/demo" help:"Folder of the demonstration's own programs, within a source checkout."`
	Story string        `type:"path" default:"testdata/tour/story.txt" help:"The story to play."`
	Data  string        `type:"path" help:"Folder to play in, kept afterwards; a temporary one otherwise, removed when all went well."`
	Limit time.Duration `default:"3m" help:"The longest that the tour may take."`
}

// Run plays the story in a demonstration of its own: exit status 0 only if every step came out as it must.
func (c tourCommand) Run(s streams) (err error) {
	script, err := os.ReadFile(c.Story)
	if err != nil {
		return usage("--story: %w", err)
	}
	tale, err := parseStory(c.Story, script)
	if err != nil {
		return usage("--story: %w", err)
	}
	tune()
	ctx, stop := untilStopped()
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, c.Limit, fmt.Errorf("the tour took longer than %s", c.Limit))
	defer cancel()
	data, remove, err := c.folder()
	if err != nil {
		return exit{exitFailed, err}
	}
	p := newPrinter(s.out)
	if err := c.play(ctx, tale, data, p); err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
			err = errors.Join(err, cause)
		}
		return exit{exitFailed, fmt.Errorf("%w\nWhat happened is in %s (%s is the log)", err, data, tourLog)}
	}
	return remove()
}

// tourLog is the file in the data folder that takes what bot and programs log.
const tourLog = "tour.log"

// folder is where the tour plays, and what to do with it afterwards.
func (c tourCommand) folder() (string, func() error, error) {
	if c.Data != "" {
		if entries, err := os.ReadDir(c.Data); err == nil && len(entries) > 0 {
			return "", nil, fmt.Errorf("--data %s is not empty: the story begins with nothing", c.Data)
		}
		return c.Data, func() error { return nil }, os.MkdirAll(c.Data, 0o700)
	}
	dir, err := os.MkdirTemp("", "gonogo-tour-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}

// play starts a demonstration, plays the story in it and stops it.
func (c tourCommand) play(ctx context.Context, tale story, data string, p *printer) (err error) {
	log, err := os.Create(filepath.Join(data, tourLog))
	if err != nil {
		return err
	}
	defer log.Close()
	began := time.Now()
	p.note("Building the demonstration and starting it in " + data)
	d := &demonstration{folder: c.Demo, data: data, log: log}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	defer d.close()
	quiet := streams{out: log, err: log}
	i, err := open(ctx, options{
		file: d.configuration(), grace: defaultGrace,
		override: func(f *config.Config) { f.Operations.Listen = "127.0.0.1:0" },
	}, quiet)
	if err != nil {
		return err
	}
	living, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- i.run(living) }()
	stopped := false
	halt := func() error {
		if stopped {
			return nil
		}
		stopped = true
		stop()
		return <-ended
	}
	defer func() { err = errors.Join(err, halt()) }()
	d.introduce(ctx, i, quiet)
	tour := &tour{
		demonstration: d, client: terminal.New("http://"+i.listen.Addr().String(), ""), printer: p, halt: halt,
		channels: channelNames(i), seen: map[string]bool{}, cards: map[string]string{},
	}
	p.note(fmt.Sprintf("%s is open at http://%s", i.bot.Organisation().Name, i.listen.Addr()))
	return tour.play(ctx, tale, began)
}

func channelNames(i *instance) (out []string) {
	for _, c := range channels(i.bot.Organisation()) {
		out = append(out, c.Name)
	}
	return out
}

// columns is how wide the tour prints where nobody says.
const columns = 100

// layout is how messages are laid out on a stream.
func layout(out any) terminal.Options {
	opt := terminal.Options{Width: columns}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		opt.Colour = os.Getenv("NO_COLOR") == ""
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			opt.Width = min(w, columns)
		}
	}
	return opt
}
