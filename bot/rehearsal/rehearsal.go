// Package rehearsal is evidence that a rollback works: the same pair of artifacts, gone from one to the other for real where it
// hurts nobody, and not long ago.
package rehearsal

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// Version is the schema version of a stored Rehearsal.
const Version = 1

// Rehearsal is one rollback that was really carried out and verified, because somebody wanted to know that it works.
type Rehearsal struct {
	V           int    `json:"v"`
	Release     string `json:"release"`
	Service     string `json:"service"`
	Environment string `json:"environment"`
	// From was deployed and verified, To was restored and verified.
	From rollout.Build `json:"from"`
	To   rollout.Build `json:"to"`
	// Deployment put From there, and Rollback To.
	Deployment string        `json:"deployment"`
	Rollback   string        `json:"rollback"`
	By         string        `json:"by"` // opaque person id
	At         time.Time     `json:"at"` // when To was found to be well
	Took       time.Duration `json:"took"`
}

// Pair are the artifacts of a rollback by digest: what it leaves, and what it goes back to.
type Pair struct{ From, To string }

// Pair is the artifacts that were rehearsed.
func (r Rehearsal) Pair() Pair { return Pair{r.From.Digest, r.To.Digest} }

// Policy says what asks for a rehearsal.
type Policy struct {
	Tiers  []string      // risk tiers that need one; none: nothing does
	Within time.Duration // how old it may be; above 0
}

// Standing is what the rehearsals that there are say about a pair at a moment.
type Standing struct {
	// Newest is the newest rehearsal of exactly the pair; nil if there is none.
	Newest *Rehearsal
	// Other is the newest of the same artifact back to another one, when there is none of the pair.
	Other *Rehearsal
}

// Look finds what counts for a pair. An artifact without a digest is the same as no other.
func Look(list []Rehearsal, p Pair) Standing {
	var s Standing
	for i := range list {
		r := &list[i]
		switch {
		case p.From == "" || r.From.Digest != p.From:
		case p.To != "" && r.To.Digest == p.To:
			if s.Newest == nil || r.At.After(s.Newest.At) {
				s.Newest = r
			}
		case s.Other == nil || r.At.After(s.Other.At):
			s.Other = r
		}
	}
	return s
}

// Fresh reports whether the pair was rehearsed recently enough: at most Within before now, that instant included.
func (s Standing) Fresh(p Policy, now time.Time) bool {
	return s.Newest != nil && now.Sub(s.Newest.At) <= p.Within
}

// Expires is when the evidence gets too old; zero while there is none.
func (s Standing) Expires(p Policy) time.Time {
	if s.Newest == nil {
		return time.Time{}
	}
	return s.Newest.At.Add(p.Within)
}

// Text says what was rehearsed, where, when and how long it took.
func (r Rehearsal) Text() chat.Text {
	return chat.Say("rehearsal.rehearsed", chat.Word("from", r.From.Version), chat.Word("to", r.To.Version), chat.Word("service", r.Service),
		chat.Word("environment", r.Environment), chat.Word("rollback", r.Rollback), chat.Time("at", r.At), chat.Duration("took", r.Took), chat.Person("by", r.By))
}
