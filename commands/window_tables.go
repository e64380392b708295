package commands

import (
	"slices"

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

// putWindow writes a window and its place in the index.
func putWindow(t *bot.Turn, w window.Window) error {
	key := w.Service + "/" + w.ID
	if w.Over(t.Now) {
		openWindows.Delete(t.Tx, key)
	} else if err := openWindows.Put(t.Tx, key, struct{}{}); err != nil {
		return err
	}
	return windows.Put(t.Tx, w.ID, w)
}

func getWindow(r state.Reader, id string) (window.Window, error) {
	w, ok, err := windows.Get(r, id)
	if err == nil && !ok {
		err = chat.Reject("window.unknown", chat.Word("window", id))
	}
	return w, err
}

// windowsOf lists the windows of a service that are not over.
func windowsOf(r state.Reader, service string) ([]window.Window, error) {
	var list []window.Window
	err := openWindows.Under(r, service+"/", func(key string, _ struct{}) error {
		w, ok, err := windows.Get(r, key[len(service)+1:])
		if ok {
			list = append(list, w)
		}
		return err
	})
	return list, err
}

// windowsAhead lists every window that is not over, the next first.
func windowsAhead(r state.Reader, org *organisation.Organisation) ([]window.Window, error) {
	var all []window.Window
	for _, s := range org.Services {
		own, err := windowsOf(r, s.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	slices.SortStableFunc(all, func(a, b window.Window) int { return a.From.Compare(b.From) })
	return all, nil
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
			if len(who) == 0 { // a line of which nothing is said is its services' owners' business
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

// relations says how services concern each other.
func relations(org *organisation.Organisation) func(a, b string) window.Relation {
	return func(a, b string) window.Relation {
		switch {
		case a == b:
			return window.Same
		case slices.Contains(org.Dependants(b), a):
			return window.Depends
		case slices.Contains(org.Dependants(a), b):
			return window.Serves
		}
		return window.Unrelated
	}
}
