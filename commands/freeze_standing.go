package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
)

// standUnder makes the freezes that a configuration declares those that hold, as it is put in force: new ones begin to stand, those
// that say something else stand anew, and those that are gone end. It also plans what is to be told of every freeze of which that is
// not planned: the leads may have changed, or the store is of before it was.
func standUnder(t *bot.Turn, org *organisation.Organisation) error {
	before := t.Org
	t.Org = org // what is told and done of them is what it says, though it holds from the commit on
	defer func() { t.Org = before }()
	all, err := standingFreezes(t)
	if err != nil {
		return err
	}
	stands := map[string]freeze.Freeze{}
	for _, f := range all {
		if f.Standing != "" {
			stands[f.Standing] = f
		}
		if err := planAnew(t, f); err != nil {
			return err
		}
	}
	for _, s := range org.Freezes.Standing {
		f, known := stands[s.Name]
		delete(stands, s.Name)
		if known && s.Same(f) {
			continue
		}
		if err := standAnew(t, s); err != nil {
			return err
		}
		if known {
			if err := standNoMore(t, f); err != nil {
				return err
			}
		}
	}
	for _, f := range all {
		if _, gone := stands[f.Standing]; gone && f.Standing != "" {
			if err := standNoMore(t, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// planAnew plans the news of a freeze under the leads that hold now.
func planAnew(t *bot.Turn, f freeze.Freeze) error {
	told, known, err := toldOf.Get(t, f.ID)
	if err != nil {
		return err
	}
	if !known {
		told.Until = t.Now
	}
	return planNews(t, f, told.Until)
}

func standAnew(t *bot.Turn, s freeze.Standing) error {
	f := s.Freeze("", t.Now)
	if !holdsOrWill(f.State(t.Now)) { // its last time is over
		return nil
	}
	id, err := t.Next(letterFreeze)
	if err != nil {
		return err
	}
	f.ID = id
	t.About(id)
	if err := putFreeze(t, f); err != nil {
		return err
	}
	_, err = declared(t, f)
	return err
}

func standNoMore(t *bot.Turn, f freeze.Freeze) error {
	active := f.State(t.Now) == freeze.Active
	f.Lifted, f.LiftedBy = t.Now.UTC(), t.Person
	t.About(f.ID)
	if err := putFreeze(t, f); err != nil {
		return err
	}
	if active {
		if _, err := thaw(t); err != nil {
			return err
		}
	}
	text := chat.Say("freeze.standing_gone", chat.Word("id", f.ID), chat.Word("name", f.Standing), chat.Nested("scope", f.Scope.Text()))
	return freezeChanged(t, f, "gone", chat.Message{Title: text, Tone: chat.Good})
}
