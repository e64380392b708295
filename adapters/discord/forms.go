package discord

import (
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/command"
)

// modal is a form as Discord shows it.
type modal struct {
	CustomID   string            `json:"custom_id"`
	Title      string            `json:"title"`
	Components []embed.Component `json:"components"`
}

// begun reads the beginning of a command, "/vote B-1", into the command and what is given of it already: positional arguments in
// their order, flags as --name=value. ok is false when no command begins so.
func begun(specs []command.Spec, line string) (spec *command.Spec, args map[string]string, ok bool) {
	typed := strings.Fields(strings.TrimPrefix(line, "/"))
	for i := range specs {
		s := &specs[i]
		if len(s.Words) <= len(typed) && strings.EqualFold(strings.Join(s.Words, " "), strings.Join(typed[:len(s.Words)], " ")) &&
			(spec == nil || len(s.Words) > len(spec.Words)) {
			spec = s
		}
	}
	if spec == nil {
		return nil, nil, false
	}
	args = map[string]string{}
	var positional []command.Param
	for _, p := range spec.Params {
		if !p.Flag {
			positional = append(positional, p)
		}
	}
	for _, word := range typed[len(spec.Words):] {
		if name, dashed := strings.CutPrefix(word, "--"); dashed {
			name, value, hasValue := strings.Cut(name, "=")
			if !hasValue {
				value = "true"
			}
			args[name] = value
			continue
		}
		if len(positional) == 0 {
			return nil, nil, false
		}
		args[positional[0].Name] = word
		positional = positional[1:]
	}
	return spec, args, true
}

// ask makes the form for what is missing of a command, required arguments first; ok is false when nothing is missing, or more is
// required than a form of Discord's holds: the command is then typed.
func ask(spec *command.Spec, args map[string]string, line string) (m modal, ok bool) {
	var required, optional []command.Param
	for _, p := range spec.Params {
		_, there := args[p.Name]
		switch {
		case there:
		case !p.Optional && p.Kind != command.KindBool:
			required = append(required, p)
		case p.Kind != command.KindBool:
			optional = append(optional, p)
		}
	}
	if len(required) > embed.ModalInputsMost || len(required)+len(optional) == 0 {
		return m, false
	}
	m = modal{CustomID: embed.CustomID(embed.PressGiven, line), Title: line}
	if utf8.RuneCountInString(m.Title) > embed.ModalTitleMost {
		m.Title = "/" + strings.Join(spec.Words, " ")
	}
	// What is optional and finds no room can still be given by the slash command.
	for _, p := range append(required, optional...)[:min(len(required)+len(optional), embed.ModalInputsMost)] {
		m.Components = append(m.Components, embed.Component{Type: discordgo.ActionsRowComponent, Components: []embed.Component{input(p)}})
	}
	return m, true
}

func input(p command.Param) embed.Component {
	required := !p.Optional
	c := embed.Component{
		Type: discordgo.TextInputComponent, CustomID: p.Name, Label: p.Name, Style: int(discordgo.TextInputShort), Required: &required,
		MaxLength: embed.InputMost,
	}
	if p.Rest {
		c.Style = int(discordgo.TextInputParagraph)
	}
	hint := p.Help
	if p.Kind == command.KindChoice {
		hint = strings.Join(p.Choices, ", ")
	}
	if utf8.RuneCountInString(hint) <= embed.PlaceholderMost {
		c.Placeholder = hint
	}
	return c
}
