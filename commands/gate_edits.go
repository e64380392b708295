package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// GateEdits is who changed what decides on a service since it was last released. Whoever did has a part in its next release: a
// gate that one opens for oneself is none.
type GateEdits struct {
	V     int        `json:"v"`
	Edits []GateEdit `json:"edits,omitempty"` // the oldest first
}

// GateEdit is one change of the configuration.
type GateEdit struct {
	At    time.Time `json:"at"`
	Under string    `json:"under,omitempty"` // the proposal "C-1"; empty where nobody was asked
	// Before and After are the digests of the configurations; After is empty where something changed that no digest covers.
	Before string `json:"before"`
	After  string `json:"after,omitempty"`
	// By are opaque person ids of who proposed and who accepted it; an empty one is somebody without a name: whoever runs the process.
	By []string `json:"by"`
}

// gateEdits are kept by service. Bounded by gateEditsMost.
var gateEdits = state.Governed[GateEdits]("gate-edits")

// gateEditsMost bounds what is kept of one service: beyond it, the oldest editors are kept and dates are not.
const gateEditsMost = 200

// noteGateEdit notes with each service that it concerns who changed the configuration: those who are named, and an empty id for
// whoever has no name.
func noteGateEdit(t *bot.Turn, services []string, e GateEdit) error {
	e.At = t.Now.UTC()
	for _, service := range services {
		was, _, err := gateEdits.Get(t, service)
		if err != nil {
			return err
		}
		if err := gateEdits.Put(t.Tx, service, GateEdits{V: 1, Edits: withEdit(was.Edits, e)}); err != nil {
			return err
		}
	}
	return nil
}

// withEdit adds an edit. One that leads back to what was in force before takes away what it takes back: nothing is changed then.
func withEdit(edits []GateEdit, e GateEdit) []GateEdit {
	if e.After != "" {
		for i, was := range edits {
			back := was.Before == e.After && !slices.ContainsFunc(edits[i:], func(x GateEdit) bool { return x.After == "" })
			if back {
				return slices.Clone(edits[:i])
			}
		}
	}
	edits = append(slices.Clone(edits), e)
	if len(edits) <= gateEditsMost {
		return edits
	}
	// The two oldest become one: nobody who had a part is forgotten.
	first := edits[1]
	for _, id := range edits[0].By {
		if !slices.Contains(first.By, id) {
			first.By = append(slices.Clone(first.By), id)
		}
	}
	first.Before = edits[0].Before
	return append([]GateEdit{first}, edits[2:]...)
}

// decidedOtherwise are the services on which something decides otherwise once these changes hold: all of them, unless everything is
// said of single services or lines alone. Changes that take no second administrator decide on nothing.
func decidedOtherwise(o *organisation.Organisation, changes []Change) []string {
	found := map[string]bool{}
	for _, c := range changes {
		if !c.Sensitive {
			continue
		}
		for _, s := range o.Services {
			if only, ok := strings.CutPrefix(c.Path, "services."); ok {
				found[s.Name] = found[s.Name] || only == s.Name || strings.HasPrefix(only, s.Name+".")
				continue
			}
			if only, ok := strings.CutPrefix(c.Path, "lines."); ok {
				found[s.Name] = found[s.Name] || slices.ContainsFunc(s.Lines, func(line string) bool { return only == line || strings.HasPrefix(only, line+".") })
				continue
			}
			found[s.Name] = true
		}
	}
	return slices.DeleteFunc(serviceNames(o), func(name string) bool { return !found[name] })
}

func serviceNames(o *organisation.Organisation) []string {
	names := make([]string, len(o.Services))
	for i, s := range o.Services {
		names[i] = s.Name
	}
	return names
}

// editedBy notes a change that is put in force: who proposed it, and who accepted it.
func editedBy(t *bot.Turn, f reread, under, by, second string) error {
	e := GateEdit{Under: under, Before: t.Org.Digest, After: f.Organisation.Digest, By: []string{by}}
	if second != "" {
		e.By = append(e.By, second)
	}
	services := decidedOtherwise(f.Organisation, f.Changes)
	if personal(t.Org) != personal(f.Organisation) { // whose accounts and addresses are whose decides on everything
		e.After, services = "", serviceNames(f.Organisation)
	}
	return noteGateEdit(t, services, e)
}

// forgetGateEdits ends what was noted before a deployment was asked for: it was judged with that, and is done.
func forgetGateEdits(t *bot.Turn, service string, before time.Time) error {
	was, ok, err := gateEdits.Get(t, service)
	if err != nil || !ok {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(was.Edits), func(e GateEdit) bool { return e.At.Before(before) })
	if len(left) == len(was.Edits) {
		return nil
	}
	return gateEdits.Put(t.Tx, service, GateEdits{V: 1, Edits: left})
}

// addEditors adds who changed what decides on a release, where the policy looks at that. What can't be read is not known.
func addEditors(from state.Reader, w *duty.Work, rel release.Release, p duty.Policy) {
	if p.ConfigEditor == (duty.Row{Approve: true, Alone: true, Execute: true}) {
		return
	}
	noted, _, err := gateEdits.Get(from, rel.Service)
	if err != nil { // somebody may be noted there
		noted.Edits = []GateEdit{{By: []string{""}}}
	}
	for _, e := range noted.Edits {
		for _, id := range e.By {
			w.Attributions = append(w.Attributions, duty.Attribution{Person: id, As: duty.ConfigEditor, In: e.Under})
		}
	}
}
