package config

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Service returns a service by name.
func (c *Config) Service(name string) (Service, bool) {
	return find(c.Services, func(s Service) bool { return s.Name == name })
}

// Environment returns an environment by name.
func (c *Config) Environment(name string) (Environment, bool) {
	return find(c.Environments, func(e Environment) bool { return e.Name == name })
}

// PreviousEnvironment returns the environment that a version must have passed before it may be deployed to this one.
func (c *Config) PreviousEnvironment(name string) (Environment, bool) {
	e, ok := c.Environment(name)
	if !ok || e.After == "" {
		return Environment{}, false
	}
	return c.Environment(e.After)
}

// Lines lists the business lines of a service.
func (c *Config) Lines(service string) []string {
	s, _ := c.Service(service)
	return s.Lines
}

// AllLines lists every business line, in the order in which services name them.
func (c *Config) AllLines() []string {
	var out []string
	for _, s := range c.Services {
		for _, l := range s.Lines {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// DependsOn lists the services that a service calls.
func (c *Config) DependsOn(service string) []string {
	s, _ := c.Service(service)
	return s.DependsOn
}

// Dependants lists the services that call a service: who notices when it fails.
func (c *Config) Dependants(service string) []string {
	var out []string
	for _, s := range c.Services {
		if slices.Contains(s.DependsOn, service) {
			out = append(out, s.Name)
		}
	}
	return out
}

// ServicesOf lists the services of a business line.
func (c *Config) ServicesOf(line string) []string {
	var out []string
	for _, s := range c.Services {
		if slices.Contains(s.Lines, line) {
			out = append(out, s.Name)
		}
	}
	return out
}

// ServiceNames lists every service, in configured order.
func (c *Config) ServiceNames() []string {
	return names(c.Services, func(s Service) string { return s.Name })
}

// EnvironmentNames lists every environment, in configured order.
func (c *Config) EnvironmentNames() []string {
	return names(c.Environments, func(e Environment) string { return e.Name })
}

// Plan returns the verification plan of an environment; false where none is configured.
func (c *Config) Plan(environment string) (Plan, bool) {
	e, _ := c.Environment(environment)
	p, ok := c.Verification[e.Verify]
	return p, ok
}

// ApprovalOf returns the approval rule that a risk tier asks for, with its name; false where the tier asks for none.
func (c *Config) ApprovalOf(tier string) (name string, rule Approval, ok bool) {
	name = c.Risk.Tiers[tier].Approval
	rule, ok = c.Approvals[name]
	return name, rule, ok
}

// Person returns a person by handle.
func (c *Config) Person(handle string) (Person, bool) {
	return find(c.People, func(p Person) bool { return p.Handle == handle })
}

// Location is the organisation's time zone.
func (o Organisation) Location() *time.Location {
	l, err := time.LoadLocation(o.Zone)
	if err != nil {
		return time.UTC // Load refuses unknown zones
	}
	return l
}

// Releases are where release cards and announcements go.
func (c Chat) Releases() []chat.Place {
	return c.places(c.Channels.Releases, func(m MoreChannels) string { return m.Releases })
}

// CAB are where votes are held.
func (c Chat) CAB() []chat.Place {
	return c.places(c.Channels.CAB, func(m MoreChannels) string { return m.CAB })
}

// OnCall are where pages and follow-ups go.
func (c Chat) OnCall() []chat.Place {
	return c.places(c.Channels.OnCall, func(m MoreChannels) string { return m.OnCall })
}

// places are the first channel of a purpose and the further ones, each once. Load refuses what is no channel.
func (c Chat) places(first string, more func(MoreChannels) string) []chat.Place {
	p, _ := c.Place(first)
	out := []chat.Place{p}
	for _, h := range c.Also {
		p := chat.Place{Platform: h.Platform, Workspace: h.Workspace, Channel: more(h.Channels)}
		if p.Channel != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

func names[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = name(e)
	}
	return out
}
