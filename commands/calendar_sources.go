package commands

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// calendarSources are what the calendar shows, a source a subject.
var calendarSources = []func(*bot.Reading, port.CalendarQuery) ([]port.Occasion, error){
	slotOccasions, freezeOccasions, windowOccasions, releaseOccasions, milestoneOccasions,
}

// calendarSeen bounds the records of a kind that one look at the calendar reads.
const calendarSeen = 2048

// occasions lists everything on the calendar, in the order in which it begins.
func occasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	var all []port.Occasion
	for _, source := range calendarSources {
		found, err := source(r, q)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b port.Occasion) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

func asksFor(q port.CalendarQuery, from, to time.Time) bool {
	return from.Before(q.To) && (to.IsZero() || to.After(q.From))
}

// slotOccasions are the times at which trains go, with the freezes that hold meanwhile.
func slotOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	slots := r.Org.Cadence.All(q.From, q.To)
	if q.Service != "" {
		s, _ := r.Org.Service(q.Service)
		slots = r.Org.Cadence.Slots(q.Service, s.Lines, q.From, q.To)
	}
	all, err := standingFreezes(r)
	if err != nil {
		return nil, err
	}
	var found []port.Occasion
	for _, s := range slots {
		o := port.Occasion{
			ID: "slot-" + s.Train.Name + "-" + s.From.UTC().Format("20060102T150405Z"), Kind: "slot", From: s.From, To: s.To,
			Title: chat.Say("calendar.slot", chat.Word("of", s.Train.Service+s.Train.Line), chat.Word("train", s.Train.Name)),
			Details: []chat.Text{chat.Say("calendar.slot_why", chat.Nested("rule", s.Train.Schedule.Text()), chat.Nested("reason", s.Train.Reason.Text()),
				chat.Word("why", s.Train.Why))},
		}
		o.Conflicts = frozenAt(all, slotTargets(r, s.Train), s.From, s.To)
		found = append(found, o)
	}
	return found, nil
}

// slotTargets are the services that a train releases.
func slotTargets(r *bot.Reading, t cadence.Train) []calendar.Target {
	var targets []calendar.Target
	for _, s := range r.Org.Services {
		if s.Name == t.Service || t.Line != "" && slices.Contains(s.Lines, t.Line) {
			targets = append(targets, target(r.Org, s.Name, last(r.Org).Name))
		}
	}
	return targets
}

// frozenAt lists the freezes that cover any of the targets at some time of a stretch.
func frozenAt(all []freeze.Freeze, targets []calendar.Target, from, to time.Time) []chat.Text {
	var found []chat.Text
	for _, f := range all {
		if !slices.ContainsFunc(targets, f.Scope.Covers) {
			continue
		}
		for o := range f.Occurrences(from, to) {
			found = append(found, chat.Say("window.conflict.freeze", chat.Nested("freeze", f.Text(o.From))))
			break
		}
	}
	return found
}

// freezeOccasions are the times at which nothing may be deployed.
func freezeOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	var found []port.Occasion
	seen := 0
	err := freezes.Latest(r, func(id string, f freeze.Freeze) error {
		if seen++; seen > calendarSeen {
			return kv.ErrStop
		}
		if q.Service != "" && !coversService(r.Org, f.Scope, q.Service) {
			return nil
		}
		for o := range f.Occurrences(q.From, q.To) {
			on := port.Occasion{
				ID: id, Kind: "freeze", From: o.From, AllDay: f.AllDay, Changed: f.At,
				Title: chat.Say("calendar.freeze", chat.Word("freeze", id), chat.Nested("scope", f.Scope.Text())),
			}
			if f.Schedule != nil {
				on.ID += "-" + o.From.UTC().Format("20060102T150405Z")
			}
			if freeze.Ends(o) {
				on.To = o.To
			}
			switch {
			case f.Reason != nil:
				on.Details = append(on.Details, chat.Say("quote", chat.Quote("text", *f.Reason)))
			case f.Why != "":
				on.Details = append(on.Details, chat.Say("value.word", chat.Word("word", f.Why)))
			}
			if f.Lifted.After(f.At) {
				on.Changed, on.Sequence = f.Lifted, 1
			}
			found = append(found, on)
		}
		return nil
	})
	return found, err
}

