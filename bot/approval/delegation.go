package approval

import (
	"slices"
	"strings"
	"time"
)

// Delegation lets somebody vote in another's place for a time. It hands on the place and nothing else: what bars either of them
// bars the vote, and whoever has their place from somebody hands nothing on. A delegator who votes takes the place back.
type Delegation struct {
	From, To string // opaque ids
	// Group is the one group whose places are handed on; empty for all.
	Group string
	// Since is the first instant of it, and Until the first that is not.
	Since, Until time.Time
}

// Covers reports whether the delegation is in force at an instant.
func (d Delegation) Covers(at time.Time) bool { return !at.Before(d.Since) && at.Before(d.Until) }

// hands reports whether it hands on places of a group.
func (d Delegation) hands(group string) bool {
	return d.Group == "" || d.Group == group || d.Group == LineOwners && strings.HasPrefix(group, LineOwner)
}

// principal is whose place a person has through these delegations in one of the groups; false for nobody's. Whoever is barred hands
// nothing on.
func (e Electors) principal(by []Delegation, groups []string, person string) (string, bool) {
	if slices.Contains(e.Barred, person) {
		return "", false
	}
	for _, d := range by {
		if d.To != person {
			continue
		}
		for _, g := range groups {
			if d.hands(g) && e.in([]string{g}, d.From) {
				return d.From, true
			}
		}
	}
	return "", false
}

// force are the delegations that count among the votes given so far: those to somebody who voted while they were in force, from
// somebody who has not voted, and of several from one person the one that began last. So every place is taken by one person.
func (b *Ballot) force(who Electors) []Delegation {
	var in []Delegation
	for _, d := range who.Delegations {
		to := b.find(d.To)
		if to < 0 || !b.given(&b.Votes[to]) || !d.Covers(b.Votes[to].At) || b.gave(d.From) {
			continue
		}
		i := slices.IndexFunc(in, func(other Delegation) bool { return other.From == d.From })
		switch {
		case i < 0:
			in = append(in, d)
		case in[i].Since.Before(d.Since):
			in[i] = d
		}
	}
	return in
}

// coming are the delegations by which somebody could still vote now.
func (b *Ballot) coming(who Electors) []Delegation {
	var in []Delegation
	for _, d := range who.Delegations {
		if d.Covers(who.At) && !b.gave(d.From) && b.find(d.To) < 0 {
			in = append(in, d)
		}
	}
	return in
}

// gave reports whether a person's own vote is given.
func (b *Ballot) gave(person string) bool {
	i := b.find(person)
	return i >= 0 && b.given(&b.Votes[i])
}
