// Package people says who somebody is and what they may do. Accounts belong to people; duties and votes are compared
// between people, never between accounts.
package people

import (
	"slices"

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
	Respond    Right = "respond" // acknowledging pages, closing follow-ups
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
}

// Role is a named set of rights.
type Role struct {
	Name   string  `json:"name"`
	Rights []Right `json:"rights"`
}

// Grant gives a role to people, narrowed to services, business lines and environments; an empty list means all.
type Grant struct {
	Role         string   `json:"role"`
	People       []string `json:"people,omitempty"` // opaque ids
	Groups       []string `json:"groups,omitempty"`
	Services     []string `json:"services,omitempty"`
	Lines        []string `json:"lines,omitempty"`
	Environments []string `json:"environments,omitempty"`
}

// Directory is everybody the organisation has configured.
type Directory struct {
	People []Person            `json:"people"`
	Groups map[string][]string `json:"groups,omitempty"` // name to opaque person ids
	Roles  []Role              `json:"roles"`
	Grants []Grant             `json:"grants"`

	byAccount map[chat.Account]string
	byID      map[string]int
	byRole    map[string][]Right
}

// Scope is what a right is asked for. An empty field asks for the right irrespective of it: granted when any grant of
// the right exists.
type Scope struct {
	Service     string
	Line        string
	Environment string
}

// Index prepares the directory's look-ups; call it once after filling the fields.
func (d *Directory) Index() {
	d.byAccount = map[chat.Account]string{}
	d.byID = map[string]int{}
	d.byRole = map[string][]Right{}
	for i, p := range d.People {
		d.byID[p.ID] = i
		for _, a := range p.Accounts {
			d.byAccount[a] = p.ID
		}
	}
	for _, r := range d.Roles {
		d.byRole[r.Name] = r.Rights
	}
}

// Resolve returns the person that an account is linked to.
func (d *Directory) Resolve(a chat.Account) (string, bool) {
	id, ok := d.byAccount[a]
	return id, ok
}

// Person returns a person by opaque id.
func (d *Directory) Person(id string) (Person, bool) {
	i, ok := d.byID[id]
	if !ok {
		return Person{}, false
	}
	return d.People[i], true
}

// May reports whether a person holds a right in a scope: the one function that authorises.
func (d *Directory) May(person string, right Right, in Scope) bool {
	if _, known := d.byID[person]; !known {
		return false
	}
	for _, g := range d.Grants {
		if slices.Contains(d.byRole[g.Role], right) && d.holds(g, person) && g.covers(in) {
			return true
		}
	}
	return false
}

// Holders lists, in configured order, everybody who holds a right in a scope: who to ask when somebody else may not.
func (d *Directory) Holders(right Right, in Scope) []string {
	var ids []string
	for _, p := range d.People {
		if d.May(p.ID, right, in) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Members lists the people of a group, or of everybody granted a role of that name.
func (d *Directory) Members(group string) []string {
	if ids, ok := d.Groups[group]; ok {
		return ids
	}
	var ids []string
	for _, p := range d.People {
		if slices.ContainsFunc(d.Grants, func(g Grant) bool { return g.Role == group && d.holds(g, p.ID) }) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func (d *Directory) holds(g Grant, person string) bool {
	if slices.Contains(g.People, person) {
		return true
	}
	return slices.ContainsFunc(g.Groups, func(name string) bool { return slices.Contains(d.Groups[name], person) })
}

func (g Grant) covers(in Scope) bool {
	place := len(g.Services) == 0 && len(g.Lines) == 0 ||
		in.Service == "" && in.Line == "" ||
		in.Service != "" && slices.Contains(g.Services, in.Service) ||
		in.Line != "" && slices.Contains(g.Lines, in.Line)
	env := len(g.Environments) == 0 || in.Environment == "" || slices.Contains(g.Environments, in.Environment)
	return place && env
}
