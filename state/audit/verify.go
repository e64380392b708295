package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// Trust is what a verification holds the trail against.
type Trust struct {
	// Keys are the public keys that checkpoints may be signed with, kept outside the store.
	Keys []ed25519.PublicKey
	// Outside are the checkpoints that somebody outside the store holds.
	Outside []port.Checkpoint
	// After skips the entries up to a checkpoint, which must be signed by a trusted key.
	After *port.Checkpoint
}

// Report is what a verification found.
type Report struct {
	Entries uint64 `json:"entries"`
	Last    uint64 `json:"last"`
	// Bad is the first entry that does not hold, and Why says what is wrong; zero and empty for a whole trail.
	Bad uint64 `json:"bad,omitempty"`
	Why string `json:"why,omitempty"`
	// Records are the governed records whose content no entry explains.
	Records []string `json:"records,omitempty"`
	// Signed is the last entry that a trusted checkpoint covers, Confirmed the last that an outsider's copy covers.
	Signed    uint64 `json:"signed"`
	Confirmed uint64 `json:"confirmed"`

	Hash  Hash `json:"-"`
	State Sum  `json:"-"`
}

// Whole reports whether nothing was found wrong.
func (r Report) Whole() bool { return r.Why == "" && len(r.Records) == 0 }

func (r *Report) fail(seq uint64, format string, args ...any) {
	if r.Why == "" {
		r.Bad, r.Why = seq, fmt.Sprintf(format, args...)
	}
}

// batchSize is how many entries are handed to the hashing goroutine at once: enough to make the hand-over cheap, small
// enough to stay in the processor's cache.
const batchSize = 256

// Chain verifies the chain of entries and the checkpoints over it. It reads in constant memory, and hashes beside the scan.
// The error is for a store that can't be read; what is wrong with the trail is in the report.
func Chain(r kv.Reader, trust Trust) (Report, error) {
	marks, err := checkpoints(r, trust)
	if err != nil {
		return Report{}, err
	}
	c := chainCheck{marks: marks, from: 1}
	if trust.After != nil {
		c.from = trust.After.Seq + 1
		copy(c.prev[:], trust.After.Hash)
		c.report.Last, c.report.Signed = trust.After.Seq, trust.After.Seq
	}
	c.next = c.from
	full, free := make(chan *batch, 4), make(chan *batch, 6)
	for range cap(free) {
		free <- &batch{}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for b := range full {
			for i := range b.seqs {
				c.entry(b.seqs[i], b.value(i))
			}
			b.reset()
			free <- b
		}
	}()
	current := <-free
	err = r.Scan(Key(c.from), PrefixEnd(Prefix), false, func(key, value []byte) error {
		seq, ok := SeqOf(key)
		if !ok {
			seq = 0
		}
		current.add(seq, value)
		if len(current.seqs) == batchSize {
			full <- current
			current = <-free
		}
		return nil
	})
	full <- current
	close(full)
	<-done
	if err != nil {
		return c.report, fmt.Errorf("scan the audit trail: %w", err)
	}
	c.finish()
	return c.report, nil
}

type mark struct {
	port.Checkpoint
	outside bool
	err     error
}

type chainCheck struct {
	report     Report
	marks      []mark // by sequence
	from, next uint64
	prev       Hash
	last       []byte
}

func (c *chainCheck) entry(seq uint64, value []byte) {
	if c.report.Why != "" {
		return
	}
	if seq != c.next {
		c.report.fail(c.next, "entry %d is missing: entry %d stands in its place", c.next, seq)
		return
	}
	hash, body, err := Split(value)
	if err != nil || !named(body, seq) {
		c.report.fail(seq, "entry %d can't be read as itself", seq)
		return
	}
	h := sha256.New()
	h.Write(c.prev[:])
	h.Write(body)
	var want Hash
	if h.Sum(want[:0]); want != hash {
		c.report.fail(seq, "entry %d does not follow from the one before it: it or its place was changed", seq)
		return
	}
	c.prev = hash
	for len(c.marks) > 0 && c.marks[0].Seq <= seq {
		c.hold(c.marks[0], seq)
		c.marks = c.marks[1:]
	}
	c.report.Entries++
	c.report.Last = seq
	c.next++
	c.last = append(c.last[:0], body...)
}

