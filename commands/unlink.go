package commands

import (
	"cmp"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

func unlink() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"unlink"}, Summary: "End the link of an account: it speaks for nobody from then on.", DryRun: true,
			Params:   []command.Param{{Name: "account", Kind: command.KindText, Help: "The account, as /whoami shows it: platform:workspace:id."}},
			Examples: []command.Example{{Line: "/unlink discord:1100:2200", Does: "ends the link of that account"}},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			account, ok := parseAccount(c.Text("account"))
			if !ok {
				return chat.Reply{}, chat.Reject("unlink.form")
			}
			if refusal := resting(t); refusal != nil {
				return chat.Reply{}, refusal
			}
			sealed, err := t.Seal(account.String())
			if err != nil {
				return chat.Reply{}, err
			}
			named := chat.Quote("account", sealed)
			was, _, err := linkOf(t, t.Store(), account)
			if err != nil {
				return chat.Reply{}, err
			}
			linked := was.id != "" && was.link.active()
			if owner := cmp.Or(configuredFor(t.Org, account), was.link.Person); owner != "" && owner != t.Person {
				if refusal := t.Authorise(people.Administer, people.Everything, people.Everything); refusal != nil {
					return chat.Reply{}, refusal
				}
			}
			switch {
			case configuredFor(t.Org, account) != "":
				return chat.Reply{}, chat.Refuse("unlink.configured", named, chat.People("administrators", administrators(t.Org)))
			case !linked:
				return chat.Reply{}, chat.Refuse("unlink.none", named)
			}
			was.link.Ended, was.link.EndedBy = t.Now.UTC(), t.Person
			if err := links.Put(t.Tx, was.id, was.link); err != nil {
				return chat.Reply{}, err
			}
			text := chat.Say("unlink.done", named, chat.Person("person", was.link.Person), chat.Person("by", t.Person))
			return quietly(text, nil), reorganised(t)
		},
	}
}

// linkedTo lists what a person linked, or their platform for them.
func linkedTo(r state.Reader, store *state.Store, person string) (list []linked, err error) {
	err = everyLink(r, store, func(l linked) {
		if l.link.Person == person && l.link.active() {
			list = append(list, l)
		}
	})
	return list, err
}
