package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// confirmCommand is the second factor: what was decided in chat is signed on the person's own machine.
type confirmCommand struct {
	asking
	On      string `arg:"" optional:"" help:"The ballot or its subject: B-1 or R-1."`
	KeyFile string `type:"path" help:"File of your confirmation key; gonogo/confirm.key in your configuration folder otherwise. Without one your token confirms."`
	MakeKey bool   `help:"Make the key, unless there is one, and print its public part for the configuration."`
}

// Run shows what would be confirmed, signs it and hands the signature in.
func (c confirmCommand) Run(s streams) error {
	file, err := c.keyFile()
	if err != nil {
		return err
	}
	if c.MakeKey {
		return makeConfirmationKey(file, s)
	}
	if c.On == "" {
		return usage("say what to confirm: B-1 or R-1")
	}
	key, err := readKey(file)
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || c.KeyFile != "") {
		return usage("%w; make one with gonogo confirm --make-key", err)
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if key == nil { // the token speaks for the person
		return c.ask(s, func(ctx context.Context, client *terminal.Client) (words.Reply, error) {
			return c.say(ctx, client, "/confirm "+c.On+" token")
		})
	}
	shown, err := c.say(ctx, client, "/confirm "+c.On)
	if err != nil {
		return c.ask(s, func(context.Context, *terminal.Client) (words.Reply, error) { return shown, err })
	}
	statement, ok := toSign(shown)
	if !ok {
		return c.ask(s, func(context.Context, *terminal.Client) (words.Reply, error) { return shown, nil })
	}
	fmt.Fprint(s.err, terminal.Clean(words.Plain(shown.Messages...))+"\n")
	signature := base64.RawURLEncoding.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(key), []byte(statement)))
	return c.ask(s, func(ctx context.Context, client *terminal.Client) (words.Reply, error) {
		return c.say(ctx, client, "/confirm "+c.On+" "+signature)
	})
}

func (c confirmCommand) say(ctx context.Context, client *terminal.Client, line string) (words.Reply, error) {
	return client.Say(ctx, terminal.Request{As: c.As, In: c.In, Text: line})
}

// toSign is the statement that a reply shows, if it shows one.
func toSign(r words.Reply) (string, bool) {
	for _, m := range r.Messages {
		for _, section := range m.Sections {
			if r.Outcome == chat.Done && strings.HasPrefix(section.Pre, "gonogo confirm v1\n") {
				return section.Pre, true
			}
		}
	}
	return "", false
}

func (c confirmCommand) keyFile() (string, error) {
	if c.KeyFile != "" {
		return c.KeyFile, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", usage("name the key with --key-file: %w", err)
	}
	return filepath.Join(dir, "gonogo", "confirm.key"), nil
}

func makeConfirmationKey(file string, s streams) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return exit{exitFailed, err}
	}
	if err := writeKey(file); err != nil {
		return exit{exitFailed, err}
	}
	seed, err := readKey(file)
	if err != nil {
		return exit{exitFailed, err}
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	fmt.Fprintf(s.out, "%s\n", confirmationKeyPrefix+base64.StdEncoding.EncodeToString(public))
	fmt.Fprintf(s.err, "The key is in %s. An administrator adds the line above to your keys: in the configuration.\n", file)
	return nil
}

// confirmationKeyPrefix begins a key in the configuration.
const confirmationKeyPrefix = "ed25519:"
