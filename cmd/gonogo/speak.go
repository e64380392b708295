package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// connection is how a running bot is reached, and as whom.
type connection struct {
	Server    string `env:"GONOGO_SERVER" default:"http://127.0.0.1:7474" help:"Address of the running bot (${env}; ${default})."`
	As        string `help:"Account to speak as; outside the demo the token's own."`
	TokenFile string `type:"path" help:"File that holds the token; GONOGO_TOKEN otherwise."`
}

// most bounds the file that a token is read from, in bytes: what is longer is no token.
const mostToken = 4 << 10

func (c connection) client() (*terminal.Client, error) {
	token := os.Getenv("GONOGO_TOKEN")
	if c.TokenFile != "" {
		b, err := os.ReadFile(c.TokenFile)
		if err != nil {
			return nil, usage("--token-file: %w", err)
		}
		if token = strings.TrimSpace(string(b)); token == "" || len(token) > mostToken {
			return nil, usage("--token-file: %s holds no token", c.TokenFile)
		}
	}
	return terminal.New(strings.TrimSuffix(c.Server, "/"), token), nil
}

// asking is what one request to a running bot has in common with every other.
type asking struct {
	connection
	In   string        `help:"Channel, such as '#releases'."`
	JSON bool          `name:"json" help:"Print one JSON object, whatever happens."`
	Wait time.Duration `help:"Also wait for the effects, at most this long."`
	Key  string        `help:"Makes a repetition harmless: the same key is carried out once."`
}

// longestWait is the most that the server waits.
const longestWait = 10 * time.Minute

func (a asking) ask(s streams, do func(context.Context, *terminal.Client) (words.Reply, error)) error {
	if a.Wait < 0 || a.Wait > longestWait {
		return usage("--wait is between 0s and %s", longestWait)
	}
	client, err := a.client()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	reply, err := do(ctx, client)
	if err != nil {
		reply = client.Failure(err)
	}
	if a.JSON {
		s.print(reply)
	} else {
		s.show(reply, err != nil)
	}
	return exit{status: terminal.ExitCode(reply)}
}

// show prints a reply for people.
func (s streams) show(r words.Reply, failed bool) {
	if failed || len(r.Messages) == 0 {
		fmt.Fprintln(s.err, terminal.Clean(r.Text))
		return
	}
	opt := terminal.Options{}
	if f, ok := s.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		opt.Colour = os.Getenv("NO_COLOR") == ""
		opt.Width, _, _ = term.GetSize(int(f.Fd()))
	}
	for _, m := range r.Messages {
		fmt.Fprint(s.out, terminal.Render(m, opt))
	}
	if r.Effects != "" {
		fmt.Fprintln(s.out, "effects:", r.Effects)
	}
}

type sayCommand struct {
	asking
	Text string `arg:"" help:"What to say, such as '/release list'."`
}

// Run says the line.
func (c sayCommand) Run(s streams) error {
	return c.ask(s, func(ctx context.Context, client *terminal.Client) (words.Reply, error) {
		return client.Say(ctx, terminal.Request{As: c.As, In: c.In, Text: c.Text, Key: c.Key, Wait: c.Wait})
	})
}

type pressCommand struct {
	asking
	On     string `help:"Short id of the card, such as R-1."`
	Button string `help:"Name of the button, such as approve."`
	Token  string `help:"The button's token, instead of --on and --button."`
}

// Run presses the button.
func (c pressCommand) Run(s streams) error {
	if (c.Token == "") == (c.On == "" || c.Button == "") {
		return usage("say which button: --on and --button, or --token")
	}
	return c.ask(s, func(ctx context.Context, client *terminal.Client) (words.Reply, error) {
		return client.Press(ctx, terminal.PressRequest{
			As: c.As, In: c.In, On: c.On, Button: c.Button, Token: c.Token, Key: c.Key, Wait: c.Wait,
		})
	})
}

type chatCommand struct {
	connection
	In string `help:"Channel to begin in."`
}

// Run converses until the input ends.
func (c chatCommand) Run(s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	opts := terminal.ChatOptions{As: c.As, In: c.In, Colour: os.Getenv("NO_COLOR") == ""}
	if dir, err := os.UserCacheDir(); err == nil {
		if os.MkdirAll(filepath.Join(dir, "gonogo"), 0o700) == nil {
			opts.History = filepath.Join(dir, "gonogo", "history")
		}
	}
	out, ok := s.out.(*os.File)
	if !ok {
		out = os.Stdout
	}
	restore, err := terminal.Attach(s.in, out, &opts)
	if err != nil {
		return err
	}
	defer restore()
	if !opts.TTY {
		opts.Colour = false
	}
	if err := terminal.Chat(ctx, client, s.in, out, opts); err != nil && ctx.Err() == nil {
		reply := client.Failure(err)
		return exit{terminal.ExitCode(reply), fmt.Errorf("%s", reply.Text)}
	}
	return nil
}
