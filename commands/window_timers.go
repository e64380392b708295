package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

// windowReminds calls those who have not answered.
func windowReminds(t *bot.Turn, timer state.Timer) error {
	w, ok, err := windows.Get(t, timer.Subject)
	if err != nil || !ok || !w.State.Negotiated() || !t.Now.Before(w.Closes) {
		return err
	}
	owners := ownersNow(t, w)
	text := chat.Say("window.reminder", chat.Nested("window", w.Text()), chat.Time("closes", w.Closes))
	t.About(w.ID)
	t.Record(timer.Kind, text)
	return t.Announce("window:"+w.ID+":remind:"+countWord(w.Round), windowPlaces(t.Org, w), chat.Message{Title: text, Tone: chat.Warning,
		Mentions: owners.All(w.Waiting()), Sections: lines(chat.Section{Lines: unansweredLines(w, owners)})})
}

// windowCloses ends a negotiation whose time is over.
func windowCloses(t *bot.Turn, timer state.Timer) error {
	w, ok, err := windows.Get(t, timer.Subject)
	if err != nil || !ok || !w.State.Negotiated() {
		return err
	}
	waiting := w.Waiting()
	w, refusal := w.Expire(t.Now)
	if refusal != nil { // it was set anew meanwhile
		return nil
	}
	text := chat.Say("window.expired", chat.Nested("window", w.Text()), chat.List("for", partyNames(waiting)))
	t.About(w.ID)
	t.Record(timer.Kind, text)
	_, err = windowChanged(t, w, "expired", chat.Message{Title: text, Tone: chat.Bad, Mentions: []string{w.By}})
	return err
}

// windowOpens says that a window is open, where it is still: after a long stop nothing is said of what is past.
func windowOpens(t *bot.Turn, timer state.Timer) error {
	w, ok, err := windows.Get(t, timer.Subject)
	if err != nil || !ok || !w.Open(t.Now) {
		return err
	}
	text := chat.Say("window.opens."+chat.Code(w.Kind), chat.Word("window", w.ID), chat.Word("service", w.Service), chat.Time("until", w.To))
	t.About(w.ID)
	t.Record(timer.Kind, text)
	_, err = shownAnew(t, w, "opens", chat.Message{Title: text, Tone: windowTones[w.Kind]})
	return err
}

var windowTones = map[window.Kind]chat.Tone{window.Downtime: chat.Good, window.Test: chat.Warning}

// windowEnds forgets a window that is past.
func windowEnds(t *bot.Turn, timer state.Timer) error {
	w, ok, err := windows.Get(t, timer.Subject)
	if err != nil || !ok || w.State != window.Accepted || t.Now.Before(w.To) {
		return err
	}
	if err := forgetWindow(t, w); err != nil {
		return err
	}
	text := chat.Say("window.ends", chat.Word("window", w.ID), chat.Word("service", w.Service))
	t.About(w.ID)
	t.Record(timer.Kind, text)
	if err := t.Retract(w.ID, "withdraw"); err != nil {
		return err
	}
	_, err = shownAnew(t, w, "ends", chat.Message{Title: text})
	return err
}

// shownAnew tells of a window and brings up to date every card that shows it.
func shownAnew(t *bot.Turn, w window.Window, what string, m chat.Message) (chat.Reply, error) {
	if err := t.Announce("window:"+w.ID+":"+what, windowPlaces(t.Org, w), m); err != nil {
		return chat.Reply{}, err
	}
	if err := refreshReleases(t, func(service string) bool { return service == w.Service }); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, m.Title, map[string]string{"window": w.ID}, windowPlaces(t.Org, w)), t.Card(w.ID)
}
