package commands

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	// sourceTimeout bounds one reading of a range. A hundred requests, each read in five questions, eight at a time, take half a minute.
	sourceTimeout = 2 * time.Minute
	// sourceKept is how long the answer to those who could not wait for it is there for whoever asks next: long enough to ask again, and
	// for the moment of triggering after that.
	sourceKept = 2 * time.Minute
)

var errStillReading = effect.Retryable(errors.New("it is still being read: ask again in a moment"), 0)

// patient lets a reading that takes longer than the time for facts go on, beside whoever asked: they are told that it is under way,
// and who asks again has its answer. An answer that came in time is never used twice.
type patient struct {
	of      port.Provenance
	mu      sync.Mutex
	reading map[sourceKey]*sourceReading
}

type sourceKey struct{ service, since, commit string }

type sourceReading struct {
	done  chan struct{} // closed once the answer is there
	late  bool          // somebody could not wait for it
	found port.CommitRange
	err   error
}

// patiently is a host of repositories that may take its time; nil for none.
func patiently(of port.Provenance) port.Provenance {
	if of == nil {
		return nil
	}
	return &patient{of: of, reading: map[sourceKey]*sourceReading{}}
}

// Range implements port.Provenance.
func (p *patient) Range(ctx context.Context, service, since, commit string) (port.CommitRange, error) {
	key := sourceKey{service, since, commit}
	p.mu.Lock()
	r := p.reading[key]
	if r == nil {
		r = &sourceReading{done: make(chan struct{})}
		p.reading[key] = r
		go p.read(key, r)
	}
	p.mu.Unlock()
	select {
	case <-r.done:
		return r.found, r.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-r.done:
		return r.found, r.err
	default:
		r.late = true
		return port.CommitRange{}, errStillReading
	}
}

func (p *patient) read(key sourceKey, r *sourceReading) {
	ctx, cancel := context.WithTimeout(context.Background(), sourceTimeout)
	defer cancel()
	r.found, r.err = beside(func() (port.CommitRange, error) { return p.of.Range(ctx, key.service, key.since, key.commit) })()
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.late && r.err == nil {
		time.AfterFunc(sourceKept, func() { p.forget(key, r) })
	} else {
		delete(p.reading, key)
	}
	close(r.done)
}

func (p *patient) forget(key sourceKey, r *sourceReading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reading[key] == r {
		delete(p.reading, key)
	}
}
