package audit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Sum is a digest over a set of records that can be updated record by record: the sum modulo 2^256 of the SHA-256 of each
// (the incremental hash AdHash, Bellare and Micciancio 1997). An edit, an insertion, a deletion or an old version put back
// changes it.
type Sum [4]uint64

// RecordDigest is the SHA-256 of one record: its key, a zero byte, its value.
func RecordDigest(key, value []byte) Hash {
	h := sha256.New()
	h.Write(key)
	h.Write([]byte{0})
	h.Write(value)
	var out Hash
	h.Sum(out[:0])
	return out
}

// Add puts a record in.
func (s *Sum) Add(d Hash) {
	var carry uint64
	for i := range s {
		s[i], carry = bits.Add64(s[i], limb(d, i), carry)
	}
}

// Remove takes a record out.
func (s *Sum) Remove(d Hash) {
	var borrow uint64
	for i := range s {
		s[i], borrow = bits.Sub64(s[i], limb(d, i), borrow)
	}
}

func limb(d Hash, i int) uint64 { return binary.LittleEndian.Uint64(d[8*i:]) }

// Bytes is the sum as 32 bytes, least significant first.
func (s Sum) Bytes() []byte {
	b := make([]byte, 0, 32)
	for _, l := range s {
		b = binary.LittleEndian.AppendUint64(b, l)
	}
	return b
}

// AppendText writes the sum in unpadded base64.
func (s Sum) AppendText(b []byte) ([]byte, error) {
	return base64.RawStdEncoding.AppendEncode(b, s.Bytes()), nil
}

// MarshalText writes the sum in unpadded base64.
func (s Sum) MarshalText() ([]byte, error) { return s.AppendText(nil) }

// UnmarshalText reads what MarshalText wrote.
func (s *Sum) UnmarshalText(text []byte) error {
	b, err := base64.RawStdEncoding.DecodeString(string(text))
	if err != nil || len(b) != 32 {
		return fmt.Errorf("audit: a state digest is 32 bytes in base64, not %q", text)
	}
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return nil
}
