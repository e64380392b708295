package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/state"
)

// Timer kinds of freezes.
const (
	timerFreezeAhead  = "freeze.ahead"
	timerFreezeStarts = "freeze.starts"
	timerFreezeEnds   = "freeze.ends"
)

// wakeForFreeze sets the timers that tell of a freeze ahead, at its start and at its end.
func wakeForFreeze(t *bot.Turn, f freeze.Freeze) error {
	var timers []state.Timer
	if f.From.After(t.Now) {
		timers = append(timers, state.Timer{ID: timerFreezeStarts + ":" + f.ID, At: f.From, Kind: timerFreezeStarts})
		for _, ahead := range t.Org.Freezes.Announce {
			if at := f.From.Add(-ahead); at.After(t.Now) {
				timers = append(timers, state.Timer{ID: aheadTimer(f.ID, ahead), At: at, Kind: timerFreezeAhead})
			}
		}
	}
	if !f.To.IsZero() {
		timers = append(timers, state.Timer{ID: timerFreezeEnds + ":" + f.ID, At: f.To, Kind: timerFreezeEnds})
	}
	for _, timer := range timers {
		timer.Subject = f.ID
		if err := t.Wake(timer); err != nil {
			return err
		}
	}
	return nil
}

func aheadTimer(id string, ahead time.Duration) string {
	return timerFreezeAhead + ":" + id + ":" + ahead.String()
}

// sleepForFreeze cancels the timers of a freeze that was lifted.
func sleepForFreeze(t *bot.Turn, f freeze.Freeze) {
	t.CancelTimer(timerFreezeStarts + ":" + f.ID)
	t.CancelTimer(timerFreezeEnds + ":" + f.ID)
	for _, ahead := range t.Org.Freezes.Announce {
		t.CancelTimer(aheadTimer(f.ID, ahead))
	}
}

func freezeAhead(t *bot.Turn, timer state.Timer) error {
	return tellOfFreeze(t, timer, freeze.Announced, "freeze.ahead", chat.Warning)
}

func freezeStarts(t *bot.Turn, timer state.Timer) error {
	return tellOfFreeze(t, timer, freeze.Active, "freeze.started", chat.Warning)
}

func freezeEnds(t *bot.Turn, timer state.Timer) error {
	return tellOfFreeze(t, timer, freeze.Ended, "freeze.over", chat.Good)
}

// tellOfFreeze announces a freeze that stands as its timer expected; a timer that comes late, after a stop, says nothing.
func tellOfFreeze(t *bot.Turn, timer state.Timer, expected freeze.State, code chat.Code, tone chat.Tone) error {
	f, ok, err := freezes.Get(t, timer.Subject)
	if err != nil || !ok || f.State(t.Now) != expected {
		return err
	}
	text := chat.Say(code, chat.Word("id", f.ID), chat.Nested("freeze", f.Text()), chat.Nested("scope", f.Scope.Text()))
	t.About(f.ID)
	t.Record(timer.Kind, text)
	if expected == freeze.Ended {
		openFreezes.Delete(t.Tx, f.ID)
		if err := t.Retract(f.ID, "lift"); err != nil {
			return err
		}
	}
	return freezeChanged(t, f, timer.ID, chat.Message{Title: text, Tone: tone})
}

// freezeChanged announces what became of a freeze and brings up to date every card that shows it.
func freezeChanged(t *bot.Turn, f freeze.Freeze, what string, m chat.Message) error {
	if err := t.Announce("freeze:"+f.ID+":"+what, t.Org.Channels.Releases, m); err != nil {
		return err
	}
	if err := t.Card(f.ID); err != nil {
		return err
	}
	if err := lookSoon(t); err != nil {
		return err
	}
	return refreshReleases(t, func(service string) bool { return coversService(t.Org, f.Scope, service) })
}

// refreshReleases shows anew the releases under way of the services that something concerns.
func refreshReleases(t *bot.Turn, concerns func(service string) bool) error {
	for _, s := range t.Org.Services {
		if !concerns(s.Name) {
			continue
		}
		var ids []string
		err := openReleases.Under(t, place(s.Name, ""), func(key string, _ struct{}) error {
			ids = append(ids, key[len(s.Name)+1:])
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.Card(id); err != nil {
				return err
			}
		}
	}
	return nil
}
