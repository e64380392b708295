package jenkins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of what is read and kept of a build's output.
const (
	tailBytes = 16 << 10  // from which the last lines are taken
	chunkMost = 128 << 10 // read at once: beyond it, the end is asked for again
	lineMost  = 300       // characters of a line
)

// tail reads the last lines of a build's output. Jenkins says how long that is before it sends it: so it is asked for from where it ended
// last time, and what turns out to be too much is not read.
func (a *Adapter) tail(ctx context.Context, r runID, b build) ([]string, error) {
	start := max(0, a.memory.get(r).log-tailBytes)
	for range 2 {
		text, size, err := a.output(ctx, buildPath(r.job, b.Number), start)
		if err != nil {
			return nil, err
		}
		a.memory.change(r, func(k *known) { k.log = size })
		if start <= size && size-start <= chunkMost {
			return lastLines(text, start > 0), nil
		}
		start = max(0, size-tailBytes)
	}
	return nil, errors.New("jenkins: the output grows faster than it can be read")
}

// output reads a build's output from a byte on, and says where it ends. More than chunkMost is not read.
func (a *Adapter) output(ctx context.Context, path string, start int64) (text string, size int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, rest.Patience)
	defer cancel()
	at := a.settings.URL + path + "/logText/progressiveText?start=" + strconv.FormatInt(start, 10)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", 0, err
	}
	if err := a.client.Authorise(request); err != nil {
		return "", 0, err
	}
	answer, err := a.client.HTTP.Do(request)
	if err != nil {
		return "", 0, err
	}
	defer answer.Body.Close()
	size, err = strconv.ParseInt(answer.Header.Get("X-Text-Size"), 10, 64)
	if answer.StatusCode != http.StatusOK || err != nil || size < 0 {
		return "", 0, fmt.Errorf("jenkins: the output of %s can't be read: HTTP %d", path, answer.StatusCode)
	}
	if start > size || size-start > chunkMost {
		return "", size, nil
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 2*chunkMost)) // line ends are made longer on their way
	return string(raw), size, err
}

// lastLines are the last lines that say something, cleaned; the first one is left out if it may have been cut.
func lastLines(text string, cut bool) []string {
	if cut {
		_, text, _ = strings.Cut(text, "\n")
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = clean(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-port.TailLines):]
}

// Sequences that move or colour a terminal, with the notes that Jenkins hides in its output between two of them.
var (
	note     = regexp.MustCompile("\x1b\\[8mha:[^\x1b]*\x1b\\[0m")
	sequence = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])")
)

// clean is a line without control characters and trailing space, cut to lineMost characters. Of what overwrote itself the last stays.
func clean(line string) string {
	line = note.ReplaceAllString(strings.ToValidUTF8(line, "\uFFFD"), "")
	line = strings.TrimRight(sequence.ReplaceAllString(line, ""), " \t\r")
	line = line[strings.LastIndexByte(line, '\r')+1:]
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, line)
	if runes := []rune(line); len(runes) > lineMost {
		line = string(runes[:lineMost]) + "…"
	}
	return line
}
