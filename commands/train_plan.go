package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/train"
)

func trainPlan() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"train", "plan"}, Right: people.Plan, DryRun: true,
			Summary: "Let several releases go together, each after those that its service depends on.",
			Params: []command.Param{
				{Name: "releases", Kind: command.KindRelease, Many: true, Help: "The planned releases, in whatever order."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why they go together."},
			},
			Examples: []command.Example{
				{Line: `/train plan R-1 R-2 R-3 "the new refunds"`, Does: "couples the three, and shows the order that they go in"},
				{Line: "/train plan R-1 R-2 --dry-run", Does: "shows the order, and changes nothing"},
			},
		},
		Decide: planTrain,
	}
}

func planTrain(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	found, err := coupled(t, strings.Fields(c.Text("releases")))
	if err != nil {
		return chat.Reply{}, err
	}
	members := make([]train.Member, len(found))
	for i, r := range found {
		members[i] = train.Member{Release: r.ID, Service: r.Service, Version: r.Version}
	}
	tr := train.Train{V: train.Version, State: train.Planned, By: t.Person, At: t.Now.UTC()}
	tr, refusal := tr.Plan(members, t.Org.Dependencies())
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if tr.ID, err = t.Next(letterTrain); err != nil {
		return chat.Reply{}, err
	}
	if tr.Reason, err = sealOptional(t, c.Text("reason")); err != nil {
		return chat.Reply{}, err
	}
	for _, r := range found {
		t.About(r.ID)
		r.Train = tr.ID
		if err := putRelease(t, r); err != nil {
			return chat.Reply{}, err
		}
		if err := t.Card(r.ID); err != nil {
			return chat.Reply{}, err
		}
	}
	if err := putTrain(t, tr); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("train.planned", chat.Word("train", tr.ID), chat.Count("count", len(members)), chat.Word("order", orderOf(tr)), chat.Person("by", t.Person))
	if len(tr.Missing) > 0 {
		text.Args = append(text.Args, chat.List("missing", tr.Missing))
	}
	return done(text, map[string]string{"train": tr.ID}), nil
}

// coupled reads the releases that are to go together, and refuses those that can't.
func coupled(t *bot.Turn, ids []string) ([]release.Release, error) {
	if len(ids) < 2 {
		return nil, chat.Reject("train.alone", chat.Word("release", ids[0]))
	}
	if len(ids) > train.MembersMost {
		return nil, chat.Reject("train.long", chat.Count("count", len(ids)), chat.Count("most", train.MembersMost))
	}
	var found []release.Release
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return nil, chat.Reject("train.twice", chat.Word("release", id))
		}
		r, err := getRelease(t, id)
		if err != nil {
			return nil, err
		}
		if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
			return nil, refusal
		}
		if !r.State.Deployable() {
			return nil, chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
		}
		if r.Train != "" {
			other, err := getTrain(t, r.Train)
			if err != nil {
				return nil, err
			}
			if !trainOver(t, other) {
				return nil, chat.Refuse("train.coupled", chat.Word("release", r.ID), chat.Word("train", other.ID), chat.Nested("state", other.State.Text()))
			}
		}
		found = append(found, r)
	}
	return found, nil
}

// orderOf writes the layers of a train: an arrow between layers, a plus within one. More than fit a sentence are on the card.
func orderOf(tr train.Train) string {
	const most = 12 // services
	var b strings.Builder
	for i, m := range tr.Members {
		switch {
		case i == most:
			b.WriteString(", …")
			return b.String()
		case i > 0 && tr.Members[i-1].Layer == m.Layer:
			b.WriteString(" + ")
		case i > 0:
			b.WriteString(" → ")
		}
		b.WriteString(m.Service)
	}
	return b.String()
}
