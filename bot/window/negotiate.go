package window

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Proposal is a time that somebody proposes.
type Proposal struct {
	From, To time.Time
	Zone     string
	By       string
	Reason   *chat.Sealed
	// Closes is when the answers must be there; not after From, since then it is too late.
	Closes time.Time
}

// check refuses a time that can't be negotiated.
func (p Proposal) check(now time.Time) *chat.Refusal {
	switch length := p.To.Sub(p.From); {
	case !p.From.After(now):
		return chat.Reject("window.past", chat.Time("from", p.From), chat.Time("now", now))
	case length < MinLength || length > MaxLength:
		return chat.Reject("window.length", chat.Duration("length", length), chat.Duration("min", MinLength), chat.Duration("max", MaxLength))
	}
	return nil
}

// closes is when the answers must be there.
func (p Proposal) closes() time.Time {
	if p.Closes.IsZero() || p.Closes.After(p.From) {
		return p.From.UTC()
	}
	return p.Closes.UTC()
}

// Propose begins a negotiation: w says for what, the parties without whom it does not stand are given. Whoever proposes accepts for
// what they own by that; a window that concerns them alone stands at once. A party that nobody owns can't answer: it is refused.
func Propose(w Window, p Proposal, parties []Party, owners Owners, now time.Time) (Window, *chat.Refusal) {
	if refusal := p.check(now); refusal != nil {
		return w, refusal
	}
	if len(parties) == 0 {
		return w, chat.Refuse("window.nobody", chat.Word("service", w.Service))
	}
	if refusal := answerable(parties, owners); refusal != nil {
		return w, refusal
	}
	w.V, w.Kind, w.State, w.Round, w.By, w.At, w.Reason = Version, Downtime, Proposed, 1, p.By, now.UTC(), p.Reason
	return w.begin(p, parties, owners, now)
}

func answerable(parties []Party, owners Owners) *chat.Refusal {
	for _, party := range parties {
		if party.Kind != OfPerson && len(owners[party]) == 0 {
			return chat.Refuse("window.unowned", chat.Nested("party", party.Text()))
		}
	}
	return nil
}

// Plan sets time aside for a test: those who may, do; nobody is asked.
func Plan(w Window, p Proposal, now time.Time) (Window, *chat.Refusal) {
	if refusal := p.check(now); refusal != nil {
		return w, refusal
	}
	w.V, w.Kind, w.State, w.Round, w.By, w.At, w.Reason = Version, Test, Accepted, 1, p.By, now.UTC(), p.Reason
	w.From, w.To, w.Zone, w.Proposer, w.Changed = p.From.UTC(), p.To.UTC(), p.Zone, p.By, now.UTC()
	return w, nil
}

// begin opens a round.
func (w Window) begin(p Proposal, parties []Party, owners Owners, now time.Time) (Window, *chat.Refusal) {
	w.From, w.To, w.Zone, w.Proposer = p.From.UTC(), p.To.UTC(), p.Zone, p.By
	w.Closes, w.Parties, w.Changed = p.closes(), slices.Clone(parties), now.UTC()
	w.Impact, w.Quiet = nil, nil
	if len(w.owned(p.By, owners, w.Parties)) == 0 {
		return w, nil
	}
	return w.Accept(p.By, owners, now)
}

// owned lists those of the parties for whom a person speaks.
func (w Window) owned(person string, owners Owners, of []Party) []Party {
	var mine []Party
	for _, p := range of {
		if owners.Owns(person, p) {
			mine = append(mine, p)
		}
	}
	return mine
}

// Accept says yes for every party that the person speaks for and that has not said so in this round.
func (w Window) Accept(person string, owners Owners, now time.Time) (Window, *chat.Refusal) {
	if refusal := w.may(Accept, person, owners, now); refusal != nil {
		return w, refusal
	}
	mine := w.owned(person, owners, w.Waiting())
	if len(mine) == 0 {
		return w, chat.Refuse("window.accepted_already", chat.Word("window", w.ID))
	}
	w.Answers = slices.Clone(w.Answers)
	for _, p := range mine {
		w.Answers = append(w.Answers, Answer{Round: w.Round, Party: p, By: person, Choice: Accepts, At: now.UTC()})
	}
	if len(w.Waiting()) > 0 {
		return w.apply(Accept, now)
	}
	return w.apply(Complete, now)
}

// Refuse ends the negotiation: one business unit that can't is enough.
func (w Window) Refuse(person string, reason *chat.Sealed, owners Owners, now time.Time) (Window, *chat.Refusal) {
	if refusal := w.may(Refuse, person, owners, now); refusal != nil {
		return w, refusal
	}
	w.Answers = slices.Clone(w.Answers)
	for _, p := range w.owned(person, owners, w.Parties) {
		w.Answers = append(w.Answers, Answer{Round: w.Round, Party: p, By: person, Choice: Refuses, At: now.UTC(), Reason: reason})
	}
	w.EndedBy, w.Why = person, reason
	return w.apply(Refuse, now)
}

