package commands

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// calendarSources are what the calendar shows, a source a subject.
var calendarSources = []func(*bot.Reading, port.CalendarQuery) ([]port.Occasion, error){
	slotOccasions, skippedOccasions, freezeOccasions, windowOccasions, releaseOccasions, milestoneOccasions,
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

// slotOccasions are the times at which trains go, with what holds them up.
func slotOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	slots := r.Org.Cadence.All(q.From, q.To)
	if q.Service != "" {
		s, _ := r.Org.Service(q.Service)
		slots = r.Org.Cadence.Slots(q.Service, s.Lines, q.From, q.To)
	}
	targets := map[string][]calendar.Target{} // by train
	var found []port.Occasion
	for _, s := range slots {
		o := port.Occasion{
			ID: "slot-" + s.Train.Name + "-" + s.From.UTC().Format("20060102T150405Z"), Kind: "slot", From: s.From, To: s.To,
			Title: chat.Say("calendar.slot", chat.Word("of", s.Train.Service+s.Train.Line), chat.Word("train", s.Train.Name)),
			Details: []chat.Text{chat.Say("calendar.slot_why", chat.Nested("rule", s.Train.Schedule.Text()), chat.Nested("reason", s.Train.Reason.Text()),
				chat.Word("why", s.Train.Why))},
		}
		of, known := targets[s.Train.Name]
		if !known {
			of = slotTargets(r, s.Train)
			targets[s.Train.Name] = of
		}
		about(&o, of...)
		var err error
		if o.Conflicts, err = heldUp(r, of, s.From, s.To); err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, nil
}

// skippedOccasions are the slots that do not come, since the clock skips their start.
func skippedOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	skipped := r.Org.Cadence.AllSkipped(q.From, q.To)
	if q.Service != "" {
		s, _ := r.Org.Service(q.Service)
		skipped = r.Org.Cadence.Skipped(q.Service, s.Lines, q.From, q.To)
	}
	var found []port.Occasion
	for _, s := range skipped {
		found = append(found, port.Occasion{
			ID: "slot-" + s.Train.Name + "-" + s.At.UTC().Format("20060102T150405Z") + "-skipped", Kind: "slot", Cancelled: true,
			From: s.At, To: s.At.Add(s.Train.Schedule.End.Sub(s.Train.Schedule.Start)),
			Title: chat.Say("calendar.slot_skipped", chat.Word("of", s.Train.Service+s.Train.Line), chat.Word("train", s.Train.Name),
				chat.Word("said", s.Said.String()[len("2026-03-29T"):len("2026-03-29T02:30")])),
		})
	}
	return found, nil
}

// about says which services an occasion is about, all in one environment.
func about(o *port.Occasion, targets ...calendar.Target) {
	for _, t := range targets {
		o.Services, o.Environment = append(o.Services, t.Service), t.Environment
	}
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

// heldUp lists what forbids to deploy to any of the targets at some time of a stretch: freezes and security tests.
func heldUp(r *bot.Reading, targets []calendar.Target, from, to time.Time) ([]chat.Text, error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, err
	}
	found := map[string]calendar.Entry{}
	for _, t := range targets {
		for _, e := range x.During(t, from, to, kindFreeze, kindTest) {
			found[e.ID] = e
		}
	}
	var texts []chat.Text
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if found[id].Kind == kindTest {
			w, err := getWindow(r, id)
			if err != nil {
				return nil, err
			}
			texts = append(texts, window.Conflict{With: w, Relation: window.Same}.Text())
			continue
		}
		f, _, err := freezes.Get(r, id)
		if err != nil {
			return nil, err
		}
		for o := range f.Occurrences(from, to) {
			texts = append(texts, chat.Say("window.conflict.freeze", chat.Nested("freeze", f.Text(o.From))))
			break
		}
	}
	return texts, nil
}

// freezesAsked lists the freezes that a look at the calendar is about: all that hold or will, and of those that are over, which matter to a
// look at the past alone, the latest.
func freezesAsked(r *bot.Reading, q port.CalendarQuery) ([]freeze.Freeze, error) {
	all, err := standingFreezes(r)
	if err != nil || !q.From.Before(r.Now) {
		return all, err
	}
	listed := map[string]bool{}
	for _, f := range all {
		listed[f.ID] = true
	}
	seen := 0
	err = freezes.Latest(r, func(id string, f freeze.Freeze) error {
		if seen++; seen > calendarSeen {
			return kv.ErrStop
		}
		if !listed[id] {
			all = append(all, f)
		}
		return nil
	})
	return all, err
}

// freezeOccasions are the times at which nothing may be deployed.
func freezeOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	all, err := freezesAsked(r, q)
	var found []port.Occasion
	for _, f := range all {
		if q.Service != "" && !coversService(r.Org, f.Scope, q.Service) {
			continue
		}
		for o := range f.Occurrences(q.From, q.To) {
			found = append(found, freezeOccasion(f, o, r.Org.Zone))
		}
	}
	return found, err
}

