package commands

import (
	"fmt"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/state"
)

// affected are the business lines that a change of a service affects.
func affected(org *organisation.Organisation, service string) []string {
	s, _ := org.Service(service)
	return s.Lines
}

// wakeForBallot sets the end of what a ballot asks now, and the first reminder before it.
func wakeForBallot(t *bot.Turn, b approval.Ballot) error {
	if err := t.Wake(state.Timer{ID: timerBallotCloses + ":" + b.ID, At: b.Closes, Kind: timerBallotCloses, Subject: b.ID}); err != nil {
		return err
	}
	at, ok := b.Reminder(t.Now)
	if !ok {
		t.CancelTimer(timerBallotRemind + ":" + b.ID)
		return nil
	}
	return t.Wake(state.Timer{ID: timerBallotRemind + ":" + b.ID, At: at, Kind: timerBallotRemind, Subject: b.ID})
}

// askStage calls those whom the next stage of a ballot asks.
func askStage(t *bot.Turn, b approval.Ballot) error {
	if err := wakeForBallot(t, b); err != nil {
		return err
	}
	who, err := electorsOf(t, b)
	if err != nil {
		return err
	}
	asked := b.Needed(b.Tally(who))
	m := chat.Message{Mentions: asked, Tone: chat.Warning, Title: chat.Say("ballot.stage", chat.Word("ballot", b.ID), chat.Word("subject", b.Subject),
		chat.Word("before", b.Rule.Stages[b.Stage-1].Name), chat.Word("stage", b.Rule.Stages[b.Stage].Name), chat.Time("closes", b.Closes))}
	if len(asked) > 0 {
		m.Title.Args = append(m.Title.Args, chat.People("asked", asked))
	}
	return t.Announce(fmt.Sprintf("stage:%s:%d", b.ID, b.Stage), t.Org.Channels.CAB, m)
}
