// Package effect is the vocabulary of what the bot does to other systems: intents that a turn commits, the outbox
// performs after the commit, and whose results come back as turns of their own.
package effect

import (
	"encoding/json"
	"time"
)

// Kind names what is to be done ("deploy.start"); one performer is wired for each kind.
type Kind string

// Class says how often an effect may be performed.
type Class string

// The classes of effect.
const (
	// Keyed effects carry a key that the other system can see: before repeating one whose outcome is unknown, the performer
	// looks for the key there.
	Keyed Class = "keyed"
	// Repeatable effects do the same when done twice.
	Repeatable Class = "repeatable"
	// Expiring effects are tried at most once; their loss is noted.
	Expiring Class = "expiring"
)

// Status of an effect in the outbox.
type Status string

// The statuses of an effect.
const (
	Due    Status = "due"
	Leased Status = "leased" // being performed, or was when the process ended
	Done   Status = "done"
	Parked Status = "parked" // waits for a person
)

// Effect is one intent. ID grows in the order of decision; effects of one lane are performed in that order, one at a time.
type Effect struct {
	ID      uint64          `json:"id"`
	Kind    Kind            `json:"kind"`
	Class   Class           `json:"class"`
	Key     string          `json:"key"`
	Subject string          `json:"subject,omitempty"` // what it is about: "R-1", "D-3"
	Lane    string          `json:"lane"`
	Root    string          `json:"root,omitempty"` // the request that started the chain of turns
	Payload json.RawMessage `json:"payload,omitempty"`
	Status  Status          `json:"status"`
	// Guarded effects are dangerous: leasing one asks its gates again.
	Guarded   bool      `json:"guarded,omitempty"`
	NotBefore time.Time `json:"not_before,omitzero"`
	Attempts  int       `json:"attempts,omitempty"`
	At        time.Time `json:"at"`
	Fault     string    `json:"fault,omitempty"` // what the last attempt failed with, secrets removed
}

// Result is what a performer brought back. Value is what the other system said, for the turn that follows.
type Result struct {
	Value json.RawMessage `json:"value,omitempty"`
}

// Outcome of an attempt that ended for good, as the following turn sees it.
type Outcome struct {
	OK     bool            `json:"ok"`
	Value  json.RawMessage `json:"value,omitempty"`
	Fault  string          `json:"fault,omitempty"`
	Parked bool            `json:"parked,omitempty"` // unknown and dangerous: a person must say what happened
}

// Decode reads what the other system said into v.
func (o Outcome) Decode(v any) error { return json.Unmarshal(o.Value, v) }
