// Package journal keeps an append-only file of JSON lines that is the whole state of an adapter: every line is synced
// before it is answered, and the state is what reading the lines from the start gives.
package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// MaxLine bounds one line, in bytes.
const MaxLine = 1 << 20

// Journal is an open file. Several may be open on the same file, also in several processes: each reads on what the others
// appended before it looks or decides.
type Journal struct {
	path  string
	apply func(line []byte) error
	mu    sync.Mutex
	read  int64 // bytes applied, always at the end of a line
	lines int
}

// Open reads the file, made if it isn't there, through apply: one whole line a call. An error of apply's stops it, named
// with its line. A last line without its end was never answered and is cut off by the next Append.
func Open(path string, apply func(line []byte) error) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	j := &Journal{path: path, apply: apply}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return j, j.View(context.Background(), func() error { return nil })
}

// View calls look on the state as it is now.
func (j *Journal) View(ctx context.Context, look func() error) error {
	return j.locked(ctx, syscall.LOCK_SH, func(f *os.File) error {
		if _, err := j.catchUp(f); err != nil {
			return err
		}
		return look()
	})
}

// Append asks decide, which sees the state as it is now, what to append; nil for nothing. The entry is synced and applied
// when Append returns nil. An error classed effect.Retry says that nothing was appended.
func (j *Journal) Append(ctx context.Context, decide func() (entry any, err error)) error {
	return j.locked(ctx, syscall.LOCK_EX, func(f *os.File) error {
		torn, err := j.catchUp(f)
		if err != nil {
			return err
		}
		entry, err := decide()
		if err != nil || entry == nil {
			return err
		}
		line, err := encode(entry)
		if err != nil {
			return effect.Permanently(err)
		}
		if torn {
			if err := f.Truncate(j.read); err != nil {
				return effect.Retryable(err, 0)
			}
		}
		if _, err := f.WriteAt(line, j.read); err != nil {
			if cut := f.Truncate(j.read); cut != nil {
				return errors.Join(err, cut)
			}
			return effect.Retryable(err, 0)
		}
		if err := f.Sync(); err != nil {
			return err
		}
		_, err = j.catchUp(f)
		return err
	})
}

func (j *Journal) locked(ctx context.Context, how int, do func(*os.File) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, err := os.OpenFile(j.path, os.O_RDWR, 0)
	if err != nil {
		return effect.Retryable(err, 0)
	}
	defer f.Close()
	for {
		if err := ctx.Err(); err != nil {
			return effect.Retryable(err, 0)
		}
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return do(f)
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return effect.Retryable(&os.PathError{Op: "lock", Path: j.path, Err: err}, 0)
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Millisecond): // others hold it for one append at most
		}
	}
}

// catchUp applies the whole lines after what was read, and reports whether a torn one follows them.
func (j *Journal) catchUp(f *os.File) (torn bool, err error) {
	fi, err := f.Stat()
	if err != nil {
		return false, err
	}
	if fi.Size() < j.read {
		return false, fmt.Errorf("%s was cut from %d to %d bytes behind the bot's back", j.path, j.read, fi.Size())
	}
	b, err := io.ReadAll(io.NewSectionReader(f, j.read, fi.Size()-j.read))
	if err != nil {
		return false, err
	}
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return true, nil
		}
		if err := j.apply(b[:i]); err != nil {
			return false, fmt.Errorf("%s: line %d: %w", j.path, j.lines+1, err)
		}
		j.read += int64(i) + 1
		j.lines++
		b = b[i+1:]
	}
	return false, nil
}

func encode(entry any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // the file is for people to read
	if err := e.Encode(entry); err != nil {
		return nil, err
	}
	if b.Len() > MaxLine {
		return nil, fmt.Errorf("an entry of %d bytes is over the limit of %d", b.Len(), MaxLine)
	}
	return b.Bytes(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
