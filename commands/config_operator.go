package commands

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// ReloadAsOperator reads the configuration anew for whoever runs the process and can only signal it. They have no name, so
// they are nobody's second: what a person could put in force alone is in force, and what takes two waits for an
// administrator. It returns what came of it and what differs; a file that is no configuration changes nothing.
func (p Ports) ReloadAsOperator(ctx context.Context, b *bot.Bot) (outcome chat.Text, changes []Change, err error) {
	if p.Reload == nil {
		return outcome, nil, errors.New("there is no configuration file to read anew")
	}
	read, err := p.Reload(ctx)
	if err != nil {
		return outcome, nil, err
	}
	err = b.Operate(ctx, "operator:"+rand.Text(), func(t *bot.Turn) (err error) {
		outcome, err = reloadAsOperator(t, reread{Proposed: read, bot: b})
		return err
	})
	return outcome, read.Changes, err
}

func reloadAsOperator(t *bot.Turn, f reread) (chat.Text, error) {
	if refusal, err := settling(t); refusal != nil || err != nil {
		return chat.Text{}, firstError(err, refusal)
	}
	if same(t.Org, f.Organisation) {
		return chat.Say("config.unchanged", chat.Word("digest", short(t.Org.Digest))), nil
	}
	changes := differences(t.Org, f.Organisation)
	if err := supersedeCandidates(t); err != nil {
		return chat.Text{}, err
	}
	// Without an administrator there is nobody to ask; a configuration that leaves none does not load.
	if f.sensitive(t.Org) && !t.Org.Demo && len(administrators(t.Org)) > 0 {
		reply, err := propose(t, f, changes)
		if err != nil {
			return chat.Text{}, err
		}
		return reply.Messages[0].Title, nil
	}
	if err := putInForce(t, f, "", "", ""); err != nil {
		return chat.Text{}, err
	}
	text := chat.Say("config.reloaded_operator", chat.Word("digest", short(f.Organisation.Digest)), chat.Count("count", len(changes)))
	_, err := told(t, changesMessage(text, changes), changes, nil)
	return text, err
}

// operators are the wordings for what was done by whoever runs the process instead of by a person.
var operators = map[chat.Code]chat.Code{
	"config.waiting":  "config.waiting_operator",
	"config.proposed": "config.proposed_operator",
	"config.accepted": "config.accepted_operator",
}

// byOperator words something as the operator's where no person did it.
func byOperator(person string, text chat.Text) chat.Text {
	if person != "" {
		return text
	}
	text.Code = operators[text.Code]
	return text
}
