package config

import (
	"errors"

	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// Closure is a condition that closes the gate that names it while it holds.
type Closure struct {
	When      string   `yaml:"when" required:"true" doc:"A CEL expression that is true while the gate is closed."`
	Closes    string   `yaml:"closes" required:"true" doc:"What may not happen while it holds, in words for people."`
	OpensBy   []string `yaml:"opens_by" doc:"Groups, or roles, whose members may open it for one release: /policy open. Empty: nobody may."`
	Lasting   Duration `yaml:"lasting" default:"4h" doc:"How long it stays open for that release."`
	Emergency bool     `yaml:"emergency" default:"false" doc:"Whether the emergency path opens it."`
}

// conditionGates are the names by which environments may name conditions as gates.
func (c *Config) conditionGates() []string {
	return names(sortedKeys(c.Conditions), gate.ConditionGate)
}

func (c *Config) checkConditions(s *strict) {
	known := append(sortedKeys(c.Groups), c.roleNames()...)
	for _, name := range sortedKeys(c.Conditions) {
		condition, path := c.Conditions[name], "conditions."+name
		s.eachRefers(path+".opens_by", "group or role", condition.OpensBy, known)
		s.positive(path+".lasting", condition.Lasting)
		s.condition(path+".when", condition.When)
	}
}

// closures are the conditions, compiled.
func (c *Config) closures() (map[string]policy.Closure, error) {
	out := make(map[string]policy.Closure, len(c.Conditions))
	var errs []error
	for name, condition := range c.Conditions {
		when, err := policy.Compile(name, condition.When)
		errs = append(errs, err)
		out[name] = policy.Closure{Name: name, When: when, Closes: condition.Closes, OpensBy: condition.OpensBy,
			Lasting: condition.Lasting.D(), Emergency: condition.Emergency}
	}
	return out, errors.Join(errs...)
}
