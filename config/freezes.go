package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/recur"
	wording "github.com/gonogo-chat/gonogo/bot/words"
)

// Freezes is what holds for every freeze.
type Freezes struct {
	Exception  string            `yaml:"exception" doc:"Approval rule by which an exception is voted. Empty: no exceptions."`
	Exceptions []ExceptionRule   `yaml:"exceptions" doc:"Approval rules for some exceptions: the first that fits is asked, before exception."`
	Lifetime   Duration          `yaml:"lifetime" default:"4h" doc:"How long a granted exception can be used, once."`
	Announce   []Duration        `yaml:"announce" default:"[24h, 1h]" doc:"How long ahead a freeze is announced."`
	Running    map[string]string `yaml:"running" keys:"tier" enum:"finish,pause,roll back" doc:"What becomes of a deployment under way when a freeze of its place begins, by risk tier: finish, pause or roll back. A tier left out: finish."`
	Standing   []StandingFreeze  `yaml:"standing" doc:"Freezes that stand in the configuration: only here can they be changed or lifted."`
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

// StandingFreeze is a freeze that the configuration declares.
type StandingFreeze struct {
	Name         string   `yaml:"name" pattern:"name" required:"true" doc:"What it is called: quarter-end."`
	From         string   `yaml:"from" required:"true" doc:"When it first begins, as a clock there shows it: 2026-12-28 18:00, or 2026-12-28 with all_day."`
	Until        string   `yaml:"until" required:"true" doc:"When that first time ends: 2027-01-04 06:00, or with all_day the last whole day."`
	Every        string   `yaml:"every" doc:"How it comes again: daily, weekly, or a rule like FREQ=MONTHLY;BYMONTHDAY=-1. Empty: it holds once."`
	AllDay       bool     `yaml:"all_day" default:"false" doc:"Whole days are meant."`
	Zone         string   `yaml:"zone" doc:"IANA time zone of the clock. The organisation's if empty."`
	Services     []string `yaml:"services" doc:"Narrows it to these services. Empty: all."`
	Environments []string `yaml:"environments" doc:"Narrows it to these environments. Empty: all."`
	Lines        []string `yaml:"lines" doc:"Narrows it to the services of these business lines. Empty: all."`
	Regions      []string `yaml:"regions" doc:"Narrows it to what runs in these regions. Empty: all."`
	Reason       string   `yaml:"reason" required:"true" doc:"Why: everybody who is stopped reads it."`
}

func (f StandingFreeze) scope() calendar.Scope {
	return calendar.Scope{
		Services: slices.Clone(f.Services), Environments: slices.Clone(f.Environments), Lines: slices.Clone(f.Lines), Regions: slices.Clone(f.Regions),
	}
}

// schedule reads when it holds; at is the key that is wrong, if one is.
func (f StandingFreeze) schedule(zone string) (s recur.Schedule, at string, err error) {
	s = recur.Schedule{Zone: cmp.Or(f.Zone, zone), AllDay: f.AllDay}
	if s.Start, err = recur.ParseWall(strings.Replace(f.From, " ", "T", 1)); err != nil {
		return s, "from", err
	}
	if s.End, err = recur.ParseWall(strings.Replace(f.Until, " ", "T", 1)); err != nil {
		return s, "until", err
	}
	if f.AllDay {
		s.End = s.End.Add(24 * time.Hour)
	}
	if f.Every != "" {
		if s.Rule, err = recur.ParsePhrase(f.Every); err != nil {
			return s, "every", err
		}
	}
	if err = s.Check(); err != nil {
		return s, "until", err
	}
	return s, "every", freeze.First(s)
}

func (c *Config) checkStanding(s *strict) {
	s.unique("freezes.standing", "name", "standing freeze", names(c.Freezes.Standing, func(f StandingFreeze) string { return f.Name }))
	for i, f := range c.Freezes.Standing {
		path := index("freezes.standing", i)
		s.zone(path+".zone", f.Zone)
		c.covers(s, path, f.scope())
		if f.From == "" || f.Until == "" || s.has(path+".zone") {
			continue // said already
		}
		_, at, err := f.schedule(c.Organisation.Zone)
		var r *chat.Refusal
		if errors.As(err, &r) {
			s.at(path+"."+at, "%s", wording.Text(r.Text, nil, time.Time{}))
		} else if err != nil {
			s.at(path+"."+at, "%s", err)
		}
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
	c.checkStanding(s)
}

func (f Freezes) organise(zone string) (organisation.Freezes, error) {
	o := organisation.Freezes{Exception: f.Exception, Lifetime: f.Lifetime.D(), Announce: lengths(f.Announce), Running: map[string]freeze.Running{}}
	for _, r := range f.Exceptions {
		o.Exceptions = append(o.Exceptions, organisation.ExceptionRule{Approval: r.Approval, Tiers: slices.Clone(r.Tiers), Scope: r.scope()})
	}
	for tier, policy := range f.Running {
		o.Running[tier] = freeze.Running(policy)
	}
	for _, standing := range f.Standing {
		schedule, _, err := standing.schedule(zone)
		if err != nil {
			return o, fmt.Errorf("config: standing freeze %s: %w", standing.Name, err) // the check has read it once
		}
		o.Standing = append(o.Standing, freeze.Standing{Name: standing.Name, Scope: standing.scope(), Schedule: schedule, Why: standing.Reason})
	}
	return o, nil
}
