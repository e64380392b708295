package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Surface is where blocks are shown; it bounds their number.
type Surface int

// The surfaces and how many blocks each takes. doc: https://docs.slack.dev/reference/block-kit/blocks
const (
	OnMessage Surface = 50
	OnView    Surface = 100
)

// Limits of block elements, in characters or elements, as their pages under https://docs.slack.dev/reference/block-kit state them.
const (
	maxSectionText = 3000
	maxFieldText   = 2000
	maxFields      = 10
	maxHeaderText  = 150
	maxActions     = 25
	maxContext     = 10
	maxLabel       = 2000
	maxButtonText  = 75
	maxButtonValue = 2000
	maxURL         = 3000
	maxID          = 255
	maxOptions     = 100
	maxChoices     = 10 // checkboxes, radio buttons
	maxOptionText  = 75
	maxOptionValue = 150
	maxPlaceholder = 150
	maxConfirm     = 300
	maxMarkdown    = 12_000
)

// node is a JSON object of Block Kit.
type node map[string]any

func (n node) str(name string) string { s, _ := n[name].(string); return s }
func (n node) obj(name string) node   { m, _ := n[name].(map[string]any); return m }

func (n node) list(name string) (out []node) {
	list, _ := n[name].([]any)
	for _, item := range list {
		m, _ := item.(map[string]any)
		out = append(out, m)
	}
	return out
}

func decode(raw []byte) (out []node) {
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &out)
	}
	return out
}

