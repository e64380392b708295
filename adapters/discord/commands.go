package discord

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Limits of application commands, as "Application Commands" in Discord's documentation states them.
const (
	commandsMost      = 100
	optionsMost       = 25
	choicesMost       = 25
	choiceMost        = 100 // characters of a choice's name and value
	commandNameMost   = 32
	descriptionMost   = 100
	optionLengthMost  = 6000
	commandLengthMost = 8000 // of all names, descriptions and values of one command
)

// applicationCommand is a slash command as Discord knows it. discordgo's own type sends null for what is not set.
type applicationCommand struct {
	Type        int      `json:"type,omitempty"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Options     []option `json:"options,omitempty"`
}

// option is a sub-command, or an argument.
type option struct {
	Type         int      `json:"type"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Required     bool     `json:"required,omitempty"`
	Autocomplete bool     `json:"autocomplete,omitempty"`
	Choices      []choice `json:"choices,omitempty"`
	Options      []option `json:"options,omitempty"`
	MinValue     *int     `json:"min_value,omitempty"`
	MaxValue     *int     `json:"max_value,omitempty"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// bareNames are the sub-commands for commands whose only word begins other commands too: where Discord has /vote open, it has no
// /vote by itself.
var bareNames = map[string]string{"vote": "cast", "deploy": "start", "lock": "take"}

// bareName is for those that are not listed.
const bareName = "now"

// helpName is the sub-command that shows the help of its topic.
const helpName = "help"

// dryRunName is the option that takes the place of --dry-run.
const dryRunName = "dry-run"

// menu is the catalogue as Discord shows it.
type menu struct {
	commands []applicationCommand
	lines    map[string]*command.Spec // by "release plan", in Discord's words
	topics   map[string]string        // "release help" to the topic's word
}

// newMenu arranges the commands: one for each first word, with sub-commands where several begin with it.
func newMenu(specs []command.Spec) menu {
	m := menu{lines: map[string]*command.Spec{}, topics: map[string]string{}}
	var order []string
	topics := map[string][]*command.Spec{}
	for i := range specs {
		word := specs[i].Words[0]
		if topics[word] == nil {
			order = append(order, word)
		}
		topics[word] = append(topics[word], &specs[i])
	}
	for _, word := range order {
		m.commands = append(m.commands, m.topic(word, topics[word]))
	}
	return m
}

func (m *menu) topic(word string, specs []*command.Spec) applicationCommand {
	c := applicationCommand{Type: int(discordgo.ChatApplicationCommand), Name: word}
	if len(specs) == 1 && len(specs[0].Words) == 1 {
		m.lines[word] = specs[0]
		c.Description, c.Options = brief(specs[0].Summary), options(specs[0])
		return c
	}
	var names []string
	for _, s := range specs {
		name := strings.Join(s.Words[1:], "-")
		if name == "" {
			name = bareName
			if known := bareNames[word]; known != "" {
				name = known
			}
		}
		m.lines[word+" "+name] = s
		names = append(names, name)
		c.Options = append(c.Options, option{
			Type: int(discordgo.ApplicationCommandOptionSubCommand), Name: name, Description: brief(s.Summary), Options: options(s),
		})
	}
	if key := word + " " + helpName; m.lines[key] == nil && len(c.Options) < optionsMost {
		m.topics[key] = word
		c.Options = append(c.Options, option{
			Type: int(discordgo.ApplicationCommandOptionSubCommand), Name: helpName, Description: brief(words.Text(chat.Say("discord.help", chat.Word("topic", "/"+word)), nil, never)),
		})
	}
	c.Description = brief("/" + word + ": " + strings.Join(names, ", "))
	return c
}

// options lists a command's arguments, required ones first, as Discord wants them.
func options(s *command.Spec) []option {
	var out []option
	for _, p := range s.Params {
		out = append(out, argument(p))
	}
	if s.DryRun {
		out = append(out, option{
			Type: int(discordgo.ApplicationCommandOptionBoolean), Name: dryRunName, Description: brief(words.Label("discord.dry_run")),
		})
	}
	slices.SortStableFunc(out, func(a, b option) int {
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return out
}

func argument(p command.Param) option {
	o := option{Type: int(discordgo.ApplicationCommandOptionString), Name: p.Name, Description: brief(p.Help), Required: !p.Optional && p.Kind != command.KindBool}
	if o.Description == "" {
		o.Description = p.Name
	}
	switch p.Kind {
	case command.KindBool:
		o.Type = int(discordgo.ApplicationCommandOptionBoolean)
	case command.KindNumber:
		o.Type = int(discordgo.ApplicationCommandOptionInteger)
		least, most := -command.MaxNumber, command.MaxNumber
		o.MinValue, o.MaxValue = &least, &most
	case command.KindText:
	case command.KindChoice:
		if o.Autocomplete = len(p.Choices) > choicesMost; !o.Autocomplete {
			for _, c := range p.Choices {
				o.Choices = append(o.Choices, choice{c, c})
			}
		}
	default:
		o.Autocomplete = true
	}
	return o
}

// brief keeps a description within Discord's limit: the words that fit, and a sign that there are more, which help shows.
func brief(s string) string {
	if utf8.RuneCountInString(s) <= descriptionMost {
		return s
	}
	var b strings.Builder
	n := 0
	for word := range strings.FieldsSeq(s) {
		if n += utf8.RuneCountInString(word) + 1; n > descriptionMost-1 {
			break
		}
		b.WriteString(word + " ")
	}
	return b.String() + "…"
}
