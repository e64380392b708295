// Package doubt says when a run that nobody finds was not started. A system may still be at a request whose answer was cut off: its run is
// not there when it is looked for, and is there a moment later. So a key is missing for good only a while after it was last tried.
package doubt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/recent"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of looking for a key that may yet appear.
const (
	lookEvery = time.Second
	lookFor   = 10 * time.Second // a longer doubt is left to the next look
)

// Starts knows the starts of one adapter that may yet take effect. Those of the process before are not known: they ended with it, at the
// latest when Began was.
type Starts struct {
	System string // in errors: "gitlab"
	Clock  func() time.Time
	Began  time.Time     // when the process did
	Lag    time.Duration // how long a request may take effect after nobody waits for its answer any more

	tried recent.Map[string, time.Time] // when it was last tried by key, zero once it is known what came of it
}

// Try makes an attempt under a key, and remembers it as long as what came of it is not known.
func (s *Starts) Try(key string, start func() (port.Run, error)) (port.Run, error) {
	s.tried.Put(key, s.Clock())
	run, err := start()
	if verdict, _ := effect.Classify(err); err != nil && verdict == effect.Unknown {
		s.tried.Put(key, s.Clock())
	} else {
		s.tried.Put(key, time.Time{})
	}
	return run, err
}

// Open is an error of unknown outcome as long as an attempt of this adapter under a key may yet take effect.
func (s *Starts) Open(key string) error {
	tried, _ := s.tried.Get(key)
	return s.open(key, tried)
}

func (s *Starts) open(key string, tried time.Time) error {
	until := tried.Add(s.Lag)
	if tried.IsZero() || !s.Clock().Before(until) {
		return nil
	}
	return fmt.Errorf("%s: nothing is started under %s so far, and a start whose answer was lost may take effect until %s", s.System, key, until.UTC().Format(time.TimeOnly))
}

// Find looks for a key until it is there, or until no attempt can take effect any more: then look's effect.ErrNotFound is right. It waits up to
// 10 seconds for that, and then says that it does not know yet.
func (s *Starts) Find(ctx context.Context, key string, look func(context.Context) (port.Run, error)) (port.Run, error) {
	for until := s.Clock().Add(lookFor); ; {
		tried, _ := s.tried.Get(key)
		if tried.Before(s.Began) {
			tried = s.Began
		}
		open := s.open(key, tried) // before the look: what takes effect during it is seen by the next
		run, err := look(ctx)
		switch {
		case !errors.Is(err, effect.ErrNotFound) || open == nil:
			return run, err
		case !s.Clock().Before(until) || ctx.Err() != nil:
			return port.Run{}, open
		}
		pause(ctx, min(lookEvery, s.Lag))
	}
}

// pause waits, at most until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
