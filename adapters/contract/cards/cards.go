// Package cards holds every kind of message that the bot says, as conversations produced them, for each platform to render.
package cards

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Card is one message.
type Card struct {
	Name    string
	Message chat.Message
}

// Load reads the cards of a folder, testdata/cards seen from the project's root, in the order of their names.
func Load(folder string) ([]Card, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no cards in %s: %w", folder, err)
	}
	out := make([]Card, len(files))
	for i, f := range files {
		raw, err := os.ReadFile(f)
		if err == nil {
			err = json.Unmarshal(raw, &out[i].Message)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		out[i].Name = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	return out, nil
}

// At is the moment at which the cards are read.
var At = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// Worded is a card as a platform is given it.
func (c Card) Worded(r port.Reader) port.Worded {
	return port.Worded{Message: c.Message, Reader: r, At: At}
}

// Reader reads the cards: people are named by handle in them, and what they wrote is not sealed. Linked gives the account that
// somebody has on the platform; nil or an empty id for none.
type Reader struct {
	Linked func(handle string) chat.Account
}

var names = map[string]string{"dev": "Dana", "peer": "Pat", "chair": "Carla", "sec": "Sami", "owner": "Olga", "sre": "Sven"}

// PersonName implements port.Reader.
func (Reader) PersonName(handle string) string {
	if n, ok := names[handle]; ok {
		return n
	}
	return handle
}

// Accounts implements port.Reader.
func (r Reader) Accounts(handle string) []chat.Account {
	if _, known := names[handle]; !known || r.Linked == nil {
		return nil
	}
	if a := r.Linked(handle); a.ID != "" {
		return []chat.Account{a}
	}
	return nil
}

// Unseal implements port.Reader.
func (Reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), true }

// Zone implements port.Reader.
func (Reader) Zone() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.UTC
	}
	return z
}
