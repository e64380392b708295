package commands

import (
	"cmp"
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// timerExceptionExpires ends an exception that was granted and not used in time.
const timerExceptionExpires = "exception.expires"

// exceptionEvents are the exception's side of a ballot's end.
var exceptionEvents = map[approval.State]freeze.ExceptionEvent{
	approval.StatePassed:    freeze.Grant,
	approval.StateRejected:  freeze.Refuse,
	approval.StateExpired:   freeze.Expire,
	approval.StateVoid:      freeze.Annul,
	approval.StateWithdrawn: freeze.Annul,
}

// exceptionBallotEnded grants or ends the exception that a ballot was about.
func exceptionBallotEnded(t *bot.Turn, b approval.Ballot) error {
	x, ok, err := exceptions.Get(t, b.Subject)
	if err != nil || !ok || x.State != freeze.Requested {
		return err
	}
	x, refusal := x.Apply(exceptionEvents[b.State])
	if refusal != nil {
		return refusal
	}
	r, err := getRelease(t, x.Release)
	if err != nil {
		return err
	}
	t.About(x.ID, r.ID)
	if x.State != freeze.Granted {
		text := chat.Say("exception.ended", chat.Word("exception", x.ID), chat.Word("what", r.Subject()), chat.Word("environment", x.Environment),
			chat.Nested("state", x.State.Text()), chat.Nested("why", *b.Why))
		if err := ticketNote(t, r, text); err != nil {
			return err
		}
		return exceptionChanged(t, x, "ended", chat.Message{Title: text, Tone: chat.Bad})
	}
	x.Expires = t.Now.Add(cmp.Or(x.For, t.Org.Freezes.Lifetime)).UTC()
	if err := t.Wake(state.Timer{ID: timerExceptionExpires + ":" + x.ID, At: x.Expires, Kind: timerExceptionExpires, Subject: x.ID}); err != nil {
		return err
	}
	if r.State == release.Approved || !t.Org.Final(x.Environment) {
		if err := offerDeploy(t, r, x.Environment); err != nil {
			return err
		}
	}
	text := chat.Say("exception.granted", chat.Word("exception", x.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", x.Environment), chat.List("freezes", x.Freezes), chat.Time("until", x.Expires), chat.Count("uses", x.Uses))
	if err := ticketNote(t, r, text); err != nil {
		return err
	}
	return exceptionChanged(t, x, "granted", chat.Message{Title: text, Tone: chat.Good})
}

// exceptionChanged keeps an exception and tells of it.
func exceptionChanged(t *bot.Turn, x freeze.Exception, what string, m chat.Message) error {
	if err := putException(t, x); err != nil {
		return err
	}
	if err := t.Announce("exception:"+x.ID+":"+what, t.Org.Channels.Releases, m); err != nil {
		return err
	}
	return t.Card(x.Release)
}

// exceptionExpires ends an exception whose time is over.
func exceptionExpires(t *bot.Turn, timer state.Timer) error {
	x, ok, err := exceptions.Get(t, timer.Subject)
	if err != nil || !ok || x.State != freeze.Granted {
		return err
	}
	x, refusal := x.Apply(freeze.Expire)
	if refusal != nil {
		return refusal
	}
	text := chat.Say("exception.over", chat.Word("exception", x.ID), chat.Word("release", x.Release), chat.Word("environment", x.Environment))
	t.About(x.ID, x.Release)
	t.Record(timer.Kind, text)
	return exceptionChanged(t, x, "over", chat.Message{Title: text, Tone: chat.Warning})
}

// useException spends an exception on a deployment that goes ahead by it.
func useException(t *bot.Turn, id string, d rollout.Deployment) error {
	was, ok, err := exceptions.Get(t, id)
	if err != nil || !ok {
		return orUnknown(err, "exception.unknown", "exception", id)
	}
	x, refusal := was.Spend(d.ID, d.Digest, t.Now)
	if refusal != nil {
		return refusal
	}
	t.About(x.ID)
	if x.Used == was.Used { // the same deployment again
		return nil
	}
	if x.State.Terminal() {
		t.CancelTimer(timerExceptionExpires + ":" + x.ID)
	}
	r, err := getRelease(t, x.Release)
	if err != nil {
		return err
	}
	text := chat.Say("exception.spent", chat.Word("exception", x.ID), chat.Word("deployment", d.ID), chat.Word("what", d.Subject()),
		chat.Word("environment", d.Environment), chat.List("freezes", x.Freezes))
	if err := ticketNote(t, r, text); err != nil {
		return err
	}
	return exceptionChanged(t, x, "spent:"+d.ID, chat.Message{Title: text, Tone: chat.Warning})
}

// annulExceptions ends the exceptions of a release that is given up.
func annulExceptions(t *bot.Turn, r release.Release, reason *chat.Sealed) error {
	own, err := exceptionsOf(t, r.ID)
	if err != nil {
		return err
	}
	for _, x := range own {
		if x.State == freeze.Requested {
			if err := withdrawBallot(t, x.Ballot, reason); err != nil {
				return err
			}
			continue
		}
		next, refusal := x.Apply(freeze.Annul)
		if refusal != nil { // it has ended already
			continue
		}
		t.CancelTimer(timerExceptionExpires + ":" + x.ID)
		t.About(x.ID)
		if err := putException(t, next); err != nil {
			return err
		}
	}
	return nil
}
