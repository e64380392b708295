package people

import (
	"maps"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Overlay is what was learned of people since the configuration was written: accounts that they linked themselves, and what
// chat platforms say of them. It adds to the configured directory and never overrides it, but for closed accounts.
type Overlay struct {
	// Links are accounts linked to opaque person ids. One that the configuration gives to somebody stays theirs.
	Links map[chat.Account]string
	// Identities are addresses and accounts in source code of which an identity administrator said whose they are. They speak for
	// nobody, and one that the configuration gives to somebody stays theirs.
	Identities map[chat.Account]Whose
	// Groups are the members that platforms give to configured groups, besides the configured ones.
	Groups map[string][]string
	// Closed are accounts that their platform has closed: they resolve to nobody, and all rights of their person rest.
	Closed []chat.Account
}

// IsZero reports whether nothing was learned.
func (o Overlay) IsZero() bool {
	return len(o.Links)+len(o.Identities)+len(o.Groups)+len(o.Closed) == 0
}

// With is the directory under another overlay, indexed. The directory itself stays as it is.
func (d *Directory) With(o Overlay) Directory {
	next := Directory{People: d.People, Groups: d.Groups, Roles: d.Roles, Grants: d.Grants, overlay: o}
	next.Index()
	return next
}

// Learned is the overlay that the directory is under.
func (d *Directory) Learned() Overlay { return d.overlay }

// Resting reports whether somebody's rights rest, as an account of theirs was closed.
func (d *Directory) Resting(person string) bool { return d.resting[person] }

// Accounts lists a person's accounts: the configured ones, then those linked since.
func (d *Directory) Accounts(person string) []chat.Account {
	p, ok := d.Person(person)
	if !ok {
		return nil
	}
	accounts := slices.Clone(p.Accounts)
	linked := slices.SortedFunc(maps.Keys(d.overlay.Links), func(a, b chat.Account) int {
		return slices.Compare([]string{a.Platform, a.Workspace, a.ID}, []string{b.Platform, b.Workspace, b.ID})
	})
	for _, a := range linked {
		if d.overlay.Links[a] == person && d.byAccount[a] == person && !slices.Contains(accounts, a) {
			accounts = append(accounts, a)
		}
	}
	return accounts
}

// group is a group with what platforms add to it.
func (d *Directory) group(name string) []string {
	more := d.overlay.Groups[name]
	if len(more) == 0 {
		return d.Groups[name]
	}
	return append(slices.Clone(d.Groups[name]), more...)
}

func (d *Directory) indexOverlay() {
	d.resting = map[string]bool{}
	for a, person := range d.overlay.Links {
		_, known := d.byID[person]
		if _, configured := d.byAccount[a]; known && !configured {
			d.byAccount[a] = person
		}
	}
	for _, a := range d.overlay.Closed {
		if person := d.byAccount[a]; person != "" {
			d.resting[person] = true
			d.byAccount[a] = ""
		}
	}
}
