package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// StandIn is a place that somebody handed on for a time.
type StandIn struct {
	V     int       `json:"v"`
	ID    string    `json:"id"` // "DG-1"
	From  string    `json:"from"`
	To    string    `json:"to"`
	Group string    `json:"group,omitempty"` // the one group whose places are handed on; empty for all
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	At    time.Time `json:"at"`
	// Zone is where the times were said.
	Zone   string       `json:"zone,omitempty"`
	Reason *chat.Sealed `json:"reason,omitempty"`
	// Ended is when it was ended before its time, by EndedBy.
	Ended   time.Time `json:"ended,omitzero"`
	EndedBy string    `json:"ended_by,omitempty"`
}

// delegation is the stand-in as votes are judged by it.
func (s StandIn) delegation() approval.Delegation {
	d := approval.Delegation{From: s.From, To: s.To, Group: s.Group, Since: s.Since, Until: s.Until}
	if !s.Ended.IsZero() && s.Ended.Before(d.Until) {
		d.Until = s.Ended
	}
	return d
}

// Absence is somebody who said that they are away.
type Absence struct {
	V     int       `json:"v"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

var (
	standIns = state.Governed[StandIn]("stand-in")
	absences = state.Governed[Absence]("absence") // by person
	// present says which of them votes are judged by: under one key, so that no vote scans for them.
	present = state.Ungoverned[standingIndex]("standing")
)

// standingIndex names the records to look at.
type standingIndex struct {
	StandIns []string `json:"stand_ins,omitempty"`
	Absent   []string `json:"absent,omitempty"`
}

// standingKey is the key of the one index that there is.
const standingKey = "all"

// standingKept is how long a delegation that is over is still looked at: votes given under it stand while their ballot is open.
const standingKept = 90 * 24 * time.Hour

// stands is who stands in for whom, and who is away.
type stands struct {
	delegations []approval.Delegation
	ids         []string // of the delegations
	absent      []string
	absences    []Absence
}

// away are the people who are away at a moment.
func (s stands) away(at time.Time) (ids []string) {
	for i, a := range s.absences {
		if !at.Before(a.Since) && at.Before(a.Until) {
			ids = append(ids, s.absent[i])
		}
	}
	return ids
}

// until is when a person is back who is away at a moment; zero for somebody who is there.
func (s stands) until(person string, at time.Time) time.Time {
	for i, a := range s.absences {
		if s.absent[i] == person && !at.Before(a.Since) && at.Before(a.Until) {
			return a.Until
		}
	}
	return time.Time{}
}

// placesHandedOn reads who stands in for whom and who is away. What the index names and the records don't hold is nobody's.
func placesHandedOn(r state.Reader) (s stands, err error) {
	index, ok, err := present.Get(r, standingKey)
	if err != nil || !ok {
		return s, err
	}
	for _, id := range index.StandIns {
		one, ok, err := standIns.Get(r, id)
		if err != nil {
			return s, err
		}
		if ok {
			s.delegations, s.ids = append(s.delegations, one.delegation()), append(s.ids, id)
		}
	}
	for _, id := range index.Absent {
		one, ok, err := absences.Get(r, id)
		if err != nil {
			return s, err
		}
		if ok {
			s.absences, s.absent = append(s.absences, one), append(s.absent, id)
		}
	}
	return s, nil
}

// putStandIn writes a stand-in and its place in the index, from which those that are long over leave.
func putStandIn(t *bot.Turn, one StandIn) error {
	if err := standIns.Put(t.Tx, one.ID, one); err != nil {
		return err
	}
	index, _, err := present.Get(t, standingKey)
	if err != nil {
		return err
	}
	next := standingIndex{Absent: index.Absent}
	for _, id := range index.StandIns {
		was, ok, err := standIns.Get(t, id)
		if err != nil {
			return err
		}
		if ok && id != one.ID && t.Now.Sub(was.delegation().Until) < standingKept {
			next.StandIns = append(next.StandIns, id)
		}
	}
	next.StandIns = append(next.StandIns, one.ID)
	return present.Put(t.Tx, standingKey, next)
}

// putAbsence writes an absence and its place in the index.
func putAbsence(t *bot.Turn, person string, a Absence) error {
	if err := absences.Put(t.Tx, person, a); err != nil {
		return err
	}
	index, _, err := present.Get(t, standingKey)
	if err != nil {
		return err
	}
	next := standingIndex{StandIns: index.StandIns}
	for _, id := range index.Absent {
		was, ok, err := absences.Get(t, id)
		if err != nil {
			return err
		}
		if ok && id != person && t.Now.Before(was.Until) {
			next.Absent = append(next.Absent, id)
		}
	}
	if t.Now.Before(a.Until) {
		next.Absent = append(next.Absent, person)
	}
	return present.Put(t.Tx, standingKey, next)
}

// openCards shows every open vote as it stands now.
func openCards(t *bot.Turn) error {
	open, err := openBallots(t)
	if err != nil {
		return err
	}
	for _, b := range open {
		if err := t.Card(b.ID); err != nil {
			return err
		}
	}
	return nil
}

// standsInFor reports whether a delegation is of a place in one of the groups, now.
func standsInFor(d approval.Delegation, who approval.Electors, groups []string) bool {
	return d.Covers(who.At) && slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(who.Groups.Members(g), d.From) })
}

// lent reports whether the speaker has the place of somebody whom a ballot asks, and who holds the right to vote on the service:
// that is lent with it, for that ballot alone.
func lent(t *bot.Turn, service string, who approval.Electors, groups []string) bool {
	return slices.ContainsFunc(who.Delegations, func(d approval.Delegation) bool {
		return d.To == t.Person && standsInFor(d, who, groups) && t.Org.May(d.From, people.Vote, service, "")
	})
}
