package discordtest

import (
	"fmt"
	"strings"
)

// components applies the rules for the components of a message: rows of buttons or one select menu, and with version 2 text
// and containers of them.
func (f *form) components(list []component, v2 bool) {
	if !v2 && len(list) > mostRows {
		f.wrong("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", mostRows)
	}
	seen := map[string]bool{}
	count := 0
	for i := range list {
		list[i].each(func(*component) { count++ })
		f.top(fmt.Sprintf("components.%d", i), &list[i], v2, seen)
	}
	if count > mostComponents {
		f.wrong("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", mostComponents)
	}
}

func (f *form) top(at string, c *component, v2 bool, seen map[string]bool) {
	switch {
	case c.Type == kindRow:
		f.row(at, c, seen)
	case c.Type == kindText && v2:
		f.needed(at+".content", c.Content, 4000)
	case c.Type == kindContainer && v2:
		for i := range c.Components {
			f.top(fmt.Sprintf("%s.components.%d", at, i), &c.Components[i], true, seen)
		}
	default:
		f.wrong(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,).")
	}
}

func (f *form) row(at string, c *component, seen map[string]bool) {
	if len(c.Components) < 1 || len(c.Components) > mostRowButtons {
		f.wrong(at+".components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", mostRowButtons)
	}
	for i := range c.Components {
		part := &c.Components[i]
		at := fmt.Sprintf("%s.components.%d", at, i)
		switch part.Type {
		case kindButton:
			f.button(at, part, seen)
		case kindSelect:
			f.menu(at, part, seen)
			if len(c.Components) > 1 {
				f.wrong(at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
			}
		default:
			f.wrong(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).")
		}
	}
}

func (f *form) customID(at string, c *component, seen map[string]bool) {
	f.needed(at+".custom_id", c.CustomID, mostCustomID)
	if seen[c.CustomID] {
		f.wrong(at+".custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	seen[c.CustomID] = true
}

func (f *form) button(at string, c *component, seen map[string]bool) {
	f.needed(at+".label", c.Label, mostLabel)
	switch {
	case c.Style == styleLink:
		f.needed(at+".url", c.URL, mostURL)
		if !webAddress(c.URL) {
			f.wrong(at+".url", "BASE_TYPE_BAD_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")
		}
		if c.CustomID != "" {
			f.wrong(at+".custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
	case c.Style < 1 || c.Style > 4:
		f.wrong(at+".style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
	default:
		if c.URL != "" {
			f.wrong(at+".url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
		f.customID(at, c, seen)
	}
}

func (f *form) menu(at string, c *component, seen map[string]bool) {
	f.customID(at, c, seen)
	f.most(at+".placeholder", c.Placeholder, 150)
	if len(c.Options) < 1 || len(c.Options) > mostOptions {
		f.wrong(at+".options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", mostOptions)
	}
	values := map[string]bool{}
	for i, o := range c.Options {
		at := fmt.Sprintf("%s.options.%d", at, i)
		f.needed(at+".label", o.Label, mostOptionText)
		f.needed(at+".value", o.Value, mostOptionText)
		f.most(at+".description", o.Description, mostOptionText)
		if values[o.Value] {
			f.wrong(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[o.Value] = true
	}
}

// Limits of a modal: discord.com/developers/docs/interactions/receiving-and-responding.
const (
	mostModalTitle  = 45
	mostModalParts  = 5
	mostInput       = 4000
	mostInputLabel  = 45
	mostPlaceholder = 100
)

// modalBody is what a modal is opened with.
type modalBody struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

// checkModal applies the rules of modals: one to five text inputs, each in a row or under a label, or select menus under labels.
func checkModal(m *modalBody) *apiError {
	f := &form{}
	f.needed("data.custom_id", m.CustomID, mostCustomID)
	f.needed("data.title", m.Title, mostModalTitle)
	if len(m.Components) < 1 || len(m.Components) > mostModalParts {
		f.wrong("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", mostModalParts)
	}
	seen := map[string]bool{}
	for i := range m.Components {
		c := &m.Components[i]
		at := fmt.Sprintf("data.components.%d", i)
		switch {
		case c.Type == kindRow && len(c.Components) == 1 && c.Components[0].Type == kindInput:
			f.needed(at+".components.0.label", c.Components[0].Label, mostInputLabel)
			f.input(at+".components.0", &c.Components[0], seen)
		case c.Type == kindLabel && c.Component != nil && c.Component.Type == kindInput:
			f.needed(at+".label", c.Label, mostInputLabel)
			f.most(at+".description", c.Description, 100)
			f.input(at+".component", c.Component, seen)
		case c.Type == kindLabel && c.Component != nil && c.Component.Type == kindSelect:
			f.needed(at+".label", c.Label, mostInputLabel)
			f.menu(at+".component", c.Component, seen)
		case c.Type == kindText:
			f.needed(at+".content", c.Content, 2000)
		default:
			f.wrong(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1, 10, 18).")
		}
	}
	return f.problem()
}

func (f *form) input(at string, c *component, seen map[string]bool) {
	f.customID(at, c, seen)
	f.most(at+".placeholder", c.Placeholder, mostPlaceholder)
	f.most(at+".value", c.Value, mostInput)
	if c.Style != 1 && c.Style != 2 {
		f.wrong(at+".style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
	}
	if n := c.MinLength; n != nil && (*n < 0 || *n > mostInput) {
		f.wrong(at+".min_length", "NUMBER_TYPE_MAX", "int value should be between 0 and %d.", mostInput)
	}
	if n := c.MaxLength; n != nil && (*n < 1 || *n > mostInput) {
		f.wrong(at+".max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and %d.", mostInput)
	}
	if strings.ContainsRune(c.Label, '\n') {
		f.wrong(at+".label", "BASE_TYPE_REGEX", "Labels are one line.")
	}
}
