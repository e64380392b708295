package state

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// A backup is one consistent moment: a heading, each key and value with its length before it, an end mark, and the SHA-256
// of all of it. It holds the per-person keys wrapped only; the master and signing keys are kept apart from it.
const backupHeading = "gonogo backup 1\n"

// ErrBackup says that a file is no whole backup.
var ErrBackup = errors.New("state: not a whole backup")

// ErrNotEmpty says that a store to restore into holds something.
var ErrNotEmpty = errors.New("state: the store to restore into is not empty")

// Limits of what a backup may hold: the engine's limits are far below.
const (
	backupKeyLimit   = 64 << 10
	backupValueLimit = 64 << 20
)

// Backup writes the moment that r reads.
func Backup(r kv.Reader, w io.Writer) (records int, err error) {
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	out.WriteString(backupHeading)
	var length []byte
	err = r.Scan(nil, nil, false, func(key, value []byte) error {
		records++
		length = binary.AppendUvarint(length[:0], uint64(len(key))+1)
		length = binary.AppendUvarint(length, uint64(len(value)))
		out.Write(length)
		out.Write(key)
		_, err := out.Write(value)
		return err
	})
	if err != nil {
		return records, fmt.Errorf("write the backup: %w", err)
	}
	out.WriteByte(0)
	if err := out.Flush(); err != nil {
		return records, fmt.Errorf("write the backup: %w", err)
	}
	_, err = w.Write(sum.Sum(nil))
	return records, err
}

// Restore fills an empty engine from a backup. It checks the whole backup's checksum as it reads; a backup that turns out
// torn leaves an engine that must be thrown away.
func Restore(engine kv.Engine, r io.Reader) (records int, err error) {
	err = engine.Scan(nil, nil, false, func(k, _ []byte) error { return ErrNotEmpty })
	if err != nil {
		return 0, err
	}
	epoch, err := engine.Acquire()
	if err != nil {
		return 0, fmt.Errorf("take the writer epoch: %w", err)
	}
	in := &backupReader{in: bufio.NewReaderSize(r, 1<<16), sum: sha256.New()}
	if heading, err := in.take(len(backupHeading)); err != nil || string(heading) != backupHeading {
		return 0, fmt.Errorf("%w: it does not begin like one", ErrBackup)
	}
	b := batcher{engine: engine, epoch: epoch, limits: engine.Limits()}
	for {
		n, err := in.length(backupKeyLimit)
		if err != nil {
			return records, err
		}
		if n == 0 {
			break
		}
		size, err := in.length(backupValueLimit)
		if err != nil {
			return records, err
		}
		key, err := in.take(n - 1)
		if err != nil {
			return records, err
		}
		value, err := in.take(size)
		if err != nil {
			return records, err
		}
		if err := b.add(kv.Op{Key: key, Value: value}); err != nil {
			return records, err
		}
		records++
	}
	want := in.sum.Sum(nil)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(in.in, got); err != nil || string(got) != string(want) {
		return records, fmt.Errorf("%w: its checksum does not hold", ErrBackup)
	}
	return records, b.flush()
}

type batcher struct {
	engine kv.Engine
	epoch  kv.Epoch
	limits kv.Limits
	ops    []kv.Op
	bytes  int
}

// restoreBatch bounds the memory of a restore.
const restoreBatch = 1000

func (b *batcher) add(op kv.Op) error {
	if len(b.ops) >= min(restoreBatch, b.limits.Ops) || b.bytes+op.Size() > b.limits.Bytes {
		if err := b.flush(); err != nil {
			return err
		}
	}
	b.ops = append(b.ops, op)
	b.bytes += op.Size()
	return nil
}

func (b *batcher) flush() error {
	if len(b.ops) == 0 {
		return nil
	}
	err := b.engine.Apply(b.epoch, b.ops)
	b.ops, b.bytes = b.ops[:0], 0
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

type backupReader struct {
	in  *bufio.Reader
	sum hash.Hash
}

func (r *backupReader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r.in, b); err != nil {
		return nil, fmt.Errorf("%w: it ends early", ErrBackup)
	}
	r.sum.Write(b)
	return b, nil
}

// ReadByte lets lengths be read byte by byte under the checksum.
func (r *backupReader) ReadByte() (byte, error) {
	c, err := r.in.ReadByte()
	if err == nil {
		r.sum.Write([]byte{c})
	}
	return c, err
}

func (r *backupReader) length(limit int) (int, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(limit) {
		return 0, fmt.Errorf("%w: a length makes no sense", ErrBackup)
	}
	return int(n), nil
}
