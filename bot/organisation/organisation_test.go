package organisation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func bakery() *organisation.Organisation {
	o := &organisation.Organisation{
		Services: []organisation.Service{
			{Name: "flour", Exposure: "internal"},
			{Name: "oven", Lines: []string{"bread"}, Exposure: "customers", Criticality: "high", Addresses: map[string]string{"live": "http://oven/"}},
		},
		Environments: []organisation.Environment{{Name: "trial"}, {Name: "live", After: "trial", Gates: []string{"freeze"}}},
		Directory: people.Directory{
			People: []people.Person{{ID: "p1", Handle: "ann"}, {ID: "p2", Handle: "bob"}, {ID: "p3", Handle: "cem"}},
			Groups: map[string][]string{"board": {"p1", "p2"}, "safety": {"p2", "p3"}},
			Roles:  []people.Role{{Name: "member", Rights: []people.Right{people.Vote}}},
			Grants: []people.Grant{{Role: "member", People: []string{"p1", "p3"}}},
		},
	}
	o.Directory.Index()
	return o
}

func TestEnvironmentsFollowEachOther(t *testing.T) {
	t.Parallel()
	o := bakery()
	next, ok := o.Next("trial")
	if !ok || next.Name != "live" || o.First().Name != "trial" {
		t.Errorf("after the first comes %q", next.Name)
	}
	if _, ok := o.Next("live"); ok || !o.Final("live") || o.Final("trial") {
		t.Error("nothing comes after the last")
	}
	if _, ok := o.Environment("moon"); ok {
		t.Error("there is no such environment")
	}
	if _, ok := o.Service("moon"); ok {
		t.Error("there is no such service")
	}
}

func TestPlaceholdersAreFilledAsPartsOfAPath(t *testing.T) {
	t.Parallel()
	o := bakery()
	at := organisation.Target{Service: "oven", Environment: "live", Version: "../2?x", Digest: "ab"}
	if got, want := o.Fill("{address}/{service}/{version}#{digest}", at), "http://oven/oven/..%2F2%3Fx#ab"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	given := []port.Probe{{Name: "a", URL: "{address}/healthz", Holds: "{environment}"}}
	got := o.Probes(given, at)
	if want := []port.Probe{{Name: "a", URL: "http://oven/healthz", Holds: "live"}}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if given[0].URL != "{address}/healthz" {
		t.Error("what was given is changed")
	}
}

func TestPolicyChangesWithWhatItCovers(t *testing.T) {
	t.Parallel()
	o, same, other := bakery(), bakery(), bakery()
	live := o.Environments[1]
	if first := o.Policy("oven", live); first != same.Policy("oven", live) || first != o.Policy("oven", live) {
		t.Error("the same policy has two digests")
	}
	if o.Policy("oven", live) == o.Policy("flour", live) || o.Policy("oven", live) == o.Policy("oven", o.First()) {
		t.Error("two policies have one digest")
	}
	other.Environments[1].Gates = nil
	if o.Policy("oven", live) == other.Policy("oven", other.Environments[1]) {
		t.Error("a gate less is another policy")
	}
}

func TestElectorateIsWhoIsAskedAndWhoLacksTheRight(t *testing.T) {
	t.Parallel()
	o := bakery()
	rule := approval.Rule{Electorate: []string{"board"}, Veto: []string{"safety"}}
	want := organisation.Electorate{Members: []string{"p1", "p2", "p3"}, Without: []string{"p2"}}
	for range 2 { // the second time from what was worked out
		if got := o.Electorate(rule, "oven"); !cmp.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
	}
	if got := o.Electorate(approval.Rule{Electorate: []string{"safety"}}, "oven"); len(got.Members) != 2 {
		t.Errorf("another rule asks %v", got.Members)
	}
}

func TestExamplesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	o := bakery()
	known := func(service string) string { // flour has nothing to release
		if service == "flour" {
			return ""
		}
		return "7.0-" + service
	}
	for _, test := range []struct {
		text, want string
		version    func(string) string
	}{
		{"/help", "/help", known},
		{"/release plan {service} {version}", "/release plan oven 7.0-oven", known},
		{"{line} {first} {environment}", "bread trial live", known},
		{"{version}", "2.4.0", nil},
		{"{version}", "2.4.0", func(string) string { return "" }},
	} {
		if got := o.Example(test.text, test.version); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}
