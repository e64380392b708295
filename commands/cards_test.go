package commands_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

var update = flag.Bool("update", false, "write goldens anew")

// digests cover opaque ids and so differ from run to run.
var digests = regexp.MustCompile(`\b[0-9a-f]{12,64}\b`)

// golden keeps a card, or the last reply, for every platform to render: "golden NAME R-1" or "golden NAME reply". People are
// named by handle in it, what they wrote is not sealed, and nothing is random.
func golden(p *play, a []string, _ string) {
	if p.world.staged != nil {
		return
	}
	var m chat.Message
	if a[1] == "reply" {
		m = p.said.Messages[0]
	} else {
		m = p.world.chat.newest(a[1])
	}
	if m.Title.IsZero() {
		p.Fatalf("%s:%d: there is no %s", p.path, p.line, a[1])
	}
	readable(p.world, &m)
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(m); err != nil {
		p.Fatal(err)
	}
	got := digests.ReplaceAllFunc(out.Bytes(), func(b []byte) []byte { return bytes.Repeat([]byte("0"), len(b)) })
	got = runs.ReplaceAll(got, []byte("$1"))
	file := filepath.Join("..", "testdata", "cards", a[0]+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			p.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, got) {
		p.fail("%s is not as it was (go test ./commands -run Conversations/cards -update writes it anew): %v\n%s", file, err, got)
	}
}

// newest is a card as it stands.
func (s *platform) newest(subject string) (m chat.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, posted := range s.messages {
		if posted.message.Message.Card == subject {
			m = posted.message.Message
		}
	}
	return m
}

// readable takes out of a message what differs from run to run. The message is changed in a copy of its own.
func readable(w *world, m *chat.Message) {
	raw, err := json.Marshal(m)
	if err == nil {
		*m = chat.Message{}
		err = json.Unmarshal(raw, m)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	text := func(t *chat.Text) { readableText(w, t) }
	text(&m.Title)
	for i := range m.Mentions {
		m.Mentions[i] = handle(w, m.Mentions[i])
	}
	readableButtons(m.Buttons)
	for i := range m.Sections {
		s := &m.Sections[i]
		text(&s.Heading)
		readableButtons(s.Buttons)
		for j := range s.Fields {
			text(&s.Fields[j].Value)
		}
		for j := range s.Lines {
			text(&s.Lines[j].Text)
			for k := range s.Lines[j].Sub {
				text(&s.Lines[j].Sub[k])
			}
		}
	}
}

func readableButtons(list []chat.Button) {
	for i := range list {
		if list[i].Token != "" {
			list[i].Token = "TOKENTOKENTOKENTOKENTOKEN2"[:24] + list[i].Name[:2]
		}
	}
}

func readableText(w *world, t *chat.Text) {
	for i := range t.Args {
		a := &t.Args[i]
		switch {
		case a.Kind == chat.KindPerson:
			a.Word = handle(w, a.Word)
		case a.Kind == chat.KindPeople:
			for j := range a.Words {
				a.Words[j] = handle(w, a.Words[j])
			}
		case a.Quote != nil:
			written, _ := w.store.Unseal(*a.Quote)
			a.Quote = &chat.Sealed{Person: handle(w, a.Quote.Person), Box: []byte(written)}
		case a.Text != nil:
			readableText(w, a.Text)
		}
	}
}

func handle(w *world, id string) string {
	if h, ok := w.store.Handle(id); ok {
		return h
	}
	return id
}
