package jsonappend

import (
	"encoding/json"
	"math"
	"strconv"
)

// plain marks the bytes that stand for themselves within a JSON string: printable ASCII but quote, backslash, and the three
// that encoding/json escapes for the sake of HTML.
var plain = func() (set [256]bool) {
	for c := byte(' '); c <= 0x7f; c++ {
		set[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return set
}()

// String appends a string with its quotes.
func String(b []byte, s string) []byte {
	for i := range len(s) {
		if !plain[s[i]] {
			return escaped(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// escaped leaves what needs escaping to encoding/json: ids and codes never do.
func escaped(b []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil { // no string fails
		panic(err)
	}
	return append(b, quoted...)
}

// Float appends a number as short as it can be read back; it fails for NaN and infinities. Whole ones up to 2^53 are written
// as integers, which comes to the same.
func Float(b []byte, f float64) ([]byte, error) {
	abs := math.Abs(f)
	switch i := int64(f); {
	case abs <= 1<<53 && float64(i) == f && (i != 0 || !math.Signbit(f)):
		return strconv.AppendInt(b, i, 10), nil
	case 1e-6 <= abs && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64), nil
	}
	written, err := json.Marshal(f) // with an exponent, or none at all
	return append(b, written...), err
}
