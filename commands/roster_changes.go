package commands

import (
	"maps"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// emailPlatform is that of configured accounts that are a person's e-mail address: "email::ada@example.org".
const emailPlatform = "email"

// takeEmails links the accounts whose verified address is configured for exactly one person, and ends such links that rest on
// nothing any more. What people linked, or unlinked, themselves stays as it is.
func (e *enrolment) takeEmails() error {
	owners := emailOwners(e.t.Org.Directory.People)
	var joined, left []string
	for _, m := range e.roll.Members {
		if !e.theirs(m.Account) || m.Closed || e.configured[m.Account] != "" {
			continue
		}
		owner := owners[addressKey(m.Email)]
		was, known := e.links[m.Account]
		next := was.link
		switch {
		case known && next.active() && next.How == linkByEmail && next.Person != owner:
			next.Ended = e.t.Now.UTC()
			left = append(left, next.Person)
		case owner != "" && !known, owner != "" && next.Person == owner && !next.active() && next.EndedBy == "":
			next = Link{V: 1, Person: owner, How: linkByEmail, At: e.t.Now.UTC()}
			joined = append(joined, owner)
		default:
			continue
		}
		id, err := meetAccount(e.t, m.Account)
		if err != nil {
			return err
		}
		if err := links.Put(e.t.Tx, id, next); err != nil {
			return err
		}
		e.links[m.Account] = linked{id, m.Account, next}
	}
	e.say("roster.linked", joined)
	e.say("roster.unlinked", left)
	return nil
}

// addressKey is what addresses are compared by: ASCII letters in one case, and nothing else alike that is another address.
func addressKey(address string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, address)
}

// emailOwners are the people with an address configured, by the address; one that two people claim is nobody's.
func emailOwners(everybody []people.Person) map[string]string {
	owners := map[string]string{}
	for _, p := range everybody {
		for _, a := range p.Accounts {
			if a.Platform != emailPlatform {
				continue
			}
			address := addressKey(a.ID)
			if other, taken := owners[address]; taken && other != p.ID {
				owners[address] = ""
				continue
			}
			owners[address] = p.ID
		}
	}
	return owners
}

// takeGroups notes who is in the configured groups that the platform's own are mapped to. Where the roll is complete, a group
// that it does not speak of is mapped no more.
func (e *enrolment) takeGroups() error {
	for _, group := range slices.Sorted(maps.Keys(e.roll.Groups)) {
		if _, configured := e.t.Org.Directory.Groups[group]; !configured {
			continue
		}
		if err := e.takeGroup(group, e.roll.Groups[group]); err != nil {
			return err
		}
	}
	if !e.roll.Complete || e.roll.Groups == nil {
		return nil
	}
	var gone []string
	err := rosters.Under(e.t, workspaceKey(e.roll)+"/", func(key string, r Roster) error {
		_, _, group := rosterParts(key)
		if _, said := e.roll.Groups[group]; !said && len(r.Accounts) > 0 {
			gone = append(gone, group)
		}
		return nil
	})
	for _, group := range gone {
		if err := e.takeGroup(group, nil); err != nil {
			return err
		}
	}
	return err
}

func (e *enrolment) takeGroup(group string, accounts []chat.Account) error {
	key := workspaceKey(e.roll) + "/" + group
	was, _, err := rosters.Get(e.t, key)
	if err != nil {
		return err
	}
	owner := map[string]string{}
	set := map[string]bool{}
	strangers := 0
	for _, a := range accounts {
		if !e.theirs(a) {
			continue
		}
		id, err := meetAccount(e.t, a)
		if err != nil {
			return err
		}
		if set[id] {
			continue
		}
		set[id] = true
		if owner[id] = e.owner(a); owner[id] == "" {
			strangers++
		}
	}
	now := Roster{V: 1, Accounts: slices.Sorted(maps.Keys(set))}
	if slices.Equal(now.Accounts, was.Accounts) {
		return nil
	}
	for _, id := range was.Accounts {
		if a, ok := accountOf(e.t.Store(), id); ok {
			owner[id] = e.owner(a)
		}
	}
	in := chat.Word("group", group)
	e.say("roster.joined", peopleOf(owner, now.Accounts, was.Accounts), in)
	e.say("roster.left", peopleOf(owner, was.Accounts, now.Accounts), in)
	if strangers > 0 || len(e.changes) == 0 { // nobody but strangers came or left
		e.changes = append(e.changes, chat.Say("roster.strangers", chat.Count("count", strangers), in))
	}
	return rosters.Put(e.t.Tx, key, now)
}