func (c *chainCheck) hold(m mark, seq uint64) {
	switch {
	case m.Seq < seq: // before the part that is verified
	case m.err != nil:
		c.report.fail(seq, "the checkpoint at entry %d is not signed by a trusted key", m.Seq)
	case !bytes.Equal(m.Hash, c.prev[:]):
		c.report.fail(seq, "entry %d is not the one that was signed at the checkpoint: the trail was rewritten", m.Seq)
	case m.outside:
		c.report.Confirmed, c.report.Signed = seq, seq
	default:
		c.report.Signed = seq
	}
}

func (c *chainCheck) finish() {
	c.report.Hash = c.prev
	for _, m := range slices.Backward(c.marks) {
		if m.err == nil {
			c.report.fail(c.next, "the trail ends at entry %d, but a checkpoint was signed at entry %d: entries were cut off", c.report.Last, m.Seq)
		}
	}
	for _, m := range c.marks { // anybody can write one that nobody trusts: it says nothing of where the trail ended
		c.report.fail(c.next, "the checkpoint at entry %d is not signed by a trusted key", m.Seq)
	}
	if c.report.Why != "" || len(c.last) == 0 {
		return
	}
	if e, err := Decode(append(make([]byte, sha256.Size), c.last...)); err != nil {
		c.report.fail(c.report.Last, "entry %d can't be read", c.report.Last)
	} else {
		c.report.State = e.State
	}
}

// named checks, without decoding, that an entry's JSON begins with its own number.
func named(body []byte, seq uint64) bool {
	var buf [48]byte
	want := strconv.AppendInt(append(buf[:0], `{"v":`...), Version, 10)
	want = strconv.AppendUint(append(want, `,"seq":`...), seq, 10)
	return bytes.HasPrefix(body, append(want, ','))
}

func checkpoints(r kv.Reader, trust Trust) ([]mark, error) {
	var marks []mark
	from := CheckpointKey(0)
	if trust.After != nil {
		if err := Check(*trust.After, trust.Keys); err != nil {
			return nil, err
		}
		from = CheckpointKey(trust.After.Seq + 1)
	}
	err := r.Scan(from, PrefixEnd(CheckpointPrefix), false, func(key, value []byte) error {
		c, err := DecodeCheckpoint(value)
		if err == nil {
			err = Check(c, trust.Keys)
		} else if len(key) == len(CheckpointPrefix)+8 {
			c.Seq = binary.BigEndian.Uint64(key[len(CheckpointPrefix):])
		}
		marks = append(marks, mark{Checkpoint: c, err: err})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("scan the checkpoints: %w", err)
	}
	for _, c := range trust.Outside {
		if trust.After == nil || c.Seq > trust.After.Seq {
			marks = append(marks, mark{Checkpoint: c, outside: true, err: Check(c, trust.Keys)})
		}
	}
	sortMarks(marks)
	return marks, nil
}

// Records checks the governed records against the state digest of the last entry. A mismatch is traced to the records that
// no entry explains, which reads the trail again and holds one digest a record in memory.
func Records(r kv.Reader, prefix string, report *Report) error {
	var sum Sum
	err := r.Scan([]byte(prefix), PrefixEnd(prefix), false, func(key, value []byte) error {
		sum.Add(RecordDigest(key, value))
		return nil
	})
	if err != nil {
		return fmt.Errorf("scan the records: %w", err)
	}
	if sum == report.State {
		return nil
	}
	return unexplained(r, prefix, report)
}

// PrefixEnd is the first key after every key that starts with prefix.
func PrefixEnd(prefix string) []byte {
	end := []byte(prefix)
	end[len(end)-1]++
	return end
}
