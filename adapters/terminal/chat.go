package terminal

import (
	"context"
	"errors"
	"io"

	"golang.org/x/term"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// recent is how many entries are shown on entering a channel.
const recent = 5

// ChatOptions say who talks, where, and what the terminal can do.
type ChatOptions struct {
	As string
	// In is the channel to begin in; the first one if empty.
	In string
	// History is the file that remembers lines; none if empty. Only a terminal has a history.
	History string
	// TTY edits lines; In must be raw then (see Attach). Otherwise lines are read as they come.
	TTY bool
	// Size is the terminal's width and height at this moment; nil or zeros if not known.
	Size   func() (width, height int)
	Colour bool
	ASCII  bool
}

// answer is what became of a request.
type answer struct {
	reply words.Reply
	err   error
}

// Chat converses until the input ends, :quit is typed or the context ends. Lines go to the bot and replies are shown;
// what happens in the channel meanwhile is shown above the line being typed. A read of in that is under way when Chat
// returns is left behind.
func Chat(ctx context.Context, c *Client, in io.Reader, out io.Writer, opts ChatOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &session{client: c, opts: opts, as: opts.As, events: make(chan Event)}
	if err := s.open(ctx, in, out); err != nil {
		return err
	}
	lines, next := s.listen(ctx)
	answers := make(chan answer, 1)
	ended := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e := <-s.events:
			s.happened(ctx, e)
			continue
		case got := <-lines:
			if ended = got.err != nil; ended && !errors.Is(got.err, io.EOF) {
				return got.err
			}
			job, quit := s.typed(ctx, got.line)
			if quit {
				return nil
			}
			if job != nil {
				go func() {
					reply, err := job(ctx)
					answers <- answer{reply, err}
				}()
				continue
			}
		case a := <-answers:
			s.answered(a)
		}
		if ended {
			return nil
		}
		s.prompt()
		next <- struct{}{}
	}
}

// open finds out where one can speak, and shows the channel's latest.
func (s *session) open(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	if s.directory, err = s.client.Channels(ctx); err != nil {
		return err
	}
	var history term.History
	forgetful := false
	if s.opts.TTY && s.opts.History != "" {
		h, err := OpenHistory(s.opts.History)
		if forgetful = err != nil; !forgetful {
			history = h
		}
	}
	s.screen = newScreen(in, out, s.opts, history)
	if t, ok := s.screen.(*term.Terminal); ok {
		t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
			return s.complete(ctx, line, pos, key)
		}
	}
	if forgetful {
		s.note("terminal.no_history")
	}
	channel := s.opts.In
	if channel == "" && len(s.directory.Channels) > 0 {
		channel = s.directory.Channels[0].Name
	}
	s.channel = channel
	s.note("terminal.welcome", chat.Word("organisation", s.directory.Organisation),
		chat.Word("as", s.as), chat.Word("channel", s.channel))
	s.enter(ctx)
	s.follow(ctx)
	s.prompt()
	return nil
}

// typed is a line, or the end of the input.
type typed struct {
	line string
	err  error
}

// listen reads lines in the background; after each it waits for next, so that nothing is typed into an answer.
func (s *session) listen(ctx context.Context) (<-chan typed, chan<- struct{}) {
	lines, next := make(chan typed), make(chan struct{}, 1)
	go func() {
		for {
			line, err := s.screen.ReadLine()
			select {
			case lines <- typed{line, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
			select {
			case <-next:
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines, next
}

// follow passes on the events that the present speaker sees, in place of the former's.
func (s *session) follow(ctx context.Context) {
	if s.unfollow != nil {
		s.unfollow()
	}
	ctx, s.unfollow = context.WithCancel(ctx)
	as := s.as
	go func() {
		// A server that refuses the stream still takes lines: the conversation goes on without live events.
		_ = s.client.Events(ctx, as, func(e Event) {
			select {
			case s.events <- e:
			case <-ctx.Done():
			}
		})
	}()
}
