// Package gateway holds a bot's connection to Discord's gateway: events come in over it, in order. It reconnects and resumes where
// it was, so that Discord delivers again what was missed, until its context ends.
//
// discordgo's own connection is not used: it can't be stopped while it reconnects, resumes at another address than the one that
// Discord names, and drops an event with a component that it does not know.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/gorilla/websocket"
)

// Event is one that Discord dispatched.
type Event struct {
	Type string
	Data json.RawMessage
}

// Config is what a connection takes.
type Config struct {
	// Address asks Discord where to connect: the URL that "Get Gateway Bot" names.
	Address func(context.Context) (string, error)
	// Token of the bot, without "Bot ".
	Token   string
	Intents int
	// Handle takes events in their order. While it does not return, no more are read.
	Handle func(Event)
	Dialer *websocket.Dialer
	Log    *slog.Logger
}

// Bounds of a connection.
const (
	// Version of the gateway's protocol.
	Version = "10"
	// FrameMost bounds one event: a large server's description has some megabytes.
	FrameMost = 32 << 20
	// helloPatience bounds how long the greeting, and the answer to identifying, may take.
	helloPatience = 20 * time.Second
	writePatience = 10 * time.Second
	// quickly is how soon a connection that worked is resumed: what was missed meanwhile waits to be acknowledged.
	quickly     = 200 * time.Millisecond
	firstWait   = time.Second
	longestWait = time.Minute
)

// Refused is a connection that Discord will not have: trying again without a change does not help.
type Refused struct {
	Code   int // close code: 4004, 4010 to 4014
	Reason string
}

// Error gives the close code with Discord's own words.
func (r *Refused) Error() string {
	return fmt.Sprintf("Discord closed the gateway for good: %d %s", r.Code, r.Reason)
}

// Close codes of Discord's gateway ("Gateway Close Event Codes") after which it does not take the same client again.
const (
	CodeAuthentication    = 4004
	CodeInvalidShard      = 4010
	CodeShardingRequired  = 4011
	CodeInvalidVersion    = 4012
	CodeInvalidIntents    = 4013
	CodeDisallowedIntents = 4014
)

// Close codes after which a session can't be resumed: a new one begins.
const (
	codeNotAuthenticated = 4003
	codeInvalidSeq       = 4007
	codeTimedOut         = 4009
)

// session is what a connection resumes.
type session struct {
	id     string
	resume string // address
	seq    int64
}

// errAnew says that the session is over and a new one begins.
var errAnew = errors.New("the session is over")

// Run is connected until ctx ends, then returns nil; or until Discord refuses the bot, then returns a *Refused.
func Run(ctx context.Context, c Config) error {
	if c.Dialer == nil {
		c.Dialer = websocket.DefaultDialer
	}
	var s session
	wait := firstWait
	for {
		ready, err := connect(ctx, c, &s)
		if ctx.Err() != nil {
			return nil
		}
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			switch closed.Code {
			case CodeAuthentication, CodeInvalidShard, CodeShardingRequired, CodeInvalidVersion, CodeInvalidIntents, CodeDisallowedIntents:
				return &Refused{Code: closed.Code, Reason: closed.Text}
			case codeNotAuthenticated, codeInvalidSeq, codeTimedOut:
				err = fmt.Errorf("%w: %w", errAnew, err)
			}
		}
		pause := wait/2 + rand.N(wait) // spread, so that not all bots come back at once
		switch wait = min(2*wait, longestWait); {
		case errors.Is(err, errAnew):
			s, pause = session{}, max(pause, time.Second+rand.N(4*time.Second)) // as Discord asks for
			if ready {
				wait = firstWait
			}
		case ready:
			wait, pause = firstWait, rand.N(quickly)
		}
		c.Log.Info("Discord's gateway is connected again soon", "resumes", s.id != "", "cause", err)
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// connect holds one connection until it breaks; ready says that it came to deliver events.
func connect(ctx context.Context, c Config, s *session) (ready bool, err error) {
	address := s.resume
	if s.id == "" || address == "" {
		if address, err = c.Address(ctx); err != nil {
			return false, fmt.Errorf("ask for the gateway: %w", err)
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return false, fmt.Errorf("gateway address: %w", err)
	}
	u.RawQuery = url.Values{"v": {Version}, "encoding": {"json"}}.Encode()
	dialing, cancel := context.WithTimeout(ctx, helloPatience)
	ws, answer, err := c.Dialer.DialContext(dialing, u.String(), nil)
	cancel()
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		s.resume = "" // ask anew: the address may be out of service
		return false, err
	}
	ws.SetReadLimit(FrameMost)
	conn := &connection{config: c, session: s, ws: ws, stopped: make(chan struct{}), writing: make(chan struct{}, 1)}
	return conn.run(ctx)
}
