package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// groupsFor is who is in which group where a release is voted on: the groups of the configuration, and those that follow from
// the release. Every electorate is worked out through it.
func groupsFor(_ state.Reader, org *organisation.Organisation, rel release.Release) approval.Groups {
	return releaseGroups{org: org, service: rel.Service}
}

// releaseGroups are the groups of a vote on a service.
type releaseGroups struct {
	org     *organisation.Organisation
	service string
}

// Members lists the people of a group, each once. The list is shared: don't change it.
func (g releaseGroups) Members(group string) []string {
	if line, ok := strings.CutPrefix(group, approval.LineOwner); ok {
		return g.owners(line)
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