// Counter proposes another time, for which everybody is asked anew, the one who asked first too. Who proposes it accepts it for what
// they own.
func (w Window) Counter(p Proposal, owners Owners, now time.Time) (Window, *chat.Refusal) {
	if refusal := w.may(Counter, p.By, owners, now); refusal != nil {
		return w, refusal
	}
	if refusal := p.check(now); refusal != nil {
		return w, refusal
	}
	if p.From.Equal(w.From) && p.To.Equal(w.To) {
		return w, chat.Refuse("window.same", chat.Word("window", w.ID), chat.Nested("interval", w.Interval()))
	}
	if refusal := answerable(w.Parties, owners); refusal != nil {
		return w, refusal
	}
	answers := slices.Clone(w.Answers)
	for _, party := range w.owned(p.By, owners, w.Parties) {
		answers = append(answers, Answer{Round: w.Round, Party: party, By: p.By, Choice: Counters, At: now.UTC(), Reason: p.Reason})
	}
	next, refusal := w.apply(Counter, now)
	if refusal != nil {
		return w, refusal
	}
	next.Answers = answers
	next.Round++
	parties := slices.DeleteFunc(slices.Clone(w.Parties), func(p Party) bool { return p.Kind == OfPerson })
	first := Party{Kind: OfPerson, Name: w.By}
	if p.By != w.By && !slices.ContainsFunc(parties, func(party Party) bool { return owners.Owns(w.By, party) }) {
		parties = append(parties, first)
	}
	return next.begin(p, parties, owners, now)
}

// Withdraw takes it back: while it is negotiated, whoever proposed it first; once it stands, also those who had agreed to it.
func (w Window) Withdraw(person string, reason *chat.Sealed, may bool, owners Owners, now time.Time) (Window, *chat.Refusal) {
	if _, ok := Next(w.State, Withdraw); !ok || w.Over(now) {
		return w, w.notNow(Withdraw, now)
	}
	own := person == w.By || may
	if !own && (w.State != Accepted || len(w.owned(person, owners, w.Parties)) == 0) {
		who := []string{w.By}
		if w.State == Accepted {
			who = append(who, owners.All(w.Parties)...)
		}
		return w, chat.Refuse("window.not_yours_to_withdraw", chat.Word("window", w.ID), chat.People("people", who))
	}
	w.EndedBy, w.Why = person, reason
	return w.apply(Withdraw, now)
}

// Expire ends a negotiation whose time is over.
func (w Window) Expire(now time.Time) (Window, *chat.Refusal) {
	if now.Before(w.Closes) {
		return w, w.notNow(Expire, now)
	}
	return w.apply(Expire, now)
}

// Agree lets a release into a test.
func (w Window) Agree(a Agreement, now time.Time) (Window, *chat.Refusal) {
	switch {
	case w.Kind != Test:
		return w, chat.Refuse("window.no_test", chat.Word("window", w.ID))
	case w.State != Accepted || w.Over(now):
		return w, w.notNow(Accept, now)
	case w.Lets(a.Release, a.Digest):
		return w, chat.Refuse("window.agreed_already", chat.Word("window", w.ID), chat.Word("release", a.Release))
	}
	w.Agreed = append(slices.Clone(w.Agreed), a)
	w.Changed = now.UTC()
	return w, nil
}

// Lets reports whether a release with this very artifact was let into the test.
func (w Window) Lets(release, digest string) bool {
	return slices.ContainsFunc(w.Agreed, func(a Agreement) bool { return a.Release == release && a.Digest == digest && digest != "" })
}

// may refuses whoever speaks for no party, and anything said too late.
func (w Window) may(e Event, person string, owners Owners, now time.Time) *chat.Refusal {
	if _, ok := Next(w.State, e); !ok || !now.Before(w.Closes) {
		return w.notNow(e, now)
	}
	if len(w.owned(person, owners, w.Parties)) > 0 || e == Counter && person == w.By {
		return nil
	}
	return chat.Refuse("window.not_yours", chat.Word("window", w.ID), chat.People("people", owners.All(w.Parties)))
}

func (w Window) notNow(e Event, now time.Time) *chat.Refusal {
	args := []chat.Arg{chat.Word("window", w.ID), chat.Nested("event", e.Text()), chat.Nested("state", w.State.Text())}
	if w.State.Negotiated() && !now.Before(w.Closes) {
		args = append(args, chat.Time("closed", w.Closes))
	}
	if w.State == Accepted && !now.Before(w.To) {
		args = append(args, chat.Time("over", w.To))
	}
	return chat.Refuse("window.not_now", args...)
}

func (w Window) apply(e Event, now time.Time) (Window, *chat.Refusal) {
	to, ok := Next(w.State, e)
	if !ok {
		return w, w.notNow(e, now)
	}
	if to != w.State {
		w.State, w.Changed = to, now.UTC()
	}
	return w, nil
}
