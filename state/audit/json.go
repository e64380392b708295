package audit

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/gonogo-chat/gonogo/bot/jsonappend"
)

// AppendJSON writes the entry as encoding/json does.
func (e Entry) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.Int("v", int64(e.Version))
	o = o.Uint("seq", e.Seq)
	o = o.Time("at", e.At)
	o = jsonappend.Value(o, "actor", e.Actor)
	o = o.String("key", e.Key)
	o = o.OptString("root", e.Root)
	o = o.String("act", e.Act)
	o = jsonappend.OptPointer(o, "said", e.Said)
	o = o.String("outcome", string(e.Outcome))
	o = jsonappend.Value(o, "text", e.Text)
	o = jsonappend.OptList(o, "reasons", e.Reasons)
	o = o.OptStrings("subjects", e.Subjects)
	o = jsonappend.OptList(o, "evidence", e.Evidence)
	o = o.OptString("config", e.Config)
	o = jsonappend.OptList(o, "changes", e.Changes)
	o = jsonappend.Value(o, "state", e.State)
	return o.Close()
}

// AppendJSON writes the actor as encoding/json does.
func (a Actor) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.OptString("person", a.Person)
	o = o.OptString("platform", a.Platform)
	o = jsonappend.OptPointer(o, "account", a.Account)
	o = o.OptString("system", a.System)
	return o.Close()
}

// AppendJSON writes the evidence as encoding/json does.
func (e Evidence) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = jsonappend.Value(o, "what", e.What)
	o = jsonappend.Value(o, "source", e.Source)
	return o.Close()
}

// AppendJSON writes the change as encoding/json does.
func (c Change) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("r", c.Record)
	o = o.OptBytes("b", c.Before)
	o = o.OptBytes("a", c.After)
	return o.Close()
}

// AppendJSON writes the sum as encoding/json does: as the string that AppendText writes.
func (s Sum) AppendJSON(b []byte) ([]byte, error) {
	var raw [32]byte
	for i, l := range s {
		binary.LittleEndian.PutUint64(raw[8*i:], l)
	}
	b = base64.RawStdEncoding.AppendEncode(append(b, '"'), raw[:])
	return append(b, '"'), nil
}
