package doubt_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/doubt"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var errCut = errors.New("the answer was cut off")

func nothing(context.Context) (port.Run, error) { return port.Run{}, effect.ErrNotFound }

// within runs a test with what an adapter of a process knows that is as old as given.
func within(t *testing.T, age time.Duration, test func(*testing.T, *doubt.Starts)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		test(t, &doubt.Starts{System: "ci", Clock: time.Now, Began: time.Now().Add(-age), Lag: 25 * time.Second})
	})
}

func TestWhatIsTriedMayAppear(t *testing.T) {
	within(t, time.Hour, func(t *testing.T, s *doubt.Starts) {
		if _, err := s.Find(t.Context(), "D-1", nothing); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("never tried: %v", err)
		}
		if _, err := s.Try("D-1", func() (port.Run, error) { return port.Run{}, errCut }); !errors.Is(err, errCut) {
			t.Error(err)
		}
		for range 2 {
			_, err := s.Find(t.Context(), "D-1", nothing)
			if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Unknown || errors.Is(err, effect.ErrNotFound) {
				t.Errorf("in doubt: %v", err)
			}
			if err := s.Open("D-1"); err == nil {
				t.Error("another start is let go while there is doubt")
			}
		}
		began := time.Now()
		if _, err := s.Find(t.Context(), "D-1", nothing); !errors.Is(err, effect.ErrNotFound) || time.Since(began) > 6*time.Second {
			t.Errorf("after the doubt: %v, after %s", err, time.Since(began))
		}
		if err := s.Open("D-1"); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatAppearsIsFound(t *testing.T) {
	within(t, time.Hour, func(t *testing.T, s *doubt.Starts) {
		_, _ = s.Try("D-1", func() (port.Run, error) { return port.Run{}, errCut })
		there := time.Now().Add(5 * time.Second)
		run, err := s.Find(t.Context(), "D-1", func(ctx context.Context) (port.Run, error) {
			if time.Now().Before(there) {
				return nothing(ctx)
			}
			return port.Run{ID: "7"}, nil
		})
		if err != nil || run.ID != "7" {
			t.Errorf("%+v, %v", run, err)
		}
	})
}

// What surely happened or surely did not leaves no doubt.
func TestKnownOutcomes(t *testing.T) {
	within(t, time.Hour, func(t *testing.T, s *doubt.Starts) {
		for _, err := range []error{nil, effect.Retryable(errCut, 0), effect.Permanently(errCut)} {
			_, _ = s.Try("D-1", func() (port.Run, error) { return port.Run{}, err })
			if open := s.Open("D-1"); open != nil {
				t.Errorf("after %v: %v", err, open)
			}
		}
	})
}

// A process that just began does not know what the one before tried. It found nothing under way itself.
func TestAfterARestart(t *testing.T) {
	within(t, 22*time.Second, func(t *testing.T, s *doubt.Starts) {
		if err := s.Open("D-1"); err != nil {
			t.Error(err)
		}
		began := time.Now()
		if _, err := s.Find(t.Context(), "D-1", nothing); !errors.Is(err, effect.ErrNotFound) || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestFindEndsWithItsContext(t *testing.T) {
	within(t, 0, func(t *testing.T, s *doubt.Starts) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		if _, err := s.Find(ctx, "D-1", nothing); err == nil || errors.Is(err, effect.ErrNotFound) || time.Since(began) > 2*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}
