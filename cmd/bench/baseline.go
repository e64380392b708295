package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// counting is an engine that counts what turns write and how long groups take to commit.
type counting struct {
	kv.Engine
	mu      sync.Mutex
	ops     int
	bytes   int
	commits []time.Duration
}

func (c *counting) Apply(e kv.Epoch, ops []kv.Op) error {
	began := time.Now()
	err := c.Engine.Apply(e, ops)
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits = append(c.commits, took)
	c.ops += len(ops)
	for _, op := range ops {
		c.bytes += len(op.Key) + len(op.Value)
	}
	return err
}

func (c *counting) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ops, c.bytes, c.commits = 0, 0, nil
}

// commitTime is the p99 of the groups' own commits.
func (c *counting) commitTime() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.commits)
	return c.commits[len(c.commits)*99/100]
}

// size is what an average turn of n wrote.
func (c *counting) size(n int) (ops, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(1, (c.ops+n/2)/n), c.bytes / n
}

// rawLog appends frames in groups: one write and one sync for everybody who waits. Nothing durable is faster.
type rawLog struct {
	file    *os.File
	mu      sync.Mutex
	waiting []chan error
	buffer  []byte
	wake    chan struct{}
}

func newRawLog(path string) (*rawLog, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	l := &rawLog{file: f, wake: make(chan struct{}, 1)}
	go l.run()
	return l, nil
}

func (l *rawLog) run() {
	for range l.wake {
		l.mu.Lock()
		buffer, waiting := l.buffer, l.waiting
		l.buffer, l.waiting = nil, nil
		l.mu.Unlock()
		_, err := l.file.Write(buffer)
		if err == nil {
			err = l.file.Sync()
		}
		for _, w := range waiting {
			w <- err
		}
	}
}

func (l *rawLog) append(frame []byte) error {
	done := make(chan error, 1)
	l.mu.Lock()
	l.buffer = append(l.buffer, frame...)
	l.waiting = append(l.waiting, done)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return <-done
}

func (l *rawLog) close() error {
	close(l.wake)
	return l.file.Close()
}

// single commits each turn by itself: one synced transaction of the same operations.
type single struct {
	engine kv.Engine
	epoch  kv.Epoch
	next   atomic.Uint64
	value  []byte
	ops    int
}

func newSingle(engine kv.Engine, ops, bytes int) (*single, error) {
	epoch, err := engine.Acquire()
	return &single{engine: engine, epoch: epoch, ops: ops, value: make([]byte, max(1, bytes/ops-12))}, err
}

func (s *single) commit() error {
	ops := make([]kv.Op, s.ops)
	for i := range ops {
		ops[i] = kv.Op{Key: binary.BigEndian.AppendUint64(fmt.Appendf(nil, "b%02d/", i), s.next.Add(1)), Value: s.value}
	}
	return s.engine.Apply(s.epoch, ops)
}
