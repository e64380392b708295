package commands

import (
	"maps"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// Roster is who is in a group as a platform says it: accounts, so that who they belong to is asked anew each time.
type Roster struct {
	V        int      `json:"v"`
	Accounts []string `json:"accounts,omitempty"` // opaque ids, sorted
}

// Presence is what a workspace said of the accounts of people that the bot knows.
type Presence struct {
	V      int      `json:"v"`
	Seen   []string `json:"seen,omitempty"` // opaque ids of accounts, sorted
	Closed []string `json:"closed,omitempty"`
}

var (
	rosters   = state.Governed[Roster]("roster")     // by platform/workspace/group
	presences = state.Governed[Presence]("presence") // by platform/workspace
)

// overlay is what was learned of people since the configuration was written: the links of their accounts, the groups that
// platforms say they are in, and the accounts that are closed. Machines are in no platform's group: they decide nothing.
func (p Ports) overlay(r *bot.Reading) (people.Overlay, error) {
	store := r.Bot.Store()
	more := people.Overlay{Links: map[chat.Account]string{}, Groups: map[string][]string{}}
	err := everyLink(r, store, func(l linked) {
		if l.link.active() {
			more.Links[l.account] = l.link.Person
		}
	})
	if err != nil {
		return more, err
	}
	if more.Identities, err = identified(r, store); err != nil {
		return more, err
	}
	directory := r.Org.Directory.With(people.Overlay{Links: more.Links})
	err = rosters.All(r, func(key string, roster Roster) error {
		platform, workspace, group := rosterParts(key)
		if p.Mapped != nil && !p.Mapped(platform, workspace, group) {
			return nil
		}
		for _, id := range roster.Accounts {
			a, ok := accountOf(store, id)
			if !ok {
				continue
			}
			person, ok := directory.Resolve(a)
			if known, _ := directory.Person(person); ok && !known.Machine && !slices.Contains(more.Groups[group], person) {
				more.Groups[group] = append(more.Groups[group], person)
			}
		}
		return nil
	})
	if err != nil {
		return more, err
	}
	return more, presences.All(r, func(_ string, at Presence) error {
		for _, id := range at.Closed {
			if a, ok := accountOf(store, id); ok {
				more.Closed = append(more.Closed, a)
			}
		}
		return nil
	})
}

// workspaceKey is the key of what there is one of per workspace; a group's follows it.
func workspaceKey(roll port.Roll) string { return roll.Platform + "/" + roll.Workspace }

func rosterParts(key string) (platform, workspace, group string) {
	platform, rest, _ := strings.Cut(key, "/")
	workspace, group, _ = strings.Cut(rest, "/")
	return platform, workspace, group
}

// enrolment is a roll being taken.
type enrolment struct {
	t          *bot.Turn
	roll       port.Roll
	configured map[chat.Account]string // to whom the configuration gives an account
	links      map[chat.Account]linked
	changes    []chat.Text
}

// enrol takes what a platform says of its people. A roll that says nothing new writes nothing.
func (p Ports) enrol(t *bot.Turn, roll port.Roll) error {
	e := enrolment{t: t, roll: roll, configured: map[chat.Account]string{}, links: map[chat.Account]linked{}}
	for _, someone := range t.Org.Directory.People {
		for _, a := range someone.Accounts {
			e.configured[a] = someone.ID
		}
	}
	if err := everyLink(t, t.Store(), func(l linked) { e.links[l.account] = l }); err != nil {
		return err
	}
	for _, step := range []func() error{e.takeEmails, e.takePresence, e.takeGroups} {
		if err := step(); err != nil {
			return err
		}
	}
	if len(e.changes) == 0 {
		return nil
	}
	t.Record("roster", chat.Say("roster.changed", chat.Word("platform", roll.Platform)), e.changes...)
	return reorganised(t)
}

// owner is whose an account is, closed or not; empty for nobody's.
func (e *enrolment) owner(a chat.Account) string {
	if person := e.configured[a]; person != "" {
		return person
	}
	l, known := e.links[a]
	if _, somebody := e.t.Org.Directory.Person(l.link.Person); !known || !l.link.active() || !somebody {
		return ""
	}
	return l.link.Person
}

// theirs reports whether an account is one that the roll may speak of: no platform speaks for another.
func (e *enrolment) theirs(a chat.Account) bool {
	return a.Platform == e.roll.Platform && a.Workspace == e.roll.Workspace && a.ID != ""
}

// say notes a change that concerns people, each once.
func (e *enrolment) say(code chat.Code, ids []string, more ...chat.Arg) {
	if len(ids) > 0 {
		slices.Sort(ids)
		e.changes = append(e.changes, chat.Say(code, append([]chat.Arg{chat.People("people", slices.Compact(ids))}, more...)...))
	}
}

// takePresence notes whose accounts are closed: those that the platform calls so, and, where it names everybody, those that it
// named before and does not now.
func (e *enrolment) takePresence() error {
	was, _, err := presences.Get(e.t, workspaceKey(e.roll))
	if err != nil {
		return err
	}
	seen, closed := setOf(was.Seen), setOf(was.Closed)
	owner := map[string]string{} // of an account's id
	named := map[chat.Account]bool{}
	for _, m := range e.roll.Members {
		named[m.Account] = true
		person := e.owner(m.Account)
		if person == "" || !e.theirs(m.Account) {
			continue
		}
		id, err := meetAccount(e.t, m.Account)
		if err != nil {
			return err
		}
		owner[id], seen[id] = person, true
		if m.Closed {
			closed[id] = true
		} else {
			delete(closed, id)
		}
	}
	if e.roll.Complete && len(e.roll.Members) > 0 { // nobody at all is a platform's mistake
		for _, id := range was.Seen {
			a, known := accountOf(e.t.Store(), id)
			if person := e.owner(a); known && person != "" && !named[a] {
				owner[id], closed[id] = person, true
			}
		}
	}
	now := Presence{V: 1, Seen: slices.Sorted(maps.Keys(seen)), Closed: slices.Sorted(maps.Keys(closed))}
	if slices.Equal(now.Seen, was.Seen) && slices.Equal(now.Closed, was.Closed) {
		return nil
	}
	e.say("roster.closed", peopleOf(owner, now.Closed, was.Closed))
	e.say("roster.opened", peopleOf(owner, was.Closed, now.Closed))
	if fresh := len(now.Seen) - len(was.Seen); fresh > 0 {
		e.changes = append(e.changes, chat.Say("roster.seen", chat.Count("count", fresh)))
	}
	return presences.Put(e.t.Tx, workspaceKey(e.roll), now)
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// peopleOf are the owners of the accounts that are in one list and not in the other.
func peopleOf(owner map[string]string, in, notIn []string) (ids []string) {
	for _, id := range in {
		if !slices.Contains(notIn, id) && owner[id] != "" {
			ids = append(ids, owner[id])
		}
	}
	return ids
}
