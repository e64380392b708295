package state

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// Keys of the local chat: a message under its channel and number, and its id under its delivery key.
const (
	timelinePrefix    = "l/"
	timelineKeyPrefix = "lk/"
	timelineCount     = "m/timeline"
)

// Timeline keeps the messages of the local chat. It implements port.Timeline.
type Timeline struct{ store *Store }

var _ port.Timeline = Timeline{}

// Timeline is the local chat's memory in this store.
func (s *Store) Timeline() Timeline { return Timeline{s} }

// Append adds a message; a key that is there already returns the id it has.
func (t Timeline) Append(ctx context.Context, e port.Entry) (string, error) {
	err := t.store.Update(ctx, func(tx *Tx) error {
		if raw, err := tx.get(timelineKeyPrefix + e.Key); err != nil || raw != nil {
			e.ID = string(raw)
			return err
		}
		var n uint64
		raw, err := tx.get(timelineCount)
		if err != nil {
			return err
		}
		if raw != nil {
			if err := json.Unmarshal(raw, &n); err != nil {
				return fmt.Errorf("decode the timeline's counter: %w", err)
			}
		}
		n++
		e.ID = fmt.Sprintf("%s/%016x", e.Channel, n)
		if err := tx.raw(timelineCount, n); err != nil {
			return err
		}
		tx.put(write{key: timelineKeyPrefix + e.Key, raw: []byte(e.ID)})
		return tx.raw(timelinePrefix+e.ID, e)
	})
	return e.ID, err
}

// Replace puts a new message in the place of an old one; a message that was trimmed away is no error.
func (t Timeline) Replace(ctx context.Context, id string, m port.Worded) error {
	return t.store.Update(ctx, func(tx *Tx) error {
		e, ok, err := entry(tx, id)
		if err != nil || !ok {
			return err
		}
		e.Message, e.Edited = m.Message, m.At
		return tx.raw(timelinePrefix+id, e)
	})
}

// Entries returns the last n messages of a channel, oldest first.
func (t Timeline) Entries(_ context.Context, channel string, n int) ([]port.Entry, error) {
	var out []port.Entry
	err := t.store.View(func(v *View) error {
		return v.scan(timelinePrefix+channel+"/", true, func(_ string, raw []byte) error {
			e, err := decodeEntry(raw)
			if err != nil {
				return err
			}
			if out = append(out, e); len(out) >= n {
				return kv.ErrStop
			}
			return nil
		})
	})
	slices.Reverse(out)
	return out, err
}

// Trim drops all but the newest messages of a channel, at most limit at once, and reports whether more are left to drop.
func (t Timeline) Trim(ctx context.Context, channel string, keep, limit int) (more bool, err error) {
	err = t.store.Update(ctx, func(tx *Tx) error {
		n, dropped := 0, 0
		return tx.scan(timelinePrefix+channel+"/", true, func(key string, raw []byte) error {
			if n++; n <= keep {
				return nil
			}
			if dropped++; dropped > limit {
				more = true
				return kv.ErrStop
			}
			e, err := decodeEntry(raw)
			tx.put(write{key: key})
			tx.put(write{key: timelineKeyPrefix + e.Key})
			return err
		})
	})
	return more, err
}

func entry(r Reader, id string) (port.Entry, bool, error) {
	raw, err := r.get(timelinePrefix + id)
	if err != nil || raw == nil {
		return port.Entry{}, false, err
	}
	e, err := decodeEntry(raw)
	return e, err == nil, err
}

func decodeEntry(raw []byte) (port.Entry, error) {
	var e port.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, fmt.Errorf("decode a message: %w", err)
	}
	return e, nil
}
