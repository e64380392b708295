package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The bounds on what is kept of a run's output, in bytes.
const (
	MaxOutput = 64 << 20
	maxLine   = 64 << 10
)

const blot = "[secret]"

// output writes a command's output to the run's folder: line by line, with secrets blotted out and stages noted. It never
// fails towards the command, which would be killed by a full disk otherwise; the first fault comes back from Close.
type output struct {
	dir     string
	file    *os.File
	secrets []string // longest first
	longest int
	pending []byte
	kept    int64
	fault   error
}

func newOutput(dir string, secrets []string) (*output, error) {
	f, err := os.OpenFile(filepath.Join(dir, outputFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	o := &output{dir: dir, file: f}
	for _, s := range secrets {
		// Output is taken line by line, so a secret of several lines is blotted out by its lines.
		for line := range strings.Lines(s) {
			if line = strings.TrimRight(line, "\r\n"); len(line) >= minSecret {
				o.secrets = append(o.secrets, line)
				o.longest = max(o.longest, len(line))
			}
		}
	}
	sortLongestFirst(o.secrets)
	return o, nil
}

// Write takes any piece of output. An overlong line is written in parts, holding back what could be the start of a secret.
func (o *output) Write(p []byte) (int, error) {
	o.pending = append(o.pending, p...)
	for {
		i := bytes.IndexByte(o.pending, '\n')
		if i < 0 {
			break
		}
		o.line(o.pending[:i+1])
		o.pending = o.pending[i+1:]
	}
	if len(o.pending) > maxLine+o.longest {
		o.pending = o.blotted(o.pending)
		if n := len(o.pending) - o.longest; n > 0 {
			o.keep(o.pending[:n])
			o.pending = o.pending[n:]
		}
	}
	return len(p), nil
}

func (o *output) line(b []byte) {
	b = o.blotted(b)
	if s, ok := parseStage(string(b)); ok {
		o.note(s)
	}
	o.keep(b)
}

func (o *output) blotted(b []byte) []byte {
	for _, s := range o.secrets {
		b = bytes.ReplaceAll(b, []byte(s), []byte(blot))
	}
	return b
}

func (o *output) keep(b []byte) {
	if o.kept >= MaxOutput || o.fault != nil {
		return
	}
	if o.kept += int64(len(b)); o.kept >= MaxOutput {
		b = fmt.Appendf(b, "\n(output beyond %d MiB is not kept)\n", MaxOutput>>20)
	}
	_, o.fault = o.file.Write(b)
}

// note replaces the status; a lost one after a power cut is no harm, so it is not synced.
func (o *output) note(s status) {
	b, err := json.Marshal(s)
	if err != nil {
		return
	}
	part := filepath.Join(o.dir, ".status")
	if os.WriteFile(part, b, 0o600) == nil {
		os.Rename(part, filepath.Join(o.dir, statusFile))
	}
}

// Close keeps an unended last line and syncs.
func (o *output) Close() error {
	if len(o.pending) > 0 {
		o.line(o.pending)
	}
	return errors.Join(o.fault, o.file.Sync(), o.file.Close())
}

const stageMark = "::stage "

// parseStage reads "::stage NAME PERCENT", where the name may be several words and the percent end in a sign.
func parseStage(line string) (status, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), stageMark)
	if !ok {
		return status{}, false
	}
	words := strings.Fields(rest)
	if len(words) < 2 {
		return status{}, false
	}
	last := len(words) - 1
	percent, err := strconv.Atoi(strings.TrimSuffix(words[last], "%"))
	if err != nil || percent < 0 || percent > 100 {
		return status{}, false
	}
	return status{Stage: shown(strings.Join(words[:last], " ")), Percent: percent}, true
}
