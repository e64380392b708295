package config

import (
	"net/url"
	"regexp"
	"strings"
)

// Placeholders are what a probe's texts and a metrics URL may hold between braces. {address} is the base URL of the
// service in the environment.
var Placeholders = []string{"service", "environment", "version", "digest", "address"}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Running is what placeholders are filled in from.
type Running struct{ Service, Environment, Version, Digest string }

// Fill fills placeholders in. Values are escaped as parts of a path, so that a version can't lead elsewhere.
func (c *Config) Fill(template string, r Running) string {
	service, _ := c.Service(r.Service)
	return placeholder.ReplaceAllStringFunc(template, func(m string) string {
		switch m {
		case "{service}":
			return url.PathEscape(r.Service)
		case "{environment}":
			return url.PathEscape(r.Environment)
		case "{version}":
			return url.PathEscape(r.Version)
		case "{digest}":
			return url.PathEscape(r.Digest)
		case "{address}":
			return strings.TrimSuffix(service.Addresses[r.Environment], "/")
		}
		return m
	})
}

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
