package organisation

import (
	"slices"
	"strings"
)

// Example fills the placeholders of a command's example with words of this organisation: {service}, {version}, {line},
// {environment} for the last environment and {first} for the first. version gives a version of a service that an example may
// name; nil for one that looks like a version.
func (o *Organisation) Example(text string, version func(service string) string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	s := o.sample()
	v := sampleVersion
	if version != nil {
		if known := version(s.Name); known != "" {
			v = known
		}
	}
	line := s.Name
	if len(s.Lines) > 0 {
		line = s.Lines[0]
	}
	return strings.NewReplacer("{service}", s.Name, "{version}", v, "{line}", line,
		"{environment}", o.Environments[len(o.Environments)-1].Name, "{first}", o.First().Name).Replace(text)
}

// sampleVersion stands where no version is known.
const sampleVersion = "2.4.0"

// sample is the service that people most likely have in mind: one that customers notice and that others matter less than,
// else the first.
func (o *Organisation) sample() Service {
	i := slices.IndexFunc(o.Services, func(s Service) bool { return s.Exposure == "customers" && s.Criticality == "high" })
	return o.Services[max(i, 0)]
}
