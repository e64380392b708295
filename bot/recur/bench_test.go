package recur_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
)

func BenchmarkTimetable(b *testing.B) {
	rule, err := recur.ParsePhrase("weekly Sat")
	if err != nil {
		b.Fatal(err)
	}
	s := recur.Schedule{Zone: "Europe/Berlin", Start: recur.On(2020, 1, 4, 2, 0, 0), End: recur.On(2020, 1, 4, 4, 0, 0), Rule: rule}
	table, err := s.Read(recur.Widest)
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			table.Next(at)
		}
	})
	b.Run("interval", func(b *testing.B) {
		for b.Loop() {
			table.Interval(at)
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Read(recur.Widest); err != nil {
				b.Fatal(err)
			}
		}
	})
}
