package config

import (
	"errors"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

// Rights are the rights that a role may hold.
var Rights = []people.Right{
	people.Plan, people.Cancel, people.Deploy, people.Rollback, people.Vote, people.Freeze, people.Exception, people.Lock,
	people.Unlock, people.Emergency, people.Review, people.Respond, people.Identify, people.WindowTest, people.Administer,
}

var tierNames = []string{"low", "medium", "high"}

func (c *Config) checkRisk(s *strict) {
	approvals := sortedKeys(c.Approvals)
	s.unique("risk.rules", "name", "rule", names(c.Risk.Rules, func(r RiskRule) string { return r.Name }))
	for i, r := range c.Risk.rules() {
		path := index("risk.rules", i)
		if r.Name == "" || r.When == "" || !r.Tier.Valid() {
			continue // said already
		}
		_, err := risk.Compile([]risk.Rule{r})
		for _, e := range flatten(err) {
			var wrong *risk.RuleError
			if errors.As(e, &wrong) {
				s.expression(path+".when", wrong.Line, wrong.Column, wrong.Problem)
			} else if e != nil {
				s.at(path+".when", "%s", e)
			}
		}
	}
	for _, name := range tierNames {
		t, ok := c.Risk.Tiers[name]
		if !ok && !s.has("risk.tiers."+name) && !s.has("risk.tiers") && !s.has("risk") {
			s.at("risk.tiers", "the tier %s is missing: what does it ask for? Write {} for nothing", name)
		}
		s.refers("risk.tiers."+name+".approval", "approval rule", t.Approval, approvals)
	}
}

func (c *Config) checkApprovals(s *strict) {
	approvals := sortedKeys(c.Approvals)
	s.refers("emergency.approval", "approval rule", c.Emergency.Approval, approvals)
	s.positive("incidents.trace", c.Incidents.Trace)
	s.positive("rehearsal.within", c.Rehearsal.Within)
	s.eachRefers("rehearsal.tiers", "risk tier", c.Rehearsal.Tiers, tierNames)
	c.checkRehearsal(s)
	s.positive("emergency.lifetime", c.Emergency.Lifetime)
	s.positive("emergency.review_within", c.Emergency.ReviewWithin)
	named := append(sortedKeys(c.Groups), c.roleNames()...)
	electorates := slices.Concat(named, c.ladderGroups(), []string{approval.LineOwners})
	s.eachRefers("emergency.escalate", "group or role", c.Emergency.Escalate, named)
	for _, name := range approvals {
		c.checkApproval(s, name, electorates)
	}
	if _, taken := c.Groups[approval.LineOwners]; taken || slices.Contains(c.roleNames(), approval.LineOwners) {
		s.at("groups", "the name %q is that of the owners of business lines", approval.LineOwners)
	}
}

// checkRehearsal names tiers that ask for what no gate asks, and what is asked for and can't be had.
func (c *Config) checkRehearsal(s *strict) {
	if len(c.Rehearsal.Tiers) == 0 {
		return
	}
	asked, watched := false, false
	for i, e := range c.Environments {
		asked = asked || slices.Contains(e.Gates, gate.Rehearsal)
		watched = watched || e.Verify != "" && i < len(c.Environments)-1
	}
	switch {
	case !asked:
		s.at("rehearsal.tiers", "has no effect: no environment names the gate %s", gate.Rehearsal)
	case !watched:
		s.at("rehearsal.tiers", "nothing could be rehearsed: no environment before the last has a verification plan (verify)")
	}
}

func (c *Config) checkPeople(s *strict) {
	handles := c.handles()
	s.unique("people", "handle", "person", handles)
	owner := map[chat.Account]int{}
	holder := map[string]int{} // of a key
	for i, p := range c.People {
		path := index("people", i)
		s.zone(path+".zone", p.Zone)
		for j, a := range p.Accounts {
			first, taken := owner[a]
			if taken && a.ID != "" {
				s.at(index(path+".accounts", j), "the account %q belongs to %q already: one account is one person's", clip(a.String()), clip(handles[first]))
			}
			owner[a] = i
		}
		for j, key := range p.Keys {
			at := index(path+".keys", j)
			if publicKey(key) == nil && !s.has(at) {
				s.at(at, "%q is not 32 bytes in base64", clip(key))
			}
			if first, taken := holder[key]; taken {
				s.at(at, "the key belongs to %q already: one key is one person's", clip(handles[first]))
			}
			holder[key] = i
		}
	}
	for _, name := range sortedKeys(c.Groups) {
		s.eachRefers("groups."+name, "person", c.Groups[name], handles)
		if slices.Contains(c.roleNames(), name) {
			s.at("groups."+name, "the name %q is that of a role too: electorates could mean either", clip(name))
		}
		if slices.Contains(handles, name) {
			s.at("groups."+name, "the name %q is that of a person too: owners could mean either", clip(name))
		}
	}
}

func (c *Config) checkGrants(s *strict) {
	known := make([]string, len(Rights))
	for i, r := range Rights {
		known[i] = string(r)
	}
	s.unique("roles", "name", "role", c.roleNames())
	for i, r := range c.Roles {
		s.eachRefers(index("roles", i)+".rights", "right", names(r.Rights, func(r people.Right) string { return string(r) }), known)
	}
	for i, g := range c.Grants {
		path := index("grants", i)
		s.refers(path+".role", "role", g.Role, c.roleNames())
		s.eachRefers(path+".people", "person", g.People, c.handles())
		s.eachRefers(path+".groups", "group", g.Groups, sortedKeys(c.Groups))
		s.eachRefers(path+".services", "service", g.Services, c.ServiceNames())
		s.eachRefers(path+".lines", "business line", g.Lines, c.AllLines())
		s.eachRefers(path+".environments", "environment", g.Environments, c.EnvironmentNames())
		if len(g.People)+len(g.Groups) == 0 && !s.has(path) {
			s.at(path, "gives the role to nobody: name people or groups")
		}
	}
	if len(s.problems) == 0 {
		d := c.Directory(func(handle string) string { return handle })
		if len(d.Holders(people.Administer, people.Scope{Service: people.Everything, Environment: people.Everything})) == 0 {
			s.at("grants", "nobody may administer everything: grant a role with that right, narrowed to no service, line or environment")
		}
	}
}

func (c *Config) handles() []string {
	return names(c.People, func(p Person) string { return p.Handle })
}

func (c *Config) roleNames() []string { return names(c.Roles, func(r Role) string { return r.Name }) }

// members lists the handles of everybody in groups, or granted roles, of these names.
func (c *Config) members(of []string) []string {
	d := c.Directory(func(handle string) string { return handle })
	var out []string
	for _, name := range c.reachable(of) {
		for _, h := range d.Members(name) {
			if !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	return out
}