// freezeOccasion is one time of a freeze, on the calendar of a zone.
func freezeOccasion(f freeze.Freeze, o recur.Interval, zone *time.Location) port.Occasion {
	on := port.Occasion{
		ID: f.ID, Kind: kindFreeze, From: o.From, AllDay: f.AllDay && wholeDays(o, zone), Changed: f.At,
		Title: chat.Say("calendar.freeze", chat.Word("freeze", f.ID), chat.Nested("scope", f.Scope.Text())),
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
	return on
}

// windowsAsked lists the windows and tests that a look at the calendar is about: all that are agreed or asked for, and the latest of those
// that are over or were called off.
func windowsAsked(r *bot.Reading, q port.CalendarQuery) ([]window.Window, error) {
	ahead, err := windowsAhead(r)
	if err != nil {
		return nil, err
	}
	var concerned []string // a service stands still with what it needs
	if q.Service != "" {
		concerned = append(r.Org.Upstream(q.Service), q.Service)
	}
	var list []window.Window
	add := func(w window.Window) {
		if asksFor(q, w.From, w.To) && (q.Service == "" || slices.Contains(concerned, w.Service)) {
			list = append(list, w)
		}
	}
	for _, w := range ahead {
		add(w)
	}
	seen := 0
	err = windows.Latest(r, func(_ string, w window.Window) error {
		if seen++; seen > calendarSeen {
			return kv.ErrStop
		}
		if w.Over(r.Now) {
			add(w)
		}
		return nil
	})
	return list, err
}

// wholeDays reports whether a stretch is whole days of a zone: those of another zone are not, and neither is what was ended early.
func wholeDays(i recur.Interval, zone *time.Location) bool {
	begins := func(at time.Time) bool { return fiscal.Begin(at.In(zone), zone).Equal(at) }
	return begins(i.From) && begins(i.To)
}

// windowOccasions are windows that are agreed or asked for, tests, and those that were called off lately.
func windowOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	list, err := windowsAsked(r, q)
	if err != nil {
		return nil, err
	}
	var found []port.Occasion
	for _, w := range list {
		o := port.Occasion{
			ID: w.ID, Kind: kindsOfWindow[w.Kind], From: w.From, To: w.To, Changed: w.Changed, Sequence: int(w.Changed.Sub(w.At) / time.Second),
			Tentative: w.State.Negotiated(), Cancelled: w.State.Ended(),
			Title: chat.Say("calendar."+chat.Code(w.Kind), chat.Word("window", w.ID), chat.Word("service", w.Service), chat.Word("environment", w.Environment),
				chat.Nested("state", w.State.Text())),
		}
		about(&o, calendar.Target{Service: w.Service, Environment: w.Environment})
		if w.Reason != nil {
			o.Details = []chat.Text{chat.Say("quote", chat.Quote("text", *w.Reason))}
		}
		if !w.Over(r.Now) {
			if o.Conflicts, err = conflictsOf(r, r.Org, w); err != nil {
				return nil, err
			}
		}
		found = append(found, o)
	}
	return found, nil
}

// releaseOccasions are the releases that somebody named a time for.
func releaseOccasions(r *bot.Reading, q port.CalendarQuery) ([]port.Occasion, error) {
	var found []port.Occasion
	under := ""
	if q.Service != "" {
		under = place(q.Service, "")
	}
	err := openReleases.Under(r, under, func(key string, _ struct{}) error {
		_, id, _ := strings.Cut(key, "/")
		rel, err := getRelease(r, id)
		if err != nil {
			return err
		}
		timing := rel.Time()
		if timing.For.IsZero() || !asksFor(q, timing.For, timing.For.Add(1)) {
			return nil
		}
		o := port.Occasion{
			ID: rel.ID, Kind: "release", From: timing.For, To: timing.For.Add(lengthOf(timing, last(r.Org))), Changed: rel.ChangedAt, Tentative: rel.State != release.Approved,
			Title: chat.Say("calendar.release", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Word("environment", last(r.Org).Name),
				chat.Nested("state", rel.State.Text())),
		}
		if timing.OffCadence != nil {
			o.Details = append(o.Details, chat.Say("timing.off_cadence", chat.Person("by", timing.By), chat.Quote("why", *timing.OffCadence)))
		}
		where := target(r.Org, rel.Service, last(r.Org).Name)
		about(&o, where)
		o.Conflicts, err = heldUp(r, []calendar.Target{where}, o.From, o.To)
		found = append(found, o)
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
		from, to := fiscal.Begin(m.Day, r.Org.Zone), fiscal.Begin(m.Day.AddDate(0, 0, 1), r.Org.Zone)
		if m.Day.IsZero() || m.State == milestone.Dropped || m.State == milestone.Deferred || !asksFor(q, from, to) {
			return nil
		}
		rel, err := getRelease(r, m.Release)
		if err != nil || q.Service != "" && rel.Service != q.Service {
			return err
		}
		changed := m.At
		if n := len(m.History); n > 0 {
			changed = m.History[n-1].At
		}
		found = append(found, port.Occasion{
			ID: id, Kind: "milestone", Services: []string{rel.Service}, Environment: m.Environment, From: from, To: to, AllDay: true, Changed: changed, Sequence: len(m.History),
			Title: chat.Say("calendar.milestone", chat.Word("milestone", id), chat.Quote("title", m.Title), chat.Word("release", m.Release),
				chat.Word("environment", m.Environment), chat.Nested("state", m.State.Text())),
		})
		return nil
	})
	return found, err
}
