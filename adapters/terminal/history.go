package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxHistory bounds the lines remembered; the file is cut back to it when it holds twice as many.
const maxHistory = 1000

// History remembers the lines typed, in a file that only its owner may read. It implements term.History.
type History struct {
	path  string
	lines []string // oldest first
}

// OpenHistory reads the history at a path; there need be none yet.
func OpenHistory(path string) (*History, error) {
	h := &History{path: path}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		return h, nil
	case err != nil:
		return nil, fmt.Errorf("history: %w", err)
	}
	// A file from elsewhere may be open to others.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(cleanRunes(strings.TrimRight(line, "\r\n")), " "); line != "" {
			h.lines = append(h.lines, line)
		}
	}
	if len(h.lines) > 2*maxHistory {
		h.lines = h.lines[len(h.lines)-maxHistory:]
		if err := h.rewrite(); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// rewrite replaces the file whole, so that a failure leaves the old one.
func (h *History) rewrite() error {
	f, err := os.CreateTemp(filepath.Dir(h.path), ".history-*") // mode 0600
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	_, err = f.WriteString(strings.Join(h.lines, "\n") + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("history: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// Add remembers a line, unless it is empty, repeats the one before, or begins with a space. A file that cannot be written
// loses the line for the next time only: there is nobody to tell in the middle of typing.
func (h *History) Add(line string) {
	if strings.TrimSpace(line) == "" || line[0] == ' ' || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(line + "\n")
}

// Len is the number of lines remembered.
func (h *History) Len() int { return len(h.lines) }

// At returns a line; 0 is the newest.
func (h *History) At(i int) string { return h.lines[len(h.lines)-1-i] }
