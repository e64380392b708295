package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
)

func whoami() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"whoami"}, Summary: "Say who you are here, and what you may do where.",
			Examples: []command.Example{{Line: "/whoami", Does: "lists your accounts, groups and rights"}},
		},
		Strangers: true,
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			if !r.Linked {
				return privately(stranger(r), nil), nil
			}
			m, err := known(r)
			return privately(m, nil), err
		},
	}
}

// stranger tells somebody whose account is linked to nobody how to be linked.
func stranger(r *bot.Reading) chat.Message {
	account := r.Account.String()
	return chat.Message{
		Title: chat.Say("whoami.unlinked", chat.Word("account", account)), Tone: chat.Warning,
		Sections: []chat.Section{{Lines: []chat.Line{{Text: chat.Say("whoami.linking")}, {Text: chat.Say("whoami.link", chat.Word("account", account),
			chat.People("administrators", r.Org.Holders(people.Administer, "", "")))}}}},
	}
}

func known(r *bot.Reading) (chat.Message, error) {
	p, _ := r.Org.Directory.Person(r.Person)
	accounts := make([]string, len(p.Accounts))
	for i, a := range p.Accounts {
		accounts[i] = a.String()
	}
	title := chat.Say("whoami.person", chat.Person("person", r.Person), chat.Word("account", r.Account.String()))
	who := chat.Section{Fields: []chat.Field{{Label: "label.accounts", Value: chat.Say("value.list", chat.List("list", accounts))}}}
	if p.Machine {
		title = chat.Say("whoami.machine", chat.Person("person", r.Person), chat.Word("account", r.Account.String()))
	}
	var groups []string
	for name := range r.Org.Directory.Groups {
		if slices.Contains(r.Org.Directory.Members(name), r.Person) {
			groups = append(groups, name)
		}
	}
	slices.Sort(groups)
	if len(groups) > 0 {
		who.Fields = append(who.Fields, chat.Field{Label: "label.groups", Value: chat.Say("value.list", chat.List("list", groups))})
	}
	others, err := linkedTo(r, r.Bot.Store(), r.Person)
	for _, l := range others {
		who.Lines = append(who.Lines, chat.Line{Text: chat.Say("whoami.linked", chat.Word("account", l.account.String()),
			chat.Nested("how", l.link.How.text()), chat.Time("at", l.link.At))})
	}
	return chat.Message{Title: title, Sections: []chat.Section{who, {Heading: chat.Say("whoami.heading"), Lines: grantsOf(r, groups)}}}, err
}

// grantsOf lists what somebody may do where, a line a grant.
func grantsOf(r *bot.Reading, groups []string) []chat.Line {
	if r.Org.Directory.Resting(r.Person) {
		return []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("account.resting", chat.People("administrators", administrators(r.Org)))}}
	}
	var lines []chat.Line
	for _, g := range r.Org.Directory.Grants {
		through := slices.DeleteFunc(slices.Clone(g.Groups), func(name string) bool { return !slices.Contains(groups, name) })
		if !slices.Contains(g.People, r.Person) && len(through) == 0 {
			continue
		}
		i := slices.IndexFunc(r.Org.Directory.Roles, func(role people.Role) bool { return role.Name == g.Role })
		if i < 0 {
			continue
		}
		rights := make([]string, len(r.Org.Directory.Roles[i].Rights))
		for j, right := range r.Org.Directory.Roles[i].Rights {
			rights[j] = string(right)
		}
		lines = append(lines, chat.Line{Mark: chat.MarkOpen, Text: chat.Say("whoami.grant", chat.Word("role", g.Role),
			chat.List("rights", rights), chat.Nested("scope", scopeText(g)), chat.List("groups", through))})
	}
	if len(lines) == 0 {
		lines = []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("whoami.nothing", chat.People("administrators", r.Org.Holders(people.Administer, "", "")))}}
	}
	return lines
}

// scopeText words what a grant is narrowed to.
func scopeText(g people.Grant) chat.Text {
	if len(g.Services)+len(g.Lines)+len(g.Environments) == 0 {
		return chat.Say("whoami.everywhere")
	}
	return chat.Say("whoami.scope", chat.List("services", g.Services), chat.List("lines", g.Lines), chat.List("environments", g.Environments))
}
