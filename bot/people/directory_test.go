package people_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

func account(platform, id string) chat.Account { return chat.Account{Platform: platform, ID: id} }

func directory() *people.Directory {
	d := &people.Directory{
		People: []people.Person{
			{ID: "p1", Handle: "sre", Accounts: []chat.Account{account("slack", "U1"), account("git", "sre@example.org")}},
			{ID: "p2", Handle: "owner", Accounts: []chat.Account{account("slack", "U2")}},
			{ID: "p3", Handle: "admin"},
			{ID: "p4", Handle: "dev", Accounts: []chat.Account{account("slack", "U4"), account("slack", "U2")}},
			{ID: "p1", Handle: "twice"},
			{Handle: "without an id", Accounts: []chat.Account{account("slack", "U9")}},
		},
		Groups: map[string][]string{"oncall": {"p1", "ghost", "p1", "p4"}, "empty": nil, "hidden": {"p2"}},
		Roles: []people.Role{
			{Name: "deployer", Rights: []people.Right{people.Deploy, people.Rollback}},
			{Name: "owner", Rights: []people.Right{people.Plan}},
			{Name: "chief", Rights: []people.Right{people.Deploy, people.Freeze}},
			{Name: "hidden", Rights: []people.Right{people.Vote}},
		},
		Grants: []people.Grant{
			{Role: "deployer", Groups: []string{"oncall"}, Services: []string{"payments"}, Environments: []string{"prod", "staging"}},
			{Role: "owner", People: []string{"p2", "ghost", ""}, Lines: []string{"money"}},
			{Role: "chief", People: []string{"p3"}},
			{Role: "chief", People: []string{"p2"}, Services: []string{people.Everything}, Environments: []string{people.Everything}},
			{Role: "hidden", People: []string{"p1"}},
			{Role: "unknown", People: []string{"p1"}},
		},
	}
	d.Index()
	return d
}

func TestMay(t *testing.T) {
	t.Parallel()
	d := directory()
	all := people.Everything
	for name, tt := range map[string]struct {
		person string
		right  people.Right
		in     people.Scope
		want   bool
	}{
		"granted":                         {"p1", people.Deploy, people.Scope{Service: "payments", Environment: "prod"}, true},
		"second right of the role":        {"p4", people.Rollback, people.Scope{Service: "payments", Line: "money", Environment: "staging"}, true},
		"another service":                 {"p1", people.Deploy, people.Scope{Service: "web", Environment: "prod"}, false},
		"another environment":             {"p1", people.Deploy, people.Scope{Service: "payments", Environment: "dr"}, false},
		"another right":                   {"p1", people.Freeze, people.Scope{}, false},
		"irrespective of place":           {"p1", people.Deploy, people.Scope{Environment: "prod"}, true},
		"irrespective of environment":     {"p1", people.Deploy, people.Scope{Service: "payments"}, true},
		"irrespective of all":             {"p1", people.Deploy, people.Scope{}, true},
		"irrespective, wrong environment": {"p1", people.Deploy, people.Scope{Environment: "dr"}, false},
		"everything, narrow grant":        {"p1", people.Deploy, people.Scope{Service: all}, false},
		"everywhere, narrow grant":        {"p1", people.Deploy, people.Scope{Service: "payments", Environment: all}, false},
		"everything, unrestricted":        {"p3", people.Deploy, people.Scope{Service: all, Line: all, Environment: all}, true},
		"anything, unrestricted":          {"p3", people.Freeze, people.Scope{Service: "web", Environment: "dr"}, true},
		"a star in a grant is no service": {"p2", people.Deploy, people.Scope{Service: all}, false},
		"nor a place like others":         {"p2", people.Deploy, people.Scope{Service: "web"}, false},
		"nor every environment":           {"p2", people.Deploy, people.Scope{Environment: all}, false},
		"by line":                         {"p2", people.Plan, people.Scope{Service: "payments", Line: "money"}, true},
		"the whole line":                  {"p2", people.Plan, people.Scope{Line: "money"}, true},
		"every service, line grant":       {"p2", people.Plan, people.Scope{Service: all, Line: "money"}, false},
		"service grant, whole line":       {"p1", people.Deploy, people.Scope{Line: "money"}, false},
		"line of the service not told":    {"p2", people.Plan, people.Scope{Service: "payments"}, false},
		"unknown person":                  {"ghost", people.Plan, people.Scope{Line: "money"}, false},
		"nobody":                          {"", people.Plan, people.Scope{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := d.May(tt.person, tt.right, tt.in); got != tt.want {
				t.Errorf("May = %t, want %t", got, tt.want)
			}
			if got := slices.Contains(d.Holders(tt.right, tt.in), tt.person); got != tt.want {
				t.Errorf("among the holders: %t, want %t", got, tt.want)
			}
		})
	}
}

