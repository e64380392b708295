package commands

import (
	"errors"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// kinds name what a short id is of, as replies and the audit trail say it.
var kinds = map[string]string{
	letterRelease: "release", letterDeployment: "deployment", letterBallot: "ballot", letterFreeze: "freeze",
	letterException: "exception", letterFollowUp: "follow_up", letterPage: "page",
	letterWindow: "window", letterTrain: "train",
}

func kindOf(id string) string { return kinds[id[:1]] }

func isNotFound(err error) bool { return errors.Is(err, effect.ErrNotFound) }

// orUnknown gives err, or that there is nothing of that name.
func orUnknown(err error, code chat.Code, name, id string) error {
	if err != nil {
		return err
	}
	return chat.Reject(code, chat.Word(name, id))
}

// asRefusal is the refusal in an error, nil if there is none.
func asRefusal(err error) *chat.Refusal {
	var r *chat.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
