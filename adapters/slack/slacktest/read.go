package slacktest

import (
	"encoding/json"
	"slices"
	"strings"
)

// Message is a message as a person reads it.
type Message struct {
	Channel, TS, Thread string
	User                string // who said it
	Plain               string // what its blocks say; its text where it has none
	Text                string // the fallback, shown in notifications
	Color               string // of its attachment: the tone
	Blocks, Attachments json.RawMessage
	Metadata            json.RawMessage
	Buttons             []Button
	Files               []File
	Edits               int
	Broadcast           bool // a reply that is shown in the channel as well
	Ephemeral           bool
}

// Ref is where the message stands.
func (m Message) Ref() Ref { return Ref{Channel: m.Channel, TS: m.TS} }

// Labels are those of the message's buttons.
func (m Message) Labels() []string { return labels(m.Buttons) }

// message copies one for a reader. The caller holds the lock.
func (s *Server) message(m *message) Message {
	out := Message{
		Channel: m.channel.ID, TS: m.ts, Thread: m.thread, User: m.user, Text: undo(m.text, s.name), Blocks: m.blocks, Attachments: m.attachments,
		Metadata: m.metadata, Buttons: buttons(m.all()), Edits: m.edits, Broadcast: m.broadcast, Ephemeral: m.only != "",
	}
	if list := decode(m.attachments); len(list) > 0 {
		out.Color = list[0].str("color")
	}
	if out.Plain = plain(m.all(), s.name); out.Plain == "" {
		out.Plain = out.Text
	}
	for _, f := range m.files {
		out.Files = append(out.Files, *f)
	}
	return out
}

// name finds that of a person, channel or group. The caller holds the lock.
func (s *Server) name(id string) string {
	if u := s.users[id]; u != nil {
		return u.Name
	}
	if c := s.channels[id]; c != nil {
		return c.Name
	}
	if g := s.groups[id]; g != nil {
		return g.Handle
	}
	return ""
}

// Channel is what stands in a channel itself, oldest first: no threads, but replies that are shown there as well.
func (s *Server) Channel(id string) (out []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.channel.ID == id && m.only == "" && !m.deleted && (m.thread == "" || m.broadcast) {
			out = append(out, s.message(m))
		}
	}
	return out
}

// Thread is what stands under a message, oldest first.
func (s *Server) Thread(at Ref) (out []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.thread(at.Channel, at.TS) {
		out = append(out, s.message(m))
	}
	return out
}

// Whispers are what only one person sees, oldest first: ephemeral messages, and those from the app directly.
func (s *Server) Whispers(user string) (out []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.whispers[user] {
		if !m.deleted {
			out = append(out, s.message(m))
		}
	}
	return out
}

// Message reads one again, as it stands now; false if it is not there.
func (s *Server) Message(at Ref) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(at.Channel, at.TS)
	if m == nil {
		return Message{}, false
	}
	return s.message(m), true
}

// Card waits for a message of the channel itself that says something, the newest of several; false if none appears in time.
func (s *Server) Card(channel, containing string) (Message, bool) {
	var found Message
	ok := s.Until(func() bool {
		for _, m := range slices.Backward(s.Channel(channel)) {
			if m.Thread == "" && strings.Contains(m.Plain, containing) {
				found = m
				return true
			}
		}
		return false
	})
	return found, ok
}

// Delete removes a message, as a person who may does.
func (s *Server) Delete(at Ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.find(at.Channel, at.TS); m != nil {
		m.deleted = true
		s.touch()
	}
}

// View is a modal or Home tab as a person reads it.
type View struct {
	ID, Type, Title, Submit, Plain string
	Callback, Private, Hash        string
	Blocks                         json.RawMessage
	Buttons                        []Button
	Inputs                         []Input
	Updates                        int             // how often it was drawn
	Source                         json.RawMessage // what the app drew it with
}

// Ref is where the view stands.
func (v View) Ref() Ref { return Ref{View: v.ID} }

// Input is something to fill in.
type Input struct {
	Label, Type, BlockID, ActionID string
	Value                          string // what is filled in to begin with
	Options                        []Option
	Optional, Multiline            bool
	element                        node
}

// Option is something to choose.
type Option struct{ Text, Value string }

func (s *Server) shown(v *view) *View {
	blocks := decode(v.blocks)
	out := &View{
		ID: v.id, Type: v.kind, Title: v.title.str("text"), Submit: v.submit.str("text"), Plain: plain(blocks, s.name), Callback: v.callback,
		Private: v.private, Hash: v.hash, Blocks: v.blocks, Buttons: buttons(blocks), Updates: v.updates, Source: v.source,
	}
	for _, b := range blocks {
		if b.str("type") == "input" {
			out.Inputs = append(out.Inputs, input(b))
		}
	}
	return out
}

func input(b node) Input {
	e := b.obj("element")
	in := Input{
		Label: b.obj("label").str("text"), Type: e.str("type"), BlockID: b.str("block_id"), ActionID: e.str("action_id"), Value: e.str("initial_value"),
		element: e,
	}
	in.Optional, _ = b["optional"].(bool)
	in.Multiline, _ = e["multiline"].(bool)
	for _, o := range e.list("options") {
		in.Options = append(in.Options, Option{o.obj("text").str("text"), o.str("value")})
	}
	for _, name := range []string{"initial_date", "initial_time"} {
		if in.Value == "" {
			in.Value = e.str(name)
		}
	}
	if o := e.obj("initial_option"); o != nil {
		in.Value = o.str("value")
	}
	for _, o := range e.list("initial_options") {
		in.Value = strings.TrimPrefix(in.Value+","+o.str("value"), ",")
	}
	return in
}

// top is the modal on top of a person's stack. The caller holds the lock.
func (s *Server) top(user string) *View {
	stack := s.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return s.shown(stack[len(stack)-1])
}

// Modal is the modal that a person sees, nil for none.
func (s *Server) Modal(user string) *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.top(user)
}

// Home is a person's Home tab as it was published last, nil for none.
func (s *Server) Home(user string) *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.homes[user]; v != nil {
		return s.shown(v)
	}
	return nil
}
