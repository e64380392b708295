package terminal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// fake is a running bot as docs/api.md describes one: it keeps entries, answers a repeated key with the first reply, and
// streams events from where a reader left off. Faults are armed by the test.
type fake struct {
	*httptest.Server
	token string

	mu       sync.Mutex
	entries  []terminal.Entry
	replies  map[string]words.Reply // by key
	carried  []string               // requests carried out, each once
	requests []string               // every request, with repetitions
	breakOff int                    // so many answers are cut off after the request was carried out
	status   int                    // answer with this instead of doing anything
	events   []frame
	changed  chan struct{} // closed and replaced with every event
	streams  chan string   // Last-Event-ID of each stream opened, with the speaker
	cut      chan struct{} // a value ends one stream
}

// frame is one event on its way to a stream; to is the speaker of a private one.
type frame struct {
	kind, to string
	id       int
	data     []byte
}

func newFake(t *testing.T) *fake {
	f := &fake{replies: map[string]words.Reply{}, changed: make(chan struct{}), streams: make(chan string, 16), cut: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/say", f.request)
	mux.HandleFunc("POST /api/v1/press", f.request)
	mux.HandleFunc("GET /api/v1/complete", func(w http.ResponseWriter, r *http.Request) {
		var lines []string
		for _, l := range []string{"/release plan ", "/release show ", "/rollback "} {
			if strings.HasPrefix(l, r.FormValue("text")) {
				lines = append(lines, l)
			}
		}
		write(w, map[string]any{"lines": lines})
	})
	mux.HandleFunc("GET /api/v1/channels", func(w http.ResponseWriter, _ *http.Request) {
		write(w, terminal.Directory{
			Channels:     []terminal.Channel{{Name: "#releases", Topic: "what goes live"}, {Name: "#cab"}},
			Accounts:     []terminal.Account{{Handle: "dev", Name: "Dana", Role: "developer"}, {Handle: "sre", Name: "Sam"}},
			Demo:         f.token == "",
			Organisation: "Test House",
		})
	})
	mux.HandleFunc("GET /api/v1/entries", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		var found []terminal.Entry
		for _, e := range f.entries {
			if e.Channel == r.FormValue("in") {
				found = append(found, e)
			}
		}
		write(w, map[string]any{"entries": found})
	})
	mux.HandleFunc("GET /api/v1/events", f.stream)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		status := f.status
		f.mu.Unlock()
		switch {
		case status != 0:
			w.WriteHeader(status)
			write(w, map[string]any{"error": map[string]string{"code": "test.status", "text": fmt.Sprintf("status %d", status)}})
		case f.token != "" && r.Header.Get("Authorization") != "Bearer "+f.token:
			w.WriteHeader(http.StatusUnauthorized)
			write(w, map[string]any{"error": map[string]string{"code": "auth.token", "text": "No such token."}})
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(f.Close)
	t.Cleanup(f.CloseClientConnections)
	return f
}

func write(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func (f *fake) request(w http.ResponseWriter, r *http.Request) {
	var b struct{ As, In, Text, On, Button, Token, Key, Wait string }
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || b.Key == "" {
		w.WriteHeader(http.StatusBadRequest)
		write(w, map[string]any{"error": map[string]string{"code": "request.malformed", "text": "No."}})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	what := strings.TrimSpace(strings.Join([]string{b.As, b.In, b.Text, b.Button, b.On, b.Token, b.Wait}, " "))
	f.requests = append(f.requests, b.Key)
	reply, again := f.replies[b.Key]
	if !again {
		f.carried = append(f.carried, what)
		if b.Text != "" {
			f.post(terminal.Entry{Channel: b.In, Who: b.As, Line: b.Text})
		}
		reply = f.decide(b.In, b.Text, b.On, b.Button)
		f.replies[b.Key] = reply
	}
	if f.breakOff > 0 {
		f.breakOff--
		panic(http.ErrAbortHandler)
	}
	write(w, reply)
}

func (f *fake) decide(in, text, on, button string) words.Reply {
	switch {
	case text == "/release plan":
		m := card("planned", "approve", "reject")
		f.post(terminal.Entry{Channel: in, Message: m})
		return words.Reply{Outcome: chat.Done, Code: "release.planned", IDs: map[string]string{"release": "R-1"}, Messages: []words.Message{m}}
	case on == "R-1" && (button == "approve" || button == "reject"):
		i := slices.IndexFunc(f.entries, func(e terminal.Entry) bool { return e.Message.Card == "R-1" })
		if i >= 0 {
			f.entries[i].Message = card(button + "d")
			f.tell("entry", "", f.entries[i])
		}
		return words.Reply{Outcome: chat.Done, Code: "ok", Messages: []words.Message{{Code: "ok", Title: "Counted: " + button, Private: true}}}
	case text == "/home":
		m := words.Message{Code: "home", Title: "Yours"}
		for _, id := range []string{"B-1", "B-2"} {
			m.Sections = append(m.Sections, words.Section{Lines: []words.Line{{Text: id}}, Buttons: []words.Button{{Name: "approve", Label: "approve", Token: "tok-" + id}}})
		}
		return words.Reply{Outcome: chat.Done, Code: "home", Messages: []words.Message{m}}
	case text == "/refuse":
		return words.Reply{Outcome: chat.Refused, Code: "no", Text: "You may not."}
	}
	return words.Reply{Outcome: chat.Invalid, Code: "command.unknown", Text: "Unknown: " + text + button}
}

func card(state string, buttons ...string) words.Message {
	m := words.Message{Card: "R-1", Code: "card", Title: "R-1 is " + state}
	for _, b := range buttons {
		m.Buttons = append(m.Buttons, words.Button{Name: b, Label: b, Token: "tok-" + b})
	}
	if len(buttons) > 1 {
		m.Buttons[1].Confirm = "Really reject?"
	}
	return m
}

// post adds an entry and tells it; f.mu is held.
func (f *fake) post(e terminal.Entry) {
	e.ID = fmt.Sprint(len(f.entries) + 1)
	f.entries = append(f.entries, e)
	f.tell("entry", "", e)
}

func (f *fake) tell(kind, to string, e terminal.Entry) {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	f.events = append(f.events, frame{kind, to, len(f.events) + 1, data})
	close(f.changed)
	f.changed = make(chan struct{})
}

// happen tells something that nobody asked for.
func (f *fake) happen(kind, to string, e terminal.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if kind == "entry" {
		f.post(e)
		return
	}
	f.tell(kind, to, e)
}

func (f *fake) stream(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	next := len(f.events)
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		fmt.Sscan(last, &next)
	}
	f.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ": welcome\nretry: 10\n\n")
	w.(http.Flusher).Flush()
	f.streams <- r.FormValue("as") + "@" + r.Header.Get("Last-Event-ID")
	for {
		f.mu.Lock()
		fresh, changed := f.events[next:], f.changed
		next = len(f.events)
		f.mu.Unlock()
		for _, e := range fresh {
			switch {
			case e.to == "":
				fmt.Fprintf(w, "event: %s\nid: %d\ndata: %s\n\n", e.kind, e.id, e.data)
			case e.to == r.FormValue("as"):
				fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.kind, e.data)
			}
		}
		w.(http.Flusher).Flush()
		select {
		case <-changed:
		case <-f.cut:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// did lists what was carried out.
func (f *fake) did() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.carried)
}

// asked lists the keys of all requests, repetitions included.
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}
