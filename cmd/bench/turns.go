package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
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

// line is the i-th vote of a client: eight of nine board members, each changing their mind, over all ballots.
func line(client, i int) (who, text string) {
	choice := "go"
	if i/ballots%2 == 1 {
		choice = "abstain"
	}
	return fmt.Sprintf("seat%d", client%8), fmt.Sprintf("/vote R-%d %s", (client*31+i)%ballots+1, choice)
}

// vote casts a vote in process.
func (h *house) vote(client, i int) error {
	who, text := line(client, i)
	reply, err := h.bot.Say(context.Background(), port.Said{
		Key: fmt.Sprintf("v%d-%d", h.store.Epoch(), h.next.Add(1)), Account: account(who), Text: text,
	})
	if err == nil && reply.Outcome != chat.Done {
		err = fmt.Errorf("vote: %s", reply.Code)
	}
	return err
}

// people are how many speak at once.
var people = []int{1, 8, 64, 256}

// turns measures durable votes in process beside a raw group append and one synced transaction a turn.
func turns(s settings, r *report) error {
	badger, err := badgerkv.Open(filepath.Join(s.dir, "turns"), badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer badger.Close()
	engine := &counting{Engine: badger}
	h, err := openHouse(engine, pace)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.fill(); err != nil {
		return err
	}
	warm := clients(64, s.length, h.vote)
	engine.reset()
	warm = clients(64, s.length, h.vote)
	ops, bytes := engine.size(warm.count)
	r.note("a vote writes", fmt.Sprintf("%d operations, %d bytes", ops, bytes))
	alone, err := badgerkv.Open(filepath.Join(s.dir, "single"), badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer alone.Close()
	one, err := newSingle(alone, ops, bytes)
	if err != nil {
		return err
	}
	log, err := newRawLog(filepath.Join(s.dir, "raw"))
	if err != nil {
		return err
	}
	defer log.close()
	frame := make([]byte, bytes)
	for _, n := range people {
		var bot, raw, single, p99, own, p50, bare []float64
		errors := 0
		for range s.rounds {
			engine.reset()
			b := clients(n, s.length, h.vote)
			errors += b.errors
			own = append(own, float64(engine.commitTime()))
			w := clients(n, s.length/2, func(int, int) error { return log.append(frame) })
			o := clients(n, s.length/2, func(int, int) error { return one.commit() })
			bot, raw, single = append(bot, b.perSecond()), append(raw, w.perSecond()), append(single, o.perSecond())
			p99, p50, bare = append(p99, float64(b.p99)), append(p50, float64(b.p50)), append(bare, float64(w.p50))
		}
		name := fmt.Sprintf("%d people", n)
		r.note(name+": turns a second", fmt.Sprintf("%.0f (p50 %v, p99 %v)", median(bot), dur(median(p50)), dur(median(p99))))
		r.note(name+": raw group append", fmt.Sprintf("%.0f, ratio %.3f", median(raw), median(bot)/median(raw)))
		r.note(name+": one synced transaction a turn", fmt.Sprintf("%.0f, ratio %.1f", median(single), median(bot)/median(single)))
		switch n {
		case 1:
			ratio := median(p50) / median(bare)
			r.limit(ratio <= 6, "b one person: p50 over a bare synced append", fmt.Sprintf("%.2f", ratio), "at most 6")
		case 256:
			r.limit(median(bot)/median(single) >= 10, "a 256 people: turns over single transactions", fmt.Sprintf("%.1f", median(bot)/median(single)), "at least 10")
			r.limit(median(bot)/median(raw) >= 0.10, "a 256 people: turns over raw group append", fmt.Sprintf("%.3f", median(bot)/median(raw)), "at least 0.10")
			r.limit(median(p99)/median(own) <= 3, "a 256 people: p99 over a group's own commit (p99)", fmt.Sprintf("%.2f", median(p99)/median(own)), "at most 3")
		}
		r.limit(errors == 0, name+": errors", fmt.Sprint(errors), "none")
	}
	return nil
}

func dur(f float64) time.Duration { return time.Duration(f).Round(time.Microsecond) }
