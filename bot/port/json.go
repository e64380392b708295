package port

import "github.com/gonogo-chat/gonogo/bot/jsonappend"

// AppendJSON writes the source as encoding/json does.
func (s Source) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("system", s.System)
	o = o.Time("at", s.At)
	return o.Close()
}
