package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// The size of an organisation whose calendar is measured: the promise is of so many.
const (
	calendarServices = 10_000
	calendarEntries  = 100_000
	calendarLines    = 50
	calendarAsked    = 20_000
	changes          = 2000
)

// month is when what is asked about lies: into it falls a change of the clocks.
var month = time.Date(2026, 10, 20, 9, 0, 0, 0, time.UTC)

// gates measures what a gate asks of the calendar: what covers a service in an environment now, and when that next opens. The
// index is measured beside looking at every entry, whose recurrences are computed by the same package.
func gates(s settings, r *report) error {
	draw := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same calendar each time
	list := make([]calendar.Entry, calendarEntries)
	for i := range list {
		list[i] = drawEntry(draw, i)
	}
	var built []time.Duration
	var x *calendar.Index
	for range s.rounds {
		start := time.Now()
		var err error
		if x, err = calendar.New(list); err != nil {
			return err
		}
		built = append(built, time.Since(start))
	}
	var p50, p99, covered []time.Duration
	var next, usual []time.Duration
	var heap runtime.MemStats
	garbage := uint64(0)
	for range s.rounds {
		took, held := ask(draw, x)
		p50, p99, covered = append(p50, took.p(0.5)), append(p99, took.p(0.99)), append(covered, held.p(0.99))
		runtime.ReadMemStats(&heap)
		before := heap.TotalAlloc
		changed, err := change(draw, &x)
		if err != nil {
			return err
		}
		runtime.ReadMemStats(&heap)
		garbage = (heap.TotalAlloc - before) / changes
		next, usual = append(next, changed.p(0.99)), append(usual, changed.p(0.5))
	}
	scan, err := scanned(draw, list)
	if err != nil {
		return err
	}
	at := median(p99)
	r.limit(at <= 50*time.Microsecond, "gate decision over the calendar, p99", at.String(), "at most 50µs")
	r.note("  median", median(p50).String())
	r.note("  p99 of those that something covers", median(covered).String())
	r.note("  looking at every entry, median", scan.String())
	change := median(next)
	r.limit(change < time.Millisecond, "change of the calendar, p99", change.String(), "under 1ms")
	r.note("  median", median(usual).String())
	r.note("  memory that one takes", fmt.Sprintf("%.1f kB", float64(garbage)/1000))
	whole := median(built)
	runtime.GC()
	runtime.ReadMemStats(&heap)
	r.note("  heap with the calendar and what it was made from", fmt.Sprintf("%d MB", heap.HeapAlloc>>20))
	r.limit(whole < 2*time.Second, "calendar made anew", whole.Round(time.Millisecond).String(), "under 2s")
	runtime.KeepAlive(list)
	runtime.KeepAlive(x)
	return nil
}

// drawEntry draws an entry: nine of ten are of one service, the rest of a line, a few of everything; one of ten recurs.
func drawEntry(draw *rand.Rand, i int) calendar.Entry {
	e := calendar.Entry{ID: fmt.Sprintf("F-%d", i), Kind: []string{"freeze", "window"}[draw.IntN(2)]}
	switch n := draw.IntN(1000); {
	case n < 900:
		e.Scope.Services = []string{service(draw)}
	case n < 995:
		e.Scope.Lines = []string{lineName(draw.IntN(calendarLines))}
	}
	if draw.IntN(2) == 0 {
		e.Scope.Environments = []string{"production"}
	}
	start := month.AddDate(0, draw.IntN(24)-12, draw.IntN(30)).Add(time.Duration(draw.IntN(1440)) * time.Minute)
	length := time.Duration(1+draw.IntN(48)) * time.Hour
	if i%10 > 0 {
		e.From, e.To = start, start.Add(length)
		return e
	}
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}
	phrases := []string{"daily", "weekly Sat", "every 2 weeks Mon,Thu", "monthly last Fri", "yearly 24 Dec"}
	rule, err := recur.ParsePhrase(phrases[draw.IntN(len(phrases))])
	if err != nil {
		panic(err) // of the list above
	}
	wall, length := recur.Shown(start), length/16 // of 3 hours at most: what recurs leaves some of the day
	e.Schedule = &recur.Schedule{Zone: zones[draw.IntN(len(zones))], Start: wall, End: wall.Add(length), Rule: rule}
	return e
}

func service(draw *rand.Rand) string { return fmt.Sprintf("service-%d", draw.IntN(calendarServices)) }
func lineName(n int) string          { return fmt.Sprintf("line-%d", n) }

// drawTarget draws what is asked about; a service is of one line.
func drawTarget(draw *rand.Rand) calendar.Target {
	n := draw.IntN(calendarServices)
	return calendar.Target{Service: fmt.Sprintf("service-%d", n), Environment: "production", Lines: []string{lineName(n % calendarLines)}, Regions: []string{"eu"}}
}

// ask takes decisions within the hour, as gates do: all of them, and those that something covers.
func ask(draw *rand.Rand, x *calendar.Index) (all, held storm) {
	for range calendarAsked {
		target, at := drawTarget(draw), month.Add(time.Duration(draw.IntN(3600))*time.Second)
		start := time.Now()
		covering := x.Covering(target, at, "freeze")
		if len(covering) > 0 {
			x.NextOpen(target, at, "freeze")
		}
		took := time.Since(start)
		if all.took = append(all.took, took); len(covering) > 0 {
			held.took = append(held.took, took)
		}
	}
	slices.Sort(all.took)
	slices.Sort(held.took)
	return all, held
}

// change puts entries anew, each of them another index.
func change(draw *rand.Rand, x **calendar.Index) (all storm, err error) {
	for range changes {
		e := drawEntry(draw, draw.IntN(calendarEntries))
		start := time.Now()
		if *x, err = (*x).Put(e); err != nil {
			return all, err
		}
		all.took = append(all.took, time.Since(start))
	}
	slices.Sort(all.took)
	return all, nil
}

// scanned takes the same decisions without an index: every entry is looked at, with its schedule made ready beforehand.
func scanned(draw *rand.Rand, list []calendar.Entry) (time.Duration, error) {
	tables := make([]*recur.Timetable, len(list))
	for i, e := range list {
		if e.Schedule == nil {
			continue
		}
		var err error
		if tables[i], err = e.Schedule.Read(e.Reading); err != nil {
			return 0, err
		}
	}
	var took []time.Duration
	for range 20 {
		target, at := drawTarget(draw), month.Add(time.Duration(draw.IntN(3600))*time.Second)
		start := time.Now()
		open := at
		for range 1000 {
			end := latest(list, tables, target, open)
			if !end.After(open) {
				break
			}
			open = end
		}
		took = append(took, time.Since(start))
	}
	return median(took), nil
}

// latest is the latest end of what covers a target at an instant.
func latest(list []calendar.Entry, tables []*recur.Timetable, target calendar.Target, at time.Time) (end time.Time) {
	for i, e := range list {
		if e.Kind != "freeze" || !e.Scope.Covers(target) {
			continue
		}
		to := e.To
		if tables[i] != nil {
			stretch, _ := tables[i].Interval(at)
			to = stretch.To
		} else if at.Before(e.From) || !at.Before(e.To) {
			continue
		}
		if to.After(end) {
			end = to
		}
	}
	return end
}
