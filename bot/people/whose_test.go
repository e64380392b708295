package people_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

func TestAttribute(t *testing.T) {
	t.Parallel()
	said := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	o := directory().With(people.Overlay{
		Closed: []chat.Account{account("git", "sre@example.org")},
		Links:  map[chat.Account]string{account("discord", "9"): "p2"},
		Identities: map[chat.Account]people.Whose{
			account("git", "Owner@Example.org"):  {Person: "p2", By: "p3", At: said},
			account("git", "sre@example.org"):    {Person: "p2", By: "p3", At: said}, // configured for p1
			account("git", "bot@example.org"):    {Machine: true, By: "p3", At: said},
			account("github", "gone"):            {Person: "ghost", By: "p3", At: said},
			account("slack", "U2"):               {Person: "p3", By: "p3", At: said}, // claimed by two people
			account("git", "nobody@example.org"): {By: "p3", At: said},
		},
	})
	for a, want := range map[chat.Account]people.Whose{
		account("git", "SRE@example.org"):    {Person: "p1"}, // though its account is closed
		account("git", "owner@example.org"):  {Person: "p2", By: "p3", At: said},
		account("git", "bot@EXAMPLE.org"):    {Machine: true, By: "p3", At: said},
		account("discord", "9"):              {Person: "p2"},
		account("github", "gone"):            {},
		account("slack", "U2"):               {},
		account("git", "nobody@example.org"): {},
		account("git", "ownér@example.org"):  {},
		// The Kelvin sign is no k.
		account("git", "\u212Are@example.org"): {},
	} {
		got := o.Attribute(a)
		if got != want || got.Known() != (want.Person != "" || want.Machine) {
			t.Errorf("%s is %+v, want %+v", a, got, want)
		}
	}
	if _, speaks := o.Resolve(account("git", "owner@example.org")); speaks {
		t.Error("an address in source code speaks for somebody")
	}
	if p, _ := o.Resolve(account("git", "Owner@Example.org")); p != "" {
		t.Error("an address in source code speaks for somebody")
	}
}
