package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Clean makes text safe to print: what people and programs wrote must not move the cursor, set the title, hide or
// reorder what stands beside it. Controls (C0, C1, DEL), bidirectional overrides and bytes that are no UTF-8 go;
// line ends and tabs become spaces.
func Clean(s string) string { return strings.Join(strings.Fields(cleanRunes(s)), " ") }

// cleanBlock is Clean for text of several lines, which keeps its lines and indentation.
func cleanBlock(s string) []string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\t", "    ")
	lines := strings.Split(strings.TrimRight(s, "\n "), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(cleanRunes(l), " ")
	}
	return lines
}

func cleanRunes(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

// cells is the number of columns that a text takes: two for wide characters of East Asia and most pictographs, none for
// combining and invisible ones (Unicode Standard Annex 11).
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

var asciiNames = strings.NewReplacer(
	"“", `"`, "”", `"`, "‘", "'", "’", "'", "…", "...", "–", "-", "—", "-", "−", "-", "·", "-", "→", "->", "µ", "u", "μ", "u",
	"\u00a0", " ", "ß", "ss", "æ", "ae", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L", "€", "EUR",
)

// ascii spells text with ASCII alone: accents are dropped, and what has no spelling is shown as a question mark.
func ascii(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < utf8.RuneSelf
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			return -1
		}
		return '?'
	}, norm.NFKD.String(asciiNames.Replace(s)))
}

// wrap breaks text into lines of at most room columns, at spaces where it can; a word wider than the room is broken
// rather than cut short.
func wrap(s string, room int) []string {
	room = max(room, 1)
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		size := cells(word)
		if line != "" && used+1+size <= room {
			line, used = line+" "+word, used+1+size
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		broken := breakWord(word, room)
		lines = append(lines, broken[:len(broken)-1]...)
		line = broken[len(broken)-1]
		used = cells(line)
	}
	return append(lines, line)
}

func breakWord(word string, room int) []string {
	var lines []string
	start, used := 0, 0
	for i, r := range word {
		n := runeCells(r)
		if used+n > room && i > start {
			lines = append(lines, word[start:i])
			start, used = i, 0
		}
		used += n
	}
	return append(lines, word[start:])
}
