package commands_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
)

// slowHost takes its time over everything.
type slowHost struct {
	takes time.Duration
	fault error
	reads atomic.Int32
}

func (h *slowHost) Range(ctx context.Context, service, since, commit string) (port.CommitRange, error) {
	h.reads.Add(1)
	select {
	case <-time.After(h.takes):
	case <-ctx.Done():
		return port.CommitRange{}, ctx.Err()
	}
	return port.CommitRange{Service: service, Since: since, Commit: commit, Source: port.Source{System: "host", At: time.Now()}}, h.fault
}

func TestALongReadingGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &slowHost{takes: 5 * time.Second}
		patient := commands.Patiently(host)
		ask := func(commit string) (port.CommitRange, error) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			return patient.Range(ctx, "web", "a", commit)
		}
		began := time.Now()
		if _, err := ask("b"); err == nil || time.Since(began) != 2*time.Second {
			t.Fatalf("who asked first was told %v after %s", err, time.Since(began))
		} else if class, _ := effect.Classify(err); class != effect.Retry {
			t.Errorf("%v is not to be tried again", err)
		}
		time.Sleep(2 * time.Second)
		if r, err := ask("b"); err != nil || r.Commit != "b" || time.Since(began) != 5*time.Second {
			t.Errorf("who asked next has %+v, %v after %s", r, err, time.Since(began))
		}
		time.Sleep(time.Minute)
		if r, err := ask("b"); err != nil || time.Since(r.Source.At) != time.Minute || host.reads.Load() != 1 {
			t.Errorf("what came late is read again: %v, %v", r, err)
		}
		if _, err := ask("c"); err == nil || host.reads.Load() != 2 {
			t.Error("what is kept of one commit answers for another")
		}
		time.Sleep(2 * time.Minute)
		if _, err := ask("b"); err == nil || host.reads.Load() != 3 {
			t.Error("what is old is not read anew")
		}
		time.Sleep(10 * time.Second)
	})
}

func TestWhatComesInTimeIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &slowHost{takes: time.Second}
		patient := commands.Patiently(host)
		for n := range 3 {
			if _, err := patient.Range(t.Context(), "web", "a", "b"); err != nil || int(host.reads.Load()) != n+1 {
				t.Errorf("asked %d times, read %d times: %v", n+1, host.reads.Load(), err)
			}
		}
		host.fault = errors.New("no such luck")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := patient.Range(ctx, "web", "a", "b"); err == nil {
			t.Error("an answer before there is one")
		}
		time.Sleep(10 * time.Second)
		if _, err := patient.Range(t.Context(), "web", "a", "b"); err != host.fault || host.reads.Load() != 5 {
			t.Errorf("a failure is kept: %v after %d", err, host.reads.Load())
		}
		never := &slowHost{takes: time.Hour}
		if _, err := commands.Patiently(never).Range(t.Context(), "web", "a", "b"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a reading never ends: %v", err)
		}
	})
}
