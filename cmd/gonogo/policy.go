package main

import (
	"context"
	"io"
	"net/url"
	"path/filepath"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
)

type policyTestCommand struct {
	folder
	File  string `arg:"" type:"path" help:"Configuration file to test."`
	Since string `default:"90d" help:"How far back: 90d, 2d12h."`
}

// Run replays past releases under another configuration, in the bot that holds the store if one runs.
func (c policyTestCommand) Run(s streams) error {
	file, err := filepath.Abs(c.File)
	if err != nil {
		return err
	}
	back, err := when.Duration(c.Since)
	if err != nil || back <= 0 {
		return usage("--since %s is not a length of time: write one like 90d or 12h", c.Since)
	}
	if _, err := load(file); err != nil { // said before anything is opened
		return exit{exitUsage, err}
	}
	return c.do("policy/test", url.Values{"file": {file}, "since": {back.String()}}, s.out)
}

func policyTest(_ context.Context, s *site, args url.Values, out io.Writer) error {
	back, err := time.ParseDuration(args.Get("since"))
	if err != nil {
		return err
	}
	c, err := load(args.Get("file"))
	if err != nil {
		return exit{exitUsage, err}
	}
	// Nobody of the file is met: who people are decides nothing here, and testing writes nothing.
	next, err := c.Organise(func(handle string) string { return handle })
	if err != nil {
		return err
	}
	store, err := s.store()
	if err != nil {
		return err
	}
	var m chat.Message
	if err := store.View(func(v *state.View) error {
		m, err = commands.PolicyTest(v, next, time.Now().Add(-back), 0)
		return err
	}); err != nil {
		return err
	}
	return s.show(out, m, rendering(args))
}
