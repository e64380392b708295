package terminal

import (
	"context"
	"encoding/json"
	"fmt"

	"golang.org/x/term"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// session is one conversation. Who speaks and where changes only while no line is being typed.
type session struct {
	client    *Client
	opts      ChatOptions
	screen    screen
	directory Directory
	as        string
	channel   string
	events    chan Event
	unfollow  context.CancelFunc

	seen    map[string]string        // entries of this channel shown, by id, as they were
	cards   map[string]words.Message // cards shown, by short id
	last    words.Message            // the latest message with buttons: what a number presses
	pending *PressRequest            // waits for "yes"

	// Since the last request began: the line that will come back as an entry, and what was shown as a reply or as an
	// event, which the other may bring as well.
	said  string
	shown map[string]origin
}

// origin is where a message came from.
type origin int

const (
	replied origin = iota + 1
	told
)

// happened shows an event.
func (s *session) happened(ctx context.Context, e Event) {
	switch e.Kind {
	case ConnectedEvent, ResetEvent:
		s.refresh(ctx)
	case PrivateEvent:
		s.once(e.Entry.Message, told)
	case EntryEvent:
		s.entry(e.Entry)
	}
}

// enter shows the latest of the channel.
func (s *session) enter(ctx context.Context) {
	s.seen, s.cards, s.last, s.pending = map[string]string{}, map[string]words.Message{}, words.Message{}, nil
	s.said, s.shown = "", map[string]origin{}
	entries, err := s.client.Entries(ctx, s.channel, recent)
	if err != nil {
		s.failed(err)
		return
	}
	for _, e := range entries {
		s.entry(e)
	}
}

// refresh shows what came or changed in the channel and was not told as an event.
func (s *session) refresh(ctx context.Context) {
	entries, err := s.client.Entries(ctx, s.channel, recent)
	if err != nil {
		return // the next event or line tells
	}
	for _, e := range entries {
		s.entry(e)
	}
}

// entry shows an entry of this channel, unless it was shown just so.
func (s *session) entry(e Entry) {
	if e.Channel != s.channel {
		return
	}
	print := e.Who + "\x00" + e.Line + "\x00" + fingerprint(e.Message)
	before, known := s.seen[e.ID]
	if known && before == print {
		s.keep(e.Message)
		return
	}
	s.seen[e.ID] = print
	switch {
	case e.Line == "":
		card, shown := s.cards[e.Message.Card]
		if known && shown {
			s.update(card, e.Message)
		} else {
			s.once(e.Message, told)
		}
	case (e.Who == s.as || s.as == "") && e.Line == s.said:
		s.said = ""
	default:
		s.write(Clean(e.Who) + ": " + Clean(e.Line) + "\n")
	}
}

// answered shows the reply to a request.
func (s *session) answered(a answer) {
	if a.err != nil {
		s.failed(a.err)
		return
	}
	for _, m := range a.reply.Messages {
		s.once(m, replied)
	}
	if len(a.reply.Messages) == 0 {
		s.write(Clean(a.reply.Text) + "\n")
	}
}

// once shows a message, unless it came the other way already.
func (s *session) once(m words.Message, from origin) {
	s.keep(m)
	if s.first(m, from) {
		opt := s.options()
		opt.Numbers = true
		s.write(Render(m, opt))
	}
}

// first notes that a message is shown, unless it came the other way already.
func (s *session) first(m words.Message, from origin) bool {
	print := fingerprint(m)
	if before, ok := s.shown[print]; ok && before != from {
		delete(s.shown, print)
		return false
	}
	s.shown[print] = from
	return true
}

// update shows what changed of a card.
func (s *session) update(before, m words.Message) {
	s.keep(m)
	if s.first(m, told) {
		opt := s.options()
		opt.Numbers = true
		s.write(Changes(before, m, opt))
	}
}

// keep remembers what buttons there are: their tokens change without the message looking any different.
func (s *session) keep(m words.Message) {
	if m.Card != "" {
		s.cards[m.Card] = m
	}
	if len(Pressable(m)) > 0 || m.Card != "" && m.Card == s.last.Card {
		s.last = m
	}
}

// request begins a new request: what its answer shows is compared with what happens from now on.
func (s *session) request() { s.said, s.shown = "", map[string]origin{} }

// fingerprint is the same for messages that look the same.
func fingerprint(m words.Message) string {
	m.Private = false
	buttons := m.Buttons
	m.Buttons = nil
	for _, b := range buttons {
		b.Token = ""
		m.Buttons = append(m.Buttons, b)
	}
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Sprint(m)
	}
	return string(data)
}

func (s *session) failed(err error) { s.write(Clean(s.client.Failure(err).Text) + "\n") }

// note shows a sentence of the terminal's own.
func (s *session) note(code chat.Code, args ...chat.Arg) {
	for _, line := range wrap(Clean(phrase(code, args...)), s.options().Width) {
		s.write(line + "\n")
	}
}

func (s *session) write(text string) {
	if s.opts.ASCII {
		text = ascii(text)
	}
	s.resize()
	// A screen that is gone shows itself when the next line is read.
	_, _ = s.screen.Write([]byte(text))
}

func (s *session) prompt() {
	s.resize()
	s.screen.SetPrompt(Clean(s.as+" "+s.channel) + "> ")
}

func (s *session) options() Options {
	opt := Options{Width: defaultWidth, Colour: s.opts.Colour, ASCII: s.opts.ASCII}
	if s.opts.Size != nil {
		if w, _ := s.opts.Size(); w > 0 {
			opt.Width = w
		}
	}
	return opt
}

func (s *session) resize() {
	t, ok := s.screen.(*term.Terminal)
	if !ok || s.opts.Size == nil {
		return
	}
	if w, h := s.opts.Size(); w > 0 && h > 0 {
		_ = t.SetSize(w, h)
	}
}
