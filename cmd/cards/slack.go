package main

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
)

// block is what the page shows of Block Kit: https://docs.slack.dev/reference/block-kit/blocks
type block struct {
	Type     string  `json:"type"`
	Text     *text   `json:"text"`
	Fields   []text  `json:"fields"`
	Elements []block `json:"elements"` // of actions, contexts and rich text
	Style    any     `json:"style"`
	URL      string  `json:"url"`
}

// text is a text object, or a string where rich text has one.
type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// UnmarshalJSON reads both forms.
func (t *text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		t.Type = "plain_text"
		return json.Unmarshal(raw, &t.Text)
	}
	type object text
	return json.Unmarshal(raw, (*object)(t))
}

func slackHTML(blocks any, colour string) (template.HTML, error) {
	raw, err := json.Marshal(blocks)
	if err != nil {
		return "", err
	}
	var list []block
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="slack" style="--bar:%s">`, html.EscapeString(colour))
	for _, x := range list {
		x.write(&b)
	}
	b.WriteString("</div>")
	return template.HTML(b.String()), nil //nolint:gosec // every text is escaped
}

func (x block) write(b *strings.Builder) {
	switch x.Type {
	case "header":
		fmt.Fprintf(b, "<h3>%s</h3>", x.Text.html())
	case "divider":
		b.WriteString("<hr>")
	case "section":
		if x.Text != nil {
			fmt.Fprintf(b, "<p>%s</p>", x.Text.html())
		}
		if len(x.Fields) > 0 {
			b.WriteString(`<div class="fields">`)
			for _, f := range x.Fields {
				fmt.Fprintf(b, "<div>%s</div>", f.html())
			}
			b.WriteString("</div>")
		}
	case "context":
		b.WriteString(`<p class="context">`)
		for _, e := range x.Elements {
			t := text{Type: e.Type}
			if e.Text != nil {
				t.Text = e.Text.Text
			}
			b.WriteString(string(t.html()))
		}
		b.WriteString("</p>")
	case "actions":
		b.WriteString(`<div class="row">`)
		for _, e := range x.Elements {
			fmt.Fprintf(b, `<button class="%s">%s</button>`, html.EscapeString(fmt.Sprint(e.Style)), e.Text.html())
		}
		b.WriteString("</div>")
	case "rich_text":
		for _, e := range x.Elements {
			b.WriteString("<pre>")
			for _, piece := range e.Elements {
				if piece.Text != nil {
					b.WriteString(html.EscapeString(piece.Text.Text))
				}
			}
			b.WriteString("</pre>")
		}
	default:
		fmt.Fprintf(b, "<p>(%s)</p>", html.EscapeString(x.Type))
	}
}

// Slack's markup: https://docs.slack.dev/messaging/formatting-message-text
var (
	slackDate    = regexp.MustCompile(`<!date\^\d+\^[^|>]*\|([^>]*)>`)
	slackMention = regexp.MustCompile(`<@([A-Za-z0-9]+)>`)
	slackLink    = regexp.MustCompile(`<(https?://[^|>]*)\|?([^>]*)>`)
	slackBold    = regexp.MustCompile(`(^|[\s(])\*([^*\n]+)\*`)
	slackCode    = regexp.MustCompile("`([^`\n]+)`")
)

func (t *text) html() template.HTML {
	if t == nil {
		return ""
	}
	if t.Type != "mrkdwn" {
		return template.HTML(html.EscapeString(t.Text)) //nolint:gosec // escaped
	}
	// The text has &, < and > escaped but for its markup, so that it is safe once the markup is gone.
	s := slackDate.ReplaceAllString(t.Text, `<time>$1</time>`)
	s = slackMention.ReplaceAllStringFunc(s, func(m string) string {
		return `<b class="at">@` + html.EscapeString(handleOf(m[2:len(m)-1])) + "</b>"
	})
	s = slackLink.ReplaceAllString(s, `<u>$2</u>`)
	s = slackBold.ReplaceAllString(s, `$1<b>$2</b>`)
	s = slackCode.ReplaceAllString(s, `<code>$1</code>`)
	return template.HTML(strings.ReplaceAll(s, "\n", "<br>")) //nolint:gosec // see above
}
