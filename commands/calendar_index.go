package commands

import (
	"iter"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/state"
)

// entries is the index of what holds when. It follows each turn that changes a freeze, and is made anew from the records where it is not at
// hand, as after a start or a restore. It only finds: what is found is read from its record, which alone decides.
var entries = state.NewMemo[*calendar.Index]("calendar")

// kindFreeze is the kind of an entry that is a freeze; its id is the freeze's.
const kindFreeze = "freeze"

// entriesOf is the index as a reader sees it: in a turn, with what the turn itself wrote.
func entriesOf(r state.Reader) (*calendar.Index, error) {
	return entries.Load(r, "", func() (*calendar.Index, error) {
		standing, err := standingFreezes(r)
		if err != nil {
			return nil, err
		}
		list := make([]calendar.Entry, len(standing))
		for i, f := range standing {
			list[i] = freezeEntry(f)
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
	var list []freeze.Freeze
	for _, e := range x.About(target, at, kindFreeze) {
		f, ok, err := freezes.Get(r, e.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, f)
		}
	}
	return list, nil
}
