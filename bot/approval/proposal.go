package approval

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Proposal is exactly what is voted on: artifact, configuration, pipeline, target, window. The order of its parts means
// nothing.
type Proposal struct {
	Subject string `json:"s"`
	Parts   []Part `json:"p"`
}

// Part is one thing proposed: its name and its value, or the digest of its value. Neither may hold personal data.
type Part struct {
	Name  string `json:"n"`
	Value string `json:"v"`
}

// encoding names the form that Digest hashes; another form needs another name, so that their digests never meet.
const encoding = "gonogo proposal 1"

// Digest is the lower-case hex SHA-256 of the proposal. Every string is preceded by its length in bytes, and every list by
// its length, so two proposals share an encoding only if they hold the same parts for the same subject.
func (p Proposal) Digest() string {
	parts := p.sorted()
	b := make([]byte, 0, 512)
	b = appendString(b, encoding)
	b = appendString(b, p.Subject)
	b = binary.AppendUvarint(b, uint64(len(parts)))
	for _, part := range parts {
		b = appendString(b, part.Name)
		b = appendString(b, part.Value)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func (p Proposal) sorted() []Part {
	parts := slices.Clone(p.Parts)
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	return parts
}

// problems lists what makes the proposal unfit to be voted on.
func (p Proposal) problems() []chat.Text {
	var found []chat.Text
	if len(p.Parts) == 0 {
		found = append(found, chat.Say("approval.empty"))
	}
	seen := map[string]bool{}
	for _, part := range p.Parts {
		switch {
		case part.Name == "" || part.Value == "":
			found = append(found, chat.Say("approval.part_empty", chat.Word("part", part.Name)))
		case seen[part.Name]:
			found = append(found, chat.Say("approval.part_twice", chat.Word("part", part.Name)))
		}
		seen[part.Name] = true
	}
	return found
}

// Change is one part that differs between two proposals; an empty side means that the part was not there.
type Change struct {
	Name   string `json:"n"`
	Before string `json:"b,omitempty"`
	After  string `json:"a,omitempty"`
}

// Text words the change, long digests as far as people compare them.
func (c Change) Text() chat.Text {
	if before, after := brief(c.Before), brief(c.After); before != after {
		c.Before, c.After = before, after
	}
	return c.Exactly()
}

// shown is how much of a digest people compare.
const shown = 12

// brief is the beginning of what is a digest, or whatever else it is as it is.
func brief(value string) string {
	if _, err := hex.DecodeString(value); err != nil || len(value) <= 2*shown {
		return value
	}
	return value[:shown] + "…"
}

// Exactly words the change with all of both sides: for the record.
func (c Change) Exactly() chat.Text {
	name := chat.Word("part", c.Name)
	switch {
	case c.Before == "":
		return chat.Say("approval.part_added", name, chat.Word("after", c.After))
	case c.After == "":
		return chat.Say("approval.part_removed", name, chat.Word("before", c.Before))
	}
	return chat.Say("approval.part_changed", name, chat.Word("before", c.Before), chat.Word("after", c.After))
}

// Difference lists the parts that differ, by name, after the subject if that differs. It is empty exactly when the two
// have the same digest.
func Difference(before, after Proposal) []Change {
	var changes []Change
	if before.Subject != after.Subject {
		changes = append(changes, Change{Name: "subject", Before: before.Subject, After: after.Subject})
	}
	a, b := before.sorted(), after.sorted()
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			changes = append(changes, Change{Name: a[0].Name, Before: a[0].Value})
			a = a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			changes = append(changes, Change{Name: b[0].Name, After: b[0].Value})
			b = b[1:]
		default:
			if a[0].Value != b[0].Value {
				changes = append(changes, Change{Name: a[0].Name, Before: a[0].Value, After: b[0].Value})
			}
			a, b = a[1:], b[1:]
		}
	}
	return changes
}
