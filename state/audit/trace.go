package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// unexplained names the records that differ from what the trail says of them.
func unexplained(r kv.Reader, prefix string, report *Report) error {
	said := map[string][]byte{}
	err := Entries(r, 1, func(_ Hash, body []byte) error {
		var e struct {
			Changes []Change `json:"changes"`
		}
		if err := json.Unmarshal(body, &e); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		for _, c := range e.Changes {
			if said[c.Record] = c.After; len(c.After) == 0 {
				delete(said, c.Record)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = r.Scan([]byte(prefix), PrefixEnd(prefix), false, func(key, value []byte) error {
		name := string(key[len(prefix):])
		d := RecordDigest(key, value)
		if want, ok := said[name]; !ok {
			report.Records = append(report.Records, fmt.Sprintf("%q: nothing in the trail wrote it", name))
		} else if !bytes.Equal(want, d[:]) {
			report.Records = append(report.Records, fmt.Sprintf("%q: its content is not what the trail says", name))
		}
		delete(said, name)
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		report.Records = append(report.Records, fmt.Sprintf("%q: it is missing", name))
	}
	if len(report.Records) == 0 {
		report.fail(report.Last, "the state digest of entry %d does not cover the records", report.Last)
	}
	return nil
}

// Entries visits entries in order from seq on: chain hash and JSON, valid only during the visit.
func Entries(r kv.Reader, seq uint64, visit func(hash Hash, body []byte) error) error {
	return r.Scan(Key(seq), PrefixEnd(Prefix), false, func(_, value []byte) error {
		h, body, err := Split(value)
		if err != nil {
			return err
		}
		return visit(h, body)
	})
}

// About visits, in order, the entries that concern a subject ("R-1"). It scans the trail and decodes only what mentions it.
func About(r kv.Reader, subject string, visit func(Entry) error) error {
	quoted := []byte(`"` + subject + `"`)
	return Entries(r, 1, func(_ Hash, body []byte) error {
		if !bytes.Contains(body, quoted) {
			return nil
		}
		var e Entry
		if err := json.Unmarshal(body, &e); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		if !slices.Contains(e.Subjects, subject) {
			return nil
		}
		return visit(e)
	})
}

// Export writes every entry as one line of JSON, {"hash":…,"entry":…}, in constant memory: enough for an outsider to
// recompute the chain.
func Export(r kv.Reader, w io.Writer) (uint64, error) {
	var n uint64
	var line []byte
	err := Entries(r, 1, func(h Hash, body []byte) error {
		n++
		line = append(line[:0], `{"hash":"`...)
		line = appendHex(line, h[:])
		line = append(line, `","entry":`...)
		line = append(line, body...)
		line = append(line, '}', '\n')
		_, err := w.Write(line)
		return err
	})
	return n, err
}

func appendHex(b, src []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range src {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return b
}

func sortMarks(m []mark) {
	slices.SortStableFunc(m, func(a, b mark) int { return cmp.Compare(a.Seq, b.Seq) })
}

// batch carries entries from the scan to the hashing goroutine without an allocation an entry.
type batch struct {
	seqs []uint64
	ends []int
	data []byte
}

func (b *batch) add(seq uint64, value []byte) {
	b.seqs = append(b.seqs, seq)
	b.data = append(b.data, value...)
	b.ends = append(b.ends, len(b.data))
}

func (b *batch) value(i int) []byte {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.data[start:b.ends[i]]
}

func (b *batch) reset() { b.seqs, b.ends, b.data = b.seqs[:0], b.ends[:0], b.data[:0] }
