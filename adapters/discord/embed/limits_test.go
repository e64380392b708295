package embed_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"plain words, 1.1.0":                 "plain words, 1.1.0",
		"**bold** _it_ ~~no~~ ||s|| `c`":     `\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|s\|\| ` + "\\`c\\`",
		"<@1> @everyone <t:0:f>":             `\<\@1\> \@everyone \<t:0:f\>`,
		"# heading":                          `\# heading`,
		"- item":                             `\- item`,
		"a # b - c":                          "a # b - c",
		"[x](https://evil.example/a_b)":      `\[x\](https://evil.example/a_b)`,
		"see https://example.com/a_b*c, yes": `see https://example.com/a_b\*c, yes`,
		"two\nlines\u202e\x00":               "two lines",
		`back\slash`:                         `back\\slash`,
	} {
		if got := embed.Escape(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// TestForged shows that nobody mentions others or places times by what they type.
func TestForged(t *testing.T) {
	t.Parallel()
	m := render(chat.Message{Sections: []chat.Section{{Lines: []chat.Line{
		{Text: chat.Say("value.person", chat.Person("person", "p1"))}, line("\uE0000\uE001 \uE000x0\uE001 <@200000000000000001>"),
	}}}})[0]
	if n := strings.Count(m.Embeds[0].Description, "<@200000000000000001>"); n != 1 {
		t.Errorf("%d mentions in %q", n, m.Embeds[0].Description)
	}
}

// TestCardIsOneMessage: a card is updated in place, so what it has no room for is in a file.
func TestCardIsOneMessage(t *testing.T) {
	t.Parallel()
	m := card()
	for i := range 300 {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{line(fmt.Sprintf("finding number %d with some words", i))}})
	}
	got := render(m)
	if len(got) != 1 || len(got[0].Files) != 1 || !strings.Contains(got[0].Files[0].Text, "finding number 299") {
		t.Fatalf("%d messages, %d files", len(got), len(got[0].Files))
	}
	if wrong := embed.Check(got[0]); len(wrong) > 0 {
		t.Errorf("Discord would refuse it: %q", wrong)
	}
	if len(got[0].Components) != 1 || !strings.Contains(got[0].Embeds[len(got[0].Embeds)-1].Description, "attached file") {
		t.Error("the card lost its buttons, or does not say that there is more")
	}
}

// TestNothingIsCut: whatever is said, Discord takes the messages, and every word and button is somewhere in them.
func TestNothingIsCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var m chat.Message
		n := 0
		word := func(most int) string {
			n++
			return fmt.Sprintf("w%dw", n) + strings.Repeat("x ", rapid.IntRange(0, most).Draw(t, "length"))
		}
		m.Title = chat.Say("quote", quote(word(300)))
		m.Private = rapid.Bool().Draw(t, "private")
		for range rapid.IntRange(0, 12).Draw(t, "sections") {
			var s chat.Section
			for range rapid.IntRange(0, 30).Draw(t, "fields") {
				s.Fields = append(s.Fields, chat.Field{Label: "label.services", Value: chat.Say("quote", quote(word(900)))})
			}
			for range rapid.IntRange(0, 6).Draw(t, "lines") {
				s.Lines = append(s.Lines, line(word(4000)))
			}
			if rapid.Bool().Draw(t, "output") {
				s.Pre = word(2000)
			}
			for range rapid.IntRange(0, 8).Draw(t, "buttons") {
				n++
				s.Buttons = append(s.Buttons, chat.Button{Label: "button.go", Token: fmt.Sprintf("w%dw", n)})
			}
			m.Sections = append(m.Sections, s)
		}
		var all strings.Builder
		for _, r := range render(m) {
			if wrong := embed.Check(r); len(wrong) > 0 {
				t.Fatalf("Discord would refuse it: %q", wrong)
			}
			for _, e := range r.Embeds {
				all.WriteString(e.Title + "\n" + e.Description + "\n")
				for _, f := range e.Fields {
					all.WriteString(f.Value + "\n")
				}
			}
			for _, f := range r.Files {
				all.WriteString(f.Text)
			}
			for _, row := range r.Components {
				for _, b := range row.Components {
					all.WriteString(b.CustomID)
				}
			}
		}
		for i := range n {
			if !strings.Contains(all.String(), fmt.Sprintf("w%dw", i+1)) {
				t.Fatalf("word %d of %d is lost", i+1, n)
			}
		}
	})
}

// FuzzEscape: whatever somebody types shows as it is, but for what is invisible, and never as markup.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"plain", "**a** <@1> `b`", "https://example.com/a_b [x](y)", "\\\\\n# h", "\uE000x0\uE001", "\u202eabc", "@everyone"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := embed.Escape(s)
		if strings.ContainsAny(e, "\n\r\t\x00\u202e") {
			t.Errorf("%q holds a control", e)
		}
		if again := embed.Unescape(e); embed.Escape(again) != e {
			t.Errorf("%q reads %q, which would be written %q", e, again, embed.Escape(again))
		}
		for i, r := range e {
			if strings.ContainsRune("@<`|", r) && (i == 0 || e[i-1] != '\\') && !strings.Contains(e, "http") {
				t.Errorf("%q is markup at %d", e, i)
			}
		}
	})
}

func FuzzCustomID(f *testing.F) {
	f.Add("press:TOKEN")
	f.Add("press~2:TOKEN")
	f.Add("form:/vote B-1")
	f.Add("other:x")
	f.Fuzz(func(t *testing.T, id string) {
		p, value, ok := embed.ReadCustomID(id)
		if !ok {
			return
		}
		if q, again, ok := embed.ReadCustomID(embed.CustomID(p, value)); !ok || q != p || again != value {
			t.Errorf("%q: %s %q, then %s %q", id, p, value, q, again)
		}
	})
}