// identify gives ids to blocks and elements that have none, as Slack does. The caller holds the lock.
func (s *Server) identify(raw []byte) []byte {
	list := decode(raw)
	if len(list) == 0 {
		return raw
	}
	id := func(n node, name string) {
		if n != nil && n.str(name) == "" {
			n[name] = s.id("id")
		}
	}
	for _, b := range list {
		id(b, "block_id")
		elements := append(b.list("elements"), b.obj("accessory"), b.obj("element"))
		for _, e := range elements {
			if kind := e.str("type"); b.str("type") != "rich_text" && kind != "" && kind != "image" && kind != "mrkdwn" && kind != "plain_text" {
				id(e, "action_id")
			}
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		return raw
	}
	return out
}

// Check says what Slack would refuse in a list of blocks, in the words of its response_metadata; nil when nothing.
func Check(raw []byte, on Surface) []string {
	c := &checker{}
	c.blocks(raw, on)
	return c.errors
}

type checker struct{ errors []string }

func (c *checker) wrong(at, what string) {
	c.errors = append(c.errors, fmt.Sprintf("[ERROR] %s [json-pointer:%s]", what, at))
}

func tooLong(most int) string { return fmt.Sprintf("must be less than %d characters", most+1) }

// knows refuses fields that Slack does not know, and asks for those it needs (marked with a !).
func (c *checker) knows(n node, at string, names ...string) {
	for _, name := range slices.Sorted(maps.Keys(n)) {
		if name != "type" && !slices.Contains(names, name) && !slices.Contains(names, name+"!") {
			c.wrong(at, "no more than the known properties: "+name)
		}
	}
	for _, name := range names {
		if want, needed := strings.CutSuffix(name, "!"); needed && n[want] == nil {
			c.wrong(at, "missing required field: "+want)
		}
	}
}

func (c *checker) length(n node, name, at string, most int) {
	v, there := n[name]
	text, isText := v.(string)
	switch {
	case there && !isText:
		c.wrong(at+"/"+name, "must be a string")
	case utf8.RuneCountInString(text) > most:
		c.wrong(at+"/"+name, tooLong(most))
	}
}

// text checks a text object; an empty kind allows both.
func (c *checker) text(n node, at string, most int, kind string) {
	if n == nil {
		return
	}
	got := n.str("type")
	switch {
	case got != "plain_text" && got != "mrkdwn", kind != "" && got != kind:
		c.wrong(at+"/type", "must be a valid text type")
	case n.str("text") == "":
		c.wrong(at+"/text", "must be more than 0 characters")
	}
	if got == "plain_text" {
		c.knows(n, at, "text!", "emoji")
	} else {
		c.knows(n, at, "text!", "verbatim")
	}
	c.length(n, "text", at, most)
}

func (c *checker) blocks(raw []byte, on Surface) []node {
	if empty(raw) {
		return nil
	}
	var list []node
	if err := json.Unmarshal(raw, &list); err != nil {
		c.wrong("/blocks", "must be an array of blocks")
		return nil
	}
	if len(list) > int(on) {
		c.wrong("/blocks", fmt.Sprintf("no more than %d items allowed", on))
	}
	seen, markdown := map[string]bool{}, 0
	for i, b := range list {
		at := fmt.Sprintf("/blocks/%d", i)
		c.length(b, "block_id", at, maxID)
		if id := b.str("block_id"); id != "" {
			if seen[id] {
				c.wrong(at+"/block_id", "must be unique: "+id)
			}
			seen[id] = true
		}
		markdown += utf8.RuneCountInString(b.str("text"))
		c.block(b, at)
	}
	if markdown > maxMarkdown {
		c.wrong("/blocks", tooLong(maxMarkdown))
	}
	return list
}

func (c *checker) block(b node, at string) {
	switch b.str("type") {
	case "section":
		c.knows(b, at, "block_id", "text", "fields", "accessory", "expand")
		fields := b.list("fields")
		if b["text"] == nil && len(fields) == 0 {
			c.wrong(at, "missing required field: text")
		}
		c.text(b.obj("text"), at+"/text", maxSectionText, "")
		c.atMost(fields, at+"/fields", maxFields)
		for i, f := range fields {
			c.text(f, fmt.Sprintf("%s/fields/%d", at, i), maxFieldText, "")
		}
		if a := b.obj("accessory"); a != nil {
			c.element(a, at+"/accessory", "button", "overflow", "image", "static_select", "external_select", "users_select", "datepicker", "checkboxes", "radio_buttons")
		}
	case "header":
		c.knows(b, at, "block_id", "text!")
		c.text(b.obj("text"), at+"/text", maxHeaderText, "plain_text")
	case "divider":
		c.knows(b, at, "block_id")
	case "context":
		c.knows(b, at, "block_id", "elements!")
		c.some(b, at, maxContext)
		for i, e := range b.list("elements") {
			if e.str("type") != "image" {
				c.text(e, fmt.Sprintf("%s/elements/%d", at, i), maxSectionText, "")
			}
		}
	case "actions":
		c.knows(b, at, "block_id", "elements!")
		c.some(b, at, maxActions)
		seen := map[string]bool{}
		for i, e := range b.list("elements") {
			here := fmt.Sprintf("%s/elements/%d", at, i)
			c.element(e, here, "button", "overflow", "static_select", "external_select", "users_select", "datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons")
			if id := e.str("action_id"); id != "" {
				if seen[id] {
					c.wrong(here+"/action_id", "must be unique within its block: "+id)
				}
				seen[id] = true
			}
		}
	case "input":
		c.knows(b, at, "block_id", "label!", "element!", "dispatch_action", "hint", "optional")
		c.text(b.obj("label"), at+"/label", maxLabel, "plain_text")
		c.text(b.obj("hint"), at+"/hint", maxLabel, "plain_text")
		c.element(b.obj("element"), at+"/element", "plain_text_input", "static_select", "external_select", "multi_static_select", "multi_external_select",
			"users_select", "datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons", "number_input", "url_text_input", "email_text_input")
	case "markdown":
		c.knows(b, at, "block_id", "text!")
	case "rich_text":
		c.knows(b, at, "block_id", "elements!")
	case "image":
		c.knows(b, at, "block_id", "image_url", "slack_file", "alt_text!", "title")
	default:
		c.wrong(at+"/type", fmt.Sprintf("unsupported type: %s", b.str("type")))
	}
}

// some checks that elements are there, and not too many.
func (c *checker) some(b node, at string, most int) {
	list := b.list("elements")
	if len(list) == 0 {
		c.wrong(at+"/elements", "no fewer than 1 items allowed")
	}
	c.atMost(list, at+"/elements", most)
}

func (c *checker) atMost(list []node, at string, most int) {
	if len(list) > most {
		c.wrong(at, fmt.Sprintf("no more than %d items allowed", most))
	}
}

func (c *checker) element(e node, at string, allowed ...string) {
	kind := e.str("type")
	if !slices.Contains(allowed, kind) {
		c.wrong(at+"/type", "unsupported type: "+kind)
		return
	}
	c.length(e, "action_id", at, maxID)
	if n := e.obj("confirm"); n != nil {
		c.knows(n, at+"/confirm", "title!", "text!", "confirm!", "deny!", "style")
		c.text(n.obj("title"), at+"/confirm/title", 100, "plain_text")
		c.text(n.obj("text"), at+"/confirm/text", maxConfirm, "plain_text")
		c.text(n.obj("confirm"), at+"/confirm/confirm", 30, "plain_text")
		c.text(n.obj("deny"), at+"/confirm/deny", 30, "plain_text")
		c.style(n, at+"/confirm")
	}
	c.text(e.obj("placeholder"), at+"/placeholder", maxPlaceholder, "plain_text")
	switch kind {
	case "button":
		c.knows(e, at, "action_id", "text!", "url", "value", "style", "confirm", "accessibility_label")
		c.text(e.obj("text"), at+"/text", maxButtonText, "plain_text")
		c.length(e, "value", at, maxButtonValue)
		c.length(e, "url", at, maxURL)
		c.style(e, at)
	case "plain_text_input":
		c.knows(e, at, "action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder", "focus_on_load", "dispatch_action_config")
		c.length(e, "initial_value", at, 3000)
		if n, _ := e["max_length"].(float64); n > 3000 {
			c.wrong(at+"/max_length", "must be at most 3000")
		}
	case "static_select", "multi_static_select":
		c.knows(e, at, "action_id", "placeholder", "options", "option_groups", "initial_option", "initial_options", "confirm", "focus_on_load", "max_selected_items")
		c.options(e, at, maxOptions)
	case "external_select", "multi_external_select":
		c.knows(e, at, "action_id", "placeholder", "initial_option", "initial_options", "min_query_length", "confirm", "focus_on_load", "max_selected_items")
		if o := e.obj("initial_option"); o != nil {
			c.option(o, at+"/initial_option")
		}
	case "checkboxes", "radio_buttons":
		c.knows(e, at, "action_id", "options!", "initial_option", "initial_options", "confirm", "focus_on_load")
		c.options(e, at, maxChoices)
	case "overflow":
		c.knows(e, at, "action_id", "options!", "confirm")
		c.options(e, at, 5)
	}
}

func (c *checker) style(n node, at string) {
	if s, there := n["style"]; there && s != "primary" && s != "danger" {
		c.wrong(at+"/style", "must be primary or danger")
	}
}

// options checks a list of options, and that what is chosen to begin with is among them.
func (c *checker) options(e node, at string, most int) {
	list := e.list("options")
	if len(list) == 0 && e["option_groups"] == nil {
		c.wrong(at+"/options", "no fewer than 1 items allowed")
	}
	c.atMost(list, at+"/options", most)
	values := map[string]bool{}
	for i, o := range list {
		c.option(o, fmt.Sprintf("%s/options/%d", at, i))
		if values[o.str("value")] {
			c.wrong(fmt.Sprintf("%s/options/%d/value", at, i), "must be unique")
		}
		values[o.str("value")] = true
	}
	chosen := e.list("initial_options")
	if o := e.obj("initial_option"); o != nil {
		chosen = append(chosen, o)
	}
	for _, o := range chosen {
		if !values[o.str("value")] {
			c.wrong(at+"/initial_option", "must be one of the options")
		}
	}
}

func (c *checker) option(o node, at string) {
	c.knows(o, at, "text!", "value!", "description", "url")
	c.text(o.obj("text"), at+"/text", maxOptionText, "")
	c.text(o.obj("description"), at+"/description", maxOptionText, "")
	c.length(o, "value", at, maxOptionValue)
}