// windowOccasions are windows that are agreed or asked for, tests, and those that were called off lately.
func windowOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	var list []window.Window
	seen := 0
	err := windows.Latest(r, func(_ string, w window.Window) error {
		if seen++; seen > calendarSeen {
			return kv.ErrStop
		}
		if asksFor(q, w.From, w.To) && (q.Service == "" || q.Service == w.Service || slices.Contains(r.Org.Dependants(w.Service), q.Service)) {
			list = append(list, w)
		}
		return nil
	})
	var found []port.Occasion
	for _, w := range list {
		o := port.Occasion{
			ID: w.ID, Kind: kindsOfWindow[w.Kind], From: w.From, To: w.To, Changed: w.Changed, Sequence: int(w.Changed.Sub(w.At) / time.Second),
			Tentative: w.State.Negotiated(), Cancelled: w.State.Ended(),
			Title: chat.Say("calendar."+chat.Code(w.Kind), chat.Word("window", w.ID), chat.Word("service", w.Service), chat.Word("environment", w.Environment),
				chat.Nested("state", w.State.Text())),
		}
		if w.Reason != nil {
			o.Details = []chat.Text{chat.Say("quote", chat.Quote("text", *w.Reason))}
		}
		if !w.Over(r.Now) {
			var failure error
			if o.Conflicts, failure = conflictsOf(r, r.Org, w); failure != nil {
				return nil, failure
			}
		}
		found = append(found, o)
	}
	return found, err
}

var kindsOfWindow = map[window.Kind]string{window.Downtime: "window", window.Test: "test"}

// releaseOccasions are the releases that somebody named a time for.
func releaseOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	all, err := standingFreezes(r)
	if err != nil {
		return nil, err
	}
	var found []port.Occasion
	add := func(rel release.Release) {
		timing := rel.Time()
		if timing.For.IsZero() || !asksFor(q, timing.For, timing.For.Add(1)) {
			return
		}
		o := port.Occasion{
			ID: rel.ID, Kind: "release", From: timing.For, To: timing.For.Add(lengthOf(timing, last(r.Org))), Changed: rel.ChangedAt, Tentative: rel.State != release.Approved,
			Title: chat.Say("calendar.release", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Word("environment", last(r.Org).Name),
				chat.Nested("state", rel.State.Text())),
		}
		if timing.OffCadence != nil {
			o.Details = append(o.Details, chat.Say("timing.off_cadence", chat.Person("by", timing.By), chat.Quote("why", *timing.OffCadence)))
		}
		o.Conflicts = frozenAt(all, []calendar.Target{target(r.Org, rel.Service, last(r.Org).Name)}, o.From, o.To)
		found = append(found, o)
	}
	err = openReleases.All(r, func(key string, _ struct{}) error {
		service, id, _ := strings.Cut(key, "/")
		if q.Service != "" && service != q.Service {
			return nil
		}
		rel, err := getRelease(r, id)
		if err == nil {
			add(rel)
		}
		return err
	})
	return found, err
}

// milestoneOccasions are the days for which something was promised.
func milestoneOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	var found []port.Occasion
	seen := 0
	err := milestones.Latest(r, func(id string, m milestone.Milestone) error {
		if seen++; seen > calendarSeen {
			return kv.ErrStop
		}
		year, month, day := m.Day.Date()
		from, to := time.Date(year, month, day, 0, 0, 0, 0, r.Org.Zone), time.Date(year, month, day+1, 0, 0, 0, 0, r.Org.Zone)
		if m.Day.IsZero() || m.State == milestone.Dropped || m.State == milestone.Deferred || !asksFor(q, from, to) {
			return nil
		}
		if q.Service != "" {
			rel, err := getRelease(r, m.Release)
			if err != nil || rel.Service != q.Service {
				return err
			}
		}
		changed := m.At
		if n := len(m.History); n > 0 {
			changed = m.History[n-1].At
		}
		found = append(found, port.Occasion{
			ID: id, Kind: "milestone", From: from, To: to, AllDay: true, Changed: changed, Sequence: len(m.History),
			Title: chat.Say("calendar.milestone", chat.Word("milestone", id), chat.Quote("title", m.Title), chat.Word("release", m.Release),
				chat.Word("environment", m.Environment), chat.Nested("state", m.State.Text())),
		})
		return nil
	})
	return found, err
}
