// Package trailer reads from a commit's message whom it names as co-authors: https://docs.github.com/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors
package trailer

import "regexp"

var (
	line    = regexp.MustCompile(`(?im)^[ \t]*co-authored-by[ \t]*:([^\r\n]*)`)
	angled  = regexp.MustCompile(`<[ \t]*([^<>\s]+@[^<>\s]+)[ \t]*>`)
	address = regexp.MustCompile(`[^<>()\s,;]+@[^<>()\s,;]+`)
)

// CoAuthors are the addresses that a message's lines of co-authors name, as they are written there. They are taken wherever such a line
// stands, several of one line as well, and of a line that is not well formed whatever looks like an address: a commit may add people that
// it concerns, and never remove any.
func CoAuthors(message string) (emails []string) {
	for _, m := range line.FindAllStringSubmatch(message, -1) {
		named := angled.FindAllStringSubmatch(m[1], -1)
		for _, of := range named {
			emails = append(emails, of[1])
		}
		if len(named) == 0 {
			emails = append(emails, address.FindAllString(m[1], -1)...)
		}
	}
	return emails
}
