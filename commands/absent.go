package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
)

func away() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"absent"}, DryRun: true, Summary: "Say that you are away: nobody calls you to a vote or waits for yours.",
			Params:   []command.Param{{Name: "until", Kind: command.KindEnd, Help: "When you are back: \"Mon 09:00\", or +3d."}},
			Examples: []command.Example{{Line: `/absent "until Mon 09:00"`, Does: "is not reminded of votes until then"}},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			until := c.Time("until")
			if until.Sub(t.Now) > approval.MaxDelegation {
				return chat.Reply{}, chat.Reject("away.long", chat.Duration("most", approval.MaxDelegation))
			}
			if err := putAbsence(t, t.Person, Absence{V: 1, Since: t.Now.UTC(), Until: until.UTC()}); err != nil {
				return chat.Reply{}, err
			}
			m := chat.Message{Title: chat.Say("away.noted", chat.Person("person", t.Person), chat.Time("until", until)), Private: true}
			stand, err := placesHandedOn(t)
			if err != nil {
				return chat.Reply{}, err
			}
			code := chat.Code("away.hint")
			for _, d := range stand.delegations {
				if d.From == t.Person && d.Covers(t.Now) {
					code = ""
				}
			}
			if code != "" {
				m.Sections = []chat.Section{{Lines: []chat.Line{{Text: chat.Say(code)}}}}
			}
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, openCards(t)
		},
	}
}

func awayOff() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"absent", "off"}, DryRun: true, Summary: "Say that you are back.",
			Examples: []command.Example{{Line: "/absent off", Does: "is called to votes again"}},
		},
		Decide: func(t *bot.Turn, _ command.Call, _ bot.Facts) (chat.Reply, error) {
			a, ok, err := absences.Get(t, t.Person)
			if err != nil {
				return chat.Reply{}, err
			}
			if !ok || !t.Now.Before(a.Until) {
				return chat.Reply{}, chat.Refuse("away.not")
			}
			a.Until = t.Now.UTC()
			if err := putAbsence(t, t.Person, a); err != nil {
				return chat.Reply{}, err
			}
			return quietly(chat.Say("away.back", chat.Person("person", t.Person)), nil), openCards(t)
		},
	}
}
