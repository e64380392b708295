package state

import (
	"encoding/json"
	"fmt"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// outboxPrefix starts the key of every effect not yet done; its id follows, in hex so that keys sort by id. An effect that
// is done leaves the outbox: the audit trail keeps what came of it.
const outboxPrefix = "o/"

func outboxKey(id uint64) string { return fmt.Sprintf("%s%016x", outboxPrefix, id) }

// PutEffect writes an effect of the outbox.
func (tx *Tx) PutEffect(e effect.Effect) error { return tx.raw(outboxKey(e.ID), e) }

// DropEffect removes an effect that is done.
func (tx *Tx) DropEffect(id uint64) { tx.put(write{key: outboxKey(id)}) }

// Effect returns an effect that is still in the outbox.
func (tx *Tx) Effect(id uint64) (effect.Effect, bool, error) { return EffectOf(tx, id) }

// EffectOf returns an effect that is in the outbox at the moment that is read.
func EffectOf(r Reader, id uint64) (effect.Effect, bool, error) {
	raw, err := r.get(outboxKey(id))
	if err != nil || raw == nil {
		return effect.Effect{}, false, err
	}
	e, err := decodeEffect(raw)
	return e, err == nil, err
}

// Effects visits the effects that are not done, oldest first.
func (v *View) Effects(visit func(effect.Effect) error) error { return effects(v, visit) }

// Effects visits the effects that are not done, oldest first.
func (tx *Tx) Effects(visit func(effect.Effect) error) error { return effects(tx, visit) }

func effects(r Reader, visit func(effect.Effect) error) error {
	return r.scan(outboxPrefix, false, func(_ string, raw []byte) error {
		e, err := decodeEffect(raw)
		if err != nil {
			return err
		}
		return visit(e)
	})
}

func decodeEffect(raw []byte) (effect.Effect, error) {
	var e effect.Effect
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, fmt.Errorf("decode effect: %w", err)
	}
	return e, nil
}

// effectCounterKey keeps a bound that no effect id has reached: effects that are done leave no trace in the outbox. It is
// written in steps, so that most turns need not write it; every start skips to the bound.
const (
	effectCounterKey  = "m/effect"
	effectCounterStep = 1 << 20
)

// Enqueue adds an effect, performed after the commit, and returns its id.
func (tx *Tx) Enqueue(e effect.Effect) (uint64, error) {
	if tx.head.Effect >= tx.head.EffectBound {
		tx.head.EffectBound = tx.head.Effect + effectCounterStep
		if err := tx.raw(effectCounterKey, tx.head.EffectBound); err != nil {
			return 0, err
		}
	}
	tx.head.Effect++
	e.ID, e.Status = tx.head.Effect, effect.Due
	return e.ID, tx.PutEffect(e)
}

// loadOutbox reads which effects are waiting.
func (s *Store) loadOutbox(h *head) error {
	v := &View{reader: s.engine}
	raw, err := v.get(effectCounterKey)
	if err != nil {
		return err
	}
	if raw != nil {
		if err := json.Unmarshal(raw, &h.Effect); err != nil {
			return fmt.Errorf("decode the effect counter: %w", err)
		}
	}
	h.EffectBound = h.Effect
	waiting := map[string]uint64{}
	err = v.Effects(func(e effect.Effect) error {
		if e.Class == effect.Repeatable {
			waiting[e.Key] = e.ID
		}
		return nil
	})
	s.touches.reset(waiting)
	return err
}
