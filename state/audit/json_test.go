package audit_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[audit.Entry](t)
	jsonappendtest.Same[audit.Actor](t)
	jsonappendtest.Same[audit.Evidence](t)
	jsonappendtest.Same[audit.Change](t)
	jsonappendtest.Same[audit.Sum](t)
}

func FuzzAppendEntry(f *testing.F) { jsonappendtest.Fuzz[audit.Entry](f) }

// voted is the entry of a vote as it is usually stored.
func voted() audit.Entry {
	at := time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.UTC)
	digest := make(audit.Digest, 32)
	for i := range digest {
		digest[i] = byte(i * 7)
	}
	return audit.Entry{
		Version: 1, Seq: 123_456, At: at, Key: "slack:T1:1700000000.123",
		Actor: audit.Actor{Person: "p-01HZX1", Platform: "slack", Account: &chat.Sealed{Person: "p-01HZX1", Box: digest}},
		Act:   "vote", Outcome: chat.Done, Subjects: []string{"R-1", "B-3"},
		Text: chat.Say("vote.cast", chat.Person("person", "p-01HZX1"), chat.Word("ballot", "B-3"), chat.Word("choice", "go")),
		Evidence: []audit.Evidence{
			{What: chat.Say("vote.bound", chat.Word("digest", "1f3870be274f6c49b3e31a0c6728957f")), Source: port.Source{System: "gonogo", At: at}},
		},
		Config:  "1f3870be274f6c49b3e31a0c6728957f1f3870be274f6c49b3e31a0c6728957f",
		Changes: []audit.Change{{Record: "ballot/B-0000000003", Before: digest, After: digest}},
		State:   audit.Sum{1 << 63, 2 << 61, 3 << 60, 4 << 59},
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	e := voted()
	prev := audit.Hash{1, 2, 3}
	value, hash, err := audit.Encode(prev, e)
	if err != nil {
		t.Fatal(err)
	}
	got, body, err := audit.Split(value)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != string(want) || got != hash || hash != audit.Next(prev, want) {
		t.Errorf("%s under %x, want %s under %x", body, got, want, audit.Next(prev, want))
	}
	if cap(value) > len(value)+64 {
		t.Errorf("%d bytes held for an entry of %d", cap(value), len(value))
	}
	e.At = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, _, err := audit.Encode(prev, e); err == nil {
		t.Error("encoded an instant that JSON can't hold")
	}
}

func BenchmarkEncode(b *testing.B) {
	e := voted()
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 4096)
		for b.Loop() {
			if _, err := e.AppendJSON(buf); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(e); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("chained", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := audit.Encode(audit.Hash{}, e); err != nil {
				b.Fatal(err)
			}
		}
	})
}
