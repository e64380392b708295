package commands

import (
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// openings are the conditions that somebody opened for a release: by release/environment/condition.
var openings = state.Governed[gate.Opening]("opening")

func openingKey(rel, environment, condition string) string {
	return rel + "/" + environment + "/" + condition
}

// closures are the configured conditions that an environment names as gates.
func closures(org *organisation.Organisation, env organisation.Environment) []policy.Closure {
	var list []policy.Closure
	for _, name := range env.Gates {
		of, _ := gate.ConditionOf(name)
		if c, ok := org.Conditions[of]; ok {
			list = append(list, c)
		}
	}
	return list
}

// fillConditions gives the conditions of the environment what they look at, and no more.
func fillConditions(r state.Reader, org *organisation.Organisation, q question, f outside, facts *gate.Facts) error {
	named := closures(org, q.environment)
	if len(named) == 0 {
		return nil
	}
	if f.IncidentFault != nil {
		facts.Faults["incidents"] = f.IncidentFault.Error()
	}
	var err error
	facts.Conditions = org.Conditions
	facts.Policy, err = policyContext(r, org, viewpoint{release: q.release, environment: q.environment, artifact: f.Artifact, seen: f.Seen, now: q.now,
		reads: func(group string) bool { return asksThere(org, q.environment, group) }})
	if err != nil {
		return err
	}
	facts.Openings, err = openingsOf(r, q.release, q.environment, named)
	return err
}

// openingsOf are the conditions that somebody opened for a release there, whether that still holds or not.
func openingsOf(r state.Reader, rel release.Release, env organisation.Environment, named []policy.Closure) (map[string]gate.Opening, error) {
	found := map[string]gate.Opening{}
	for _, c := range named {
		o, ok, err := openings.Get(r, openingKey(rel.ID, env.Name, c.Name))
		if err != nil {
			return nil, err
		}
		if ok {
			found[c.Name] = o
		}
	}
	return found, nil
}

// conditionOpeners adds who may open each condition of the environment.
func conditionOpeners(org *organisation.Organisation, env organisation.Environment, openers map[string][]string) {
	for _, c := range closures(org, env) {
		openers[gate.ConditionGate(c.Name)] = openersOf(org, c)
	}
}

// openersOf is everybody who may open a condition, each once.
func openersOf(org *organisation.Organisation, c policy.Closure) []string {
	var ids []string
	for _, group := range c.OpensBy {
		ids = append(ids, org.Directory.Members(group)...)
	}
	return except(ids, "")
}
