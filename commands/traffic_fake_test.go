package commands_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/trafficfile"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// trafficOf are the curves of a conversation's part traffic.csv, written on the first of the month; nil without one.
func trafficOf(t *testing.T, text []byte) port.Traffic {
	if text == nil {
		return nil
	}
	file := filepath.Join(t.TempDir(), "traffic.csv")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	written := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
	if err := os.Chtimes(file, written, written); err != nil {
		t.Fatal(err)
	}
	a, err := trafficfile.New(trafficfile.Settings{File: file, Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
