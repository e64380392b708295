package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// timerFreezeNews wakes the bot when something is to be told of freezes: one timer for all of them.
const timerFreezeNews = "freeze.news"

// Timer kinds of stores in which every freeze had timers of its own.
const (
	timerFreezeAhead  = "freeze.ahead"
	timerFreezeStarts = "freeze.starts"
	timerFreezeEnds   = "freeze.ends"
)

// Told is how far people have been told of a freeze of which something is still to be told.
type Told struct {
	Until   time.Time `json:"until"`   // what happened up to then was told
	Next    time.Time `json:"next"`    // when something may be told next
	Planned time.Time `json:"planned"` // when this began to be kept
}

var (
	toldOf   = state.Ungoverned[Told]("freeze-told")     // F-1
	tellNext = state.Ungoverned[struct{}]("freeze-tell") // 2026-11-24T17:00:00Z/F-1: when to tell, in order of time
)

// newsMost bounds the freezes that one turn tells of; the next turn tells of the others at once.
const newsMost = 200

func tellKey(at time.Time, id string) string { return at.UTC().Format(time.RFC3339) + "/" + id }

// planNews notes when something is next to be told of a freeze, given that all that happened up to an instant was.
func planNews(t *bot.Turn, f freeze.Freeze, told time.Time) error {
	was, known, err := toldOf.Get(t, f.ID)
	if err != nil {
		return err
	}
	if known {
		tellNext.Delete(t.Tx, tellKey(was.Next, f.ID))
	}
	next, comes := f.NextTold(told, t.Org.Freezes.Announce)
	if !comes || f.State(t.Now) == freeze.Lifted { // that it was lifted has been told
		toldOf.Delete(t.Tx, f.ID)
		return wakeForNews(t)
	}
	now := Told{Until: told.UTC(), Next: next.UTC(), Planned: was.Planned}
	if !known {
		now.Planned = t.Now.UTC()
	}
	if err := tellNext.Put(t.Tx, tellKey(next, f.ID), struct{}{}); err != nil {
		return err
	}
	if err := toldOf.Put(t.Tx, f.ID, now); err != nil {
		return err
	}
	return wakeForNews(t)
}

// wakeForNews sets the timer to when something is next to be told of any freeze.
func wakeForNews(t *bot.Turn) error {
	var first string
	err := tellNext.All(t, func(key string, _ struct{}) error {
		first = key
		return kv.ErrStop
	})
	if err != nil {
		return err
	}
	written, _, ok := strings.Cut(first, "/")
	if !ok {
		t.CancelTimer(timerFreezeNews)
		return nil
	}
	at, err := time.Parse(time.RFC3339, written)
	if err != nil {
		return fmt.Errorf("when to tell of freezes: %w", err)
	}
	return t.Wake(state.Timer{ID: timerFreezeNews, At: at, Kind: timerFreezeNews})
}

// ownTimer wakes for one freeze in a store in which each had timers of its own: what was due before the news of it began to be
// planned is told now.
func ownTimer(t *bot.Turn, timer state.Timer) error {
	f, ok, err := freezes.Get(t, timer.Subject)
	if err != nil || !ok {
		return err
	}
	told, known, err := toldOf.Get(t, f.ID)
	if err != nil || known && timer.At.After(told.Planned) {
		return err
	}
	return planNews(t, f, timer.At.Add(-time.Minute))
}

// item is a freeze with what there is to tell of it.
type item struct {
	freeze freeze.Freeze
	news   freeze.News
}

// tellNews tells what is due of all freezes: what meets, in one message. What came and went while the bot was down is not told.
func tellNews(t *bot.Turn, timer state.Timer) error {
	due, err := dueNews(t)
	if err != nil {
		return err
	}
	told := map[freeze.Kind][]item{}
	for _, f := range due {
		was, _, err := toldOf.Get(t, f.ID)
		if err != nil {
			return err
		}
		for _, n := range f.News(was.Until, t.Now, t.Org.Freezes.Announce) {
			told[n.Kind] = append(told[n.Kind], item{f, n})
		}
		if err := planNews(t, f, t.Now); err != nil {
			return err
		}
		if holdsOrWill(f.State(t.Now)) {
			continue
		}
		openFreezes.Delete(t.Tx, f.ID)
		if err := dropEntry(t, f.ID); err != nil {
			return err
		}
		if err := t.Retract(f.ID, "lift", "once"); err != nil {
			return err
		}
	}
	var said []chat.Text
	for _, kind := range []freeze.Kind{freeze.Over, freeze.Begins, freeze.Ahead} {
		lines, err := announceNews(t, timer, kind, told[kind])
		if err != nil {
			return err
		}
		said = append(said, lines...)
	}
	if err := freezeCards(t, due); err != nil {
		return err
	}
	var begun []freeze.Freeze
	for _, it := range told[freeze.Begins] {
		begun = append(begun, it.freeze)
	}
	caught, err := catch(t, begun)
	if err != nil {
		return err
	}
	thawed, err := thaw(t)
	if err != nil {
		return err
	}
	if said = append(append(said, caught...), thawed...); len(said) > 0 {
		t.Record(timerFreezeNews, said[0], said...)
	}
	return wakeForNews(t)
}

