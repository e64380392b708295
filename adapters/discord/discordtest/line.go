package discordtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/command"
)

// divide reads a line into the command it names and the options it gives: named as Discord's client writes them, as flags, as the
// declared command has them, or in the order registered.
func (s *Server) divide(line string) (path string, given map[string]string, err error) {
	words := fields(strings.TrimPrefix(strings.TrimSpace(line), "/"))
	s.mu.Lock()
	defer s.mu.Unlock()
	options, used, err := s.lookup(words)
	named := func(w string) bool {
		name, _, ok := strings.Cut(w, ":")
		return ok && slices.ContainsFunc(options, func(o option) bool { return o.Name == name })
	}
	if len(s.options.Commands) > 0 && !slices.ContainsFunc(words, named) {
		if path, given, ok := s.parsed(line); ok {
			return path, given, nil
		}
	}
	if err != nil {
		return "", nil, err
	}
	path, given = strings.Join(words[:used], " "), map[string]string{}
	var free []string
	for _, o := range options {
		free = append(free, o.Name)
	}
	last := ""
	take := func(name, value string) {
		free = slices.DeleteFunc(free, func(n string) bool { return n == name })
		given[name], last = value, name
	}
	at := func(name string) int { return slices.IndexFunc(options, func(o option) bool { return o.Name == name }) }
	rest := words[used:]
	for i := 0; i < len(rest); i++ {
		w := rest[i]
		name, value, ok := strings.Cut(w, ":")
		flag := strings.TrimPrefix(w, "--")
		switch known := at(flag); {
		case flag != w && known >= 0 && options[known].Type == optionBool:
			take(flag, "true")
		case flag != w && known >= 0 && i+1 < len(rest):
			i++
			take(flag, rest[i])
		case ok && at(name) >= 0:
			take(name, value)
		case len(free) > 0:
			take(free[0], w)
		case last != "": // the rest of the line belongs to the last one
			given[last] += " " + w
		default:
			return "", nil, fmt.Errorf("/%s takes no %q", path, w)
		}
	}
	return path, given, nil
}

// parsed divides a line as the bot's own parser does, by the declared commands.
func (s *Server) parsed(line string) (string, map[string]string, bool) {
	call, failure := s.catalogue().Parse(line, command.Moment{Now: time.Now(), Zone: s.options.Zone}, anything{})
	if failure != nil {
		return "", nil, false
	}
	given := map[string]string{}
	for name, v := range call.Values {
		given[name] = v.Text
		if v.Text == "" {
			given[name] = "true"
		}
	}
	if call.DryRun {
		given["dry-run"] = "true"
	}
	return strings.Join(call.Spec.Words, " "), given, true
}

// anything knows no names: every word is taken as it is.
type anything struct{}

// Known implements command.Names.
func (anything) Known(command.Kind, map[string]command.Value) ([]string, bool) { return nil, false }

// fields divides at spaces outside quotes; quotes may stand behind a colon.
func fields(line string) (words []string) {
	var b strings.Builder
	quoted, any := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case r == ' ' && !quoted:
			if any || b.Len() > 0 {
				words = append(words, b.String())
			}
			any = false
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	if any || b.Len() > 0 {
		words = append(words, b.String())
	}
	return words
}

// registered finds a command, in whatever guild it is registered.
func (s *Server) registered(name string) *applicationCommand {
	for _, scope := range append([]string{""}, s.order...) {
		for _, c := range s.commands[scope] {
			if c.Name == strings.ToLower(name) {
				return c
			}
		}
	}
	return nil
}

// lookup finds the options of the command that the words begin with, and how many of them name it.
func (s *Server) lookup(words []string) ([]option, int, error) {
	if len(words) == 0 {
		return nil, 0, fmt.Errorf("no command")
	}
	c := s.registered(words[0])
	if c == nil {
		return nil, 0, fmt.Errorf("there is no command /%s", words[0])
	}
	options, used := c.Options, 1
	for len(options) > 0 && (options[0].Type == optionSub || options[0].Type == optionGroup) {
		if used == len(words) {
			return nil, 0, fmt.Errorf("/%s needs one of %s", strings.Join(words[:used], " "), names(options))
		}
		i := slices.IndexFunc(options, func(o option) bool { return o.Name == strings.ToLower(words[used]) })
		if i < 0 {
			return nil, 0, fmt.Errorf("/%s has no %q, only %s", strings.Join(words[:used], " "), words[used], names(options))
		}
		options, used = options[i].Options, used+1
	}
	return options, used, nil
}

