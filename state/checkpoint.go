package state

import (
	"context"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// checkpoint signs the trail as it stands.
func (tx *Tx) checkpoint() (kv.Op, error) {
	s := tx.store
	c := audit.Sign(s.options.Key, tx.head.Seq, tx.head.Hash, tx.head.State, uint64(s.epoch), s.options.Now())
	value, err := audit.EncodeCheckpoint(c)
	if err != nil {
		return kv.Op{}, err
	}
	tx.head.Checkpoint = c.Seq
	return kv.Op{Key: audit.CheckpointKey(c.Seq), Value: value}, nil
}

// Checkpoint signs the end of the trail if entries were added since the newest checkpoint.
func (s *Store) Checkpoint(ctx context.Context) error {
	return s.Update(ctx, func(tx *Tx) error {
		if tx.head.Seq == tx.head.Checkpoint {
			return nil
		}
		op, err := tx.checkpoint()
		if err != nil {
			return err
		}
		tx.put(write{key: string(op.Key), raw: op.Value})
		return nil
	})
}

// Checkpoints returns the committed checkpoints after an entry, oldest first, at most limit of them.
func (v *View) Checkpoints(after uint64, limit int) ([]port.Checkpoint, error) {
	var out []port.Checkpoint
	err := v.reader.Scan(audit.CheckpointKey(after+1), audit.PrefixEnd(audit.CheckpointPrefix), false, func(_, value []byte) error {
		c, err := audit.DecodeCheckpoint(value)
		if err != nil {
			return err
		}
		if out = append(out, c); len(out) == limit {
			return kv.ErrStop
		}
		return nil
	})
	return out, err
}
