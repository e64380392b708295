package blockkit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	plain := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, false, false) }
	marked := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("mrkdwn", s, false, true) }
	section := func(s string) slack.Block { return slack.NewSectionBlock(marked(s), nil, nil) }
	button := func(id, value string) *slack.ButtonBlockElement {
		return slack.NewButtonBlockElement(id, value, plain("b"))
	}
	var crowd []slack.BlockElement
	for i := range 26 {
		crowd = append(crowd, button(fmt.Sprint(i), ""))
	}
	var fields []*slack.TextBlockObject
	for range 11 {
		fields = append(fields, marked("f"))
	}
	many := make([]slack.Block, 51)
	for i := range many {
		many[i] = slack.NewDividerBlock()
	}
	ask := button("a", "v")
	ask.Confirm = slack.NewConfirmationBlockObject(plain("t"), plain(strings.Repeat("x", 301)), plain("y"), plain("n"))
	for name, blocks := range map[string][]slack.Block{
		"none":          {},
		"too many":      many,
		"long header":   {slack.NewHeaderBlock(plain(strings.Repeat("x", 151)))},
		"marked header": {slack.NewHeaderBlock(marked("x"))},
		"long section":  {section(strings.Repeat("x", 3001))},
		"empty section": {section("")},
		"no section":    {slack.NewSectionBlock(nil, nil, nil)},
		"fields":        {slack.NewSectionBlock(nil, fields, nil)},
		"long field":    {slack.NewSectionBlock(nil, []*slack.TextBlockObject{marked(strings.Repeat("x", 2001))}, nil)},
		"buttons":       {slack.NewActionBlock("", crowd...)},
		"same ids":      {slack.NewActionBlock("", button("a", "")), slack.NewActionBlock("", button("a", ""))},
		"same blocks":   {slack.NewActionBlock("b", button("a", "")), slack.NewActionBlock("b", button("c", ""))},
		"no id":         {slack.NewActionBlock("", button("", ""))},
		"long value":    {slack.NewActionBlock("", button("a", strings.Repeat("x", 2001)))},
		"long confirm":  {slack.NewActionBlock("", ask)},
		"mass mention":  {section("<!channel>")},
		"group":         {section("<!subteam^S1>")},
		"bracket":       {section("a < b")},
		"address":       {section("<javascript:x|y>")},
		"all together":  {section(strings.Repeat("x", 3000)), section(strings.Repeat("x", 3000)), section(strings.Repeat("x", 3000)), section(strings.Repeat("x", 3000)), section(strings.Repeat("x", 3000))},
	} {
		if len(blockkit.Check(blocks)) == 0 {
			t.Errorf("%s was let through", name)
		}
	}
	if errs := blockkit.Check([]slack.Block{section("<@U1> until <!date^1700000000^{date_short_pretty} {time}|today 14:05>, &lt;x&gt; <https://a.test|b>")}); len(errs) > 0 {
		t.Error(errs)
	}
}

// FuzzRender renders whatever people may type, and takes what Slack would refuse for a fault.
func FuzzRender(f *testing.F) {
	f.Add("Release", "a line", 3, "out\nput")
	f.Add("<!channel>", "&<>*_~`", 70, strings.Repeat("x", 6000))
	f.Add("", "\x00\xff\n\n ", 1, "\x1b[0m")
	f.Add(strings.Repeat("ä", 4000), strings.Repeat("<&>", 2000), 30, "")
	f.Fuzz(func(t *testing.T, title, line string, times int, output string) {
		times = min(max(times, 0), 80)
		m := words.Message{Title: title, Tone: chat.Good, Mentions: []string{line}}
		if times%2 == 0 {
			m.Card = "R-1"
		}
		for range times {
			m.Sections = append(m.Sections, words.Section{Heading: title, Fields: []words.Field{{Label: line, Value: title}}, Lines: []words.Line{{Text: line, Sub: []string{title}}}})
			m.Buttons = append(m.Buttons, words.Button{Name: line, Label: title, Form: line, Confirm: line})
		}
		m.Sections = append(m.Sections, words.Section{Pre: output})
		r := blockkit.Render(m, blockkit.Bare{})
		for _, p := range r.Parts {
			for _, err := range blockkit.Check(p.Blocks) {
				t.Error(err)
			}
			if len(p.Text) > blockkit.FallbackText {
				t.Errorf("%d bytes of text", len(p.Text))
			}
		}
		for _, err := range blockkit.CheckView(blockkit.View([]words.Message{m}, blockkit.Bare{})) {
			t.Error(err)
		}
	})
}
