package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// run is what a number of clients did in a time.
type run struct {
	count    int
	errors   int
	elapsed  time.Duration
	p50, p99 time.Duration
}

func (r run) perSecond() float64 { return float64(r.count) / r.elapsed.Seconds() }

// clients lets n clients do something over and over for a time.
func clients(n int, length time.Duration, do func(client, i int) error) run {
	var wg sync.WaitGroup
	var failed atomic.Int64
	took := make([][]time.Duration, n)
	start := time.Now()
	for c := range n {
		wg.Go(func() {
			for i := 0; ; i++ {
				began := time.Now()
				if began.Sub(start) > length {
					return
				}
				if err := do(c, i); err != nil {
					failed.Add(1)
				}
				took[c] = append(took[c], time.Since(began))
			}
		})
	}
	wg.Wait()
	r := run{errors: int(failed.Load()), elapsed: time.Since(start)}
	all := slices.Concat(took...)
	slices.Sort(all)
	r.count, r.p50, r.p99 = len(all), all[len(all)/2], all[len(all)*99/100]
	return r
}

// vote casts the i-th vote of a client: eight of nine board members, each changing their mind, over all ballots.
func (h *house) vote(client, i int) error {
	choice := "go"
	if i/ballots%2 == 1 {
		choice = "abstain"
	}
	n := client*31 + i
	line := fmt.Sprintf("/vote R-%d %s", n%ballots+1, choice)
	reply, err := h.bot.Say(context.Background(), port.Said{
		Key: fmt.Sprintf("v%d-%d-%d", h.store.Epoch(), client, h.next.Add(1)), Account: account(fmt.Sprintf("seat%d", client%8)), Text: line,
	})
	if err == nil && reply.Outcome != chat.Done {
		err = fmt.Errorf("vote: %s", reply.Code)
	}
	return err
}
