package commands

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// confirm is the second factor of a vote: somebody who took over a chat account has neither the person's token nor their key.
func (p Ports) confirm() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"confirm"}, Right: people.Vote, Summary: "Confirm a vote of yours, where the rule asks for it: gonogo confirm does it for you.",
			Params: []command.Param{
				{Name: "on", Kind: command.KindSubject, Help: "The release, exception or ballot: R-1, X-1 or B-1."},
				{Name: "signature", Kind: command.KindText, Optional: true, Help: "The statement signed with your key, in base64; left out, the statement is shown."},
			},
			Examples: []command.Example{{Line: "/confirm B-1", Does: "shows what to sign; said with your own token, confirms your vote"}},
		},
		Gather: p.gatherForBallot,
		Decide: confirm, Lent: true,
	}
}

func confirm(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	b, r, err := votable(t, c.Text("on"))
	if err != nil {
		return chat.Reply{}, err
	}
	if reply, changed, err := voidIfChanged(t, b, r, facts); changed || err != nil {
		return reply, err
	}
	who, err := electors(t, t.Now, t.Org, b, r, work(t, r, t.Org, t.Store(), nil))
	if err != nil {
		return chat.Reply{}, err
	}
	next, refusal := b.Confirm(t.Person, who, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	v, _ := b.VoteOf(t.Person)
	ids := map[string]string{"ballot": b.ID, kindOf(b.Subject): b.Subject}
	code := chat.Code("confirm.by_key")
	switch {
	case c.Has("signature"):
		if !signed(t, b.Statement(v), c.Text("signature")) {
			return chat.Reply{}, chat.Refuse("confirm.bad_signature", chat.Word("ballot", b.ID), chat.Nested("choice", v.Choice.Text()))
		}
	case t.Proven:
		code = "confirm.by_token"
	default:
		return unsigned(b, v, ids), nil
	}
	if err := settleBallot(t, next); err != nil {
		return chat.Reply{}, err
	}
	return quietly(chat.Say(code, chat.Person("person", t.Person), chat.Nested("choice", v.Choice.Text()), chat.Word("ballot", b.ID), chat.Word("on", b.Subject),
		chat.Nested("tally", next.Tally(who).Text()), chat.Nested("state", next.State.Text())), ids), nil
}

// unsigned shows what is to be signed.
func unsigned(b approval.Ballot, v approval.Vote, ids map[string]string) chat.Reply {
	statement := b.Statement(v)
	ids["statement"] = statement
	m := chat.Message{Title: chat.Say("confirm.statement", chat.Nested("choice", v.Choice.Text()), chat.Word("ballot", b.ID), chat.Word("on", b.Subject)),
		Sections: []chat.Section{{Pre: statement}, {Lines: []chat.Line{{Text: chat.Say("confirm.how", chat.Word("ballot", b.ID))}}}}}
	return privately(m, ids)
}

// signed reports whether one of the speaker's own keys signed a statement.
func signed(t *bot.Turn, statement, signature string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(signature, "="))
	me, _ := t.Org.Directory.Person(t.Person)
	return err == nil && slices.ContainsFunc(me.Keys, func(key ed25519.PublicKey) bool {
		return ed25519.Verify(key, []byte(statement), raw)
	})
}

// waits says of a vote what is still to be done for it to count; nothing where it counts.
func waits(b approval.Ballot, person string) []chat.Section {
	if v, voted := b.VoteOf(person); !voted || !b.Rule.Confirm || v.Confirmed {
		return nil
	}
	return []chat.Section{{Lines: []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("confirm.how", chat.Word("ballot", b.ID))}}}}
}
