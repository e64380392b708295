package config

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// office is a right that goes together with no decision on a release, and why.
type office struct {
	may     bool
	right   people.Right
	setting string
	why     string
}

// checkOffices refuses grants that give somebody, or a group, an office and a decision, where the duties keep these apart. Groups
// that a platform fills are known by name only, so a group with nobody in it counts too.
func (c *Config) checkOffices(s *strict) {
	if len(s.problems) > 0 {
		return
	}
	p := c.Duty.Policy()
	for _, o := range []office{
		{p.IdentifierMayDecide, people.Identify, "identifier_may_decide", "they could name a wrong author, and decide on their own work"},
		{p.AdministratorMayDecide, people.Administer, "administrator_may_decide", "they note what runs, and could leave out their own work of what is agreed to"},
	} {
		if !o.may {
			c.checkOffice(s, o)
		}
	}
}

func (c *Config) checkOffice(s *strict, o office) {
	var said []string // people of groups that were refused
	for i, g := range c.Grants {
		if !c.gives(g.Role, o.right) {
			continue
		}
		path := index("grants", i)
		refuse := func(who string, decides people.Right) {
			s.at(path, "%s may %s and may %s, which duty.%s keeps apart: %s. Give one of these to somebody else", who, o.right, decides, o.setting, o.why)
		}
		for _, name := range g.Groups {
			if right := c.decides(func(of Grant) bool { return slices.Contains(of.Groups, name) }); right != "" {
				refuse("the group "+name, right)
				said = append(said, c.Groups[name]...)
			}
		}
		for _, who := range c.granted(g) {
			if slices.Contains(said, who) {
				continue
			}
			if right := c.decides(func(of Grant) bool { return slices.Contains(c.granted(of), who) }); right != "" {
				refuse(clip(who), right)
				said = append(said, who)
			}
		}
	}
}

// decides is the right by which one of the grants decides on releases: to vote, or to deploy where the duty gate is asked.
func (c *Config) decides(whose func(Grant) bool) people.Right {
	for _, g := range c.Grants {
		switch {
		case !whose(g):
		case c.gives(g.Role, people.Vote):
			return people.Vote
		case c.gives(g.Role, people.Deploy) && slices.ContainsFunc(c.Environments, func(e Environment) bool {
			return slices.Contains(e.Gates, gate.Duty) && (len(g.Environments) == 0 || slices.Contains(g.Environments, e.Name))
		}):
			return people.Deploy
		}
	}
	return ""
}

// gives reports whether a role holds a right.
func (c *Config) gives(role string, right people.Right) bool {
	return slices.ContainsFunc(c.Roles, func(r Role) bool { return r.Name == role && slices.Contains(r.Rights, right) })
}

// granted are the handles of everybody whom a grant gives its role.
func (c *Config) granted(g Grant) []string {
	out := slices.Clone(g.People)
	for _, name := range g.Groups {
		for _, who := range c.Groups[name] {
			if !slices.Contains(out, who) {
				out = append(out, who)
			}
		}
	}
	return out
}
