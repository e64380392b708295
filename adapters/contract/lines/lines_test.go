// Package lines_test has Toxiproxy cut the lines between adapters and the tests' servers, at every moment that matters, while something
// dangerous is under way. Whatever becomes of an answer, the outbox's way of repeating must end with one run, one ticket, one page. It runs on
// real sockets, and so on the real clock.
package lines_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// operation is something dangerous, made for one trial.
type operation struct {
	perform func(context.Context) error
	// find looks for what became of it; nil where performing it again does that by itself.
	find func(context.Context) error
	// count is how often it happened on the other side.
	count func() int
}

// side is an adapter with its other side, and the line between them.
type side struct {
	*line
	// begin prepares an operation under a key, over a good line.
	begin func(t *testing.T, key string) operation
	wrong func() []error
	// when are the moments at which the line goes bad, and how are the names of its faults; nil for all.
	when []moment
	how  []string
}

// Bounds of a trial.
const (
	impatience = 150 * time.Millisecond // of an attempt while the line is bad
	patience   = 10 * time.Second       // of one on a good line, on a machine with much else to do
	slack      = 2 * time.Second        // what ends with its context has ended by then
	badFor     = 2                      // attempts that meet the fault
	pauseLeast = 10 * time.Millisecond  // between attempts
	pauseMost  = time.Second            // that a bad line may ask for: nobody has to mend anything there
)

func TestCutLines(t *testing.T) {
	t.Parallel()
	for name, open := range sides {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			all := map[string]operation{}
			for _, f := range faults {
				for _, when := range moments {
					if s.when != nil && !slices.Contains(s.when, when) || s.how != nil && !slices.Contains(s.how, f.name) {
						continue
					}
					key := "gonogo-" + name + "-" + string(rune('a'+len(all)))
					if !t.Run(f.name+" "+string(when), func(t *testing.T) { all[key] = s.trial(t, key, f, when) }) {
						t.FailNow() // a side that is wrong takes its time with every fault
					}
				}
			}
			s.anew() // what is still on its way does not come
			for key, o := range all {
				if n := o.count(); n != 1 {
					t.Errorf("in the end %s happened %d times", key, n)
				}
			}
			for _, wrong := range s.wrong() {
				t.Errorf("not as described: %.400v", wrong)
			}
		})
	}
}

// trial does something dangerous over a line that goes bad, as the outbox does: what nobody knows is looked for, what is not there is done
// again, and what surely did not happen as well.
func (s side) trial(t *testing.T, key string, f fault, when moment) operation {
	t.Helper()
	s.anew()
	s.under.CloseIdleConnections()
	o := s.begin(t, key)
	s.spoil(f, when)
	failed, seek := 0, false
	for until := time.Now().Add(patience); ; {
		if time.Now().After(until) {
			t.Fatal("it does not end")
		}
		if failed == badFor {
			s.anew()
		}
		do := o.perform
		if seek && o.find != nil {
			do = o.find
		}
		err := s.attempt(t, do)
		if seek && o.find != nil && errors.Is(err, effect.ErrNotFound) {
			seek = false
			continue
		}
		if err == nil {
			break
		}
		failed++
		verdict, after := effect.Classify(err)
		switch {
		case verdict == effect.Permanent:
			t.Fatalf("given up: %v", err)
		case after > pauseMost:
			t.Fatalf("a bad line is waited for as if somebody had to mend what is set up: %s: %v", after, err)
		}
		if !seek || o.find == nil { // that looking failed says nothing of what is looked for
			seek = verdict == effect.Unknown
		}
		<-time.After(max(pauseLeast, after))
	}
	if failed == 0 && !slices.Contains(f.spares, when) {
		t.Errorf("the fault did not strike, or was not noticed")
	}
	for until := time.Now().Add(patience); o.count() == 0 && time.Now().Before(until); { // what was accepted may take a moment
		<-time.After(pauseLeast)
	}
	if n := o.count(); n != 1 {
		t.Errorf("it happened %d times", n)
	}
	return o
}

// attempt gives an attempt its context, and sees to it that it ends with that.
func (s side) attempt(t *testing.T, do func(context.Context) error) error {
	t.Helper()
	bound := patience
	if s.spoiled() {
		bound = impatience
	}
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	began := time.Now()
	err := do(ctx)
	if took := time.Since(began); took > bound+slack {
		t.Errorf("an attempt of at most %s took %s", bound, took)
	}
	return err
}

// to reports whether a request is one of a method whose path ends so.
func to(method, end string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		return r.Method == method && len(r.URL.Path) >= len(end) && r.URL.Path[len(r.URL.Path)-len(end):] == end
	}
}
