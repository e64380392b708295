package people

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Directory is everybody the organisation has configured. After Index it is read only and safe for concurrent use.
type Directory struct {
	People []Person            `json:"people"`
	Groups map[string][]string `json:"groups,omitempty"` // name to opaque person ids
	Roles  []Role              `json:"roles"`
	Grants []Grant             `json:"grants"`

	byAccount map[chat.Account]string
	whose     map[chat.Account]Whose // under Fold
	byID      map[string]int
	members   map[string][]string
	held      map[holding][]*Grant
	overlay   Overlay
	resting   map[string]bool // people whose rights rest
}

// holding is a person's right: the key under which Index gathers the grants that give it.
type holding struct {
	person string
	right  Right
}

// Index prepares the directory's look-ups; call it once after filling the fields, and again after changing them. Before
// it, nobody is known and nothing is allowed.
//
// It fails closed on what configuration should have refused: an account claimed by two people resolves to nobody, and ids
// of groups and grants that belong to no configured person are left out.
func (d *Directory) Index() {
	d.indexPeople()
	d.indexMembers()
	d.indexGrants()
}

func (d *Directory) indexPeople() {
	d.byAccount = map[chat.Account]string{}
	d.byID = map[string]int{}
	for i, p := range d.People {
		if p.ID == "" {
			continue
		}
		if _, twice := d.byID[p.ID]; !twice {
			d.byID[p.ID] = i
		}
		for _, a := range p.Accounts {
			if id, taken := d.byAccount[a]; taken && id != p.ID {
				d.byAccount[a] = ""
				continue
			}
			d.byAccount[a] = p.ID
		}
	}
	d.indexOverlay()
	d.indexWhose()
}

func (d *Directory) indexMembers() {
	d.members = map[string][]string{}
	for _, g := range d.Grants {
		d.members[g.Role] = nil
	}
	for role := range d.members {
		for i, p := range d.People {
			if at, known := d.byID[p.ID]; !known || at != i {
				continue
			}
			if slices.ContainsFunc(d.Grants, func(g Grant) bool { return g.Role == role && d.gives(g, p.ID) }) {
				d.members[role] = append(d.members[role], p.ID)
			}
		}
	}
	for name := range d.Groups {
		var known []string
		for _, id := range d.group(name) {
			if _, ok := d.byID[id]; ok && !d.resting[id] && !slices.Contains(known, id) {
				known = append(known, id)
			}
		}
		d.members[name] = known
	}
}

func (d *Directory) indexGrants() {
	rights := map[string][]Right{}
	for _, r := range d.Roles {
		rights[r.Name] = r.Rights
	}
	d.held = map[holding][]*Grant{}
	for i := range d.Grants {
		g := &d.Grants[i]
		for id := range d.byID {
			if !d.gives(*g, id) {
				continue
			}
			for _, right := range rights[g.Role] {
				d.held[holding{id, right}] = append(d.held[holding{id, right}], g)
			}
		}
	}
}

func (d *Directory) gives(g Grant, person string) bool {
	if d.resting[person] {
		return false
	}
	if slices.Contains(g.People, person) {
		return true
	}
	return slices.ContainsFunc(g.Groups, func(name string) bool { return slices.Contains(d.group(name), person) })
}

// Resolve returns the person that an account is linked to.
func (d *Directory) Resolve(a chat.Account) (string, bool) {
	id := d.byAccount[a]
	return id, id != ""
}

// Person returns a person by opaque id.
func (d *Directory) Person(id string) (Person, bool) {
	i, ok := d.byID[id]
	if !ok {
		return Person{}, false
	}
	return d.People[i], true
}

// May reports whether a person holds a right in a scope: the one function that authorises. Every turn asks it, so it
// allocates nothing.
func (d *Directory) May(person string, right Right, in Scope) bool {
	for _, g := range d.held[holding{person, right}] {
		if g.covers(in) {
			return true
		}
	}
	return false
}

// Holders lists, in configured order, everybody who holds a right in a scope: who to ask when somebody else may not.
func (d *Directory) Holders(right Right, in Scope) []string {
	var ids []string
	for i, p := range d.People {
		if d.byID[p.ID] == i && d.May(p.ID, right, in) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Members lists, each once, the people of a group, or of everybody granted a role of that name in whatever scope; a
// group hides a role of the same name. The list is shared: don't change it.
func (d *Directory) Members(group string) []string { return d.members[group] }
