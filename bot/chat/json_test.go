package chat_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[chat.Text](t)
	jsonappendtest.Same[chat.Arg](t)
	jsonappendtest.Same[chat.Sealed](t)
	jsonappendtest.Same[chat.Message](t)
	jsonappendtest.Same[chat.Section](t)
	jsonappendtest.Same[chat.Field](t)
	jsonappendtest.Same[chat.Line](t)
	jsonappendtest.Same[chat.Button](t)
	jsonappendtest.Same[chat.Reply](t)
}

func FuzzAppendText(f *testing.F)  { jsonappendtest.Fuzz[chat.Text](f) }
func FuzzAppendReply(f *testing.F) { jsonappendtest.Fuzz[chat.Reply](f) }
