package perkey_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
)

func TestOneAtATimePerKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l perkey.Locks
		var all sync.WaitGroup
		began := time.Now()
		for _, key := range []string{"a", "a", "a", "b"} {
			all.Go(func() {
				unlock, err := l.Lock(t.Context(), key)
				if err != nil {
					t.Error(err)
				}
				time.Sleep(time.Second)
				unlock()
				unlock() // twice is no harm
			})
		}
		all.Wait()
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("three of one key beside one of another took %v", took)
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := &http.Client{}, &http.Client{}
		unlock, err := perkey.Lock(t.Context(), perkey.Key(here, "https://ci.example", "a"))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := perkey.Lock(ctx, perkey.Key(here, "https://ci.example", "a")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting gave %v", err)
		}
		elsewhere, err := perkey.Lock(t.Context(), perkey.Key(there, "https://ci.example", "a"))
		if err != nil {
			t.Fatal(err)
		}
		elsewhere()
		unlock()
		again, err := perkey.Lock(t.Context(), perkey.Key(here, "https://ci.example", "a"))
		if err != nil {
			t.Fatal(err)
		}
		again()
	})
}
