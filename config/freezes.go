package config

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
)

// Freezes is what holds for every freeze.
type Freezes struct {
	Exception  string            `yaml:"exception" doc:"Approval rule by which an exception is voted. Empty: no exceptions."`
	Exceptions []ExceptionRule   `yaml:"exceptions" doc:"Approval rules for some exceptions: the first that fits is asked, before exception."`
	Lifetime   Duration          `yaml:"lifetime" default:"4h" doc:"How long a granted exception can be used, once."`
	Announce   []Duration        `yaml:"announce" default:"[24h, 1h]" doc:"How long ahead a freeze is announced."`
	Running    map[string]string `yaml:"running" keys:"tier" enum:"finish,pause,roll back" doc:"What becomes of a deployment under way when a freeze of its place begins, by risk tier: finish, pause or roll back. A tier left out: finish."`
}

// ExceptionRule says by which approval rule some exceptions are voted. An empty list means all.
type ExceptionRule struct {
	Approval     string   `yaml:"approval" required:"true" doc:"Approval rule by which these exceptions are voted."`
	Tiers        []string `yaml:"tiers" enum:"low,medium,high" doc:"Narrows it to releases of these risk tiers."`
	Services     []string `yaml:"services" doc:"Narrows it to these services."`
	Environments []string `yaml:"environments" doc:"Narrows it to these environments."`
	Lines        []string `yaml:"lines" doc:"Narrows it to the services of these business lines."`
	Regions      []string `yaml:"regions" doc:"Narrows it to what runs in these regions."`
}

func (r ExceptionRule) scope() calendar.Scope {
	return calendar.Scope{
		Services: slices.Clone(r.Services), Environments: slices.Clone(r.Environments), Lines: slices.Clone(r.Lines), Regions: slices.Clone(r.Regions),
	}
}

// covers checks the names of a scope.
func (c *Config) covers(s *strict, path string, scope calendar.Scope) {
	s.eachRefers(path+".services", "service", scope.Services, c.ServiceNames())
	s.eachRefers(path+".environments", "environment", scope.Environments, c.EnvironmentNames())
	s.eachRefers(path+".lines", "business line", scope.Lines, c.AllLines())
	s.eachRefers(path+".regions", "region", scope.Regions, c.regions())
}

// regions are those that environments and services name.
func (c *Config) regions() []string {
	var all []string
	for _, e := range c.Environments {
		all = append(all, e.Regions...)
	}
	for _, service := range c.Services {
		for _, in := range service.Regions {
			all = append(all, in...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (c *Config) checkFreezes(s *strict) {
	approvals := sortedKeys(c.Approvals)
	s.refers("freezes.exception", "approval rule", c.Freezes.Exception, approvals)
	s.positive("freezes.lifetime", c.Freezes.Lifetime)
	for i, r := range c.Freezes.Exceptions {
		path := index("freezes.exceptions", i)
		s.refers(path+".approval", "approval rule", r.Approval, approvals)
		s.eachRefers(path+".tiers", "tier", r.Tiers, tierNames)
		c.covers(s, path, r.scope())
	}
}

func (f Freezes) organise() organisation.Freezes {
	o := organisation.Freezes{Exception: f.Exception, Lifetime: f.Lifetime.D(), Announce: lengths(f.Announce), Running: map[string]freeze.Running{}}
	for _, r := range f.Exceptions {
		o.Exceptions = append(o.Exceptions, organisation.ExceptionRule{Approval: r.Approval, Tiers: slices.Clone(r.Tiers), Scope: r.scope()})
	}
	for tier, policy := range f.Running {
		o.Running[tier] = freeze.Running(policy)
	}
	return o
}
