// Package people says who somebody is and what they may do. Accounts belong to people; duties and votes are compared
// between people, never between accounts.
package people

import (
	"crypto/ed25519"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Right is one thing that a role may allow.
type Right string

// The rights. Reading needs none; an account linked to nobody may read, not decide.
const (
	Plan       Right = "release.plan"
	Cancel     Right = "release.cancel"
	Deploy     Right = "deploy"
	Rollback   Right = "rollback"
	Vote       Right = "vote"
	Freeze     Right = "freeze"
	Exception  Right = "freeze.exception"
	Lock       Right = "lock"
	Unlock     Right = "lock.break" // breaking somebody else's lock
	Emergency  Right = "emergency"
	Review     Right = "review"
	Respond    Right = "respond"     // acknowledging pages, closing follow-ups
	Identify   Right = "identify"    // saying whose a commit address is
	WindowTest Right = "window.test" // setting time aside for security tests, and letting releases into them
	Administer Right = "administer"
)

// Person is a human or a machine identity.
type Person struct {
	ID       string         `json:"id"`     // opaque: what records and the audit trail hold
	Handle   string         `json:"handle"` // the name in configuration; personal data
	Name     string         `json:"name,omitempty"`
	Accounts []chat.Account `json:"accounts,omitempty"`
	Zone     string         `json:"zone,omitempty"`
	Machine  bool           `json:"machine,omitempty"`
	// Keys confirm the person's votes where a rule asks for it.
	Keys []ed25519.PublicKey `json:"keys,omitempty"`
}

// Role is a named set of rights.
type Role struct {
	Name   string  `json:"name"`
	Rights []Right `json:"rights"`
}

// Grant gives a role to people, narrowed to services, business lines and environments. An empty list means all of them;
// Everything in a list names nothing, so that a grant is unrestricted only by leaving the list out.
type Grant struct {
	Role         string   `json:"role"`
	People       []string `json:"people,omitempty"` // opaque ids
	Groups       []string `json:"groups,omitempty"`
	Services     []string `json:"services,omitempty"`
	Lines        []string `json:"lines,omitempty"`
	Environments []string `json:"environments,omitempty"`
}
