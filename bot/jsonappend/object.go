// Package jsonappend writes JSON by appending, for what is stored with every decision: the bytes are those of
// encoding/json.Marshal, without its reflection and allocations.
//
// A type writes its fields in the order of its declaration, each with the method that its tag asks for:
//
//	func (v Vote) AppendJSON(b []byte) ([]byte, error) {
//		o := jsonappend.Open(b)
//		o = o.String("p", v.Person)
//		o = o.OptString("b", v.Bound)
//		return o.Close()
//	}
//
// Package jsonappendtest checks that a type does so, and forgets no field.
package jsonappend

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Appender is a value that appends exactly the JSON that encoding/json.Marshal would write for it.
type Appender interface {
	AppendJSON(b []byte) ([]byte, error)
}

// Object is a JSON object being written. Keys must need no escaping. The methods named Opt leave an empty value out, as
// omitempty and, for instants, omitzero do. The last failure is kept for Close.
//
// It is passed by value, and four words small, so that it stays in registers.
type Object struct {
	b      []byte
	failed *error
}

// Open begins an object after b.
func Open(b []byte) Object { return Object{b: append(b, '{')} }

// Close ends the object, and returns all that was written, or what failed.
func (o Object) Close() ([]byte, error) {
	if o.failed != nil {
		return nil, *o.failed
	}
	return append(o.b, '}'), nil
}

func (o Object) key(k string) Object {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
	return o
}

func (o Object) then(b []byte, err error) Object {
	if err != nil {
		kept := err // so that only a failure is allocated
		o.failed = &kept
		return o
	}
	o.b = b
	return o
}

func (o Object) null() Object {
	o.b = append(o.b, "null"...)
	return o
}

// String writes a string.
func (o Object) String(key, v string) Object {
	o = o.key(key)
	o.b = String(o.b, v)
	return o
}

// OptString writes a string that is not empty.
func (o Object) OptString(key, v string) Object {
	if v == "" {
		return o
	}
	return o.String(key, v)
}

// Strings writes a list of strings; nil is null.
func (o Object) Strings(key string, v []string) Object {
	o = o.key(key)
	if v == nil {
		return o.null()
	}
	o.b = append(o.b, '[')
	for i, s := range v {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = String(o.b, s)
	}
	o.b = append(o.b, ']')
	return o
}

// OptStrings writes a list that is not empty.
func (o Object) OptStrings(key string, v []string) Object {
	if len(v) == 0 {
		return o
	}
	return o.Strings(key, v)
}

// Int writes an integer.
func (o Object) Int(key string, v int64) Object {
	o = o.key(key)
	o.b = strconv.AppendInt(o.b, v, 10)
	return o
}

// OptInt writes an integer other than zero.
func (o Object) OptInt(key string, v int64) Object {
	if v == 0 {
		return o
	}
	return o.Int(key, v)
}

// Uint writes an unsigned integer.
func (o Object) Uint(key string, v uint64) Object {
	o = o.key(key)
	o.b = strconv.AppendUint(o.b, v, 10)
	return o
}

// Float writes a number, which must be finite.
func (o Object) Float(key string, v float64) Object {
	o = o.key(key)
	return o.then(Float(o.b, v))
}

// OptFloat writes a number other than zero.
func (o Object) OptFloat(key string, v float64) Object {
	if v == 0 {
		return o
	}
	return o.Float(key, v)
}

// OptTrue writes what is true.
func (o Object) OptTrue(key string, v bool) Object {
	if !v {
		return o
	}
	o = o.key(key)
	o.b = append(o.b, "true"...)
	return o
}

// Time writes an instant.
func (o Object) Time(key string, v time.Time) Object {
	o = o.key(key)
	return o.then(Time(o.b, v))
}

// OptTime writes an instant other than the zero one.
func (o Object) OptTime(key string, v time.Time) Object {
	if v.IsZero() {
		return o
	}
	return o.Time(key, v)
}

// Bytes writes bytes in base64; nil is null.
func (o Object) Bytes(key string, v []byte) Object {
	o = o.key(key)
	if v == nil {
		return o.null()
	}
	o.b = append(o.b, '"')
	o.b = base64.StdEncoding.AppendEncode(o.b, v)
	o.b = append(o.b, '"')
	return o
}

// OptBytes writes bytes if there are any.
func (o Object) OptBytes(key string, v []byte) Object {
	if len(v) == 0 {
		return o
	}
	return o.Bytes(key, v)
}

// OptRaw writes JSON that came from elsewhere, if there is any: it is checked, and its blanks are dropped.
func (o Object) OptRaw(key string, v json.RawMessage) Object {
	if len(v) == 0 {
		return o
	}
	o = o.key(key)
	compact, err := json.Marshal(v)
	return o.then(append(o.b, compact...), err)
}

// OptMap writes a map that is not empty, in the order of its keys.
func (o Object) OptMap(key string, v map[string]string) Object {
	if len(v) == 0 {
		return o
	}
	o = o.key(key)
	keys := make([]string, 0, 8)
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		o.b = append(o.b, "{,"[min(i, 1)])
		o.b = String(o.b, k)
		o.b = append(o.b, ':')
		o.b = String(o.b, v[k])
	}
	o.b = append(o.b, '}')
	return o
}
