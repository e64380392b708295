package state

import (
	"encoding/json"
	"fmt"
	"time"
)

// timerPrefix starts the key of every timer; its id follows.
const timerPrefix = "t/"

// Timer is a turn that the bot owes itself at a moment.
type Timer struct {
	ID      string          `json:"id"` // unique; setting it again replaces it
	At      time.Time       `json:"at"`
	Kind    string          `json:"kind"`
	Subject string          `json:"subject,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// SetTimer sets or moves a timer.
func (tx *Tx) SetTimer(t Timer) error { return tx.raw(timerPrefix+t.ID, t) }

// CancelTimer removes a timer; removing an absent one is no error.
func (tx *Tx) CancelTimer(id string) { tx.put(write{key: timerPrefix + id}) }

// Timer returns a timer that is set.
func (tx *Tx) Timer(id string) (Timer, bool, error) {
	raw, err := tx.get(timerPrefix + id)
	if err != nil || raw == nil {
		return Timer{}, false, err
	}
	t, err := decodeTimer(raw)
	return t, err == nil, err
}

// Timers visits every timer, in no particular order of time.
func (v *View) Timers(visit func(Timer) error) error {
	return v.scan(timerPrefix, false, func(_ string, raw []byte) error {
		t, err := decodeTimer(raw)
		if err != nil {
			return err
		}
		return visit(t)
	})
}

func decodeTimer(raw []byte) (Timer, error) {
	var t Timer
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("decode timer: %w", err)
	}
	return t, nil
}
