// Package payload reads what Slack sends: it verifies signatures and decodes bodies and frames into small types of its own, which
// hold what the bot uses and nothing else.
package payload

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// MaxBody bounds a request's body, in bytes. Slack states no limit: the largest it sends are interactions that carry their message
// and view, some 100 KB.
const MaxBody = 1 << 20

// MaxID bounds ids and other short words, in bytes: Slack's have some 10 to 60 characters, trigger ids some 60.
const MaxID = 100

// Errors of the decoders.
var (
	ErrTooLarge  = errors.New("slack: the body is too large")
	ErrMalformed = errors.New("slack: the body is not what Slack sends")
)

// Origin says which workspace something comes from. In an enterprise the team may be missing.
type Origin struct {
	Team       string
	Enterprise string
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// decode reads one JSON object.
func decode(raw []byte, into any) error {
	if len(raw) > MaxBody {
		return ErrTooLarge
	}
	if !utf8.Valid(raw) {
		return malformed("no UTF-8")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return malformed(err.Error())
	}
	return nil
}

// short refuses ids that are longer than any of Slack's, since keys are made of them.
func short(ids ...string) error {
	for _, id := range ids {
		if len(id) > MaxID {
			return malformed("an id is too long")
		}
	}
	return nil
}
