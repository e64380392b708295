package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// groupsFor is who is in which group where a release is voted on: the groups of the configuration, and those that follow from
// the release. Every electorate is worked out through it.
func groupsFor(r state.Reader, org *organisation.Organisation, rel release.Release) approval.Groups {
	return releaseGroups{reader: r, org: org, service: rel.Service, release: rel.ID}
}

// askedBy is who a rule asks about a release, and the rule as it is asked.
func askedBy(r state.Reader, org *organisation.Organisation, rel release.Release, rule approval.Rule) organisation.Electorate {
	s, _ := org.Service(rel.Service)
	rule = rule.For(s.Lines)
	if !slices.ContainsFunc(rule.Electorate, follows) && !slices.ContainsFunc(rule.Veto, follows) {
		return org.Electorate(rule, rel.Service)
	}
	return org.ElectorateIn(groupsFor(r, org, rel), rule, rel.Service)
}

// follows reports whether who is in a group follows from what is voted on: no name in the configuration holds a colon.
func follows(group string) bool { return group == approval.LineOwners || strings.Contains(group, ":") }

// electors is who may vote on a ballot now: members who hold the right to vote and have no duty that conflicts, and those who stand
// in for them, whose own duties bar them too.
func electors(r state.Reader, now time.Time, org *organisation.Organisation, b approval.Ballot, rel release.Release, w duty.Work) (approval.Electors, error) {
	asked := askedBy(r, org, rel, b.Rule)
	stand, err := placesHandedOn(r)
	if err != nil {
		return approval.Electors{}, err
	}
	members := asked.Members
	for _, d := range stand.delegations {
		if slices.Contains(asked.Members, d.From) && !slices.Contains(members, d.To) {
			members = append(slices.Clip(members), d.To)
		}
	}
	p := duties(b, org)
	barred := duty.Barred(members, w, p)
	for _, id := range slices.Concat(asked.Without, duty.Dependent(members, goes(b), w, p)) {
		if !slices.Contains(barred, id) {
			barred = append(barred, id)
		}
	}
	return approval.Electors{
		Groups: groupsFor(r, org, rel), Barred: barred, Delegations: stand.delegations, Away: stand.away(now), At: now,
	}, nil
}

// releaseGroups are the groups of a vote on a service.
type releaseGroups struct {
	reader  state.Reader
	org     *organisation.Organisation
	service string
	release string
}

// Members lists the people of a group, each once. The list is shared: don't change it.
func (g releaseGroups) Members(group string) []string {
	if line, ok := strings.CutPrefix(group, approval.LineOwner); ok {
		return g.owners(line)
	}
	if name, ok := strings.CutPrefix(group, approval.Ladder); ok {
		return reached(g.reader, g.org, g.release, name)
	}
	if group != approval.LineOwners {
		return g.org.Directory.Members(group)
	}
	var ids []string
	s, _ := g.org.Service(g.service)
	for _, line := range s.Lines {
		for _, id := range g.owners(line) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// owners are the people who answer for a line's business; nobody where nobody is configured to.
func (g releaseGroups) owners(line string) []string {
	var ids []string
	for _, owner := range g.org.Lines[line].Owners {
		members := g.org.Directory.Members(owner)
		if _, person := g.org.Directory.Person(owner); person && !g.org.Directory.Resting(owner) {
			members = []string{owner}
		}
		for _, id := range members {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// membersOf are the people of a group, or the owners of any business line.
func membersOf(org *organisation.Organisation, group string) (ids []string) {
	if group != approval.LineOwners {
		return org.Directory.Members(group)
	}
	for line := range org.Lines {
		ids = append(ids, releaseGroups{org: org}.owners(line)...)
	}
	return ids
}

// seatGroups are the groups that any approval rule asks, in the order of their names.
func seatGroups(org *organisation.Organisation) (groups []string) {
	for _, rule := range org.Approvals {
		rule = rule.For(nil)
		for _, g := range slices.Concat(rule.Electorate, rule.Veto) {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	slices.Sort(groups)
	return groups
}
