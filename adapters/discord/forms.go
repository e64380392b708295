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

// missing lists what is still to be given of a command, required arguments first; flags without value are left to the slash command.
func missing(spec *command.Spec, args map[string]string) (list []command.Param, required int) {
	var optional []command.Param
	for _, p := range spec.Params {
		_, there := args[p.Name]
		switch {
		case there || p.Kind == command.KindBool:
		case p.Optional:
			optional = append(optional, p)
		default:
			list = append(list, p)
		}
	}
	return append(list, optional...), len(list)
}

// ask makes the form for what is missing of a command. What is optional and finds no room can still be given by the slash command.
func ask(spec *command.Spec, list []command.Param, line string) modal {
	m := modal{CustomID: embed.CustomID(embed.PressGiven, line), Title: line}
	if utf8.RuneCountInString(m.Title) > embed.ModalTitleMost {
		m.Title = "/" + strings.Join(spec.Words, " ")
	}
	for _, p := range list[:min(len(list), embed.ModalInputsMost)] {
		m.Components = append(m.Components, input(p))
	}
	return m
}

// input is a field of a form: a menu for a few choices, else a text.
func input(p command.Param) embed.Component {
	required := !p.Optional
	label := embed.Component{Type: embed.LabelComponent, Label: p.Name}
	if utf8.RuneCountInString(p.Help) <= embed.InputHelpMost {
		label.Description = p.Help
	}
	if p.Kind == command.KindChoice && len(p.Choices) <= embed.SelectOptionMost {
		menu := embed.Component{Type: discordgo.SelectMenuComponent, CustomID: p.Name, Required: &required}
		if !required {
			menu.MinValues = new(int)
		}
		for _, c := range p.Choices {
			menu.Options = append(menu.Options, embed.Option{Label: c, Value: c})
		}
		label.Component = &menu
		return label
	}
	text := embed.Component{
		Type: discordgo.TextInputComponent, CustomID: p.Name, Style: int(discordgo.TextInputShort), Required: &required, MaxLength: embed.InputMost,
	}
	if p.Rest {
		text.Style = int(discordgo.TextInputParagraph)
	}
	label.Component = &text
	return label
}
