package commands_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gonogo-chat/gonogo/bot/words"
)

var update = flag.Bool("update", false, "write goldens anew")

// What differs from run to run: the tokens of buttons, and digests over opaque ids.
var (
	tokens  = regexp.MustCompile(`"token": "[A-Z2-7]{26}"`)
	digests = regexp.MustCompile(`\b[0-9a-f]{12,64}\b`)
)

// golden keeps a card, or the last reply, as it is worded: "golden NAME R-1" or "golden NAME reply". testdata/cards is what
// every platform renders its own goldens from.
func golden(p *play, a []string, _ string) {
	var messages []words.Message
	if a[1] == "reply" {
		messages = p.reply.Messages
	} else {
		messages = p.world.chat.worded(a[1])
	}
	if len(messages) == 0 {
		p.Fatalf("%s:%d: there is no %s", p.path, p.line, a[1])
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(messages[0]); err != nil {
		p.Fatal(err)
	}
	got := tokens.ReplaceAll(out.Bytes(), []byte(`"token": "TOKENTOKENTOKENTOKENTOKEN2"`))
	got = digests.ReplaceAllFunc(got, func(b []byte) []byte { return bytes.Repeat([]byte("0"), len(b)) })
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

// worded are the messages of a card as they stand.
func (s *platform) worded(subject string) (out []words.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.message.Message.Card == subject {
			out = append(out, words.WordMessage(m.message.Message, m.message.Reader, time.Now()))
		}
	}
	return out
}
