package people_test

import (
	"slices"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

func TestAnOverlayAddsAndNeverOverrides(t *testing.T) {
	t.Parallel()
	d := directory()
	o := d.With(people.Overlay{
		Links:  map[chat.Account]string{account("discord", "9"): "p2", account("slack", "U1"): "p2", account("discord", "8"): "ghost"},
		Groups: map[string][]string{"oncall": {"p3", "ghost"}, "unheard": {"p3"}},
	})
	for a, want := range map[chat.Account]string{account("discord", "9"): "p2", account("slack", "U1"): "p1", account("discord", "8"): ""} {
		if got, _ := o.Resolve(a); got != want {
			t.Errorf("%s is %q, want %q", a, got, want)
		}
	}
	if got := o.Members("oncall"); !slices.Equal(got, []string{"p1", "p4", "p3"}) {
		t.Errorf("on call: %v", got)
	}
	if len(o.Members("unheard")) != 0 {
		t.Error("a platform made a group that nobody configured")
	}
	prod := people.Scope{Service: "payments", Environment: "prod"}
	if !o.May("p3", people.Rollback, prod) || d.May("p3", people.Rollback, prod) {
		t.Error("a group's new member has its grants, and only under the overlay")
	}
	if got := o.Accounts("p2"); !slices.Equal(got, []chat.Account{account("slack", "U2"), account("discord", "9")}) {
		t.Errorf("accounts of p2: %v", got)
	}
}

func TestAClosedAccountRestsItsPersonsRights(t *testing.T) {
	t.Parallel()
	o := directory().With(people.Overlay{Closed: []chat.Account{account("slack", "U1"), account("slack", "nobody's")}})
	if _, ok := o.Resolve(account("slack", "U1")); ok || !o.Resting("p1") {
		t.Error("the account still speaks for somebody")
	}
	if o.May("p1", people.Deploy, people.Scope{}) || slices.Contains(o.Members("oncall"), "p1") || slices.Contains(o.Members("hidden"), "p1") {
		t.Error("its person still holds rights")
	}
	if _, ok := o.Person("p1"); !ok {
		t.Error("the person is forgotten: the trail still names them")
	}
	if again := o.With(people.Overlay{}); again.Resting("p1") || !again.May("p1", people.Deploy, people.Scope{}) {
		t.Error("an account opened again gives nothing back")
	}
}
