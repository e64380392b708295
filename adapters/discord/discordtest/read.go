package discordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Post is a message as a person reads it.
type Post struct {
	ID, Channel string
	Thread      string // id of the thread that was started from it
	ReplyTo     string // id of the message that it answers
	Author      string
	Text        string   // content and embeds, without markup
	Buttons     []string // labels of what can be pressed
	Links       map[string]string
	Files       map[string]string // contents by name
	Notified    []string          // names of the people whose attention it asked for
	Ephemeral   bool
	Thinking    bool // nothing to read yet
	At, Edited  time.Time
}

// String is the message with its buttons and the names of its files beneath.
func (p Post) String() string {
	var b strings.Builder
	b.WriteString(p.Text)
	line := func(names []string, open, end string) {
		for i, n := range names {
			b.WriteString([2]string{"\n", " "}[min(i, 1)] + open + n + end)
		}
	}
	line(p.Buttons, "[", "]")
	line(slices.Sorted(maps.Keys(p.Links)), "[", " ↗]")
	line(slices.Sorted(maps.Keys(p.Files)), "📎 ", "")
	return b.String()
}

// Reader reads in another zone or at another time than the server's own zone and now.
type Reader struct{ reading }

// Reads makes a reader.
func (s *Server) Reads(zone *time.Location, at time.Time) Reader {
	return Reader{reading{server: s, zone: zone, at: at}}
}

func (s *Server) now() Reader { return s.Reads(s.options.Zone, time.Now()) }

// Read is everything in a channel or thread, oldest first.
func (s *Server) Read(channelID string) []Post { return s.now().Channel(channelID) }

// Thread is what was said in the thread of a message, oldest first.
func (s *Server) Thread(messageID string) []Post { return s.now().Channel(messageID) }

// Card is the newest message of a channel that contains a text; its ID is empty when there is none.
func (s *Server) Card(channelID, containing string) Post {
	return s.now().Card(channelID, containing)
}

// Channel is everything in a channel or thread, oldest first.
func (r Reader) Channel(channelID string) (all []Post) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	c := r.server.channels[channelID]
	if c == nil {
		return nil
	}
	for _, m := range c.messages {
		if m.Type != messageStarter {
			all = append(all, r.post(m))
		}
	}
	return all
}

// Card is the newest message of a channel that contains a text; its ID is empty when there is none.
func (r Reader) Card(channelID, containing string) Post {
	all := r.Channel(channelID)
	for _, p := range slices.Backward(all) {
		if strings.Contains(p.Text, containing) {
			return p
		}
	}
	return Post{}
}

// Messages are the answers to an interaction, as the person who asked reads them; those seen by all among them.
func (i *Interaction) Messages() (all []Post) {
	r := i.server.now()
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	for _, m := range i.messages() {
		all = append(all, r.post(m))
	}
	return all
}

// Text is all answers to an interaction that can be read, with an empty line between them.
func (i *Interaction) Text() string {
	var texts []string
	for _, p := range i.Messages() {
		if !p.Thinking {
			texts = append(texts, p.String())
		}
	}
	return strings.Join(texts, "\n\n")
}

// File is the content of a file attached to a message, by the id of the file or of the message.
func (s *Server) File(id, name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*message
	for _, c := range s.channels {
		all = append(all, c.messages...)
	}
	for _, i := range s.asked {
		all = append(all, i.messages()...)
	}
	for _, m := range all {
		for _, a := range m.Attachments {
			if (a.ID == id || m.ID == id) && a.Filename == name {
				return string(m.files[name]), true
			}
		}
	}
	return "", false
}

// ThreadOf is the thread of a message: its name, and whether it is archived.
func (s *Server) ThreadOf(messageID string) (name string, archived, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[messageID]
	if c == nil || c.Thread == nil {
		return "", false, false
	}
	return c.Name, c.Thread.Archived, true
}

func (r reading) post(m *message) Post {
	p := Post{
		ID: m.ID, Channel: m.ChannelID, Author: m.Author.name(), Links: map[string]string{}, Files: map[string]string{},
		Ephemeral: m.Flags&flagEphemeral != 0, Thinking: m.Flags&flagLoading != 0, At: time.Time(m.Timestamp), Edited: time.Time(m.Edited),
	}
	if m.Thread != nil {
		p.Thread = m.Thread.ID
	}
	if m.Referenced != nil {
		p.ReplyTo = m.Referenced.ID
	}
	var parts []string
	add := func(text string) {
		if text = strings.TrimRight(text, " \n"); text != "" {
			parts = append(parts, text)
		}
	}
	add(r.plain(m.Content))
	for _, e := range m.Embeds {
		add(r.embed(e))
	}
	for i := range m.Components {
		m.Components[i].each(func(c *component) {
			switch {
			case c.Type == kindText:
				add(r.plain(c.Content))
			case c.Type == kindButton && c.Style == styleLink:
				p.Links[c.Label] = c.URL
			case c.Type == kindButton && !c.Disabled:
				p.Buttons = append(p.Buttons, c.Label)
			case c.Type == kindSelect:
				p.Buttons = append(p.Buttons, c.Placeholder+"▾")
			}
		})
	}
	p.Text = strings.Join(parts, "\n")
	for _, a := range m.Attachments {
		p.Files[a.Filename] = string(m.files[a.Filename])
	}
	for _, u := range m.Mentions {
		p.Notified = append(p.Notified, u.name())
	}
	return p
}

// embed reads a box from top to bottom. A field is "name: value", or the name above a value of several lines; Discord's empty
// field name, a zero-width space, is nothing.
func (r reading) embed(e embed) string {
	var lines []string
	add := func(text string) {
		if text != "" {
			lines = append(lines, text)
		}
	}
	if e.Author != nil {
		add(e.Author.Name)
	}
	add(r.plain(e.Title))
	if e.URL != "" {
		add(e.URL)
	}
	add(r.plain(e.Description))
	for _, f := range e.Fields {
		name, value := strings.Trim(r.plain(f.Name), "\u200b "), strings.Trim(r.plain(f.Value), "\u200b ")
		switch {
		case name == "" || value == "":
			add(name + value)
		case strings.Contains(value, "\n"):
			add(name + "\n" + value)
		default:
			add(fmt.Sprintf("%s: %s", name, value))
		}
	}
	if e.Footer != nil {
		add(e.Footer.Text)
	}
	return strings.Join(lines, "\n")
}
