package approval

import (
	"slices"
	"time"
)

// Groups tells the members of a group or role at this moment; *people.Directory is one.
type Groups interface {
	Members(group string) []string
}

// Names of groups that follow from what is voted on.
const (
	// LineOwners are the owners of every business line of the service: a seat from it becomes one seat for each line.
	LineOwners = "line-owners"
	// LineOwner begins the name of the group of one line's owners, which is all that such a seat is filled from.
	LineOwner = "line-owner:"
)

// Members is a fixed Groups: group name to opaque person ids.
type Members map[string][]string

// Members returns the people of a group.
func (m Members) Members(group string) []string { return m[group] }

// Electors is who may vote at this moment, asked anew at every step: whoever leaves the electorate, or turns out to have a
// duty that conflicts, takes their vote along.
type Electors struct {
	Groups Groups
	// Barred are the people who have no vote here because of a conflict of duties (or for want of the right to vote): they
	// count neither towards the quorum nor as somebody to wait for.
	Barred []string
	// Away are the people who said so: nobody waits for them or calls them, and they may vote all the same.
	Away []string
	// Delegations are all that may have been in force since the ballot was opened.
	Delegations []Delegation
	// At is the moment, for delegations that begin and end; without it none lets anybody vote who has not yet.
	At time.Time
}

// in reports whether somebody belongs to one of the groups and is not barred.
func (e Electors) in(groups []string, person string) bool {
	if e.Groups == nil || person == "" || slices.Contains(e.Barred, person) {
		return false
	}
	for _, g := range groups {
		if slices.Contains(e.Groups.Members(g), person) {
			return true
		}
	}
	return false
}

// distinct is the size from which looking people up in a map beats comparing them one by one.
const distinct = 48

// all appends the members of the groups to ids, each once, barred or not.
func (e Electors) all(groups []string, ids []string) []string {
	if e.Groups == nil {
		return ids
	}
	var seen map[string]bool
	for _, g := range groups {
		for _, id := range e.Groups.Members(g) {
			if seen == nil && len(ids) >= distinct {
				seen = make(map[string]bool, 2*distinct)
				for _, known := range ids {
					seen[known] = true
				}
			}
			if id == "" || seen[id] || seen == nil && slices.Contains(ids, id) {
				continue
			}
			if seen != nil {
				seen[id] = true
			}
			ids = append(ids, id)
		}
	}
	return ids
}
