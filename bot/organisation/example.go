package organisation

import (
	"maps"
	"slices"
	"strings"
)

// Example fills the placeholders of a command's example with words of this organisation: {service}, {version}, {line},
// {environment} for the last environment and {first} for the first, {colleague} for the handle of somebody who votes. version gives a version of a service that could be
// released next, empty if there is none; nil if nobody knows.
func (o *Organisation) Example(text string, version func(service string) string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	s, v := o.sample(version)
	line := s.Name
	if len(s.Lines) > 0 {
		line = s.Lines[0]
	}
	return strings.NewReplacer("{colleague}", o.colleague(), "{service}", s.Name, "{version}", v, "{line}", line,
		"{environment}", o.Environments[len(o.Environments)-1].Name, "{first}", o.First().Name).Replace(text)
}

// sampleVersion stands where no version is known.
const sampleVersion = "2.4.0"

// sample is a service that has something to release, else the first one with a version that looks like one.
func (o *Organisation) sample(version func(string) string) (Service, string) {
	if version != nil {
		for _, s := range o.Services {
			if v := version(s.Name); v != "" {
				return s, v
			}
		}
	}
	return o.Services[0], sampleVersion
}

// colleague is the handle of somebody in the group that comes first by name.
func (o *Organisation) colleague() string {
	for _, name := range slices.Sorted(maps.Keys(o.Directory.Groups)) {
		for _, id := range o.Directory.Members(name) {
			if p, ok := o.Directory.Person(id); ok && !p.Machine {
				return p.Handle
			}
		}
	}
	return "ada"
}
