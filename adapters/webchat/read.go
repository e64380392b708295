package webchat

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Bounds of what one request reads.
const (
	usualEntries = 50
	pageEntries  = 300 // that a page shows: enough that the card of a release under way is among them
	mostEntries  = 500
	mostLine     = 8 << 10 // bytes of a line to complete
)

func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	who, p := s.speaker(r, q.Get("as"))
	in, text := q.Get("in"), q.Get("text")
	switch {
	case p != nil:
	case in != "" && !s.hasChannel(in):
		p = noChannel(in)
	case len(text) > mostLine:
		p = malformed("text")
	}
	if p != nil {
		p.write(w)
		return
	}
	lines := s.o.Door.Complete(r.Context(), port.Said{Account: who.Account, Place: s.place(in), Text: text, Zone: who.Zone})
	if lines == nil {
		lines = []string{}
	}
	writeJSON(w, http.StatusOK, map[string][]string{"lines": lines})
}

type wireChannel struct {
	Name  string `json:"name"`
	Topic string `json:"topic,omitempty"`
}

type wireAccount struct {
	Handle string `json:"handle"`
	Name   string `json:"name,omitempty"`
	Role   string `json:"role,omitempty"`
}

func (s *Server) channels(w http.ResponseWriter, r *http.Request) {
	if _, p := s.reader(r); p != nil {
		p.write(w)
		return
	}
	out := struct {
		Channels     []wireChannel `json:"channels"`
		Accounts     []wireAccount `json:"accounts,omitempty"`
		Demo         bool          `json:"demo"`
		Organisation string        `json:"organisation"`
	}{Channels: []wireChannel{}, Demo: s.o.Demo, Organisation: s.organisation()}
	for _, c := range s.o.Channels() {
		out.Channels = append(out.Channels, wireChannel{Name: c.Name, Topic: c.Topic})
	}
	if s.o.Demo {
		for _, a := range s.o.Accounts() {
			out.Accounts = append(out.Accounts, wireAccount{a.Handle, a.Name, a.Role})
		}
	}
	writeJSON(w, http.StatusOK, out)
}

// wireEntry is an entry as docs/api.md lays it out.
type wireEntry struct {
	ID      string         `json:"id"`
	Key     string         `json:"key,omitempty"`
	Channel string         `json:"channel,omitempty"`
	At      time.Time      `json:"at"`
	Who     string         `json:"who,omitempty"`
	Line    string         `json:"line,omitempty"`
	Message *words.Message `json:"message,omitempty"`
	Edited  time.Time      `json:"edited,omitzero"`
	HTML    string         `json:"html,omitempty"`
}

func (s *Server) entries(w http.ResponseWriter, r *http.Request) {
	who, p := s.reader(r)
	q := r.URL.Query()
	in, n := q.Get("in"), usualEntries
	if text := q.Get("n"); p == nil && text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 || n > mostEntries {
			p = malformed("n")
		}
	}
	switch {
	case p != nil:
	case in == "":
		p = missing("in")
	case !s.hasChannel(in):
		p = noChannel(in)
	}
	if p != nil {
		p.write(w)
		return
	}
	entries, err := s.o.Timeline.Entries(r.Context(), in, n)
	if err != nil {
		s.failed(w, err)
		return
	}
	reader := s.o.Reader(who.Zone)
	out := make([]wireEntry, len(entries))
	for i, e := range entries {
		out[i] = s.wordEntry(e, reader, q.Get("html") == "1")
	}
	writeJSON(w, http.StatusOK, map[string][]wireEntry{"entries": out})
}

// wordEntry words an entry for a reader.
func (s *Server) wordEntry(e port.Entry, reader port.Reader, html bool) wireEntry {
	out := wireEntry{ID: e.ID, Key: e.Key, Channel: e.Channel, At: e.At, Edited: e.Edited}
	if e.Line != nil {
		out.Who, out.Line = s.whoSaid(e.Person, reader), words.Text(chat.Say("webchat.erased"), nil, time.Time{})
		if line, ok := reader.Unseal(*e.Line); ok {
			out.Line = line
		}
	} else {
		m := words.WordMessage(e.Message, reader, s.o.Now())
		out.Message = &m
	}
	if html {
		out.HTML = s.entryHTML(out, reader)
	}
	return out
}

// whoSaid is the handle of a person, or their name where they have none here.
func (s *Server) whoSaid(person string, reader port.Reader) string {
	for _, a := range s.o.Accounts() {
		if a.Person != "" && a.Person == person {
			return a.Handle
		}
	}
	return reader.PersonName(person)
}
