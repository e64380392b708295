// Package audit is the bot's proof of what it decided: entries chained by SHA-256, signed checkpoints, and the checks that
// find any edit, deletion, reordering or truncation.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Version is the schema version of the entries written now.
const Version = 1

// Entry is one decision: who asked for what, when, on what evidence, under which configuration, and what became of it.
// It holds opaque person ids only; what people wrote is sealed under their keys.
type Entry struct {
	Version  int          `json:"v"`
	Seq      uint64       `json:"seq"`
	At       time.Time    `json:"at"`
	Actor    Actor        `json:"actor"`
	Key      string       `json:"key"`
	Root     string       `json:"root,omitempty"`
	Act      string       `json:"act"`
	Said     *chat.Sealed `json:"said,omitempty"`
	Outcome  chat.Outcome `json:"outcome"`
	Text     chat.Text    `json:"text"`
	Reasons  []chat.Text  `json:"reasons,omitempty"`
	Subjects []string     `json:"subjects,omitempty"`
	Evidence []Evidence   `json:"evidence,omitempty"`
	// Config is the digest of the configuration snapshot in force.
	Config  string   `json:"config,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	// State is the digest over every governed record after this entry: see Sum.
	State Sum `json:"state"`
}

// Actor is who or what asked.
type Actor struct {
	Person   string `json:"person,omitempty"` // opaque id; empty for the bot itself and for unlinked accounts
	Platform string `json:"platform,omitempty"`
	// Account is the account that spoke, sealed: two accounts of one person stay distinguishable to whoever holds the key.
	Account *chat.Sealed `json:"account,omitempty"`
	System  string       `json:"system,omitempty"` // "timer", "outbox", "start", for the bot's own turns
}

// Evidence is a fact that the decision rested on.
type Evidence struct {
	What   chat.Text   `json:"what"`
	Source port.Source `json:"source"`
}

// Change is a governed record written by the decision, as digests before and after; an empty digest means absent.
type Change struct {
	Record string `json:"r"`
	Before Digest `json:"b,omitempty"`
	After  Digest `json:"a,omitempty"`
}

// Digest is a SHA-256 in raw bytes, base64 in JSON; nil means absent.
type Digest []byte

// Hash chains entries: SHA-256 over the hash before and the entry's JSON.
type Hash = [sha256.Size]byte

// ErrMalformed says that a stored entry can't be read.
var ErrMalformed = errors.New("audit: malformed entry")

// Next returns the hash that follows prev for an entry's JSON.
func Next(prev Hash, body []byte) Hash {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(body)
	var out Hash
	h.Sum(out[:0])
	return out
}

// Encode lays an entry out as stored: its chain hash, then its JSON.
func Encode(prev Hash, e Entry) ([]byte, Hash, error) {
	value, err := jsonappend.Append(len(prev), e.AppendJSON)
	if err != nil {
		return nil, Hash{}, fmt.Errorf("encode audit entry %d: %w", e.Seq, err)
	}
	hash := Next(prev, value[len(prev):])
	copy(value, hash[:])
	return value, hash, nil
}

// Split separates a stored entry into its chain hash and its JSON.
func Split(value []byte) (Hash, []byte, error) {
	var h Hash
	if len(value) <= len(h) {
		return h, nil, ErrMalformed
	}
	copy(h[:], value)
	return h, value[len(h):], nil
}

// Decode reads a stored entry.
func Decode(value []byte) (Entry, error) {
	_, body, err := Split(value)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	if err := json.Unmarshal(body, &e); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return e, nil
}

// Prefix starts the key of every entry; the sequence number follows, big-endian.
const Prefix = "a/"

// Key is where an entry is stored.
func Key(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(Prefix), seq)
}

// SeqOf reads the sequence number back from an entry's key.
func SeqOf(key []byte) (uint64, bool) {
	if len(key) != len(Prefix)+8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(key[len(Prefix):]), true
}
