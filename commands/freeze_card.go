package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/release"
)

var freezeTones = map[freeze.State]chat.Tone{freeze.Active: chat.Bad, freeze.Announced: chat.Warning}

// freezeCard says what is frozen, until when, and why.
func freezeCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	f, ok, err := freezes.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	at := f.State(r.Now)
	m := chat.Message{Card: id, Tone: freezeTones[at], Title: chat.Say("card.freeze", chat.Word("freeze", id),
		chat.Nested("scope", f.Scope.Text()), chat.Nested("state", at.Text()))}
	from, until := f.Times(r.Now)
	s := chat.Section{Fields: []chat.Field{
		{Label: "label.from", Value: chat.Say("value.time", inZone(chat.Time("at", from), f.Zone))},
		{Label: "label.declared_by", Value: declaredBy(f)},
	}}
	if !until.IsZero() {
		s.Fields = slices.Insert(s.Fields, 1, chat.Field{Label: "label.until", Value: chat.Say("value.time", inZone(chat.Time("at", until), f.Zone))})
	}
	if f.Schedule != nil {
		s.Fields = append(s.Fields, chat.Field{Label: "label.every", Value: f.Schedule.Text()})
	}
	if f.Why != "" {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("freeze.why", chat.Word("why", f.Why))})
	}
	if f.Reason != nil {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("quote", chat.Quote("text", *f.Reason))})
	}
	if f.LiftedBy != "" {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkOpen, Text: chat.Say("freeze.lifted_by", chat.Person("by", f.LiftedBy), chat.Time("at", f.Lifted))})
	}
	m.Sections = []chat.Section{s}
	m.Buttons, err = bot.Offers(r, id)
	return m, freezePlaces(r.Org, f), err
}

// declaredBy says who declared a freeze: somebody, or the configuration.
func declaredBy(f freeze.Freeze) chat.Text {
	if f.Standing != "" {
		return chat.Say("freeze.by_configuration", chat.Word("standing", f.Standing))
	}
	return chat.Say("value.person", chat.Person("person", f.By))
}

func inZone(a chat.Arg, zone string) chat.Arg {
	if zone != "" {
		a.Zone = zone
	}
	return a
}

// holdsSection says what keeps a release back, or lets it through, besides its vote: freezes, locks by hand, exceptions, an
// emergency.
func holdsSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.holds")}
	let, err := letThrough(r, rel)
	if err != nil || rel.State.Settled() { // of one that has ended, only what it was let through by is still of interest
		s.Lines = let
		return s, err
	}
	ahead, err := freezesOf(r, rel.Service)
	if err != nil {
		return s, err
	}
	for _, f := range ahead {
		if holdsOrWill(f.State(r.Now)) {
			s.Lines = append(s.Lines, freezeLine(f, r.Now))
		}
	}
	s.Lines = append(s.Lines, let...)
	said := map[lock.Scope]bool{}
	for _, env := range r.Org.Environments {
		own, wider, err := locksAround(r, lock.Scope{Service: rel.Service, Environment: env.Name})
		if err != nil {
			return s, err
		}
		for _, l := range append([]lock.Lock{*own}, wider...) {
			if l.Kind == lock.Manual && l.Held(r.Now) && !said[l.Scope()] {
				said[l.Scope()] = true
				s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: l.Text(r.Now)})
			}
		}
	}
	line, err := emergencyLine(r, rel)
	if line != nil {
		s.Lines = append(s.Lines, *line)
	}
	return s, err
}

// letThrough are the exceptions that are asked for a release, hold, or were used.
func letThrough(r *bot.Reading, rel release.Release) ([]chat.Line, error) {
	own, err := exceptionsOf(r, rel.ID)
	var lines []chat.Line
	for _, x := range own {
		if x.Used > 0 || !x.State.Terminal() && !rel.State.Settled() {
			lines = append(lines, chat.Line{Mark: exceptionMarks[x.State], Text: exceptionText(x)})
		}
	}
	return lines, err
}

var exceptionMarks = map[freeze.ExceptionState]chat.Mark{freeze.Requested: chat.MarkWaiting, freeze.Granted: chat.MarkOpen}

// emergencyLine says that an emergency is asked for or holds; nil if neither.
func emergencyLine(r *bot.Reading, rel release.Release) (*chat.Line, error) {
	e := rel.Emergency
	switch {
	case e == nil:
		return nil, nil
	case e.Granted(e.Digest, r.Now):
		return &chat.Line{Mark: chat.MarkOpen, Text: chat.Say("emergency.holds", chat.Person("by", e.By), chat.Person("second", e.Second), chat.Time("until", e.Until))}, nil
	}
	b, ok, err := ballots.Get(r, e.Ballot)
	if err != nil || !ok || b.State != approval.StateOpen {
		return nil, err
	}
	return &chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("emergency.waits", chat.Person("by", e.By), chat.Word("ballot", e.Ballot))}, nil
}
