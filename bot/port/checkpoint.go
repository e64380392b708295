package port

import (
	"context"
	"time"
)

// Checkpoint is a signed statement that the audit trail had come to a hash at an entry.
type Checkpoint struct {
	Seq       uint64    `json:"seq"`
	Hash      []byte    `json:"hash"`
	State     []byte    `json:"state"` // digest over every governed record at that entry
	At        time.Time `json:"at"`
	Epoch     uint64    `json:"epoch"`
	Key       []byte    `json:"key"`       // Ed25519 public key
	Signature []byte    `json:"signature"` // over the other fields, as audit.SignedBytes lays them out
}

// Sink keeps checkpoints where the bot can't rewrite them. Publishing the same one twice is no error.
type Sink interface {
	Publish(ctx context.Context, c Checkpoint) error
	// Checkpoints returns what the sink holds, oldest first.
	Checkpoints(ctx context.Context) ([]Checkpoint, error)
}
