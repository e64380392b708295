package state_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
	"github.com/gonogo-chat/gonogo/state"
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[state.Taken](t)
}

func FuzzAppendTaken(f *testing.F) { jsonappendtest.Fuzz[state.Taken](f) }

// answered is a vote as the inbox usually keeps it.
var answered = state.Taken{
	At: time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.UTC),
	Reply: chat.Reply{
		Outcome: chat.Done, Code: "vote.cast", IDs: map[string]string{"ballot": "B-3", "release": "R-1"},
		Messages: []chat.Message{{
			Title:   chat.Say("vote.cast", chat.Person("person", "p-01HZX1"), chat.Word("ballot", "B-3"), chat.Word("choice", "go")),
			Private: true, Tone: chat.Good,
		}},
	},
}

func BenchmarkEncodeTaken(b *testing.B) {
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonappend.Append(0, answered.AppendJSON); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(answered); err != nil {
				b.Fatal(err)
			}
		}
	})
}