// dueNews takes the freezes of which something may be told by now, in the order of time.
func dueNews(t *bot.Turn) ([]freeze.Freeze, error) {
	var keys []string
	until := tellKey(t.Now, "~")
	err := tellNext.All(t, func(key string, _ struct{}) error {
		if key > until || len(keys) == newsMost {
			return kv.ErrStop
		}
		keys = append(keys, key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var due []freeze.Freeze
	for _, key := range keys {
		tellNext.Delete(t.Tx, key)
		_, id, _ := strings.Cut(key, "/")
		f, ok, err := freezes.Get(t, id)
		if err != nil {
			return nil, err
		}
		if ok {
			due = append(due, f)
		}
	}
	return due, nil
}

// newsOf is how each kind of news is told: of one freeze, of several, in which tone.
var newsOf = map[freeze.Kind]struct {
	one, several chat.Code
	tone         chat.Tone
}{
	freeze.Ahead:  {"freeze.ahead", "freeze.several_ahead", chat.Warning},
	freeze.Begins: {"freeze.started", "freeze.several_begin", chat.Warning},
	freeze.Over:   {"freeze.over", "freeze.several_over", chat.Good},
}

// announceNews tells one kind of news, in one message however many freezes it is of.
func announceNews(t *bot.Turn, timer state.Timer, kind freeze.Kind, list []item) ([]chat.Text, error) {
	if len(list) == 0 {
		return nil, nil
	}
	lines := make([]chat.Text, len(list))
	ids, about := make([]string, len(list)), make([]freeze.Freeze, len(list))
	for i, it := range list {
		about[i] = it.freeze
		var err error
		if lines[i], err = freezeNewsText(t, kind, it); err != nil {
			return nil, err
		}
		ids[i] = it.freeze.ID
	}
	how := newsOf[kind]
	m := chat.Message{Title: lines[0], Tone: how.tone}
	if len(list) > 1 {
		m.Title = chat.Say(how.several, chat.Count("count", len(list)), chat.List("freezes", ids), newsTime(kind, list[0]))
		s := chat.Section{}
		for _, line := range lines {
			s.Lines = append(s.Lines, chat.Line{Text: line})
		}
		m.Sections = []chat.Section{s}
	} else {
		t.About(ids...) // one stands under its card
	}
	if err := t.Announce(fmt.Sprintf("freezes:%s:%d:%s", kind, timer.At.UnixNano(), ids[0]), freezePlaces(t.Org, about...), m); err != nil {
		return nil, err
	}
	if len(list) > 1 {
		t.About(ids...)
	}
	return lines, nil
}

// newsTime is the moment that several freezes meet at.
func newsTime(kind freeze.Kind, it item) chat.Arg {
	at := it.news.Of.From
	if kind == freeze.Over {
		at = it.news.Of.To
	}
	return inZone(chat.Time("at", at), it.freeze.Zone)
}

func freezeNewsText(t *bot.Turn, kind freeze.Kind, it item) (chat.Text, error) {
	f, of := it.freeze, it.news.Of
	text := chat.Say(newsOf[kind].one, chat.Word("id", f.ID), chat.Nested("freeze", f.Text(of.From)), chat.Nested("scope", f.Scope.Text()))
	if kind != freeze.Over {
		return text, nil
	}
	others, err := stillFrozen(t, f)
	if len(others) > 0 {
		text.Code = "freeze.over_but"
		text.Args = append(text.Args, chat.List("others", others))
	}
	return text, err
}

// stillFrozen lists the other freezes that hold now for some of what a freeze covers.
func stillFrozen(t *bot.Turn, f freeze.Freeze) (others []string, err error) {
	all, err := standingFreezes(t)
	for _, other := range all {
		if other.ID != f.ID && other.State(t.Now) == freeze.Active && meets(t.Org, f.Scope, other.Scope) {
			others = append(others, other.ID)
		}
	}
	return others, err
}

// meets reports whether two scopes cover a service in an environment together.
func meets(org *organisation.Organisation, a, b calendar.Scope) bool {
	return slices.ContainsFunc(org.Services, func(s organisation.Service) bool {
		return slices.ContainsFunc(org.Environments, func(e organisation.Environment) bool {
			at := target(org, s.Name, e.Name)
			return a.Covers(at) && b.Covers(at)
		})
	})
}

// freezeChanged announces what became of a freeze and brings up to date every card that shows it.
func freezeChanged(t *bot.Turn, f freeze.Freeze, what string, m chat.Message) error {
	if err := t.Announce("freeze:"+f.ID+":"+what, freezePlaces(t.Org, f), m); err != nil {
		return err
	}
	return freezeCards(t, []freeze.Freeze{f})
}

// freezeCards brings up to date every card that shows one of the freezes.
func freezeCards(t *bot.Turn, list []freeze.Freeze) error {
	for _, f := range list {
		if err := t.Card(f.ID); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		if err := lookSoon(t); err != nil {
			return err
		}
	}
	return refreshReleases(t, func(service string) bool {
		return slices.ContainsFunc(list, func(f freeze.Freeze) bool { return coversService(t.Org, f.Scope, service) })
	})
}

// refreshReleases shows anew the releases under way of the services that something concerns.
func refreshReleases(t *bot.Turn, concerns func(service string) bool) error {
	for _, s := range t.Org.Services {
		if !concerns(s.Name) {
			continue
		}
		if err := cardsOf(t, s.Name); err != nil {
			return err
		}
	}
	return nil
}
