package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/ladder"
)

func releaseLadder() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "ladder"}, Summary: "Show who is asked about a release, how long they have, and who is next.",
			Params:   []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}},
			Examples: []command.Example{{Line: "/release ladder R-1", Does: "shows how far up its ladder R-1 is"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			rel, err := getRelease(r, c.Text("release"))
			if err != nil {
				return chat.Reply{}, err
			}
			list, err := climbsOf(r, rel.ID)
			if err != nil {
				return chat.Reply{}, err
			}
			if len(list) == 0 {
				return chat.Reply{}, chat.Refuse("ladder.none", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()))
			}
			m := chat.Message{Title: chat.Say("ladder.shown", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Word("ballot", list[0].Ballot))}
			for _, climb := range list {
				m.Sections = append(m.Sections, climbSection(r.Org, climb))
			}
			return privately(m, map[string]string{"release": rel.ID, "ballot": list[0].Ballot}), nil
		},
	}
}

func escalate() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"escalate"}, DryRun: true, Summary: "Ask the next on a release's ladder at once.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: those who are asked next read it."},
			},
			Examples: []command.Example{{Line: `/escalate R-1 "the partner waits for it"`, Does: "asks the next rung of R-1's ladder now"}},
		},
		Decide: escalateRelease,
	}
}

func escalateRelease(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	rel, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(rel.ID)
	list, err := climbsOf(t, rel.ID)
	if err != nil {
		return chat.Reply{}, err
	}
	if len(list) == 0 {
		return chat.Reply{}, chat.Refuse("ladder.none", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()))
	}
	climb := list[0]
	for _, other := range list { // the one that can still climb, where there are several
		if other.State == ladder.Climbing && climb.State != ladder.Climbing {
			climb = other
		}
	}
	if refusal := mayEscalate(t, rel, climb); refusal != nil {
		return chat.Reply{}, refusal
	}
	why, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	next, refusal := climb.Apply(ladder.Escalated, t.Now, t.Person, why, clockOf(t.Org))
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	text, err := climbed(t, next)
	if err != nil {
		return chat.Reply{}, err
	}
	m := chat.Plain(text)
	m.Sections = []chat.Section{{Lines: []chat.Line{{Text: escalatedText(next.Steps[next.At])}}}}
	return chat.Reply{Outcome: chat.Done, Code: "ladder.escalated", IDs: map[string]string{"release": rel.ID, "ballot": next.Ballot}, Messages: []chat.Message{m}}, nil
}
