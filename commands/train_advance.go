package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/train"
)

// advance does what is next, and tells whether that was anything, until nothing more follows of itself: a member that is there already, or can't go, lets others follow.
func advance(t *bot.Turn, tr train.Train) (next train.Train, moved bool, err error) {
	for range 2*len(tr.Members) + 2 {
		at, err := standings(t, tr)
		if err != nil {
			return tr, moved, err
		}
		step := tr.Next(at)
		if len(step.Start)+len(step.Back) == 0 && step.Event == "" {
			return tr, moved, nil
		}
		moved = true
		for _, i := range step.Start {
			if tr.Members[i], err = callMember(t, tr, tr.Members[i]); err != nil {
				return tr, moved, err
			}
		}
		for _, i := range step.Back {
			if tr.Members[i], err = takeBack(t, tr, tr.Members[i], at); err != nil {
				return tr, moved, err
			}
		}
		if step.Event != "" {
			if tr, err = trainTurns(t, tr, step.Event, at); err != nil {
				return tr, moved, err
			}
		}
	}
	return tr, moved, nil
}

// takeBack rolls a member back that passed, because another failed.
func takeBack(t *bot.Turn, tr train.Train, m train.Member, at []train.Standing) (train.Member, error) {
	d, r, err := deploymentAndRelease(t, m.Deployment)
	if err != nil {
		return m, err
	}
	t.About(r.ID)
	now, ok, err := noted(t, place(d.Service, d.Environment))
	if err != nil {
		return m, err
	}
	if !ok || now.Release != r.ID { // something else runs there by now, and is not this train's to undo
		why := chat.Say("rollback.not_running", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("environment", d.Environment),
			chat.Word("running", now.Version))
		m.Kept = []chat.Text{why}
		return m, nil
	}
	_, err = rollBack(t, d, r, "", chat.Say("train.cause", chat.Word("train", tr.ID), chat.Word("failed", failedOf(tr, at))))
	if refusal := asRefusal(err); refusal != nil {
		m.Kept = append([]chat.Text{refusal.Text}, refusal.Reasons...)
		return m, nil
	}
	return m, err
}

// failedOf names the first member that failed.
func failedOf(tr train.Train, at []train.Standing) string {
	for i, m := range tr.Members {
		if at[i] == train.Failed || at[i] == train.Gone || at[i] == train.Fallen {
			return m.Subject()
		}
	}
	return ""
}

// turned is how it is told that a train came to where it moves no more, or turned round.
var turned = map[train.Event]struct {
	code chat.Code
	tone chat.Tone
}{
	train.Arrive: {"train.arrived", chat.Good}, train.Hold: {"train.held", chat.Warning}, train.Halt: {"train.halted", chat.Bad},
	train.Reverse: {"train.reversing", chat.Bad}, train.TakeBack: {"train.taken_back", chat.Warning},
}

// trainTurns applies what happened to a train, and tells of it.
func trainTurns(t *bot.Turn, tr train.Train, e train.Event, at []train.Standing) (train.Train, error) {
	said := turned[e]
	if e == train.Hold && tr.State == train.Returning {
		said.code, said.tone = "train.stuck", chat.Bad
	}
	tr, refusal := tr.Apply(e, t.Now)
	if refusal != nil {
		return tr, refusal
	}
	if e == train.Arrive {
		tr.Passed = append(tr.Passed, tr.Environment)
	} else {
		t.Fail()
	}
	text := chat.Say(said.code, chat.Word("train", tr.ID), chat.Word("environment", tr.Environment), chat.Count("count", len(tr.Members)),
		chat.Word("failed", failedOf(tr, at)))
	tr.Why = &text
	m := chat.Message{Title: text, Tone: said.tone, Mentions: []string{tr.Executor}}
	if e != train.Arrive {
		lines, err := memberLines(t, tr)
		if err != nil {
			return tr, err
		}
		m.Sections = []chat.Section{{Lines: lines}}
	}
	return tr, t.Announce("train:"+string(e)+":"+tr.ID+":"+t.Key, t.Org.Channels.Releases, m)
}
