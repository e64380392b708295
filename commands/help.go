package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
)

func help() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"help"}, Summary: "List what can be said, or explain one command.",
			Params: []command.Param{{Name: "command", Kind: command.KindCommand, Optional: true, Help: "The command, or its first words."}},
			Examples: []command.Example{
				{Line: "/help", Does: "lists every command, by subject"},
				{Line: "/help release plan", Does: "explains one, with examples"},
			},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			if !c.Has("command") {
				return privately(helpAll(r), nil), nil
			}
			found, suggest := r.Bot.Catalogue().Lookup(c.Text("command"))
			if len(found) == 0 {
				return chat.Reply{}, chat.Reject("help.unknown", chat.Word("said", c.Text("command")), chat.List("suggest", suggest))
			}
			if len(found) == 1 {
				return privately(helpOne(r, found[0]), nil), nil
			}
			m := chat.Message{Title: chat.Say("help.several", chat.Count("count", len(found)), chat.Word("said", c.Text("command")))}
			m.Sections = []chat.Section{{Lines: helpLines(r, found), Buttons: forms(r, found, takes)}}
			// A command whose words begin others' is the one that was asked about: it is explained, the others are listed.
			if exact := found[0]; strings.Join(exact.Words, " ") == c.Text("command") {
				m = helpOne(r, exact)
				m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("help.heading.more"), Lines: helpLines(r, found[1:]), Buttons: forms(r, found[1:], takes)})
			}
			return privately(m, nil), nil
		},
	}
}

// privately is a reply of one message for the speaker's eyes.
func privately(m chat.Message, ids map[string]string) chat.Reply {
	m.Private = true
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, IDs: ids, Messages: []chat.Message{m}}
}

// subjects group the first words of commands, in the order that help lists them; words of no subject come last.
var subjects = []struct {
	heading chat.Code
	words   []string
}{
	{"help.heading.releases", []string{"release", "window", "calendar", "vote", "architecture", "confirm", "deploy", "rollback", "train", "risk", "pipeline", "milestone", "report", "escalate"}},
	{"help.heading.holds", []string{"freeze", "lock", "unlock", "emergency"}},
	{"help.heading.on_call", []string{"ack", "oncall", "incident", "followup"}},
	{"help.heading.record", []string{"audit", "policy"}},
	{"help.heading.administration", []string{"config", "identity"}},
	{"help.heading.you", []string{"home", "absent", "delegate", "link", "unlink", "whoami", "help"}},
}

// helpAll lists every command by subject, what the reader may do first.
func helpAll(r *bot.Reading) chat.Message {
	m := chat.Message{Title: chat.Say("help.title")}
	by := map[chat.Code][]*command.Spec{}
	for _, topic := range r.Bot.Catalogue().Topics() {
		heading := chat.Code("help.heading.other")
		for _, s := range subjects {
			if slices.Contains(s.words, topic.Word) {
				heading = s.heading
			}
		}
		by[heading] = append(by[heading], topic.Commands...)
	}
	for _, s := range subjects {
		if specs := by[s.heading]; len(specs) > 0 {
			m.Sections = append(m.Sections, chat.Section{Heading: chat.Say(s.heading), Lines: helpLines(r, specs), Buttons: forms(r, specs, begins)})
		}
	}
	if specs := by["help.heading.other"]; len(specs) > 0 {
		m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("help.heading.other"), Lines: helpLines(r, specs)})
	}
	m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("help.more")}}})
	return m
}

// helpLines gives each command a line: those that the reader may use, then those that others may.
func helpLines(r *bot.Reading, specs []*command.Spec) []chat.Line {
	var may, others []chat.Line
	for _, s := range specs {
		line := chat.Line{Text: chat.Say("help.line", chat.Word("usage", command.Usage(s)), chat.Word("does", s.Summary))}
		if mayUse(r, s) {
			line.Mark = chat.MarkOpen
			may = append(may, line)
			continue
		}
		line.Mark = chat.MarkClosed
		others = append(others, line)
	}
	return append(may, others...)
}

// mayUse reports whether the reader may use a command somewhere.
func mayUse(r *bot.Reading, s *command.Spec) bool {
	return s.Right == "" || r.Person != "" && r.Org.May(r.Person, s.Right, "", "")
}

// helpOne explains one command.
func helpOne(r *bot.Reading, s *command.Spec) chat.Message {
	m := chat.Message{Title: chat.Say("help.command", chat.Word("usage", command.Usage(s)), chat.Word("does", s.Summary))}
	params := chat.Section{Heading: chat.Say("help.heading.parameters")}
	for _, p := range s.Params {
		code := chat.Code("help.param")
		if p.Optional {
			code = "help.param.optional"
		}
		name := p.Name
		if p.Flag {
			name = "--" + name
		}
		params.Lines = append(params.Lines, chat.Line{Text: chat.Say(code, chat.Word("param", name), chat.Word("help", p.Help),
			chat.List("choices", p.Choices))})
	}
	if s.DryRun {
		params.Lines = append(params.Lines, chat.Line{Text: chat.Say("help.param.dry_run")})
	}
	if len(params.Lines) > 0 {
		m.Sections = append(m.Sections, params)
	}
	m.Buttons = forms(r, []*command.Spec{s}, takes)
	examples := chat.Section{Heading: chat.Say("help.heading.examples")}
	for _, e := range s.Examples {
		examples.Lines = append(examples.Lines, chat.Line{Text: chat.Say("help.example", chat.Word("line", e.Line), chat.Word("does", e.Does))})
	}
	m.Sections = append(m.Sections, examples)
	who := chat.Section{Heading: chat.Say("help.heading.who")}
	switch holders := r.Org.Holders(s.Right, "", ""); {
	case s.Right == "":
		who.Lines = []chat.Line{{Mark: chat.MarkOpen, Text: chat.Say("help.who.everybody")}}
	case mayUse(r, s):
		who.Lines = []chat.Line{{Mark: chat.MarkOpen, Text: chat.Say("help.who.you", chat.Word("right", string(s.Right)), chat.People("holders", holders))}}
	default:
		who.Lines = []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("help.who.others", chat.Word("right", string(s.Right)), chat.People("holders", holders))}}
	}
	m.Sections = append(m.Sections, who)
	return m
}

// Welcome tells whoever comes into a channel what to type next.
func Welcome(org *organisation.Organisation) chat.Message {
	services := make([]string, len(org.Services))
	for i, s := range org.Services {
		services[i] = s.Name
	}
	environments := make([]string, len(org.Environments))
	for i, e := range org.Environments {
		environments[i] = e.Name
	}
	return chat.Message{
		Title: chat.Say("welcome.title", chat.Word("organisation", org.Name)),
		Sections: []chat.Section{
			{Fields: []chat.Field{
				{Label: "label.services", Value: chat.Say("value.list", chat.List("list", services))},
				{Label: "label.environments", Value: chat.Say("value.list", chat.List("list", environments))},
			}},
			{Heading: chat.Say("welcome.heading"), Lines: []chat.Line{
				{Text: chat.Say("welcome.plan")},
				{Text: chat.Say("welcome.list")},
				{Text: chat.Say("welcome.whoami")},
				{Text: chat.Say("welcome.help")},
			}},
		},
	}
}
