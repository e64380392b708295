package config

import (
	"regexp"
	"strings"
)

// Placeholders are what a probe's texts and a metrics URL may hold between braces. {address} is the base URL of the
// service in the environment.
var Placeholders = []string{"service", "environment", "version", "digest", "address"}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// placeholders notes those that mean nothing. Braces of other kinds, such as JSON's in a body, are left alone.
func placeholders(s *strict, path, text string) {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		s.refers(path, "placeholder", m[1], Placeholders)
	}
}

// uses reports whether the plan's texts hold a placeholder.
func (p Plan) uses(name string) bool {
	in := func(text string) bool { return strings.Contains(text, "{"+name+"}") }
	if in(p.Metrics) {
		return true
	}
	for _, probes := range [][]Probe{p.Health, p.Smoke} {
		for _, probe := range probes {
			if in(probe.URL) || in(probe.Body) || in(probe.Holds) {
				return true
			}
		}
	}
	return false
}
