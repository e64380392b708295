package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/state"
)

// Indexes of freezes and exceptions.
var (
	openFreezes  = state.Ungoverned[struct{}]("open-freeze")  // F-1, until it ended or was lifted
	exceptionsTo = state.Ungoverned[struct{}]("exception-to") // by the release that is let through
)

// holdsOrWill reports whether a freeze in a state holds, or will.
func holdsOrWill(s freeze.State) bool { return s == freeze.Active || s == freeze.Announced }

// putFreeze writes a freeze and its place in the index, and plans what is to be told of it.
func putFreeze(t *bot.Turn, f freeze.Freeze) error {
	if !holdsOrWill(f.State(t.Now)) {
		openFreezes.Delete(t.Tx, f.ID)
		if err := dropEntry(t, f.ID); err != nil {
			return err
		}
	} else if err := putEntry(t, freezeEntry(f)); err != nil {
		return err
	} else if err := openFreezes.Put(t.Tx, f.ID, struct{}{}); err != nil {
		return err
	}
	if err := freezes.Put(t.Tx, f.ID, f); err != nil {
		return err
	}
	return planNews(t, f, t.Now)
}

func putException(t *bot.Turn, x freeze.Exception) error {
	if err := exceptionsTo.Put(t.Tx, x.Release+"/"+x.ID, struct{}{}); err != nil {
		return err
	}
	return exceptions.Put(t.Tx, x.ID, x)
}

// standingFreezes lists the freezes that hold, or will.
func standingFreezes(r state.Reader) ([]freeze.Freeze, error) {
	var list []freeze.Freeze
	err := openFreezes.All(r, func(id string, _ struct{}) error {
		f, ok, err := freezes.Get(r, id)
		if ok {
			list = append(list, f)
		}
		return err
	})
	return list, err
}

// exceptionsOf lists the exceptions asked for a release, whatever became of them.
func exceptionsOf(r state.Reader, release string) ([]freeze.Exception, error) {
	var list []freeze.Exception
	err := exceptionsTo.Under(r, release+"/", func(key string, _ struct{}) error {
		x, ok, err := exceptions.Get(r, key[len(release)+1:])
		if ok {
			list = append(list, x)
		}
		return err
	})
	return list, err
}
