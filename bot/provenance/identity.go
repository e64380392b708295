package provenance

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Git is the platform of commit addresses, as accounts name it: git::dana@shop.example.
const Git = "git"

// Resolve says whose an account is.
type Resolve func(chat.Account) people.Whose

// Address is the account of a commit address.
func Address(email string) chat.Account { return people.Fold(chat.Account{Platform: Git, ID: email}) }

// Accounts are what an identity is to be known by: the account that the host says, and the address that the commit says. Whoever
// made the commit chose the address, so it is looked up besides the account and never instead of it. Only the address that the host
// itself gives to that very account says nothing more.
func Accounts(i port.Identity) []chat.Account {
	var accounts []chat.Account
	if i.Account != (chat.Account{}) {
		accounts = append(accounts, people.Fold(i.Account))
	}
	if i.Email != "" && !private(i) {
		accounts = append(accounts, Address(i.Email))
	}
	return accounts
}

// private reports whether an address is the one that the host gives to the account so that it need not show its own:
// 17+dana@users.noreply.github.com, dana@users.noreply.github.com, 17-dana@users.noreply.gitlab.com.
func private(i port.Identity) bool {
	name, domain, _ := strings.Cut(Address(i.Email).ID, "@")
	login := people.Fold(i.Account).ID
	if login == "" || !strings.HasPrefix(domain, "users.noreply.") {
		return false
	}
	number := strings.TrimRight(strings.TrimSuffix(name, login), "+-")
	return name == login || strings.HasSuffix(name, login) && len(number) < len(name)-len(login) &&
		number != "" && strings.Trim(number, "0123456789") == ""
}

// Masked shows enough of an account or address for whoever knows whose it is, and no more: records keep it.
func Masked(a chat.Account) string {
	name, domain, address := strings.Cut(a.ID, "@")
	first := ""
	if name != "" {
		first = string([]rune(name)[:1])
	}
	switch {
	case a == chat.Account{}:
		return ""
	case address && a.Platform == Git:
		return first + "…@" + domain
	}
	return a.Platform + ":" + first + "…"
}

// somebody is an identity as far as it is known.
type somebody struct {
	people  []string
	unknown []chat.Account // that are nobody's
	machine bool           // all that it is known by is a machine's
	nobody  bool           // not named at all
}

func (r Resolve) of(i port.Identity) somebody {
	accounts := Accounts(i)
	s := somebody{nobody: len(accounts) == 0, machine: len(accounts) > 0}
	for _, a := range accounts {
		w := r(a)
		if !w.Known() {
			s.unknown = append(s.unknown, a)
		}
		if w.Person != "" && !slices.Contains(s.people, w.Person) {
			s.people = append(s.people, w.Person)
		}
		s.machine = s.machine && w.Machine
	}
	return s
}

// args name somebody: the person, else as much of the account as may be kept.
func (s somebody) args() []chat.Arg {
	switch {
	case len(s.people) > 0:
		return []chat.Arg{chat.People("people", s.people)}
	case len(s.unknown) > 0:
		return []chat.Arg{chat.Word("address", Masked(s.unknown[0]))}
	}
	return nil
}

// leastCommit is how many digits of a commit's id tell it apart: hosts abbreviate to no fewer.
const leastCommit = 7

// SameCommit reports whether two ids, each of which may be abbreviated, are of one commit.
func SameCommit(a, b string) bool {
	n := min(len(a), len(b))
	return n >= leastCommit && strings.EqualFold(a[:n], b[:n])
}
