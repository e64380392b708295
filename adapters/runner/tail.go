package runner

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	tailBytes = 16 << 10 // how much of the end of the output is looked at for the last lines
	tailLine  = 400      // characters of a line that are shown; the whole of it is behind the link
)

// tail returns the last lines of a run's output, without the announcements of stages.
func tail(path string) ([]string, error) {
	b, whole, err := lastBytes(path, tailBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	if !whole && len(lines) > 1 {
		lines = lines[1:] // most likely only the rest of a line
	}
	lines = slices.DeleteFunc(lines, func(l string) bool {
		_, stage := parseStage(l)
		return stage || strings.TrimSpace(l) == ""
	})
	lines = lines[max(0, len(lines)-port.TailLines):]
	for i, l := range lines {
		lines[i] = shown(l)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return slices.Clone(lines), nil
}

// lastBytes reads at most n bytes from the end of a file, and says whether that is all of it.
func lastBytes(path string, n int64) (b []byte, whole bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	from := max(0, fi.Size()-n)
	b, err = io.ReadAll(io.NewSectionReader(f, from, n))
	return b, from == 0, err
}

// shown makes a line of output fit to be shown: valid text without control characters, of bounded length.
func shown(line string) string {
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, "\uFFFD"))
	if r := []rune(line); len(r) > tailLine {
		return string(r[:tailLine]) + "…"
	}
	return line
}

func sortLongestFirst(s []string) {
	slices.SortFunc(s, func(a, b string) int { return len(b) - len(a) })
}
