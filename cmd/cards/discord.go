package main

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/cards"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// message is what the page shows of a message: https://docs.discord.com/developers/resources/message
type message struct {
	Content string `json:"content"`
	Embeds  []struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Color       int    `json:"color"`
		Fields      []struct {
			Name   string `json:"name"`
			Value  string `json:"value"`
			Inline bool   `json:"inline"`
		} `json:"fields"`
		Footer *struct {
			Text string `json:"text"`
		} `json:"footer"`
	} `json:"embeds"`
	Components []struct {
		Components []struct {
			Label string `json:"label"`
			Style int    `json:"style"`
		} `json:"components"`
	} `json:"components"`
	Attachments []struct {
		Filename string `json:"filename"`
	} `json:"attachments"`
}

// styles of buttons: https://docs.discord.com/developers/components/reference#button-button-styles
var styles = map[int]string{1: "primary", 3: "success", 4: "danger", 5: "link"}

func discordHTML(sent any) (template.HTML, error) {
	raw, err := json.Marshal(sent)
	if err != nil {
		return "", err
	}
	var m message
	if err := json.Unmarshal(raw, &m); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`<div class="discord">`)
	if m.Content != "" {
		fmt.Fprintf(&b, "<p>%s</p>", markdown(m.Content))
	}
	for _, e := range m.Embeds {
		fmt.Fprintf(&b, `<div class="embed" style="--bar:#%06x">`, e.Color)
		if e.Title != "" {
			fmt.Fprintf(&b, "<h3>%s</h3>", markdown(e.Title))
		}
		if e.Description != "" {
			fmt.Fprintf(&b, "<p>%s</p>", markdown(e.Description))
		}
		b.WriteString(`<div class="fields">`)
		for _, f := range e.Fields {
			fmt.Fprintf(&b, `<div class="inline-%t"><b>%s</b><br>%s</div>`, f.Inline, markdown(f.Name), markdown(f.Value))
		}
		b.WriteString("</div>")
		if e.Footer != nil {
			fmt.Fprintf(&b, `<p class="context">%s</p>`, html.EscapeString(e.Footer.Text))
		}
		b.WriteString("</div>")
	}
	for _, row := range m.Components {
		b.WriteString(`<div class="row">`)
		for _, c := range row.Components {
			fmt.Fprintf(&b, `<button class="%s">%s</button>`, styles[c.Style], html.EscapeString(c.Label))
		}
		b.WriteString("</div>")
	}
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "<p>📎 %s</p>", html.EscapeString(a.Filename))
	}
	b.WriteString("</div>")
	return template.HTML(b.String()), nil //nolint:gosec // every text is escaped
}

// Discord's markdown, as far as it is sent: https://docs.discord.com/developers/reference#message-formatting
var (
	discordFence   = regexp.MustCompile("(?s)```\n?(.*?)```")
	discordMention = regexp.MustCompile(`&lt;@(\d+)&gt;`)
	discordTime    = regexp.MustCompile(`&lt;t:(\d+):\w&gt;`)
	discordBold    = regexp.MustCompile(`\*\*(.+?)\*\*`)
	discordCode    = regexp.MustCompile("`([^`\n]+)`")
	discordEscape  = regexp.MustCompile(`\\([^\w\s])`)
)

func markdown(s string) string {
	s = html.EscapeString(s)
	s = discordFence.ReplaceAllString(s, "<pre>$1</pre>")
	s = discordMention.ReplaceAllStringFunc(s, func(m string) string {
		return `<b class="at">@` + handleOf(strings.Trim(m, "&lgt;@")) + "</b>"
	})
	s = discordTime.ReplaceAllStringFunc(s, func(m string) string {
		var unix int64
		if _, err := fmt.Sscanf(html.UnescapeString(m), "<t:%d:", &unix); err != nil {
			return m
		}
		return "<time>" + html.EscapeString(words.Text(chat.Say("value.time", chat.Time("at", time.Unix(unix, 0))), cards.Reader{}, cards.At)) + "</time>"
	})
	s = discordBold.ReplaceAllString(s, "<b>$1</b>")
	s = discordCode.ReplaceAllString(s, "<code>$1</code>")
	s = discordEscape.ReplaceAllString(s, "$1")
	return strings.ReplaceAll(s, "\n", "<br>")
}
