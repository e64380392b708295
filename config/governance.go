package config

import (
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// Risk is how the tier of a release is decided. Of the rules that hold, the one with the highest tier decides.
type Risk struct {
	Default string          `yaml:"default" default:"high" enum:"low,medium,high" doc:"Tier when no rule holds, or when one can't be evaluated."`
	Rules   []RiskRule      `yaml:"rules" doc:"Rules over service and change."`
	Tiers   map[string]Tier `yaml:"tiers" keys:"tier" required:"true" doc:"What each tier asks for: low, medium and high."`
	History Duration        `yaml:"history" doc:"How far back rules and conditions look at a service's deployments and incidents. Left out: all that is remembered."`
}

// RiskRule gives a tier when a condition holds.
type RiskRule struct {
	Name string `yaml:"name" required:"true" doc:"Shown as the rule that decided."`
	When string `yaml:"when" required:"true" doc:"Condition: a CEL expression that is true or false."`
	Tier string `yaml:"tier" required:"true" enum:"low,medium,high" doc:"Tier when the condition holds."`
	Why  string `yaml:"why" required:"true" doc:"The reason, in words for people."`
}

// Tier is what a risk tier asks for.
type Tier struct {
	Approval string `yaml:"approval" doc:"Approval rule that must carry. Empty: no vote."`
}

// Person is a human or a machine identity.
type Person struct {
	Handle   string         `yaml:"handle" pattern:"handle" required:"true" doc:"Name used in this file and in chat."`
	Name     string         `yaml:"name" doc:"Name shown."`
	Accounts []chat.Account `yaml:"accounts" doc:"Accounts of this person, each platform:workspace:id. Commit addresses are git::address."`
	Zone     string         `yaml:"zone" doc:"IANA time zone in which this person reads times. The organisation's if empty."`
	Keys     []string       `yaml:"keys" pattern:"key" doc:"Ed25519 public keys that confirm this person's votes, each ed25519: and its 32 bytes in base64."`
	Machine  bool           `yaml:"machine" default:"false" doc:"A machine identity: it commits and reports, and holds no human duty."`
}

// Role is a named set of rights.
type Role struct {
	Name   string         `yaml:"name" pattern:"name" required:"true" doc:"The role's name."`
	Rights []people.Right `yaml:"rights" required:"true" doc:"What its holders may do."`
}

// Grant gives a role to people. An empty list of services and lines, or of environments, means all.
type Grant struct {
	Role         string   `yaml:"role" required:"true" doc:"The role given."`
	People       []string `yaml:"people" doc:"Handles."`
	Groups       []string `yaml:"groups" doc:"Groups, all members of which are given the role."`
	Services     []string `yaml:"services" doc:"Narrows it to these services, and those of the lines given."`
	Lines        []string `yaml:"lines" doc:"Narrows it to the services of these lines, and the services given."`
	Environments []string `yaml:"environments" doc:"Narrows it to these environments."`
}
