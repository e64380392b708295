package effect

import "github.com/gonogo-chat/gonogo/bot/jsonappend"

// AppendJSON writes the effect as encoding/json does.
func (e Effect) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.Uint("id", e.ID)
	o = o.String("kind", string(e.Kind))
	o = o.String("class", string(e.Class))
	o = o.String("key", e.Key)
	o = o.OptString("subject", e.Subject)
	o = o.String("lane", e.Lane)
	o = o.OptString("root", e.Root)
	o = o.OptRaw("payload", e.Payload)
	o = o.String("status", string(e.Status))
	o = o.OptTrue("guarded", e.Guarded)
	o = o.OptTime("not_before", e.NotBefore)
	o = o.OptInt("attempts", int64(e.Attempts))
	o = o.Time("at", e.At)
	o = o.OptString("fault", e.Fault)
	return o.Close()
}
