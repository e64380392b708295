package runner

import (
	"fmt"
	"maps"
	"slices"
)

// passedAlways are the variables without which hardly a program works.
var passedAlways = []string{"PATH", "HOME"}

// minSecret is the shortest secret, in bytes, that can be blotted out of output without blotting out half of it.
const minSecret = 4

// environment is what the command gets to see: the allow-list and the resolved secrets, nothing else of the bot's.
func (a *Adapter) environment(p Pipeline) ([]string, error) {
	var env []string
	for _, name := range slices.Concat(passedAlways, p.Env) {
		if v, ok := a.outside.Lookup(name); ok {
			env = append(env, name+"="+v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Secrets)) {
		v, err := a.outside.Secret(p.Secrets[name])
		if err != nil {
			return nil, fmt.Errorf("secret %s: %w", name, err)
		}
		if len(v) < minSecret {
			return nil, fmt.Errorf("secret %s: shorter than %d characters, it could not be kept out of the output", name, minSecret)
		}
		env = append(env, name+"="+v)
	}
	return env, nil
}
