package slacktest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Plain reads blocks as a person does: one line for each thing said, markup undone, ids as names. Names of people and channels
// are looked up by id; one that is missing stays an id.
func Plain(blocks json.RawMessage, names map[string]string) string {
	return plain(decode(blocks), func(id string) string { return names[id] })
}

// naming finds the name of a person, channel or group; empty if there is none.
type naming func(id string) string

func plain(blocks []node, names naming) string {
	var lines []string
	say := func(text string) {
		if text != "" {
			lines = append(lines, text)
		}
	}
	for _, b := range blocks {
		switch b.str("type") {
		case "header", "section":
			say(words(b.obj("text"), names))
			for _, f := range b.list("fields") {
				say(words(f, names))
			}
		case "context":
			for _, e := range b.list("elements") {
				say(words(e, names))
			}
		case "input":
			say(words(b.obj("label"), names))
			say(words(b.obj("hint"), names))
		case "markdown":
			say(b.str("text"))
		case "rich_text":
			say(strings.TrimRight(rich(b.list("elements"), names), "\n"))
		case "image":
			say(b.str("alt_text"))
		}
	}
	return strings.Join(lines, "\n")
}

// words are those of a text object.
func words(n node, names naming) string {
	if n.str("type") == "mrkdwn" {
		return undo(n.str("text"), names)
	}
	return visible(n.str("text"))
}

// rich reads the elements of a rich text block.
func rich(list []node, names naming) string {
	var b strings.Builder
	for _, e := range list {
		switch e.str("type") {
		case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
			b.WriteString(strings.TrimRight(rich(e.list("elements"), names), "\n") + "\n")
		case "rich_text_list":
			b.WriteString(rich(e.list("elements"), names))
		case "text":
			b.WriteString(visible(e.str("text")))
		case "link":
			if b.WriteString(e.str("text")); e.str("text") == "" {
				b.WriteString(e.str("url"))
			}
		case "emoji":
			b.WriteString(":" + e.str("name") + ":")
		case "user":
			b.WriteString("@" + named(e.str("user_id"), names))
		case "channel":
			b.WriteString("#" + named(e.str("channel_id"), names))
		case "usergroup":
			b.WriteString("@" + named(e.str("usergroup_id"), names))
		case "broadcast":
			b.WriteString("@" + e.str("range"))
		case "date":
			b.WriteString(e.str("fallback"))
		}
	}
	return b.String()
}

func named(id string, names naming) string {
	if name := names(id); name != "" {
		return name
	}
	return id
}

var (
	angled = regexp.MustCompile(`<([^<>\n]*)>`)
	fenced = regexp.MustCompile("(?s)```\n?(.*?)\n?```")
	code   = regexp.MustCompile("`([^`\n]+)`")
	// Emphasis begins after a space or punctuation, and ends before one.
	emphasis = []*regexp.Regexp{
		regexp.MustCompile(`(^|[\s\p{P}\p{S}])\*([^\s*](?:[^*\n]*[^\s*])?)\*($|[\s\p{P}\p{S}])`),
		regexp.MustCompile(`(^|[\s\p{P}\p{S}])_([^\s_](?:[^_\n]*[^\s_])?)_($|[\s\p{P}\p{S}])`),
		regexp.MustCompile(`(^|[\s\p{P}\p{S}])~([^\s~](?:[^~\n]*[^\s~])?)~($|[\s\p{P}\p{S}])`),
	}
	entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	// unseen are characters without a face, which renderers use to keep markup from beginning.
	unseen = strings.NewReplacer("\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "")
)

func visible(s string) string { return unseen.Replace(s) }

// undo reads mrkdwn. Code is kept as it is, but for what stands in angle brackets and entities, as on Slack.
func undo(text string, names naming) string {
	var kept []string
	keep := func(s string) string {
		kept = append(kept, s)
		return fmt.Sprintf("\x00%d\x00", len(kept)-1)
	}
	text = fenced.ReplaceAllStringFunc(text, func(s string) string { return keep(fenced.FindStringSubmatch(s)[1]) })
	text = code.ReplaceAllStringFunc(text, func(s string) string { return keep(code.FindStringSubmatch(s)[1]) })
	reference := func(s string) string {
		return angled.ReplaceAllStringFunc(s, func(r string) string { return refer(r[1:len(r)-1], names) })
	}
	text = angled.ReplaceAllStringFunc(text, func(r string) string { return keep(refer(r[1:len(r)-1], names)) })
	for _, e := range emphasis {
		for again := true; again; { // neighbours share the space between them
			next := e.ReplaceAllString(text, "$1$2$3")
			again, text = next != text, next
		}
	}
	for i := len(kept) - 1; i >= 0; i-- {
		text = strings.ReplaceAll(text, fmt.Sprintf("\x00%d\x00", i), reference(kept[i]))
	}
	return visible(entities.Replace(text))
}

// refer reads what stands between angle brackets.
func refer(inside string, names naming) string {
	target, label, labelled := strings.Cut(inside, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + named(target[1:], names)
	case strings.HasPrefix(target, "#"):
		if labelled && label != "" {
			return "#" + label
		}
		return "#" + named(target[1:], names)
	case strings.HasPrefix(target, "!subteam^"):
		return "@" + named(strings.TrimPrefix(target, "!subteam^"), names)
	case strings.HasPrefix(target, "!date^"):
		return label
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:] // a mass mention: everybody is told
	case labelled:
		return label
	}
	return target
}

// Button is one that a person can press.
type Button struct {
	Label, ActionID, BlockID, Value, URL, Style string
	Confirm                                     string // the question asked before it is pressed
	element                                     node
}

func buttons(blocks []node) (out []Button) {
	for _, b := range blocks {
		elements := b.list("elements")
		if a := b.obj("accessory"); a != nil {
			elements = append(elements, a)
		}
		for _, e := range elements {
			if e.str("type") == "button" {
				out = append(out, Button{
					Label: e.obj("text").str("text"), ActionID: e.str("action_id"), BlockID: b.str("block_id"), Value: e.str("value"), URL: e.str("url"),
					Style: e.str("style"), Confirm: e.obj("confirm").obj("text").str("text"), element: e,
				})
			}
		}
	}
	return out
}
