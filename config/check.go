package config

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// check finds what is wrong beyond single values: names that refer to nothing, contradictions, cycles. Values that were
// not read stand at zero and have their problem already.
func (c *Config) check(s *strict) {
	c.checkOrganisation(s)
	c.checkServices(s)
	c.checkLines(s)
	c.checkEnvironments(s)
	for _, name := range sortedKeys(c.Verification) {
		c.Verification[name].check(s, "verification."+name)
	}
	c.checkRisk(s)
	c.checkConditions(s)
	c.checkApprovals(s)
	c.checkDuty(s)
	c.checkWindows(s)
	c.checkFreezes(s)
	c.checkCadence(s)
	c.checkPeople(s)
	c.checkGrants(s)
	c.checkOffices(s)
	c.checkPlanning(s)
}

func (c *Config) checkOrganisation(s *strict) {
	s.zone("organisation.zone", c.Organisation.Zone)
	if host, port, err := net.SplitHostPort(c.Operations.Listen); c.Operations.Listen != "" {
		n, _ := strconv.Atoi(port)
		ip := net.ParseIP(host)
		switch {
		case err != nil || n > 65535:
			s.at("operations.listen", "%q is not an address with a port, like 127.0.0.1:7474", clip(c.Operations.Listen))
		case c.Organisation.Demo && host != "localhost" && !ip.IsLoopback():
			s.at("operations.listen", "a demonstration listens on loopback only, like 127.0.0.1:7474: anybody who reaches it may speak as anybody")
		}
	}
	for key, channel := range map[string]string{
		"releases": c.Chat.Channels.Releases, "cab": c.Chat.Channels.CAB, "oncall": c.Chat.Channels.OnCall,
	} {
		if _, err := c.Chat.Place(channel); err != nil && channel != "" {
			s.at("chat.channels."+key, "%s", err)
		}
	}
}

// at notes a problem at the line of a path.
func (s *strict) at(path, format string, args ...any) {
	s.say(s.places.line(path), path, format, args...)
}

// refers notes a name that is none of the known ones; an empty name refers to nothing.
func (s *strict) refers(path, kind, name string, known []string) {
	if name != "" && !slices.Contains(known, name) {
		s.at(path, "there is no %s %q%s", kind, clip(name), meant(name, known))
	}
}

// eachRefers is refers for a list, whose entries may be there once only.
func (s *strict) eachRefers(path, kind string, list, known []string) {
	for i, name := range list {
		p := index(path, i)
		s.refers(p, kind, name, known)
		if name != "" && slices.Index(list, name) < i {
			s.at(p, "the %s %q is here twice", kind, clip(name))
		}
	}
}

// unique notes names that are taken already. Items stand below path, their names under key.
func (s *strict) unique(path, key, kind string, list []string) {
	for i, name := range list {
		if first := slices.Index(list, name); name != "" && first < i {
			s.at(index(path, i)+"."+key, "the %s %q is configured twice, first in line %d", kind, clip(name),
				s.places.line(index(path, first)+"."+key))
		}
	}
}

func (s *strict) zone(path, name string) {
	if name == "" {
		return
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		s.at(path, "%q is not a time zone: write an IANA name like Europe/Berlin, or UTC", clip(name))
	}
}

func (s *strict) positive(path string, d Duration) {
	if _, given := s.places[path]; given && d <= 0 && !s.has(path) {
		s.at(path, "must be longer than nothing")
	}
}

// rule notes what a rule's own validation says, unless something below its path has been said already.
func (s *strict) rule(path string, err error) {
	if err == nil || slices.ContainsFunc(s.problems, func(p Problem) bool { return strings.HasPrefix(p.Path, path) }) {
		return
	}
	for _, e := range flatten(err) {
		s.fault(s.places.line(path), path, e.Error())
	}
}

// has reports whether a path has a problem already.
func (s *strict) has(path string) bool {
	return slices.ContainsFunc(s.problems, func(p Problem) bool { return p.Path == path })
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
