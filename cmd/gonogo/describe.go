package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
)

type policyDescribeCommand struct {
	File string `name:"config" type:"path" default:"gonogo.yaml" help:"Configuration file."`
}

// Run says in plain sentences what a configuration means, without a bot.
func (c policyDescribeCommand) Run(s streams) error {
	loaded, err := load(c.File)
	if errors.Is(err, fs.ErrNotExist) {
		return usage("%w", err)
	}
	if err != nil {
		return exit{exitFailed, err}
	}
	o, err := loaded.Organise(func(handle string) string { return handle })
	if err != nil {
		return exit{exitFailed, err}
	}
	m := words.WordMessage(commands.Describe(o), named{loaded, o.Zone}, time.Now())
	fmt.Fprint(s.out, terminal.Render(m, terminal.Options{Width: width(s.out)}))
	return nil
}

// named reads people by handle, as a configuration has them.
type named struct {
	config *config.Config
	zone   *time.Location
}

// PersonName implements port.Reader.
func (n named) PersonName(handle string) string {
	if p, ok := n.config.Person(handle); ok && p.Name != "" {
		return p.Name
	}
	return handle
}

// Accounts implements port.Reader.
func (n named) Accounts(string) []chat.Account { return nil }

// Unseal implements port.Reader: nobody wrote anything that is sealed.
func (n named) Unseal(chat.Sealed) (string, bool) { return "", false }

// Zone implements port.Reader.
func (n named) Zone() *time.Location { return n.zone }
