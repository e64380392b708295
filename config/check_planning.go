package config

import (
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// checkPlanning finds what is wrong with quarters, hours, ladders, deferral and the architecture board.
func (c *Config) checkPlanning(s *strict) {
	if weekly := c.Fiscal.Periods != "months" && c.Fiscal.Periods != ""; weekly && c.Fiscal.Closes.Month == 0 && !s.has("fiscal.closes") {
		s.at("fiscal.closes", "a year of weeks needs its last day: \"last saturday of september\", say")
	} else if !weekly && c.Fiscal.Closes.Month != 0 {
		s.at("fiscal.closes", "a year of months ends with its last month: leave it out, or say which weeks make the periods")
	}
	hours := sortedKeys(c.Hours)
	for _, name := range hours {
		path := "hours." + name
		s.zone(path+".zone", c.Hours[name].Zone)
		if !s.has(path+".from") && !s.has(path+".to") && !s.has(path+".zone") {
			s.rule(path, c.Hours[name].hours().Check())
		}
	}
	c.checkLadders(s, hours)
	c.checkDeferral(s)
	s.refers("architecture.approval", "approval rule", c.Architecture.Approval, sortedKeys(c.Approvals))
	s.condition("architecture.when", c.Architecture.When)
	if c.Architecture.When != "" && c.Architecture.Approval == "" {
		s.at("architecture.when", "without an approval rule nobody is asked")
	}
	for _, name := range sortedKeys(c.Budgets) {
		path := "budgets." + name
		s.refers(path, "service", name, c.ServiceNames())
		s.refers(path+".environment", "environment", c.Budgets[name].Environment, c.EnvironmentNames())
		s.positive(path+".window", c.Budgets[name].Window)
		if o := c.Budgets[name].Objective; o.Den != 0 && o.Num == o.Den {
			s.at(path+".objective", "nothing may ever go wrong: there is no budget to spend")
		}
	}
}

func (c *Config) checkLadders(s *strict, hours []string) {
	electorates := append(sortedKeys(c.Groups), c.roleNames()...)
	for _, name := range sortedKeys(c.Ladders) {
		l, path := c.Ladders[name], "ladders."+name
		s.condition(path+".when", l.When)
		s.refers(path+".hours", "hours", l.Hours, hours)
		if !c.asksLadder(name) && !s.has(path) {
			s.at(path, "no approval rule names %s%s: nobody could vote by it", approval.Ladder, name)
		}
		for _, rule := range sortedKeys(c.Approvals) {
			groups := c.Approvals[rule].Rule(rule).Groups()
			if l.When != "" && slices.Contains(groups, approval.Ladder+name) && !slices.ContainsFunc(groups, func(g string) bool { return !strings.HasPrefix(g, approval.Ladder) }) {
				s.at("approvals."+rule, "names ladders only: nobody would be asked about releases that %q is not for", name)
			}
		}
		for i, r := range l.Rungs {
			rung := index(path+".rungs", i)
			s.eachRefers(rung+".ask", "group or role", r.Ask, electorates)
			s.refers(rung+".hours", "hours", r.Hours, hours)
			s.positive(rung+".within", r.Within)
			if h, ok := c.Hours[firstOf(r.Hours, l.Hours)]; ok && r.Within > 0 && !s.has(rung+".within") {
				if due, ok := h.hours().Due(checkedFrom, r.Within.D()); !ok || due.Sub(checkedFrom) > MaxDuration {
					s.at(rung+".within", "the working hours never have that much time")
				}
			}
		}
	}
}

// condition notes what is wrong with an expression; an empty one is none.
func (s *strict) condition(path, expr string) {
	if expr == "" || s.has(path) {
		return
	}
	_, err := policy.Compile(path, expr)
	for _, p := range policy.Problems(err) {
		s.expression(path, p.Line, p.Column, p.Problem)
	}
}

// expression says what is wrong with an expression, and where in it.
func (s *strict) expression(path string, line, column int, problem string) {
	if line == 0 {
		s.at(path, "%s", problem)
		return
	}
	s.at(path, "line %d, column %d: %s", line, column, problem)
}

// compiled is an expression that was checked; nil for none.
func compiled(name, expr string) (*policy.Condition, error) {
	if expr == "" {
		return nil, nil
	}
	return policy.Compile(name, expr)
}

// checkedFrom is a Monday: whether hours have any time at all does not hang on when it is asked.
var checkedFrom = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)

func firstOf(names ...string) string {
	i := slices.IndexFunc(names, func(n string) bool { return n != "" })
	if i < 0 {
		return ""
	}
	return names[i]
}

// asksLadder reports whether an approval rule asks whom a ladder reached.
func (c *Config) asksLadder(name string) bool {
	for _, a := range c.Approvals {
		if slices.Contains(a.Rule(name).Groups(), approval.Ladder+name) {
			return true
		}
	}
	return false
}

func (c *Config) checkDeferral(s *strict) {
	s.unique("deferral", "name", "rule", names(c.Deferral, func(r DeferralRule) string { return r.Name }))
	for i, r := range c.Deferral {
		path := index("deferral", i)
		s.condition(path+".when", r.When)
		s.condition(path+".until", r.Until)
		for j, tier := range r.Tiers {
			if slices.Index(r.Tiers, tier) < j {
				s.at(index(path+".tiers", j), "the tier %q is here twice", clip(tier))
			}
		}
	}
}

// ladderGroups are the names that electorates may give besides groups and roles.
func (c *Config) ladderGroups() []string {
	out := sortedKeys(c.Ladders)
	for i, name := range out {
		out[i] = approval.Ladder + name
	}
	return out
}

// reachable are groups with those of every rung in place of a ladder's name: whoever may come to vote.
func (c *Config) reachable(groups []string) []string {
	var out []string
	for _, g := range groups {
		name, is := strings.CutPrefix(g, approval.Ladder)
		if !is {
			out = append(out, g)
			continue
		}
		for _, r := range c.Ladders[name].Rungs {
			out = append(out, r.Ask...)
		}
	}
	return out
}
