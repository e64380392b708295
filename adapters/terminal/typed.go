package terminal

import (
	"context"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// job is a request to the bot, made beside the conversation so that events go on being shown.
type job func(context.Context) (words.Reply, error)

// local are the lines that are for the terminal, by their first word.
var local = map[string]func(*session, context.Context, []string) job{
	":help":  (*session).help,
	":as":    (*session).become,
	":press": (*session).press,
}

// typed takes a line: for the terminal itself, or as a request to the bot, which is returned.
func (s *session) typed(ctx context.Context, line string) (_ job, quit bool) {
	line = strings.TrimSpace(line)
	first, rest, _ := strings.Cut(line, " ")
	if p := s.pending; p != nil {
		s.pending = nil
		if strings.EqualFold(line, "yes") {
			return s.send(*p), false
		}
		s.note("terminal.cancelled")
		return nil, false
	}
	n, err := strconv.Atoi(line)
	switch {
	case line == "":
		return nil, false
	case first == ":quit" || first == ":q":
		return nil, true
	case line[0] == ':':
		do, ok := local[first]
		if !ok {
			s.note("terminal.unknown", chat.Word("line", first))
			return nil, false
		}
		return do(s, ctx, strings.Fields(rest)), false
	case line[0] == '#' && rest == "":
		s.move(ctx, line)
		return nil, false
	case err == nil:
		return s.number(n), false
	}
	s.request()
	s.said = line
	r := Request{As: s.as, In: s.channel, Text: line}
	return func(ctx context.Context) (words.Reply, error) { return s.client.Say(ctx, r) }, false
}

func (s *session) help(context.Context, []string) job {
	s.note("terminal.help")
	return nil
}

// move goes to another channel.
func (s *session) move(ctx context.Context, name string) {
	if d, err := s.client.Channels(ctx); err == nil {
		s.directory = d
	}
	var names []string
	for _, c := range s.directory.Channels {
		if names = append(names, c.Name); c.Name == name {
			s.channel = name
			s.note("terminal.channel", chat.Word("channel", name), chat.Word("topic", c.Topic))
			s.enter(ctx)
			return
		}
	}
	s.note("terminal.no_channel", chat.Word("channel", name), chat.List("channels", names))
}

// become speaks as another account of the demo.
func (s *session) become(ctx context.Context, args []string) job {
	if !s.directory.Demo {
		s.note("terminal.not_demo")
		return nil
	}
	handle := strings.Join(args, " ")
	var names []string
	for _, a := range s.directory.Accounts {
		if names = append(names, a.Handle); a.Handle == handle {
			s.as = handle
			s.note("terminal.as", chat.Word("as", a.Handle), chat.Word("name", a.Name))
			s.follow(ctx)
			return nil
		}
	}
	s.note("terminal.no_account", chat.Word("as", handle), chat.List("accounts", names))
	return nil
}

// press reads ":press approve on R-1", or ":press approve" for the last card.
func (s *session) press(_ context.Context, args []string) job {
	switch {
	case len(args) == 1 && args[0] != "on":
		return s.button(s.last, args[0])
	case len(args) == 3 && args[1] == "on":
		id := strings.ToUpper(args[2])
		if m, ok := s.cards[id]; ok {
			return s.button(m, args[0])
		}
		// A card of another channel, or one further back: the server knows.
		return s.send(PressRequest{On: id, Button: args[0]})
	}
	s.note("terminal.press_usage")
	return nil
}

// number presses a button of the last card by its number, the first being 1.
func (s *session) number(n int) job {
	buttons := Pressable(s.last)
	if n < 1 || n > len(buttons) {
		s.noButton(s.last, number(n))
		return nil
	}
	return s.pressed(s.last, buttons[n-1])
}

func (s *session) button(m words.Message, name string) job {
	for _, b := range Pressable(m) {
		if b.Name == name {
			return s.pressed(m, b)
		}
	}
	s.noButton(m, name)
	return nil
}

func (s *session) pressed(m words.Message, b words.Button) job {
	p := PressRequest{Token: b.Token}
	if m.Card != "" {
		p = PressRequest{On: m.Card, Button: b.Name}
	}
	if b.Confirm != "" {
		s.pending = &p
		s.note("terminal.confirm", chat.Word("question", b.Confirm))
		return nil
	}
	return s.send(p)
}

func (s *session) noButton(m words.Message, name string) {
	var names []string
	for _, b := range Pressable(m) {
		names = append(names, b.Name)
	}
	s.note("terminal.no_button", chat.Word("button", name), chat.Word("card", m.Card), chat.List("buttons", names))
}

func (s *session) send(p PressRequest) job {
	s.request()
	p.As, p.In = s.as, s.channel
	return func(ctx context.Context) (words.Reply, error) { return s.client.Press(ctx, p) }
}
