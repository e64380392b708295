package main

import (
	"context"
	"errors"
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
	engine := &counting{Engine: badger}
	h, err := openHouse(engine, pace)
	if err != nil {
		return err
	}
	if err := h.fill(); err != nil {
		return err
	}
	warm := clients(64, s.length, h.vote)
	engine.reset()
	warm = clients(64, s.length, h.vote)
	ops, bytes := engine.size(warm.count)
	r.note("a vote writes", fmt.Sprintf("%d operations, %d bytes", ops, bytes))
	frame := make([]byte, bytes)
	bot := map[int]figures{}
	for _, n := range people {
		f := figures{}
		for range s.rounds {
			engine.reset()
			b := clients(n, s.length, h.vote)
			f.add(b)
			f.commit = append(f.commit, float64(engine.commitTime()))
		}
		bot[n] = f
	}
	// One store at a time: two would share the memory that the program allows itself.
	if err := errors.Join(h.close(), badger.Close()); err != nil {
		return err
	}
	log, err := newRawLog(filepath.Join(s.dir, "raw"))
	if err != nil {
		return err
	}
	raw := repeat(s, func(int, int) error { return log.append(frame) })
	if err := log.close(); err != nil {
		return err
	}
	alone, err := badgerkv.Open(filepath.Join(s.dir, "single"), badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer alone.Close()
	one, err := newSingle(alone, ops, bytes)
	if err != nil {
		return err
	}
	single := repeat(s, func(int, int) error { return one.commit() })
	for _, n := range people {
		compare(r, n, bot[n], raw[n], single[n])
	}
	return nil
}

// figures are those of several rounds.
type figures struct {
	rate, p50, p99, commit []float64
	errors                 int
}

func (f *figures) add(r run) {
	f.rate, f.p50, f.p99 = append(f.rate, r.perSecond()), append(f.p50, float64(r.p50)), append(f.p99, float64(r.p99))
	f.errors += r.errors
}

// repeat measures a baseline with every number of people.
func repeat(s settings, do func(int, int) error) map[int]figures {
	all := map[int]figures{}
	for _, n := range people {
		f := figures{}
		for range s.rounds {
			f.add(clients(n, s.length/2, do))
		}
		all[n] = f
	}
	return all
}

func compare(r *report, n int, bot, raw, single figures) {
	name := fmt.Sprintf("%d people", n)
	toRaw, toSingle := median(bot.rate)/median(raw.rate), median(bot.rate)/median(single.rate)
	r.note(name+": turns a second", fmt.Sprintf("%.0f (p50 %v, p99 %v)", median(bot.rate), dur(median(bot.p50)), dur(median(bot.p99))))
	r.note(name+": raw group append", fmt.Sprintf("%.0f, ratio %.3f", median(raw.rate), toRaw))
	r.note(name+": one synced transaction a turn", fmt.Sprintf("%.0f, ratio %.1f", median(single.rate), toSingle))
	switch n {
	case 1:
		ratio := median(bot.p50) / median(raw.p50)
		r.limit(ratio <= 6, "b one person: p50 over a bare synced append", fmt.Sprintf("%.2f", ratio), "at most 6")
	case 256:
		r.limit(toSingle >= 10, "a 256 people: turns over single transactions", fmt.Sprintf("%.1f", toSingle), "at least 10")
		r.limit(toRaw >= 0.10, "a 256 people: turns over raw group append", fmt.Sprintf("%.3f", toRaw), "at least 0.10")
		ratio := median(bot.p99) / median(bot.commit)
		r.limit(ratio <= 3, "a 256 people: p99 over a group's own commit (p99)", fmt.Sprintf("%.2f", ratio), "at most 3")
	}
	r.limit(bot.errors == 0, name+": errors", fmt.Sprint(bot.errors), "none")
}

func dur(f float64) time.Duration { return time.Duration(f).Round(time.Microsecond) }
