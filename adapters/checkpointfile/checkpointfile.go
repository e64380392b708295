// Package checkpointfile keeps signed checkpoints in a file, best on a disk that the bot's host can append to and not
// rewrite: an outsider's word against a truncated audit trail.
package checkpointfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the checkpoint file.
type Settings struct {
	File string `yaml:"file" doc:"file that signed checkpoints are appended to, one JSON object a line; keep it away from the store" required:"true"`
}

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	if s.File == "" {
		return errors.New("file: a path is needed")
	}
	return nil
}

// Adapter is a port.Sink that appends to a file.
type Adapter struct {
	path string
	mu   sync.Mutex
	size int64 // of the file when it was last read, and
	last []port.Checkpoint
}

var _ port.Sink = (*Adapter)(nil)

// maxLine bounds a line that is read, in bytes: a checkpoint has well under a thousand.
const maxLine = 64 << 10

// New names the file, which is made with the first checkpoint.
func New(s Settings) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return &Adapter{path: s.File, size: -1}, nil
}

// Publish appends the checkpoint and syncs, unless the file holds it. What is in the file is never rewritten: a line torn
// by a crash is ended and left.
func (a *Adapter) Publish(ctx context.Context, c port.Checkpoint) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return effect.Retryable(err, 0)
	}
	there, err := a.read()
	if err != nil {
		return effect.Retryable(err, 0)
	}
	if slices.ContainsFunc(there, func(o port.Checkpoint) bool { return same(o, c) }) {
		return nil
	}
	line, err := json.Marshal(c)
	if err != nil {
		return effect.Permanently(err)
	}
	f, err := os.OpenFile(a.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return effect.Retryable(err, 0)
	}
	defer f.Close()
	torn, err := endsTorn(f)
	if err != nil {
		return effect.Retryable(err, 0)
	}
	if torn {
		line = slices.Insert(line, 0, '\n')
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(a.path))
}

// Checkpoints returns what the file holds, in its order. Lines that are no checkpoint are passed over: whoever verifies
// needs only one that is newer than the cut, and each is signed.
func (a *Adapter) Checkpoints(ctx context.Context) ([]port.Checkpoint, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	there, err := a.read()
	return slices.Clone(there), err
}

// read reads the file again if its size changed.
func (a *Adapter) read() ([]port.Checkpoint, error) {
	f, err := os.Open(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if fi.Size() == a.size {
		return a.last, nil
	}
	var all []port.Checkpoint
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var c port.Checkpoint
		if json.Unmarshal(lines.Bytes(), &c) == nil && len(c.Signature) > 0 {
			all = append(all, c)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	a.size, a.last = fi.Size(), all
	return all, nil
}

func same(a, b port.Checkpoint) bool {
	return a.Seq == b.Seq && a.Epoch == b.Epoch && bytes.Equal(a.Hash, b.Hash) && bytes.Equal(a.Signature, b.Signature)
}

func endsTorn(f *os.File) (bool, error) {
	fi, err := f.Stat()
	if err != nil || fi.Size() == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, fi.Size()-1)
	return last[0] != '\n', err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
