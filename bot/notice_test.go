package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// A notice whose own turn did not come about is heard again: what was said by it stands, although it would say nothing by now.
func TestNoticeHeardAgainAfterItsLine(t *testing.T) {
	said, fails := 0, true
	var replies []*chat.Reply
	play(t, func(y *toy) {
		y.deeds["once"] = sure(func(*bot.Turn) error { said++; return nil })
		y.behaviour.Noticed = bot.Noticed{
			Says: func(*bot.Reading, port.Notice) (string, error) {
				if said > 0 {
					return "", nil
				}
				return "/do once", nil
			},
			Decide: func(turn *bot.Turn, _ port.Notice, reply *chat.Reply) error {
				if fails {
					return errors.New("not now")
				}
				replies = append(replies, reply)
				turn.Record("noticed", chat.Say("toy.done"))
				return nil
			},
		}
	}, func(y *toy) {
		n := port.Notice{Key: "n-1", System: "register", At: time.Now(), Account: account("dana")}
		if err := y.bot.Notice(context.Background(), n); err == nil {
			t.Fatal("what was not decided was taken")
		}
		fails = false
		for range 2 {
			if err := y.bot.Notice(context.Background(), n); err != nil {
				t.Fatal(err)
			}
		}
		if said != 1 || len(replies) != 1 || replies[0] == nil || replies[0].Outcome != chat.Done {
			t.Errorf("said %d times, decided with %+v", said, replies)
		}
	})
}
