package window

import "github.com/gonogo-chat/gonogo/bot/chat"

// Relation says how two services concern each other.
type Relation string

// The relations between two services.
const (
	Unrelated Relation = ""
	Same      Relation = "same"
	Depends   Relation = "depends" // the first calls the second, directly or not
	Serves    Relation = "serves"  // the second calls the first
)

// Conflict is a window that another one gets in the way of.
type Conflict struct {
	With     Window
	Relation Relation
}

// Conflicts lists the windows, standing or under negotiation, that have an instant in common with w in its environment and concern
// it: one of the same service, or of one that depends on it or that it depends on.
func Conflicts(w Window, others []Window, relation func(a, b string) Relation) []Conflict {
	var found []Conflict
	for _, o := range others {
		if o.ID == w.ID || o.State.Ended() || o.Environment != w.Environment || !w.Overlaps(o.From, o.To) {
			continue
		}
		if r := relation(w.Service, o.Service); r != Unrelated {
			found = append(found, Conflict{With: o, Relation: r})
		}
	}
	return found
}

// Text says what gets in the way.
func (c Conflict) Text() chat.Text {
	return chat.Say("window.conflict."+chat.Code(c.Relation), chat.Nested("with", c.With.Text()), chat.Nested("state", c.With.State.Text()))
}
