package effect_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[effect.Effect](t)
}

func FuzzAppendEffect(f *testing.F) { jsonappendtest.Fuzz[effect.Effect](f) }

var card = effect.Effect{
	ID: 1 << 20, Kind: "card.show", Class: effect.Repeatable, Key: "card/B-3", Subject: "B-3", Lane: "card/B-3",
	Root: "slack:T1:1700000000.123", Payload: json.RawMessage(`{"subject":"B-3"}`), Status: effect.Due,
	At: time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.UTC),
}

func BenchmarkEncode(b *testing.B) {
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonappend.Append(1, card.AppendJSON); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(card); err != nil {
				b.Fatal(err)
			}
		}
	})
}
