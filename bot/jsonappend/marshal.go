package jsonappend

import (
	"encoding/json"
	"sync"
)

// scratch is where values are written before their size is known: what is kept of them is allocated once, in its size.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// keepScratch bounds, in bytes, the buffers that are kept for the next value.
const keepScratch = 64 << 10

// Marshal returns the JSON of any value after room bytes left zero for the caller to fill: from the value itself if it is an
// Appender, else from encoding/json.
func Marshal(room int, value any) ([]byte, error) {
	if a, ok := value.(Appender); ok {
		return Append(room, a.AppendJSON)
	}
	body, err := json.Marshal(value)
	if err != nil || room == 0 {
		return body, err
	}
	out := make([]byte, room+len(body))
	copy(out[room:], body)
	return out, nil
}

// Append is Marshal for a value whose AppendJSON is at hand.
func Append(room int, appendJSON func([]byte) ([]byte, error)) ([]byte, error) {
	buf := scratch.Get().(*[]byte)
	defer scratch.Put(buf)
	body, err := appendJSON((*buf)[:0])
	if err != nil {
		return nil, err
	}
	if cap(body) <= keepScratch {
		*buf = body
	}
	out := make([]byte, room+len(body))
	copy(out[room:], body)
	return out, nil
}
