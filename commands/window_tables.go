package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

var (
	windows     = state.Governed[window.Window]("window")
	openWindows = state.Ungoverned[struct{}]("open-window") // service/W-1, until it is over
)

// putWindow writes a window and its place in the indexes.
func putWindow(t *bot.Turn, w window.Window) error {
	if w.Over(t.Now) {
		if err := forgetWindow(t, w); err != nil {
			return err
		}
	} else if err := putEntry(t, windowEntry(w)); err != nil {
		return err
	} else if err := openWindows.Put(t.Tx, w.Service+"/"+w.ID, struct{}{}); err != nil {
		return err
	}
	return windows.Put(t.Tx, w.ID, w)
}

// forgetWindow takes a window that is over out of the index.
func forgetWindow(t *bot.Turn, w window.Window) error {
	openWindows.Delete(t.Tx, w.Service+"/"+w.ID)
	return dropEntry(t, w.ID)
}

func getWindow(r state.Reader, id string) (window.Window, error) {
	w, ok, err := windows.Get(r, id)
	if err == nil && !ok {
		err = chat.Reject("window.unknown", chat.Word("window", id))
	}
	return w, err
}

// windowsAhead lists every window that is not over, the next first.
func windowsAhead(r *bot.Reading) ([]window.Window, error) {
	var all []window.Window
	err := openWindows.All(r, func(key string, _ struct{}) error {
		w, ok, err := windows.Get(r, key[strings.LastIndexByte(key, '/')+1:])
		if ok && !w.Over(r.Now) {
			all = append(all, w)
		}
		return err
	})
	slices.SortStableFunc(all, func(a, b window.Window) int { return a.From.Compare(b.From) })
	return all, err
}

// partiesOf are those without whom a service is not taken down: the owners of its business lines and of those of every service that
// stands still with it. One in no line answers for itself.
func partiesOf(r state.Reader, org *organisation.Organisation, service string) ([]window.Party, window.Owners) {
	var parties []window.Party
	owners := window.Owners{}
	add := func(p window.Party, who []string) {
		if !slices.Contains(parties, p) {
			parties = append(parties, p)
		}
		for _, id := range who {
			if !slices.Contains(owners[p], id) {
				owners[p] = append(owners[p], id)
			}
		}
	}
	for _, name := range append([]string{service}, org.Dependants(service)...) {
		s, _ := org.Service(name)
		groups := groupsFor(r, org, release.Release{Service: name})
		for _, line := range s.Lines {
			who := groups.Members(approval.LineOwner + line)
			if len(org.Lines[line].Owners) == 0 { // a line of which nothing is said is its services' owners' business
				who = ownersOf(org, s)
			}
			add(window.Party{Kind: window.OfLine, Name: line}, who)
		}
		if len(s.Lines) == 0 {
			add(window.Party{Kind: window.OfService, Name: name}, ownersOf(org, s))
		}
	}
	return parties, owners
}

// ownersOf are the people who answer for a service, as things are now.
func ownersOf(org *organisation.Organisation, s organisation.Service) []string {
	if _, person := org.Directory.Person(s.Owner); !person {
		return org.Directory.Members(s.Owner)
	}
	if org.Directory.Resting(s.Owner) {
		return nil
	}
	return []string{s.Owner}
}

// around are the services that concern one: itself, those that depend on it, and those that it depends on, directly or not.
func around(org *organisation.Organisation, service string) map[string]window.Relation {
	found := map[string]window.Relation{}
	for _, name := range org.Upstream(service) {
		found[name] = window.Depends
	}
	for _, name := range org.Dependants(service) {
		found[name] = window.Serves
	}
	found[service] = window.Same
	return found
}
