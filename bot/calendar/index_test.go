package calendar_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// Instants of the tests lie around a change of the clocks in Berlin, and far from it.
var (
	base  = time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)
	rules = []string{"FREQ=DAILY", "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=HOURLY;INTERVAL=5", "FREQ=YEARLY",
		"FREQ=DAILY;INTERVAL=3;UNTIL=20261101", "FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,30"}
	services     = []string{"payments", "orders", "search"}
	lines        = []string{"cards", "loans"}
	regions      = []string{"eu", "us"}
	environments = []string{"prod", "staging"}
	kinds        = []string{"freeze", "window"}
)

func drawEntry(t *rapid.T, id string) calendar.Entry {
	some := func(of []string, name string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, name)
	}
	e := calendar.Entry{
		ID: id, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
		Scope:   calendar.Scope{Services: some(services, "services"), Lines: some(lines, "lines"), Regions: some(regions, "regions"), Environments: some(environments, "environments")},
		Reading: recur.Reading(rapid.IntRange(0, 1).Draw(t, "reading")),
	}
	if rapid.IntRange(0, 3).Draw(t, "wide") == 0 {
		for i := range 40 {
			e.Scope.Services = append(e.Scope.Services, fmt.Sprint("s", i))
		}
	}
	minutes := func(name string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Minute
	}
	once := rapid.Bool().Draw(t, "once")
	if once || rapid.Bool().Draw(t, "bounded") {
		e.From = base.Add(minutes("from", 14*1440))
		if rapid.IntRange(0, 5).Draw(t, "ends") > 0 {
			e.To = e.From.Add(minutes("length", 3*1440) + time.Minute)
		}
	}
	if !once {
		start := recur.On(2026, 10, 10, 0, 0, 0).Add(minutes("start", 20*1440))
		s := recur.Schedule{Zone: rapid.SampledFrom([]string{"Europe/Berlin", "UTC", "America/Santiago"}).Draw(t, "zone"), Start: start, End: start.Add(minutes("stretch", 3000) + time.Minute)}
		if err := s.Rule.UnmarshalText([]byte(rapid.SampledFrom(rules).Draw(t, "rule"))); err != nil {
			t.Fatal(err)
		}
		e.Schedule = &s
	}
	return e
}

func drawTarget(t *rapid.T) calendar.Target {
	return calendar.Target{
		Service: rapid.SampledFrom(append(services, "s7")).Draw(t, "service"), Environment: rapid.SampledFrom(environments).Draw(t, "environment"),
		Lines:   rapid.SliceOfNDistinct(rapid.SampledFrom(lines), 0, 2, rapid.ID[string]).Draw(t, "of lines"),
		Regions: rapid.SliceOfNDistinct(rapid.SampledFrom(regions), 0, 2, rapid.ID[string]).Draw(t, "in regions"), Everywhere: rapid.Bool().Draw(t, "everywhere"),
	}
}

// naive is the calendar without an index: every entry is looked at.
type naive []calendar.Entry

type held struct {
	id       string
	from, to time.Time
}

func (n naive) times(e calendar.Entry, from, to time.Time) (list []held) {
	clip := func(f, t time.Time) {
		if f.Before(e.From) {
			f = e.From
		}
		if !e.To.IsZero() && (t.IsZero() || e.To.Before(t)) {
			t = e.To
		}
		if (t.IsZero() || f.Before(t) && t.After(from)) && f.Before(to) {
			list = append(list, held{e.ID, f.UTC(), t.UTC()})
		}
	}
	if e.Schedule == nil {
		clip(e.From, e.To)
		return list
	}
	table, err := e.Schedule.Read(e.Reading)
	if err != nil {
		panic(err)
	}
	for i := range table.Between(from, to) {
		clip(i.From, i.To)
	}
	return list
}

func (n naive) between(t *calendar.Target, from, to time.Time, kinds ...string) (list []held) {
	for _, e := range n {
		if from.Before(to) && (t == nil || e.Scope.Covers(*t)) && (len(kinds) == 0 || slices.Contains(kinds, e.Kind)) {
			list = append(list, n.times(e, from, to)...)
		}
	}
	slices.SortFunc(list, func(a, b held) int {
		return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.id, b.id), a.to.Compare(b.to))
	})
	return slices.Compact(list) // what is cut to the entry's own bounds may be the same twice
}

func (n naive) covering(t calendar.Target, at time.Time, kinds ...string) (list []held) {
	for _, h := range n.between(&t, at, at.Add(1), kinds...) {
		i := slices.IndexFunc(list, func(other held) bool { return other.id == h.id })
		switch {
		case i < 0:
			list = append(list, h)
		case !h.to.Before(list[i].to):
			list[i] = h
		}
	}
	slices.SortFunc(list, func(a, b held) int { return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.id, b.id)) })
	return list
}