func names(options []option) string {
	var out []string
	for _, o := range options {
		out = append(out, o.Name)
	}
	return strings.Join(out, ", ")
}

// place finds where a declared command was registered: under its own words, or, where those have sub-commands beside it, under
// the one that no other declared command is.
func (s *Server) place(path string) string {
	words := strings.Fields(path)
	if _, used, err := s.lookup(words); err == nil && used == len(words) {
		return path
	}
	c := s.registered(words[0])
	if c == nil || len(words) > 1 {
		return path
	}
	var others []string
	for _, spec := range s.options.Commands {
		if len(spec.Words) > 1 && spec.Words[0] == words[0] {
			others = append(others, spec.Words[1])
		}
	}
	for _, o := range c.Options {
		if !slices.Contains(others, o.Name) {
			return path + " " + o.Name
		}
	}
	return path
}

// commandData is the data of an interaction for a command, with the client's own checks; focused is the option being typed.
func (s *Server) commandData(channelID, path string, given map[string]string, focused string) (map[string]any, error) {
	words := strings.Fields(s.place(path))
	options, used, err := s.lookup(words)
	if err != nil {
		return nil, err
	}
	if used < len(words) {
		return nil, fmt.Errorf("/%s takes no %q", strings.Join(words[:used], " "), words[used])
	}
	c := s.registered(words[0])
	var values []any
	for _, o := range options {
		text, ok := given[o.Name]
		if !ok {
			if o.Required && focused == "" {
				return nil, fmt.Errorf("/%s: %s: this option is required", path, o.Name)
			}
			continue
		}
		value, err := typed(o, text, focused == o.Name)
		if err != nil {
			return nil, fmt.Errorf("/%s: %s: %w", path, o.Name, err)
		}
		v := map[string]any{"name": o.Name, "type": o.Type, "value": value}
		if focused == o.Name {
			v["focused"] = true
		}
		values = append(values, v)
	}
	for name := range given {
		if !slices.ContainsFunc(options, func(o option) bool { return o.Name == name }) {
			return nil, fmt.Errorf("/%s has no option %q", path, name)
		}
	}
	data := map[string]any{"id": c.ID, "name": c.Name, "type": c.Type}
	if c.Guild != "" {
		data["guild_id"] = c.Guild
	}
	for i := len(words) - 1; i > 0; i-- { // wrapped in the sub-command, and that in its group
		kind := optionSub
		if i < len(words)-1 {
			kind = optionGroup
		}
		values = []any{map[string]any{"name": words[i], "type": kind, "options": list(values)}}
	}
	if values != nil {
		data["options"] = values
	}
	return data, nil
}

// mostStringOption is the longest value of a string option: discord.com/developers/docs/interactions/application-commands.
const mostStringOption = 6000

// typed turns what was typed into an option's type, as the client does. While it is being typed anything goes, as text.
func typed(o option, text string, focused bool) (any, error) {
	if focused {
		return text, nil
	}
	if len(o.Choices) > 0 {
		for _, c := range o.Choices {
			if strings.EqualFold(c.Name, text) || fmt.Sprint(c.Value) == text {
				return c.Value, nil
			}
		}
		return nil, fmt.Errorf("%q is no choice", text)
	}
	switch o.Type {
	case optionInteger:
		n, err := strconv.Atoi(text)
		if err != nil || o.MinValue != nil && float64(n) < *o.MinValue || o.MaxValue != nil && float64(n) > *o.MaxValue {
			return nil, fmt.Errorf("%q is no valid integer", text)
		}
		return n, nil
	case optionNumber:
		return strconv.ParseFloat(text, 64)
	case optionBool:
		return strconv.ParseBool(text)
	}
	n := utf8.RuneCountInString(text)
	if n > mostStringOption || o.MaxLength != nil && n > *o.MaxLength || o.MinLength != nil && n < *o.MinLength || n == 0 {
		return nil, fmt.Errorf("%d characters do not fit", n)
	}
	return text, nil
}

// focusedType is the type of the option that an autocomplete is about.
func focusedType(body map[string]any) int {
	data, _ := body["data"].(map[string]any)
	options, _ := data["options"].([]any)
	for len(options) > 0 {
		var inner []any
		for _, o := range options {
			v := o.(map[string]any)
			if v["focused"] == true {
				return v["type"].(int)
			}
			if l, ok := v["options"].([]any); ok {
				inner = l
			}
		}
		options = inner
	}
	return optionString
}
