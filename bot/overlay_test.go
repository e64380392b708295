package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// Who lost their account while facts were gathered for them is not decided for.
func TestWhoAskedIsResolvedAgainInTheTurn(t *testing.T) {
	shut := false
	play(t, func(y *toy) {
		y.behaviour.Overlay = func(*bot.Reading) (people.Overlay, error) {
			if !shut {
				return people.Overlay{Links: map[chat.Account]string{account("phone"): y.ids["dana"]}}, nil
			}
			return people.Overlay{}, nil
		}
		y.gathers["note"] = func(context.Context, *bot.Reading) (bot.Facts, error) {
			shut = true
			y.bot.Organise(y.organisation("digest-1")) // what an /unlink does once it is durable
			return nil, nil
		}
	}, func(y *toy) {
		reply, err := y.say("k", "phone", "/do note")
		if err != nil || reply.Outcome != chat.Refused || reply.Code != "account.unlinked" || y.note("n") != "" {
			t.Errorf("%+v %v, noted %q", reply, err, y.note("n"))
		}
		if got := y.acts(); got != "do refused" {
			t.Errorf("recorded %q", got)
		}
	})
}

// A configuration that comes into force when what was learned of people can't be read gives nobody their rights back.
func TestAnUnreadableOverlayOpensNothing(t *testing.T) {
	unreadable := false
	play(t, func(y *toy) {
		y.behaviour.Overlay = func(*bot.Reading) (people.Overlay, error) {
			if unreadable {
				return people.Overlay{}, errors.New("unreadable")
			}
			return people.Overlay{Closed: []chat.Account{account("dana")}}, nil
		}
	}, func(y *toy) {
		unreadable = true
		y.bot.Organise(y.organisation("digest-2"))
		o := y.bot.Organisation()
		if o.Digest != "digest-2" || !o.Directory.Resting(y.ids["dana"]) || o.May(y.ids["dana"], people.Plan, "payments", "") {
			t.Errorf("digest %s, resting %v", o.Digest, o.Directory.Resting(y.ids["dana"]))
		}
	})
}
