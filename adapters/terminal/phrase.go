package terminal

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// phrase words a sentence of the terminal's own, which names no people and no times.
func phrase(code chat.Code, args ...chat.Arg) string {
	return words.Text(chat.Say(code, args...), nil, time.Time{})
}
