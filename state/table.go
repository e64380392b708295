package state

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/jsonappend"
)

// GovernedPrefix starts the key of every governed record: the audit trail's state digest covers them, and nothing may write
// one without an entry that says so.
const GovernedPrefix = "r/"

// ungovernedPrefix starts the key of records that can be lost without changing what was decided.
const ungovernedPrefix = "u/"

// Reader reads records: a Tx sees what was decided before it, a View what was committed.
type Reader interface {
	get(key string) ([]byte, error) // nil if absent
	scan(prefix string, reverse bool, visit func(key string, value []byte) error) error
	// cached returns the decoded value of a key, and keep takes one, where the reader holds on to them; moment tells when a
	// value was read, so that keep can refuse one that is no longer the newest.
	cached(key string) (any, bool)
	moment() uint64
	keep(key string, raw []byte, value any, moment uint64)
	// remember keeps a memo that was made from what was read since a moment.
	remember(key string, value any, moment uint64)
	// nearest is the reader that holds on to memos: of a fixed moment, that of what is committed by now.
	nearest() Reader
}

// Upcast turns the JSON of a record as one schema version wrote it into the next version's.
type Upcast func(json.RawMessage) (json.RawMessage, error)

// Table keeps records of one type under short ids. Values are shared: a value read or put must not be changed in place.
//
// A record is stored as its schema version (one byte) and its JSON. Records of older versions are upcast when read and
// written in the newest version when next put.
type Table[T any] struct {
	prefix  string
	upcasts []Upcast
}

// Governed declares a table whose records the audit trail covers. The schema version written is one more than the number
// of upcasts.
func Governed[T any](name string, upcasts ...Upcast) Table[T] {
	return Table[T]{prefix: GovernedPrefix + name + "/", upcasts: upcasts}
}

// Ungoverned declares a table of things that can be lost or deleted without changing what was decided.
func Ungoverned[T any](name string, upcasts ...Upcast) Table[T] {
	return Table[T]{prefix: ungovernedPrefix + name + "/", upcasts: upcasts}
}

// Get returns the record with an id, and whether there is one.
func (t Table[T]) Get(r Reader, id string) (T, bool, error) {
	var zero T
	key := t.key(id)
	if v, ok := r.cached(key); ok {
		value, ok := v.(T)
		return value, ok, nil
	}
	moment := r.moment()
	raw, err := r.get(key)
	if err != nil || raw == nil {
		return zero, false, err
	}
	v, err := t.decode(key, raw)
	if err != nil {
		return zero, false, err
	}
	r.keep(key, raw, v, moment)
	return v, true, nil
}

// Put writes a record.
func (t Table[T]) Put(tx *Tx, id string, value T) error {
	boxed := any(value)
	raw, err := jsonappend.Marshal(1, boxed)
	if err != nil {
		return fmt.Errorf("encode %s%s: %w", t.prefix, id, err)
	}
	raw[0] = byte(len(t.upcasts) + 1)
	tx.put(write{key: t.key(id), raw: raw, value: boxed, governed: strings.HasPrefix(t.prefix, GovernedPrefix)})
	return nil
}

// Delete removes a record; removing an absent one is no error.
func (t Table[T]) Delete(tx *Tx, id string) {
	tx.put(write{key: t.key(id), governed: strings.HasPrefix(t.prefix, GovernedPrefix)})
}

// All visits the records in the order of their ids.
func (t Table[T]) All(r Reader, visit func(id string, value T) error) error {
	return t.scan(r, "", false, visit)
}

// Under visits, in order, the records whose id starts with a prefix.
func (t Table[T]) Under(r Reader, prefix string, visit func(id string, value T) error) error {
	return t.scan(r, prefix, false, visit)
}

// Latest visits the records from the greatest id down.
func (t Table[T]) Latest(r Reader, visit func(id string, value T) error) error {
	return t.scan(r, "", true, visit)
}

func (t Table[T]) scan(r Reader, under string, reverse bool, visit func(string, T) error) error {
	return r.scan(t.prefix+under, reverse, func(key string, raw []byte) error {
		v, err := t.decode(key, raw)
		if err != nil {
			return err
		}
		return visit(unpad(key[len(t.prefix):]), v)
	})
}

func (t Table[T]) decode(key string, raw []byte) (T, error) {
	var v T
	version, body := int(raw[0]), json.RawMessage(raw[1:])
	if version < 1 || version > len(t.upcasts)+1 {
		return v, fmt.Errorf("%s has schema version %d, this program reads up to %d: %w", key, version, len(t.upcasts)+1, ErrNewer)
	}
	for _, up := range t.upcasts[version-1:] {
		var err error
		if body, err = up(body); err != nil {
			return v, fmt.Errorf("upcast %s: %w", key, err)
		}
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("decode %s: %w", key, err)
	}
	return v, nil
}

func (t Table[T]) key(id string) string { return t.prefix + pad(id) }

// idDigits is how many digits the number of a short id is padded to in its key, so that R-9 comes before R-10.
const idDigits = 10

// pad widens the number of a short id ("R-12"); other ids stay as they are.
func pad(id string) string {
	if n := len(id) - 2; n > 0 && n < idDigits && id[1] == '-' && digits(id[2:]) {
		return id[:2] + "0000000000"[:idDigits-n] + id[2:]
	}
	return id
}

// unpad undoes pad.
func unpad(id string) string {
	if len(id) == idDigits+2 && id[1] == '-' && digits(id[2:]) {
		return id[:2] + strings.TrimLeft(id[2:idDigits+1], "0") + id[idDigits+1:]
	}
	return id
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func recordName(key string) string { return key[len(GovernedPrefix):] }
