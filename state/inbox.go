package state

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend"
)

// inboxPrefix starts the key of every request taken; its deduplication key follows.
const inboxPrefix = "i/"

// Taken is a request that was decided, with the reply that whoever delivers it again gets.
type Taken struct {
	At    time.Time  `json:"at"`
	Reply chat.Reply `json:"reply"`
	// Failed says that an effect which the request caused did not do what was asked.
	Failed bool `json:"failed,omitempty"`
}

// AppendJSON writes the request as encoding/json does.
func (t Taken) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.Time("at", t.At)
	o = jsonappend.Value(o, "reply", t.Reply)
	o = o.OptTrue("failed", t.Failed)
	return o.Close()
}

// Taken returns what was decided on a request key, and whether anything was.
func (tx *Tx) Taken(key string) (Taken, bool, error) { return taken(tx, key) }

// Taken returns what was decided on a request key, and whether anything was.
func (v *View) Taken(key string) (Taken, bool, error) { return taken(v, key) }

// Take records the decision on a request.
func (tx *Tx) Take(key string, t Taken) error { return tx.raw(inboxPrefix+key, t) }

func taken(r Reader, key string) (Taken, bool, error) {
	raw, err := r.get(inboxPrefix + key)
	if err != nil || raw == nil {
		return Taken{}, false, err
	}
	var t Taken
	if err := json.Unmarshal(raw, &t); err != nil {
		return Taken{}, false, fmt.Errorf("decode inbox entry %s: %w", key, err)
	}
	return t, true, nil
}

// Forget drops requests taken before a moment, at most limit of them, starting after a key. It returns where to go on, empty
// at the end. A platform delivers again within minutes; keys are kept far longer than that.
func (tx *Tx) Forget(before time.Time, after string, limit int) (next string, err error) {
	n := 0
	err = tx.scan(inboxPrefix, false, func(key string, raw []byte) error {
		if key <= inboxPrefix+after || next != "" {
			return nil
		}
		if n++; n > limit {
			next = key[len(inboxPrefix):]
			return nil
		}
		var t Taken
		if json.Unmarshal(raw, &t) == nil && t.At.Before(before) {
			tx.put(write{key: key})
		}
		return nil
	})
	return next, err
}
