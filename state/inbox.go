package state

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// inboxPrefix starts the key of every request taken; its deduplication key follows.
const inboxPrefix = "i/"

// Taken is a request that was decided, with the reply that whoever delivers it again gets.
type Taken struct {
	At    time.Time
	Reply chat.Reply
	// Failed says that an effect which the request caused did not do what was asked.
	Failed bool
}

// taken is how a request is stored. A reply of one sentence is the one in the audit entry of its turn: it is not stored twice.
type taken struct {
	At     time.Time   `json:"at"`
	Failed bool        `json:"failed,omitempty"`
	Reply  *chat.Reply `json:"reply,omitempty"`

	Seq     uint64            `json:"seq,omitempty"` // of the audit entry whose sentence is the reply
	Outcome chat.Outcome      `json:"outcome,omitempty"`
	IDs     map[string]string `json:"ids,omitempty"`
	Tone    chat.Tone         `json:"tone,omitempty"`
	Private bool              `json:"private,omitempty"`
}

// AppendJSON writes the request as encoding/json does.
func (t taken) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.Time("at", t.At)
	o = o.OptTrue("failed", t.Failed)
	if t.Reply != nil {
		o = jsonappend.Value(o, "reply", *t.Reply)
	}
	if t.Seq != 0 {
		o = o.Uint("seq", t.Seq)
	}
	o = o.OptString("outcome", string(t.Outcome))
	o = o.OptMap("ids", t.IDs)
	o = o.OptString("tone", string(t.Tone))
	o = o.OptTrue("private", t.Private)
	return o.Close()
}

// brief stores a reply of one sentence by reference to the entry of its turn.
func brief(t Taken, e *audit.Entry, seq uint64) taken {
	stored := taken{At: t.At, Failed: t.Failed, Reply: &t.Reply}
	if e == nil || len(t.Reply.Messages) != 1 || t.Reply.Code != e.Text.Code {
		return stored
	}
	m := t.Reply.Messages[0]
	if m.Card != "" || len(m.Sections)+len(m.Buttons)+len(m.Mentions) > 0 || !reflect.DeepEqual(m.Title, e.Text) {
		return stored
	}
	return taken{At: t.At, Failed: t.Failed, Seq: seq, Outcome: t.Reply.Outcome, IDs: t.Reply.IDs, Tone: m.Tone, Private: m.Private}
}

// whole gives a stored request its reply back.
func (t taken) whole(r Reader) (Taken, error) {
	w := Taken{At: t.At, Failed: t.Failed}
	if t.Reply != nil {
		w.Reply = *t.Reply
		return w, nil
	}
	raw, err := r.get(string(audit.Key(t.Seq)))
	if err != nil {
		return w, err
	}
	e, err := audit.Decode(raw)
	if err != nil {
		return w, err
	}
	w.Reply = chat.Reply{Outcome: t.Outcome, Code: e.Text.Code, IDs: t.IDs, Messages: []chat.Message{{Title: e.Text, Tone: t.Tone, Private: t.Private}}}
	return w, nil
}

// Taken returns what was decided on a request key, and whether anything was.
func (tx *Tx) Taken(key string) (Taken, bool, error) { return findTaken(tx, key) }

// Taken returns what was decided on a request key, and whether anything was.
func (v *View) Taken(key string) (Taken, bool, error) { return findTaken(v, key) }

// Take records the decision on a request, beside its audit entry: call Audit first.
func (tx *Tx) Take(key string, t Taken) error {
	return tx.raw(inboxPrefix+key, brief(t, tx.entry, tx.Seq()))
}

func findTaken(r Reader, key string) (Taken, bool, error) {
	raw, err := r.get(inboxPrefix + key)
	if err != nil || raw == nil {
		return Taken{}, false, err
	}
	var t taken
	if err := json.Unmarshal(raw, &t); err != nil {
		return Taken{}, false, fmt.Errorf("decode inbox entry %s: %w", key, err)
	}
	w, err := t.whole(r)
	if err != nil {
		return Taken{}, false, fmt.Errorf("the reply to %s: %w", key, err)
	}
	return w, true, nil
}

// Forget drops requests taken before a moment, looking at no more than limit of them, those after a key. It returns the key
// to go on after, empty at the end. A platform delivers again within minutes; keys are kept far longer than that.
func (tx *Tx) Forget(before time.Time, after string, limit int) (next string, err error) {
	looked := 0
	err = tx.scanFrom(inboxPrefix, inboxPrefix+after+"\x00", func(key string, raw []byte) error {
		var t taken
		if json.Unmarshal(raw, &t) == nil && t.At.Before(before) {
			tx.put(write{key: key})
		}
		if looked++; looked == limit {
			next = key[len(inboxPrefix):]
			return kv.ErrStop
		}
		return nil
	})
	return next, err
}
