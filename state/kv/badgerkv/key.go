package badgerkv

import "bytes"

// Every key is stored behind one byte, which keeps the engine's own entries out
// of sight, and keeps clear of the keys that Badger reserves or refuses.
const (
	dataSpace = 'd'
	ownSpace  = 'o'
)

var epochKey = []byte{ownSpace, 'e', 'p', 'o', 'c', 'h'}

func stored(key []byte) []byte {
	return append(append(make([]byte, 0, len(key)+1), dataSpace), key...)
}

// bounds maps a scan's range to stored keys; the end is exclusive.
func bounds(from, to []byte) (lo, hi []byte) {
	if to == nil {
		return stored(from), []byte{dataSpace + 1}
	}
	return stored(from), stored(to)
}

// shared is the longest prefix that every key of [lo, hi) has, which lets Badger
// skip the tables without it. When hi ends the keys with such a prefix, as
// "x0" does for those starting with "x/", that prefix counts.
func shared(lo, hi []byte) []byte {
	n := 0
	for n < len(lo) && n < len(hi) && lo[n] == hi[n] {
		n++
	}
	if n+1 == len(hi) && n < len(lo) && lo[n] != 0xff && lo[n]+1 == hi[n] {
		n++
	}
	return bytes.Clone(lo[:n])
}

// prefix is what a scan's iterator is told. Backwards it must also cover hi,
// where the search starts.
func prefix(lo, hi []byte, reverse bool) []byte {
	p := shared(lo, hi)
	if reverse && !bytes.HasPrefix(hi, p) {
		p = p[:len(p)-1]
	}
	return p
}
