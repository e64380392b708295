package gitlocal

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/adapters/internal/trailer"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// object is a commit as it is stored: lines of a header, an empty line, a message
// (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
type object struct {
	port.Commit
	parents   []string
	reviewers []port.Identity // whom Reviewed-by lines name
}

var (
	errMalformed = errors.New("git answered with what it should not")

	fullID  = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	person  = regexp.MustCompile(`^[^<>]*<([^<>]*)> (-?\d+) [+-]\d{4}$`)
	aLine   = regexp.MustCompile(`^[A-Za-z0-9-]+[ \t]*:`)
	review  = regexp.MustCompile(`(?i)^reviewed-by[ \t]*:[^<>]*<([^<>\s]+@[^<>\s]+)>[ \t]*$`)
	address = regexp.MustCompile(`^[^\s<>]+$`)
)

// subjectMost is how many characters of a subject are kept.
const subjectMost = 200

// objects reads what `git cat-file --batch` printed: for each a line "<id> commit <size>", so many bytes, and a line's end.
func objects(out string) (all []object, err error) {
	for out != "" {
		head, rest, _ := strings.Cut(out, "\n")
		f := strings.Fields(head)
		if len(f) != 3 || f[1] != "commit" || !fullID.MatchString(f[0]) {
			return nil, fmt.Errorf("%w: %q", errMalformed, clip(head))
		}
		size, err := strconv.Atoi(f[2])
		if err != nil || size < 0 || len(rest) < size+1 {
			return nil, fmt.Errorf("%w: %q", errMalformed, clip(head))
		}
		o, err := parse(f[0], rest[:size])
		if err != nil {
			return nil, err
		}
		all = append(all, o)
		out = rest[size+1:]
	}
	return all, nil
}

// parse reads one commit. Whatever a commit says of its author that is not one plain identity names nobody, which nobody can vote past.
func parse(id, text string) (object, error) {
	o := object{Commit: port.Commit{ID: id}}
	header, message, _ := strings.Cut(text, "\n\n")
	var authors, committers int
	for line := range strings.SplitSeq(header, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key { // a line that continues another begins with a space: its key is empty
		case "parent":
			if !fullID.MatchString(value) {
				return o, fmt.Errorf("%w: a parent of %s", errMalformed, id)
			}
			o.parents = append(o.parents, value)
		case "author":
			authors++
			o.Author, _ = identity(value)
		case "committer":
			committers++
			o.Committer, o.At = identity(value)
		}
	}
	if authors != 1 {
		o.Author = port.Identity{}
	}
	if committers != 1 {
		o.Committer = port.Identity{}
	}
	o.Merge = len(o.parents) > 1
	subject, _, _ := strings.Cut(message, "\n")
	runes := []rune(strings.ToValidUTF8(subject, "�"))
	o.Subject = string(runes[:min(subjectMost, len(runes))])
	for _, email := range trailer.CoAuthors(message) {
		o.CoAuthors = append(o.CoAuthors, port.Identity{Email: email})
	}
	o.reviewers = reviewers(message)
	return o, nil
}

// identity reads "Name <address> seconds zone".
func identity(text string) (port.Identity, time.Time) {
	m := person.FindStringSubmatch(text)
	if m == nil || !address.MatchString(m[1]) || !utf8.ValidString(m[1]) {
		return port.Identity{}, time.Time{}
	}
	seconds, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil {
		return port.Identity{Email: m[1]}, time.Time{}
	}
	return port.Identity{Email: m[1]}, time.Unix(seconds, 0).UTC()
}

// reviewers are those whom the Reviewed-by lines of a message's last paragraph name. Unlike co-authors they clear, so only what is
// well formed counts: a paragraph of such lines alone, after a subject.
func reviewers(message string) (all []port.Identity) {
	paragraphs := strings.Split(strings.TrimRight(message, "\n"), "\n\n")
	if len(paragraphs) < 2 {
		return nil
	}
	for line := range strings.SplitSeq(paragraphs[len(paragraphs)-1], "\n") {
		if !aLine.MatchString(line) {
			return nil
		}
		if m := review.FindStringSubmatch(line); m != nil && utf8.ValidString(m[1]) {
			all = append(all, port.Identity{Email: m[1]})
		}
	}
	return all
}
