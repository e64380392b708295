package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// confirmCommand is the second factor: what was decided in chat is confirmed on the person's own machine, by their token or by
// a signature.
type confirmCommand struct {
	asking
	On      string `arg:"" optional:"" help:"The ballot or its subject: B-1 or R-1."`
	KeyFile string `type:"path" help:"File of your confirmation key; gonogo/confirm.key in your configuration folder otherwise. Without one your token confirms."`
	MakeKey bool   `help:"Make the key, unless there is one, and print its public part for the configuration."`
	Sign    bool   `help:"Sign the statement that /confirm showed in chat, read from standard input, and print the line to say there. No connection is needed."`
}

// Run confirms: a token does at once, a key signs what the bot shows.
func (c confirmCommand) Run(s streams) error {
	file, err := c.keyFile()
	if err != nil && (c.MakeKey || c.Sign) { // a token needs no file
		return err
	}
	if c.MakeKey {
		return makeConfirmationKey(file, s)
	}
	key, err := readKey(file)
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || c.KeyFile != "" || c.Sign) {
		return usage("%w; make one with gonogo confirm --make-key", err)
	}
	if c.Sign {
		return signPasted(key, s)
	}
	if c.On == "" {
		return usage("say what to confirm: B-1 or R-1")
	}
	return c.ask(s, func(ctx context.Context, client *terminal.Client) (words.Reply, error) {
		if c.In == "" { // one place is as good as another: the answer is private
			directory, err := client.Channels(ctx)
			if err != nil {
				return words.Reply{}, err
			}
			if len(directory.Channels) > 0 {
				c.In = directory.Channels[0].Name
			}
		}
		shown, err := c.say(ctx, client, "/confirm "+c.On)
		statement := shown.IDs["statement"]
		if err != nil || statement == "" {
			return shown, err
		}
		shown.Outcome = chat.Refused // nothing is confirmed by what is shown
		if key == nil {
			return shown, nil
		}
		read, ok := readStatement(statement)
		if !ok || read.text() != statement {
			return words.Reply{}, errNoStatement
		}
		fmt.Fprintf(s.err, "%sYou sign: %s on %s.\n", statement, read.choice(), read.ballot())
		if !s.agreed("Type yes to go on: ") {
			return shown, nil
		}
		return c.say(ctx, client, "/confirm "+c.On+" "+signature(key, statement))
	})
}

func (c confirmCommand) say(ctx context.Context, client *terminal.Client, line string) (words.Reply, error) {
	return client.Say(ctx, terminal.Request{As: c.As, In: c.In, Text: line, Wait: c.Wait})
}

// agreed asks whoever sits at the terminal; a script that calls this has agreed.
func (s streams) agreed(question string) bool {
	if s.in == nil || !term.IsTerminal(int(s.in.Fd())) {
		return true
	}
	fmt.Fprint(s.err, question)
	line, _ := bufio.NewReader(s.in).ReadString('\n')
	return strings.EqualFold(strings.TrimSpace(line), "yes")
}

// signature is what /confirm takes.
func signature(seed []byte, statement string) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(seed), []byte(statement)))
}

// Shape of a statement: bot/approval has it. A key of votes signs nothing else, whoever asks.
const (
	statementBegins = "gonogo confirm v1"
	statementLines  = 6       // that, the ballot, its digest, the choice, the voter, when
	statementMost   = 4 << 10 // bytes that are read
)

var errNoStatement = fmt.Errorf("that is no statement: it has %d lines and begins with %q; /confirm B-1 shows it in chat", statementLines, statementBegins)

// statement is what is signed, line by line.
type statement []string

func (s statement) ballot() string { return s[1] }
func (s statement) choice() string { return s[3] }
func (s statement) text() string   { return strings.Join(s, "\n") + "\n" }

// readStatement reads one, with whatever blanks came along.
func readStatement(text string) (out statement, ok bool) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	strange := func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) }
	return out, len(out) == statementLines && out[0] == statementBegins && !strings.ContainsFunc(strings.Join(out, ""), strange)
}

// signPasted signs a statement that somebody copied from chat.
func signPasted(seed []byte, s streams) error {
	if term.IsTerminal(int(s.in.Fd())) {
		fmt.Fprintln(s.err, "Paste the statement that /confirm showed you, then press Ctrl-D:")
	}
	pasted, err := io.ReadAll(io.LimitReader(s.in, statementMost))
	if err != nil {
		return exit{exitFailed, err}
	}
	read, ok := readStatement(string(pasted))
	if !ok {
		return exit{exitUsage, errNoStatement}
	}
	fmt.Fprintf(s.err, "You sign: %s on %s. Say this in chat:\n", read.choice(), read.ballot())
	fmt.Fprintf(s.out, "/confirm %s %s\n", read.ballot(), signature(seed, read.text()))
	return nil
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
