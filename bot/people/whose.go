package people

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Whose says who an address or an account in source code belongs to. Its zero value says that nobody knows.
type Whose struct {
	Person  string // opaque id; empty for nobody, or for a machine that is no configured person
	Machine bool
	// By is the identity administrator who said so, and when; both zero where the configuration or a link says it.
	By string
	At time.Time
}

// Known reports whether it is somebody's, or a machine's.
func (w Whose) Known() bool { return w.Person != "" || w.Machine }

// Fold is an account as hosts of source code compare them: letters of ASCII in one case, and nothing else alike that is another.
func Fold(a chat.Account) chat.Account {
	a.ID = strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, a.ID)
	return a
}

// Attribute says whose an address or account in source code is. What somebody wrote stays theirs when their account is closed. One
// that two people claim is nobody's.
func (d *Directory) Attribute(a chat.Account) Whose { return d.whose[Fold(a)] }

func (d *Directory) indexWhose() {
	d.whose = map[chat.Account]Whose{}
	claim := func(a chat.Account, w Whose) {
		a = Fold(a)
		if was, taken := d.whose[a]; taken && was.Person != w.Person {
			w = Whose{}
		}
		d.whose[a] = w
	}
	for i, p := range d.People {
		if at, ok := d.byID[p.ID]; !ok || at != i {
			continue
		}
		for _, a := range p.Accounts {
			claim(a, Whose{Person: p.ID, Machine: p.Machine})
		}
	}
	learned := make(map[chat.Account]Whose, len(d.overlay.Links)+len(d.overlay.Identities))
	for a, person := range d.overlay.Links {
		learned[Fold(a)] = Whose{Person: person}
	}
	for a, w := range d.overlay.Identities {
		learned[Fold(a)] = w
	}
	for a, w := range learned {
		if _, configured := d.whose[a]; configured {
			continue
		}
		if w.Person != "" {
			p, known := d.Person(w.Person)
			if !known {
				continue
			}
			w.Machine = p.Machine
		}
		if w.Known() {
			d.whose[a] = w
		}
	}
}
