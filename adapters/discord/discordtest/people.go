package discordtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// noAnswer is what Discord's client shows when the application did not answer in time.
const noAnswer = "The application did not respond"

// ask delivers an interaction and waits for its first response, 3 seconds at most.
func (s *Server) ask(i *Interaction) *Interaction {
	t := time.NewTimer(firstResponseWithin)
	defer t.Stop()
	select {
	case <-i.first:
	case <-t.C:
		s.mu.Lock()
		i.giveUp(noAnswer)
		s.mu.Unlock()
	}
	return i
}

// do makes an interaction, delivers it and waits for its first response.
func (s *Server) do(kind int, userID, channelID string, data map[string]any, on *message) (*Interaction, error) {
	s.mu.Lock()
	i, err := s.newInteraction(kind, userID, channelID, data, on)
	if err == nil {
		s.deliver(i)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.ask(i), nil
}

// Slash says a line as a slash command: "/release plan web 1.1.0", or as Discord's client shows it,
// "/release plan service:web version:1.1.0". It returns at the first response. The error is what the client says instead of
// sending: an unknown command, a missing or misfitting option.
func (s *Server) Slash(userID, channelID, line string) (*Interaction, error) {
	path, given, err := s.divide(line)
	if err != nil {
		return nil, err
	}
	return s.Command(userID, channelID, path, given)
}

// Command runs a slash command ("release plan") with options by name.
func (s *Server) Command(userID, channelID, path string, given map[string]string) (*Interaction, error) {
	s.mu.Lock()
	data, err := s.commandData(channelID, path, given, "")
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.do(askCommand, userID, channelID, data, nil)
}

// Autocomplete types the beginning of an option's value: given is what is filled in already, focused the option's name.
func (s *Server) Autocomplete(userID, channelID, path string, given map[string]string, focused, typed string) ([]Choice, error) {
	all := map[string]string{focused: typed}
	for name, value := range given {
		all[name] = value
	}
	s.mu.Lock()
	data, err := s.commandData(channelID, path, all, focused)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	i, err := s.do(askAutocomplete, userID, channelID, data, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.failed != "" {
		return nil, fmt.Errorf("loading options failed: %s", i.failed)
	}
	return i.choices, nil
}

// Press presses a button of a message, one seen by all or by the asker alone, by its label or custom_id; of two equal labels
// the first. A link is no interaction: Link finds its address.
func (s *Server) Press(userID, messageID, button string) (*Interaction, error) {
	return s.use(userID, messageID, button, kindButton, nil)
}

// Select chooses values in a menu of a message.
func (s *Server) Select(userID, messageID, menu string, values ...string) (*Interaction, error) {
	return s.use(userID, messageID, menu, kindSelect, values)
}

func (s *Server) use(userID, messageID, named string, kind int, values []string) (*Interaction, error) {
	s.mu.Lock()
	m := s.visible(userID, messageID)
	if m == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("there is no message %s", messageID)
	}
	part := m.part(named, kind)
	channelID := m.ChannelID
	s.mu.Unlock()
	switch {
	case part == nil:
		return nil, fmt.Errorf("there is no %q to press", named)
	case part.Disabled:
		return nil, fmt.Errorf("%q is disabled", named)
	case part.Style == styleLink && kind == kindButton:
		return nil, fmt.Errorf("%q is a link to %s", named, part.URL)
	}
	data := map[string]any{"component_type": kind, "custom_id": part.CustomID, "id": part.ID}
	if kind == kindSelect {
		data["values"] = values
	}
	return s.do(askComponent, userID, channelID, data, m)
}

// visible finds a message that somebody can see.
func (s *Server) visible(userID, messageID string) *message {
	if m := s.posts[messageID]; m != nil && (m.reader == "" || m.reader == userID) {
		return m
	}
	return nil
}

// part finds a component by its label, placeholder or custom_id.
func (m *message) part(named string, kind int) (found *component) {
	for i := range m.Components {
		m.Components[i].each(func(c *component) {
			if found == nil && c.Type == kind && (c.Label == named || c.CustomID == named || c.Placeholder == named && named != "") {
				found = c
			}
		})
	}
	return found
}

// SubmitModal fills in the modal that somebody has open, by label or custom_id, and sends it. What is not named keeps the
// value it came with. The error is what the client says instead of sending.
func (s *Server) SubmitModal(userID string, values map[string]string) (*Interaction, error) {
	s.mu.Lock()
	from := s.opened[userID]
	if from == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("no modal is open")
	}
	data, err := fillIn(from.modal, values)
	if err == nil {
		delete(s.opened, userID)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.do(askModal, userID, from.place.ID, data, from.on)
}

// fillIn is what a modal sends, with the client's own checks.
func fillIn(m *modalBody, values map[string]string) (map[string]any, error) {
	used := map[string]bool{}
	var rows []any
	for n := range m.Components {
		row := &m.Components[n]
		var err error
		var parts []any
		row.each(func(c *component) {
			if c.Type != kindInput && c.Type != kindSelect {
				return
			}
			label := c.Label
			if row.Type == kindLabel {
				label = row.Label
			}
			value, key := c.Value, label
			if _, ok := values[key]; !ok {
				key = c.CustomID
			}
			if v, ok := values[key]; ok {
				value, used[key] = v, true
			}
			if problem := fits(c, label, value); problem != nil && err == nil {
				err = problem
			}
			part := map[string]any{"type": c.Type, "id": n + 1, "custom_id": c.CustomID}
			if c.Type == kindSelect {
				part["values"] = strings.Fields(value)
			} else {
				part["value"] = value
			}
			parts = append(parts, part)
		})
		switch {
		case err != nil:
			return nil, err
		case row.Type == kindLabel && len(parts) > 0:
			rows = append(rows, map[string]any{"type": kindLabel, "id": n + 100, "component": parts[0]})
		case row.Type == kindRow:
			rows = append(rows, map[string]any{"type": kindRow, "id": n + 100, "components": parts})
		}
	}
	for name := range values {
		if !used[name] {
			return nil, fmt.Errorf("the modal %q has no %q", m.Title, name)
		}
	}
	return map[string]any{"custom_id": m.CustomID, "components": rows}, nil
}

func fits(c *component, label, value string) error {
	n := utf8.RuneCountInString(value)
	required := c.Required == nil || *c.Required
	switch {
	case c.Type == kindSelect && value != "" && !slices.ContainsFunc(c.Options, func(o selectable) bool { return o.Value == value }):
		return fmt.Errorf("%s: %q is no choice", label, value)
	case required && n == 0:
		return fmt.Errorf("%s: this field is required", label)
	case c.MinLength != nil && n > 0 && n < *c.MinLength:
		return fmt.Errorf("%s: must be at least %d long", label, *c.MinLength)
	case c.MaxLength != nil && n > *c.MaxLength, n > mostInput:
		return fmt.Errorf("%s: too long", label)
	}
	return nil
}

// Wait returns once the bot has answered with something to read, or with a modal, and false when it has not in time.
func (i *Interaction) Wait(within time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		i.server.mu.Lock()
		settled, changed := i.settled(), i.changed
		i.server.mu.Unlock()
		if settled {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (i *Interaction) settled() bool {
	switch {
	case !i.done:
		return false
	case i.failed != "" || i.modal != nil || i.choices != nil:
		return true
	case i.response == respondDeferUpdate:
		return len(i.more) > 0
	}
	return i.original != nil && i.original.Flags&flagLoading == 0
}

// messages are the answers: the first one, unless it is the message that was pressed on, and those that followed.
func (i *Interaction) messages() (all []*message) {
	if i.original != nil && i.original != i.on {
		all = append(all, i.original)
	}
	return append(all, i.more...)
}

// Latency is how long the first response took; -1 when there was none in time.
func (i *Interaction) Latency() time.Duration {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return i.latency
}

// Deferred reports whether the person saw only that the bot is thinking, and sees nothing else yet.
func (i *Interaction) Deferred() bool {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return i.response == respondDefer && i.original != nil && i.original.Flags&flagLoading != 0
}

// Failed is what Discord's client shows when the bot did not answer; empty when it did.
func (i *Interaction) Failed() string {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return i.failed
}

// Modal is a form that somebody has open.
type Modal struct {
	CustomID, Title string
	Fields          []Field
}

// Field is an input of a modal.
type Field struct {
	CustomID, Label, Value, Placeholder string
	Required, Long                      bool
	Choices                             []string // of a menu
}

// Modal is the form that the interaction opened, nil if none.
func (i *Interaction) Modal() *Modal {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	if i.modal == nil {
		return nil
	}
	m := &Modal{CustomID: i.modal.CustomID, Title: i.modal.Title}
	for n := range i.modal.Components {
		row := &i.modal.Components[n]
		row.each(func(c *component) {
			if c.Type != kindInput && c.Type != kindSelect {
				return
			}
			f := Field{CustomID: c.CustomID, Label: c.Label, Value: c.Value, Placeholder: c.Placeholder, Required: c.Required == nil || *c.Required, Long: c.Style == 2}
			if row.Type == kindLabel {
				f.Label = row.Label
			}
			for _, o := range c.Options {
				f.Choices = append(f.Choices, o.Value)
			}
			m.Fields = append(m.Fields, f)
		})
	}
	return m
}
