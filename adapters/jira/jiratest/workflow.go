package jiratest

import (
	"net/http"
	"slices"
	"strconv"
)

// status is a status of the workflow with its category: "new", "indeterminate", "done".
type status struct{ id, name, category string }

// statuses of both projects; issues begin in the first.
var statuses = []status{
	{"1", "Open", "new"}, {"2", "Approved", "indeterminate"}, {"3", "Implementing", "indeterminate"}, {"4", "Done", "done"},
	{"5", "Rolled Back", "done"}, {"6", "Cancelled", "done"}, {"7", "Rejected", "done"}, {"8", "Waiting", "indeterminate"},
}

func (st status) json() object {
	n := map[string]int{"new": 2, "indeterminate": 4, "done": 3}[st.category]
	return object{
		"self": base + "/rest/api/2/status/" + st.id, "id": st.id, "name": st.name, "description": "",
		"statusCategory": object{
			"self": base + "/rest/api/2/statuscategory/" + strconv.Itoa(n), "id": n, "key": st.category, "name": st.category, "colorName": "blue-gray",
		},
	}
}

// Transition is a way of the workflow.
type Transition struct {
	ID, Name string
	From     []string // statuses; none for all
	To       string
	Screen   []Screen
	// Refuses is what a validator of the workflow refuses the transition with.
	Refuses string
}

// Screen is a field that is asked for during a transition.
type Screen struct {
	Field    string // its id
	Required bool
	Default  bool
}

// Open is a workflow with a way from every status to every other.
func Open() []Transition {
	var all []Transition
	for i, st := range statuses {
		all = append(all, Transition{ID: strconv.Itoa(11 + 10*i), Name: "To " + st.name, To: st.name})
	}
	return all
}

// Strict is a workflow that leads step by step, with a screen before its ends.
func Strict() []Transition {
	done := []Screen{{Field: "resolution", Required: true}}
	return []Transition{
		{ID: "11", Name: "Approve", From: []string{"Open", "Waiting"}, To: "Approved"},
		{ID: "21", Name: "Start implementing", From: []string{"Approved"}, To: "Implementing"},
		{ID: "31", Name: "Complete", From: []string{"Implementing"}, To: "Done", Screen: done},
		{ID: "41", Name: "Back out", From: []string{"Implementing", "Done"}, To: "Rolled Back", Screen: done},
		{ID: "51", Name: "Withdraw", From: []string{"Open", "Approved"}, To: "Cancelled", Screen: done},
		{ID: "61", Name: "Reject", From: []string{"Open"}, To: "Rejected"},
		{ID: "71", Name: "Ask for more", From: []string{"Open"}, To: "Waiting"},
	}
}

func (t Transition) offered(i *issue) bool {
	return i.status.name != t.To && (len(t.From) == 0 || slices.Contains(t.From, i.status.name))
}

func (s *Server) transitions(q request) (int, any, *problem) {
	i, none := s.find(q.parts[1])
	if none != nil {
		return 0, nil, none
	}
	all := []object{}
	for _, t := range i.project.workflow {
		if !t.offered(i) || s.denied["TRANSITION_ISSUES"] {
			continue
		}
		o := object{"id": t.ID, "name": t.Name, "to": i.project.status(t.To).json()}
		if slices.Contains(q.list("expand"), "transitions.fields") {
			fields := object{}
			for _, sc := range t.Screen {
				f, _ := i.project.field(sc.Field)
				f.Default = sc.Default
				fields[sc.Field] = s.meta(f, sc.Required, false)
			}
			o["fields"] = fields
		}
		all = append(all, o)
	}
	return http.StatusOK, object{"expand": "transitions", "transitions": all}, nil
}

func (p *project) status(name string) status {
	for _, st := range p.statuses {
		if st.name == name {
			return st
		}
	}
	panic("jiratest: no status " + name)
}

func (s *Server) transition(q request) (int, any, *problem) {
	i, p := s.write(q, "TRANSITION_ISSUES")
	if p != nil {
		return 0, nil, p
	}
	var u update
	if p := q.read(&u); p != nil {
		return 0, nil, p
	}
	k := slices.IndexFunc(i.project.workflow, func(t Transition) bool { return t.ID == u.Transition.ID && t.offered(i) })
	if k < 0 {
		return 0, nil, refuse(http.StatusBadRequest, "It seems that you have tried to perform a workflow operation (%s) that is not valid for the current state of this issue.", u.Transition.ID)
	}
	t := i.project.workflow[k]
	if t.Refuses != "" {
		return 0, nil, refuse(http.StatusBadRequest, "%s", t.Refuses)
	}
	values, faults := map[string]any{}, map[string]string{}
	for id, raw := range u.Fields {
		f, _ := i.project.field(id)
		v, wrong := s.take(f, raw)
		if !slices.ContainsFunc(t.Screen, func(sc Screen) bool { return sc.Field == id }) {
			wrong = "Field '" + id + "' cannot be set. It is not on the appropriate screen, or unknown."
		}
		if wrong != "" {
			faults[id] = wrong
			continue
		}
		values[id] = v
	}
	for _, sc := range t.Screen {
		if values[sc.Field] == nil && sc.Required && !sc.Default {
			faults[sc.Field] = sc.Field + " is required."
		}
	}
	if len(faults) > 0 {
		return 0, nil, &problem{status: http.StatusBadRequest, fields: faults}
	}
	s.move(q.by, i, t.To, values)
	return http.StatusNoContent, nil, nil
}

// move changes an issue's status. One that is not done has no resolution.
func (s *Server) move(by *User, i *issue, to string, values map[string]any) {
	st := i.project.status(to)
	if _, given := values[resolution.ID]; !given && st.category != "done" && i.fields[resolution.ID] != nil {
		values[resolution.ID] = nil
	}
	items := append(i.apply(values), item{"status", "status", i.status.name, st.name})
	i.status = st
	s.changed(by, i, items)
}
