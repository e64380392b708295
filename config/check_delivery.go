package config

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

func (c *Config) checkServices(s *strict) {
	known := c.ServiceNames()
	s.unique("services", "name", "service", known)
	owners := append(c.handles(), sortedKeys(c.Groups)...)
	for i, service := range c.Services {
		path := index("services", i)
		s.notAll(path+".name", service.Name)
		s.eachRefers(path+".depends_on", "service", service.DependsOn, known)
		s.refers(path+".owner", "person or group", service.Owner, owners)
		for _, env := range sortedKeys(service.Addresses) {
			s.refers(path+".addresses."+env, "environment", env, c.EnvironmentNames())
		}
		for _, env := range sortedKeys(service.Regions) {
			s.refers(path+".regions."+env, "environment", env, c.EnvironmentNames())
			s.eachRefers(path+".regions."+env, "region", service.Regions[env], service.Regions[env])
		}
		s.eachRefers(path+".lines", "business line", service.Lines, service.Lines)
	}
	for _, loop := range c.cycles() {
		i := slices.Index(known, loop[0])
		s.at(index("services", i)+".depends_on", "services can't depend on each other in a circle: %s", strings.Join(loop, " → "))
	}
}

// notAll refuses the name that stands for all of them where locks and freezes are declared.
func (s *strict) notAll(path, name string) {
	if strings.EqualFold(name, lock.All) {
		s.at(path, "%q can't be a name: it stands for all of them where people declare locks and freezes", name)
	}
}

func gateNames() []string { return names(gate.All(), func(g gate.Gate) string { return g.Name }) }

// cycles lists the circles in the dependencies, each once, from the service that is configured first back to it.
func (c *Config) cycles() [][]string {
	const open, done = 1, 2
	var loops [][]string
	state, stack := map[string]int{}, []string(nil)
	next := map[string][]string{}
	for _, s := range c.Services {
		next[s.Name] = s.DependsOn
	}
	var walk func(name string)
	walk = func(name string) {
		switch state[name] {
		case done:
			return
		case open:
			loop := slices.Clone(stack[slices.Index(stack, name):])
			loops = append(loops, append(loop, name))
			return
		}
		state[name] = open
		stack = append(stack, name)
		for _, n := range next[name] {
			walk(n)
		}
		stack = stack[:len(stack)-1]
		state[name] = done
	}
	for _, s := range c.Services {
		walk(s.Name)
	}
	return loops
}

func (c *Config) checkEnvironments(s *strict) {
	known := c.EnvironmentNames()
	s.unique("environments", "name", "environment", known)
	for i, e := range c.Environments {
		path := index("environments", i)
		s.notAll(path+".name", e.Name)
		s.refers(path+".after", "environment", e.After, known)
		if slices.Index(known, e.After) >= i {
			s.at(path+".after", "%q must stand before %q in the list: environments are written in the order in which versions pass them",
				clip(e.After), clip(e.Name))
		}
		s.eachRefers(path+".gates", "gate", e.Gates, append(gateNames(), c.conditionGates()...))
		if slices.Contains(e.Gates, gate.Staged) && e.After == "" {
			s.at(path+".gates", "the gate staged needs the key after: which environment must a version have passed?")
		}
		s.refers(path+".pipeline", "pipeline", e.Pipeline, sortedKeys(c.Pipelines))
		s.refers(path+".verify", "verification plan", e.Verify, sortedKeys(c.Verification))
		s.eachRefers(path+".regions", "region", e.Regions, e.Regions)
		s.positive(path+".lock", e.Lock)
		if plan, ok := c.Verification[e.Verify]; ok && plan.uses("address") {
			for j, service := range c.Services {
				if service.Addresses[e.Name] == "" {
					s.at(index("services", j), "needs an address in %s: the verification plan %s asks for {address}", e.Name, e.Verify)
				}
			}
		}
	}
}

func (p Plan) check(s *strict, path string) {
	s.positive(path+".duration", p.Duration)
	s.positive(path+".interval", p.Interval)
	if p.Duration > 0 && p.Interval > p.Duration {
		s.at(path+".interval", "%s is longer than the watch itself, %s", p.Interval, p.Duration)
	}
	if d := Duration(verify.MaxDuration); p.Duration > d {
		s.at(path+".duration", "a watch lasts at most %s", d)
	}
	if d := Duration(verify.MinInterval); p.Interval > 0 && p.Interval < d {
		s.at(path+".interval", "rounds are at least %s apart", d)
	}
	placeholders(s, path+".metrics", p.Metrics)
	for key, probes := range map[string][]Probe{"health": p.Health, "smoke": p.Smoke} {
		for i, probe := range probes {
			at := index(path+"."+key, i)
			placeholders(s, at+".url", probe.URL)
			placeholders(s, at+".body", probe.Body)
			placeholders(s, at+".holds", probe.Holds)
			s.positive(at+".timeout", probe.Timeout)
		}
	}
	for i, c := range p.Criteria {
		if at := index(path+".criteria", i); c.Below == nil && c.Above == nil && !s.has(at+".below") && !s.has(at+".above") {
			s.at(at, "needs below or above: which bound must the figure keep?")
		}
	}
	s.rule(path, p.Verify("").Validate())
}
