package commands

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

// entries is the index of what holds when: freezes, windows and tests. It follows each turn that changes one, and is made anew from the
// records where it is not at hand, as after a start or a restore. It only finds: what is found is read from its record, which alone
// decides. The slots of trains follow from the configuration, and are in an index of its own (bot/cadence).
var entries = state.NewMemo[*calendar.Index]("calendar")

// Kinds of entries; the id of each is that of its record.
const (
	kindFreeze = "freeze"
	kindWindow = "window"
	kindTest   = "test"
)

// entriesOf is the index as a reader sees it: in a turn, with what the turn itself wrote.
func entriesOf(r state.Reader) (*calendar.Index, error) {
	return entries.Find(r, "", func(r state.Reader) (*calendar.Index, error) {
		standing, err := standingFreezes(r)
		if err != nil {
			return nil, err
		}
		list := make([]calendar.Entry, 0, len(standing))
		for _, f := range standing {
			list = append(list, freezeEntry(f))
		}
		err = openWindows.All(r, func(key string, _ struct{}) error {
			w, ok, err := windows.Get(r, key[strings.LastIndexByte(key, '/')+1:])
			if ok {
				list = append(list, windowEntry(w))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return calendar.New(list)
	})
}

// putEntry follows a change of what an entry is made from.
func putEntry(t *bot.Turn, e calendar.Entry) error {
	x, err := entriesOf(t)
	if err != nil {
		return err
	}
	if x, err = x.Put(e); err != nil {
		return err
	}
	entries.Set(t.Tx, "", x)
	return nil
}

// dropEntry takes an entry out that is over.
func dropEntry(t *bot.Turn, id string) error {
	x, err := entriesOf(t)
	if err != nil {
		return err
	}
	entries.Set(t.Tx, "", x.Delete(id))
	return nil
}

// freezeEntry is a freeze in the index.
func freezeEntry(f freeze.Freeze) calendar.Entry {
	e := calendar.Entry{ID: f.ID, Kind: kindFreeze, Scope: f.Scope, To: f.Lifted}
	if f.Schedule != nil {
		e.Times = recurringFreeze(f)
		return e
	}
	e.From = f.From
	if !f.To.IsZero() && (e.To.IsZero() || f.To.Before(e.To)) {
		e.To = f.To
	}
	return e
}

// windowEntry is a window in the index.
func windowEntry(w window.Window) calendar.Entry {
	return calendar.Entry{ID: w.ID, Kind: kindsOfWindow[w.Kind], From: w.From, To: w.To,
		Scope: calendar.Scope{Services: []string{w.Service}, Environments: []string{w.Environment}}}
}

var kindsOfWindow = map[window.Kind]string{window.Downtime: kindWindow, window.Test: kindTest}

// recurringFreeze are the times of a freeze that recurs, less what was lifted of them.
type recurringFreeze freeze.Freeze

// Between goes through them.
func (f recurringFreeze) Between(from, to time.Time) iter.Seq[recur.Interval] {
	return freeze.Freeze(f).Occurrences(from, to)
}

// freezesAbout lists the freezes that hold for a target at an instant, with those that may hold for it later; none while none holds.
func freezesAbout(r state.Reader, target calendar.Target, at time.Time) ([]freeze.Freeze, error) {
	x, err := entriesOf(r)
	if err != nil || len(x.Covering(target, at, kindFreeze)) == 0 {
		return nil, err
	}
	return recorded(r, freezes, x.About(target, at, kindFreeze))
}

// freezesAhead lists the freezes that hold for a target at an instant or may later.
func freezesAhead(r state.Reader, target calendar.Target, at time.Time) ([]freeze.Freeze, error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, err
	}
	return recorded(r, freezes, x.About(target, at, kindFreeze))
}

// freezesOf lists the freezes that hold for a service in any environment or may later, by id.
func freezesOf(r *bot.Reading, service string) ([]freeze.Freeze, error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, err
	}
	var found []calendar.Entry
	for _, env := range r.Org.Environments {
		found = append(found, x.About(target(r.Org, service, env.Name), r.Now, kindFreeze)...)
	}
	slices.SortFunc(found, func(a, b calendar.Entry) int { return cmp.Compare(a.ID, b.ID) })
	return recorded(r, freezes, slices.CompactFunc(found, func(a, b calendar.Entry) bool { return a.ID == b.ID }))
}

// freezesDuring lists the freezes that may hold for a target at some time of a stretch.
func freezesDuring(r state.Reader, target calendar.Target, from, to time.Time) ([]freeze.Freeze, error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, err
	}
	return recorded(r, freezes, x.During(target, from, to, kindFreeze))
}

// windowsAt lists the windows and tests of a service in an environment that are not over at an instant.
func windowsAt(r state.Reader, service, environment string, at time.Time) ([]window.Window, error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, err
	}
	return recorded(r, windows, x.About(calendar.Target{Service: service, Environment: environment}, at, kindWindow, kindTest))
}

// windowsDuring lists the windows and tests of services in an environment that have an instant in common with a stretch.
func windowsDuring(r state.Reader, services []string, environment string, from, to time.Time) ([]window.Window, error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, err
	}
	var found []calendar.Entry
	for _, s := range services {
		found = append(found, x.During(calendar.Target{Service: s, Environment: environment}, from, to, kindWindow, kindTest)...)
	}
	return recorded(r, windows, found)
}

// recorded reads the records of entries; one that there is no record of is left out.
func recorded[T any](r state.Reader, table state.Table[T], entries []calendar.Entry) ([]T, error) {
	var list []T
	for _, e := range entries {
		v, ok, err := table.Get(r, e.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, v)
		}
	}
	return list, nil
}
