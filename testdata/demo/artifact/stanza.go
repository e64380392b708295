// Package artifact is what the demo's builder, service and data centre agree
// on: the build stanza at the end of an executable, the faults a build can
// carry, and the layout of the artifact repository.
package artifact

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Stanza says which build an executable is. It is appended to a copy of one
// compiled program, so that every artifact has bytes, and therefore a digest,
// of its own without a compilation of its own.
type Stanza struct {
	Service string `json:"service"`
	Version string `json:"version"`
	Fault   string `json:"fault"`
	Commit  string `json:"commit"` // 40 hexadecimal digits
	Build   int    `json:"build"`  // 1 at first, one more at each rebuild of the same version
}

// ErrNoStanza is returned for a file that carries no build stanza.
var ErrNoStanza = errors.New("no build stanza")

// The file ends in: stanza (JSON), its length (4 bytes, big endian), magic.
const (
	stanzaMagic = "demo-stanza\n"
	trailerSize = 4 + len(stanzaMagic)
	maxStanza   = 4096
)

// Append returns a copy of program that ends in s. A stanza that program
// already has is replaced.
func Append(program []byte, s Stanza) ([]byte, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode stanza: %w", err)
	}
	if len(body) > maxStanza {
		return nil, fmt.Errorf("stanza of %d bytes exceeds %d", len(body), maxStanza)
	}
	program = Strip(program)
	out := make([]byte, 0, len(program)+len(body)+trailerSize)
	out = append(out, program...)
	out = append(out, body...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	return append(out, stanzaMagic...), nil
}

// Strip returns program without its stanza, if it has one.
func Strip(program []byte) []byte {
	n, ok := stanzaLength(program, int64(len(program)))
	if !ok {
		return program
	}
	return program[:len(program)-trailerSize-n]
}

// Parse reads the stanza at the end of program, or returns ErrNoStanza.
func Parse(program []byte) (Stanza, error) {
	n, ok := stanzaLength(program, int64(len(program)))
	if !ok {
		return Stanza{}, ErrNoStanza
	}
	end := len(program) - trailerSize
	return decode(program[end-n : end])
}

// Read reads the stanza at the end of the file at path, or returns ErrNoStanza.
// It reads the tail only.
func Read(path string) (Stanza, error) {
	f, err := os.Open(path)
	if err != nil {
		return Stanza{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Stanza{}, err
	}
	tail := make([]byte, min(info.Size(), int64(maxStanza+trailerSize)))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return Stanza{}, fmt.Errorf("read stanza: %w", err)
	}
	return Parse(tail)
}

func stanzaLength(tail []byte, size int64) (int, bool) {
	if len(tail) < trailerSize || !bytes.HasSuffix(tail, []byte(stanzaMagic)) {
		return 0, false
	}
	n := int64(binary.BigEndian.Uint32(tail[len(tail)-trailerSize:]))
	if n == 0 || n > maxStanza || n > size-int64(trailerSize) {
		return 0, false
	}
	return int(n), true
}

func decode(body []byte) (Stanza, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	var s Stanza
	if err := dec.Decode(&s); err != nil {
		return Stanza{}, fmt.Errorf("damaged build stanza: %w", err)
	}
	return s, nil
}