func TestHoldersInConfiguredOrder(t *testing.T) {
	t.Parallel()
	got := directory().Holders(people.Deploy, people.Scope{})
	if !slices.Equal(got, []string{"p1", "p2", "p3", "p4"}) {
		t.Error(got)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	d := directory()
	for a, want := range map[chat.Account]string{
		account("slack", "U1"):                        "p1",
		account("git", "sre@example.org"):             "p1",
		account("slack", "U4"):                        "p4",
		account("slack", "U2"):                        "", // claimed by two
		account("slack", "U9"):                        "", // of nobody with an id
		account("discord", "U1"):                      "",
		{Platform: "slack", Workspace: "w", ID: "U1"}: "",
	} {
		if got, ok := d.Resolve(a); got != want || ok != (want != "") {
			t.Errorf("%s: %q %t, want %q", a, got, ok, want)
		}
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	d := directory()
	if p, ok := d.Person("p1"); !ok || p.Handle != "sre" {
		t.Errorf("%+v %t", p, ok)
	}
	for _, id := range []string{"ghost", ""} {
		if _, ok := d.Person(id); ok {
			t.Errorf("%q is known", id)
		}
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	d := directory()
	for group, want := range map[string][]string{
		"oncall": {"p1", "p4"}, "empty": nil, "none": nil, "chief": {"p2", "p3"}, "deployer": {"p1", "p4"}, "owner": {"p2"},
		"hidden": {"p2"}, // the group, not the role
	} {
		if got := d.Members(group); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", group, got, want)
		}
	}
}

func TestIndexAgain(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(directory())
	if err != nil {
		t.Fatal(err)
	}
	var d people.Directory
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	in := people.Scope{Service: "payments", Environment: "prod"}
	if d.May("p1", people.Deploy, in) || d.Members("oncall") != nil || d.Holders(people.Deploy, in) != nil {
		t.Error("allowed before Index")
	}
	d.Index()
	if !d.May("p1", people.Deploy, in) {
		t.Error("refused after Index")
	}
	d.Grants, d.Groups = nil, nil
	d.Index()
	if d.May("p1", people.Deploy, in) || d.Members("oncall") != nil {
		t.Error("a right outlived its grant")
	}
}

// Asking for everything is never easier than asking for one thing, and one thing never easier than asking irrespectively.
func TestScopesNarrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := func(name string, from ...string) []string {
			return rapid.SliceOfN(rapid.SampledFrom(from), 0, 2).Draw(t, name)
		}
		d := people.Directory{
			People: []people.Person{{ID: "p"}},
			Roles:  []people.Role{{Name: "r", Rights: []people.Right{people.Deploy}}},
			Grants: []people.Grant{{
				Role: "r", People: []string{"p"}, Services: list("services", "a", "b", "*"), Lines: list("lines", "l", "m", "*"),
				Environments: list("environments", "x", "y", "*"),
			}},
		}
		d.Index()
		may := func(s, l, e string) bool {
			return d.May("p", people.Deploy, people.Scope{Service: s, Line: l, Environment: e})
		}
		s := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "service")
		l := rapid.SampledFrom([]string{"l", "m", "n"}).Draw(t, "line")
		e := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "environment")
		for _, env := range []string{"", e, people.Everything} {
			if may("*", "*", env) && !may(s, l, env) || may(s, l, env) && !may("", "", env) || may("*", l, env) != may("*", "*", env) {
				t.Fatal("everything, one place, no place: each must be harder than the next")
			}
		}
		if may(s, l, "*") && !may(s, l, e) || may(s, l, e) && !may(s, l, "") {
			t.Fatal("every environment, one, none: each must be harder than the next")
		}
	})
}

func TestMayAllocatesNothing(t *testing.T) {
	d := directory()
	in := people.Scope{Service: "payments", Line: "money", Environment: "prod"}
	if n := testing.AllocsPerRun(100, func() { d.May("p1", people.Deploy, in); d.Members("oncall") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMay(b *testing.B) {
	d := directory()
	in := people.Scope{Service: "payments", Line: "money", Environment: "prod"}
	b.ReportAllocs()
	for b.Loop() {
		if !d.May("p1", people.Deploy, in) {
			b.Fatal("refused")
		}
	}
}
