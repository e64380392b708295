package embed_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/cards"
	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var update = flag.Bool("update", false, "write the goldens anew")

const server = "100000000000000001"

var at = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// reader knows Ana, who has an account on the server, and Bo, who has one elsewhere.
type reader struct{}

func (reader) PersonName(id string) string {
	return map[string]string{"p1": "Ana", "p2": "Bo *the* <@1>"}[id]
}

func (reader) Accounts(id string) []chat.Account {
	return map[string][]chat.Account{
		"p1": {{Platform: "slack", Workspace: "T1", ID: "U1"}, {Platform: "discord", Workspace: server, ID: "200000000000000001"}},
		"p2": {{Platform: "discord", Workspace: "100000000000000009", ID: "200000000000000002"}},
	}[id]
}

func (reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), s.Person != "gone" }
func (reader) Zone() *time.Location                { return time.UTC }

func quote(s string) chat.Arg { return chat.Quote("text", chat.Sealed{Person: "p2", Box: []byte(s)}) }

func line(s string) chat.Line { return chat.Line{Text: chat.Say("quote", quote(s))} }

func render(m chat.Message) []embed.Message {
	return embed.Render(port.Worded{Message: m, Reader: reader{}, At: at}, server)
}

func card() chat.Message {
	return chat.Message{
		Card: "R-1", Title: chat.Say("quote", quote("payments 1.1.0")), Tone: chat.Good,
		Sections: []chat.Section{
			{Fields: []chat.Field{{Label: "label.services", Value: chat.Say("quote", quote("payments"))}, {Label: "label.version", Value: chat.Say("value.person", chat.Person("person", "p1"))}}},
			{
				Heading: chat.Say("heading.reason"),
				Lines: []chat.Line{
					{Mark: chat.MarkOpen, Text: chat.Say("value.time", chat.Time("at", at)), Sub: []chat.Text{chat.Say("quote", quote("1. because\n# not a heading"))}},
					{Mark: chat.MarkUnknown, Text: chat.Say("value.person", chat.People("person", []string{"p1", "p2"}))},
				},
			},
			{Pre: "exit status 1"},
		},
		Buttons: []chat.Button{
			{Name: "go", Label: "button.go", Token: "TOKEN1", Style: chat.StylePrimary},
			{Name: "cancel", Label: "button.cancel_release", Token: "TOKEN2", Style: chat.StyleDanger, Confirm: chat.Say("quote", quote("Really?"))},
			{Name: "vote", Label: "button.explain", Form: "/vote B-1"},
			{Name: "ticket", Label: "button.ticket", URL: "https://example.com/T-1"},
		},
	}
}

// snowflake is the account that somebody of the kept cards has on the server.
func snowflake(handle string) chat.Account {
	i := slices.Index([]string{"dev", "peer", "chair", "sec", "owner", "sre"}, handle)
	return chat.Account{Platform: "discord", Workspace: server, ID: fmt.Sprintf("20000000000000001%d", i)}
}

// TestGoldens shows what messages become: difficult ones, and every kind that the bot says. Each golden is what is posted, one
// after the other.
func TestGoldens(t *testing.T) {
	t.Parallel()
	kept, err := cards.Load("../../../testdata/cards")
	if err != nil {
		t.Fatal(err)
	}
	goldens := map[string][]embed.Message{}
	for _, c := range kept {
		goldens["every-"+c.Name] = embed.Render(c.Worded(cards.Reader{Linked: snowflake}), server)
	}
	for name, m := range map[string]chat.Message{
		"card":    card(),
		"mention": {Title: chat.Say("value.person", chat.People("person", []string{"p1"})), Tone: chat.Bad, Mentions: []string{"p1", "p2"}},
		"private": {Title: chat.Say("quote", quote("only you")), Private: true, Mentions: []string{"p1"}},
		"home": {Title: chat.Say("quote", quote("your votes")), Private: true, Sections: []chat.Section{
			{Heading: chat.Say("quote", quote("R-1 payments")), Buttons: []chat.Button{{Name: "go", Label: "button.go", Token: "A"}, {Name: "no", Label: "button.go", Token: "A"}}},
			{Heading: chat.Say("quote", quote("R-2 search")), Buttons: []chat.Button{{Name: "go", Label: "button.go", Token: "B"}}},
		}},
		"long": {Title: chat.Say("quote", quote("long")), Sections: []chat.Section{{Lines: []chat.Line{line(strings.Repeat("many words ", 900))}}, {Pre: strings.Repeat("output\n", 400)}}},
	} {
		goldens[name] = render(m)
	}
	for name, messages := range goldens {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, m := range messages {
				if wrong := embed.Check(m); len(wrong) > 0 {
					t.Errorf("Discord would refuse it: %q", wrong)
				}
			}
			got, err := json.MarshalIndent(messages, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			path := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || string(want) != string(got) {
				t.Errorf("%s differs (%v); -update writes it. Got:\n%s", path, err, got)
			}
		})
	}
}
