package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// Records name an account by an opaque id, an identity like a person's: erasing it leaves nothing that says whose it was.
const accountHandle = "account:"

// meetAccount is the opaque id of an account.
func meetAccount(t *bot.Turn, a chat.Account) (string, error) {
	return t.Meet(accountHandle + a.String())
}

// accountOf is the account of an opaque id; false once it is erased, or in the turn that met it.
func accountOf(store *state.Store, id string) (chat.Account, bool) {
	handle, ok := store.Handle(id)
	text, is := strings.CutPrefix(handle, accountHandle)
	if !ok || !is {
		return chat.Account{}, false
	}
	return parseAccount(text)
}

// parseAccount reads "platform:workspace:id": the workspace may be empty, the id may hold colons.
func parseAccount(text string) (chat.Account, bool) {
	platform, rest, ok := strings.Cut(text, ":")
	workspace, id, more := strings.Cut(rest, ":")
	return chat.Account{Platform: platform, Workspace: workspace, ID: id}, ok && more && platform != "" && id != ""
}

// configuredFor is whom the configuration gives an account to; empty for nobody.
func configuredFor(org *organisation.Organisation, a chat.Account) string {
	i := slices.IndexFunc(org.Directory.People, func(p people.Person) bool { return slices.Contains(p.Accounts, a) })
	if i < 0 {
		return ""
	}
	return org.Directory.People[i].ID
}

// linked is an account with the link that it has or had.
type linked struct {
	id      string
	account chat.Account
	link    Link
}

// everyLink visits every link that there is or was, of accounts that are not erased.
func everyLink(r state.Reader, store *state.Store, visit func(linked)) error {
	return links.All(r, func(id string, l Link) error {
		if a, ok := accountOf(store, id); ok {
			visit(linked{id, a, l})
		}
		return nil
	})
}

// linkOf finds what is known of an account, by its name.
func linkOf(r state.Reader, store *state.Store, a chat.Account) (found linked, ok bool, err error) {
	err = everyLink(r, store, func(l linked) {
		if l.account == a {
			found, ok = l, true
		}
	})
	return found, ok, err
}