func flat(list []calendar.Occurrence) []held {
	var out []held
	for _, o := range list {
		out = append(out, held{o.Entry.ID, o.From.UTC(), o.To.UTC()})
	}
	return out
}

// The index says what looking at every entry says, however it came about, and an index once made stays as it was.
func TestIndexIsTheNaiveScan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list naive
		for i := range rapid.IntRange(0, 12).Draw(t, "entries") {
			list = append(list, drawEntry(t, fmt.Sprint("F-", i)))
		}
		x, err := calendar.New(list)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, x, list)
		was, before := x, slices.Clone(list)
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			id := fmt.Sprint("F-", rapid.IntRange(0, 14).Draw(t, "id"))
			list = slices.DeleteFunc(slices.Clone(list), func(e calendar.Entry) bool { return e.ID == id })
			if rapid.Bool().Draw(t, "delete") {
				x = x.Delete(id)
				continue
			}
			e := drawEntry(t, id)
			list = append(list, e)
			if x, err = x.Put(e); err != nil {
				t.Fatal(err)
			}
		}
		compare(t, x, list)
		compare(t, was, before)
	})
}

func compare(t *rapid.T, x *calendar.Index, list naive) {
	if x.Len() != len(list) {
		t.Fatalf("%d entries, want %d", x.Len(), len(list))
	}
	for range 4 {
		target := drawTarget(t)
		asked := rapid.SampledFrom([][]string{nil, {"freeze"}, {"freeze", "window"}}).Draw(t, "kinds")
		at := base.Add(time.Duration(rapid.IntRange(-3*1440, 30*1440).Draw(t, "at")) * time.Minute)
		to := at.Add(time.Duration(rapid.IntRange(0, 20*1440).Draw(t, "span")) * time.Minute)
		if got, want := flat(x.Covering(target, at, asked...)), list.covering(target, at, asked...); !slices.Equal(got, want) {
			t.Fatalf("covering %v at %s:\n got %v\nwant %v", target, at, got, want)
		}
		for _, of := range []*calendar.Target{&target, nil} {
			if got, want := flat(x.Between(of, at, to, asked...)), list.between(of, at, to, asked...); !slices.Equal(got, want) {
				t.Fatalf("between %s and %s:\n got %v\nwant %v", at, to, got, want)
			}
		}
		during, want := x.During(target, at, to, asked...), map[string]bool{}
		for _, o := range x.Between(&target, at, to, asked...) {
			want[o.Entry.ID] = true
		}
		if ids := idsOf(during); len(ids) != len(want) || !slices.IsSorted(ids) || slices.ContainsFunc(ids, func(id string) bool { return !want[id] }) {
			t.Fatalf("during %s to %s: %v, want %v", at, to, ids, want)
		}
		list.checkNext(t, x, target, at, asked)
		list.checkOpen(t, x, target, at, asked)
	}
}

func idsOf(list []calendar.Entry) []string {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	return ids
}

func (n naive) checkNext(t *rapid.T, x *calendar.Index, target calendar.Target, at time.Time, asked []string) {
	next, ok := x.Next(target, at, asked...)
	soon := at.AddDate(1, 0, 0)
	want := slices.DeleteFunc(n.between(&target, at, soon, asked...), func(h held) bool { return !h.from.After(at) })
	switch {
	case len(want) > 0 && (!ok || flat([]calendar.Occurrence{next})[0] != want[0]):
		t.Fatalf("next after %s: %v, want %v", at, next, want[0])
	case len(want) == 0 && ok && next.From.Before(soon):
		t.Fatalf("next after %s: %v, want none", at, next)
	}
}

func (n naive) checkOpen(t *rapid.T, x *calendar.Index, target calendar.Target, at time.Time, asked []string) {
	open, ok := x.NextOpen(target, at, asked...)
	if ok {
		if len(n.covering(target, open, asked...)) > 0 || open.Before(at) {
			t.Fatalf("open from %s, and then %v holds", open, n.covering(target, open, asked...))
		}
		if open.After(at) && len(n.covering(target, open.Add(-1), asked...)) == 0 {
			t.Fatalf("open from %s, and the moment before as well", open)
		}
	}
	// Nothing opens on the way there, or within the next month if it does not.
	for m := at; m.Before(at.AddDate(0, 1, 0)) && (!ok || m.Before(open)); m = m.Add(17 * time.Minute) {
		if len(n.covering(target, m, asked...)) == 0 {
			t.Fatalf("%s is open, and said to open %s, %v", m, open, ok)
		}
	}
}
