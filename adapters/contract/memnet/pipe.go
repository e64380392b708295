package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// pipe is a connection whose two ends each read what the other wrote. Writing never blocks: with net.Pipe, two ends that both
// write wait for each other, one of them behind a lock, which stops a bubble's clock for good.
func pipe(near, far string) (net.Conn, net.Conn) {
	a, b := newStream(), newStream()
	return &end{in: a, out: b, local: addr(near), remote: addr(far)}, &end{in: b, out: a, local: addr(far), remote: addr(near)}
}

// stream is one direction.
type stream struct {
	mu       sync.Mutex
	data     []byte
	closed   bool
	deadline time.Time
	changed  chan struct{} // closed, and replaced, at every change
}

func newStream() *stream { return &stream{changed: make(chan struct{})} }

// change makes a change and wakes whoever reads.
func (s *stream) change(by func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	by()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) read(into []byte) (int, error) {
	for {
		s.mu.Lock()
		n := copy(into, s.data)
		s.data = s.data[n:]
		closed, deadline, changed := s.closed, s.deadline, s.changed
		s.mu.Unlock()
		switch {
		case n > 0 || len(into) == 0:
			return n, nil
		case closed:
			return 0, io.EOF
		}
		var late <-chan time.Time
		if !deadline.IsZero() {
			left := time.Until(deadline)
			if left <= 0 {
				return 0, os.ErrDeadlineExceeded
			}
			alarm := time.NewTimer(left)
			late = alarm.C
			defer alarm.Stop()
		}
		select {
		case <-changed:
		case <-late:
		}
	}
}

// end is one side of a connection.
type end struct {
	in, out       *stream
	local, remote addr
}

// Read implements net.Conn.
func (e *end) Read(b []byte) (int, error) { return e.in.read(b) }

// Write implements net.Conn.
func (e *end) Write(b []byte) (int, error) {
	err := io.ErrClosedPipe
	e.out.change(func() {
		if !e.out.closed {
			e.out.data = append(e.out.data, b...)
			err = nil
		}
	})
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close implements net.Conn: both directions end, what was written is still read.
func (e *end) Close() error {
	e.in.change(func() { e.in.closed = true })
	e.out.change(func() { e.out.closed = true })
	return nil
}

// LocalAddr implements net.Conn.
func (e *end) LocalAddr() net.Addr { return e.local }

// RemoteAddr implements net.Conn.
func (e *end) RemoteAddr() net.Addr { return e.remote }

// SetDeadline implements net.Conn.
func (e *end) SetDeadline(t time.Time) error { return e.SetReadDeadline(t) }

// SetReadDeadline implements net.Conn.
func (e *end) SetReadDeadline(t time.Time) error {
	e.in.change(func() { e.in.deadline = t })
	return nil
}

// SetWriteDeadline implements net.Conn; writing never waits.
func (e *end) SetWriteDeadline(time.Time) error { return nil }
