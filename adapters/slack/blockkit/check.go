package blockkit

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"
)

// massMentions call everybody in a channel, or a group: nothing that the bot says may.
var massMentions = regexp.MustCompile(`<!(channel|here|everyone|subteam)`)

// markupForms are what may stand in angle brackets: people, times, links.
var markupForms = regexp.MustCompile(`^<(@[UW][A-Z0-9]+|!date\^\d+\^[^|<>]+\|[^|<>]+|https?://[^<>]+)>`)

// Check lists what Slack would refuse of a message's blocks, and what the bot must not say. It reads the JSON that is sent, not what
// it was made of.
func Check(blocks []slack.Block) []error { return check(blocks, MessageBlocks) }

// CheckView is Check for the blocks of a Home tab or modal.
func CheckView(blocks []slack.Block) []error { return check(blocks, ViewBlocks) }

func check(blocks []slack.Block, most int) []error {
	raw, err := json.Marshal(blocks)
	var list []object
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	c := checker{actions: map[string]bool{}, blocks: map[string]bool{}}
	if err != nil {
		return []error{err}
	}
	if len(list) > most || len(list) == 0 {
		c.fail("%d blocks, of 1 to %d", len(list), most)
	}
	for i, b := range list {
		c.at = fmt.Sprintf("block %d (%v)", i, b["type"])
		c.block(b)
	}
	if most == MessageBlocks && c.characters > PartText*13/10 {
		c.fail("%d characters of text together", c.characters)
	}
	return c.errors
}

type object = map[string]any

type checker struct {
	at              string
	errors          []error
	actions, blocks map[string]bool
	characters      int
}

func (c *checker) fail(format string, args ...any) {
	c.errors = append(c.errors, fmt.Errorf(c.at+": "+format, args...))
}

func (c *checker) block(b object) {
	if id, ok := b["block_id"].(string); ok {
		if len(id) > ActionID || c.blocks[id] {
			c.fail("block_id %q is too long or there twice", id)
		}
		c.blocks[id] = true
	}
	switch b["type"] {
	case "header":
		c.text(b["text"], "plain_text", HeaderText)
	case "section":
		fields, _ := b["fields"].([]any)
		if b["text"] == nil && len(fields) == 0 {
			c.fail("neither text nor fields")
		}
		if b["text"] != nil {
			c.text(b["text"], "", SectionText)
		}
		if len(fields) > SectionFields {
			c.fail("%d fields", len(fields))
		}
		for _, f := range fields {
			c.text(f, "", FieldText)
		}
	case "context":
		for _, e := range c.elements(b, ContextMost) {
			c.text(e, "", TextObject)
		}
	case "actions":
		for _, e := range c.elements(b, ActionsMost) {
			c.element(e)
		}
	case "rich_text":
		c.rich(b)
	case "input":
		c.text(b["label"], "plain_text", FieldText)
		if e, ok := b["element"].(object); ok {
			c.action(e)
		}
	case "divider":
	default:
		c.fail("a type that the bot does not use")
	}
}

func (c *checker) elements(b object, most int) (list []object) {
	all, _ := b["elements"].([]any)
	if len(all) == 0 || len(all) > most {
		c.fail("%d elements, of 1 to %d", len(all), most)
	}
	for _, e := range all {
		if o, ok := e.(object); ok {
			list = append(list, o)
		}
	}
	return list
}

func (c *checker) rich(b object) {
	for _, e := range c.elements(b, MessageBlocks) {
		for _, t := range c.elements(e, MessageBlocks) {
			s, _ := t["text"].(string)
			if n := size(s); n == 0 || n > TextObject {
				c.fail("%d characters of preformatted text", n)
			}
			c.characters += size(s)
		}
	}
}

// element checks a button; other elements are checked for their action id alone.
func (c *checker) element(e object) {
	c.action(e)
	if e["type"] != "button" {
		return
	}
	c.text(e["text"], "plain_text", ButtonText)
	if v, ok := e["value"].(string); ok && size(v) > ButtonValue {
		c.fail("a value of %d characters", size(v))
	}
	if u, ok := e["url"].(string); ok && (size(u) > ButtonURL || !strings.HasPrefix(u, "http")) {
		c.fail("an address that Slack won't open")
	}
	if style, ok := e["style"]; ok && style != "primary" && style != "danger" {
		c.fail("style %v", style)
	}
	if d, ok := e["confirm"].(object); ok {
		c.text(d["title"], "plain_text", ConfirmTitle)
		c.text(d["text"], "", ConfirmText)
		c.text(d["confirm"], "plain_text", ConfirmButton)
		c.text(d["deny"], "plain_text", ConfirmButton)
	}
}

func (c *checker) action(e object) {
	id, _ := e["action_id"].(string)
	if id == "" || len(id) > ActionID || c.actions[id] {
		c.fail("action_id %q is missing, too long or there twice", id)
	}
	c.actions[id] = true
}

func (c *checker) text(of any, kind string, most int) {
	t, ok := of.(object)
	if !ok {
		c.fail("a text is missing")
		return
	}
	s, _ := t["text"].(string)
	if n := size(s); n == 0 || n > most {
		c.fail("a text of %d characters, of 1 to %d", n, most)
	}
	c.characters += size(s)
	if kind != "" && t["type"] != kind {
		c.fail("a text of type %v, not %s", t["type"], kind)
	}
	if t["type"] != "mrkdwn" {
		return
	}
	if massMentions.MatchString(s) {
		c.fail("a mass mention in %q", s)
	}
	for i := range len(s) {
		if s[i] == '<' && !markupForms.MatchString(s[i:]) {
			c.fail("a bracket that is no markup in %q", s)
		}
	}
}
