package commands_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// conflicts are everybody's conflicts of duties over a release, and whether anybody may act at all.
func conflicts(w duty.Work, p duty.Policy) (all []string) {
	for _, person := range []string{"dana", "pat", "ida"} {
		for _, f := range []duty.Finding{duty.Approve(person, w, p), duty.Execute(person, w, p)} {
			for _, c := range f.Conflicts {
				all = append(all, c.Person+" is "+string(c.As))
			}
		}
	}
	return all
}

// Whoever says whose an address is, or that it is a machine's, and whatever a host says later: no conflict that there was goes away.
func TestSayingWhoseAnAddressIsRemovesNoConflict(t *testing.T) {
	store, err := state.Open(faultkv.New(faultkv.Options{}), state.Options{Key: signing, Master: bytes.Repeat([]byte{9}, 32), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if err := store.Update(t.Context(), func(tx *state.Tx) error {
		_, err := tx.Meet(state.Strangers)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	git := func(name string) chat.Account { return chat.Account{Platform: "git", ID: name + "@shop.example"} }
	directory := people.Directory{People: []people.Person{
		{ID: "dana", Accounts: []chat.Account{git("dana")}}, {ID: "pat", Accounts: []chat.Account{git("pat")}}, {ID: "ida"}, {ID: "ci", Machine: true},
	}}
	names := rapid.SampledFrom([]string{"dana", "pat", "mallory", "deps", "web"})
	as := rapid.SampledFrom([]duty.Duty{duty.CommitAuthor, duty.CoAuthor, duty.MergeAuthor, duty.Pusher, duty.Merger, duty.PipelineEditor})
	rapid.Check(t, func(t *rapid.T) {
		unsaid := &organisation.Organisation{Directory: directory.With(people.Overlay{})}
		facts := func(label string) commands.SourceFacts {
			accounts := rapid.SliceOfN(names, 0, 4).Draw(t, label)
			parts := make([]commands.SourcePart, len(accounts))
			for i, name := range accounts {
				parts[i] = commands.SourcePart{As: as.Draw(t, "as"), Account: git(name)}
			}
			f, err := commands.SourceRead(parts, unsaid, store, rapid.Bool().Draw(t, "whole"))
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		planned := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		rel := release.Release{Service: "web", Version: "1", Requester: "pat", PlannedAt: planned, Artifact: &port.Artifact{Build: port.Build{Commit: commands.SourceCommit}}}
		rel = commands.AddSource(facts("first"), rel, store)
		said := people.Overlay{Identities: map[chat.Account]people.Whose{}}
		for _, name := range rapid.SliceOfN(names, 0, 4).Draw(t, "said") {
			said.Identities[git(name)] = rapid.SampledFrom([]people.Whose{
				{Machine: true}, {Person: "dana"}, {Person: "pat"}, {Person: "ci", Machine: true}, {Person: "gone"},
			}).Draw(t, "whose")
		}
		for a, w := range said.Identities {
			w.By, w.At = "ida", planned.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "when"))*time.Hour)
			said.Identities[a] = w
		}
		policy := duty.Policy{Merger: duty.Row{Approve: rapid.Bool().Draw(t, "mergers"), Alone: true}}
		was := conflicts(commands.Work(store.Latest(), rel, unsaid, store, []string{"ida"}), policy)
		org := &organisation.Organisation{Directory: directory.With(said)}
		told := conflicts(commands.Work(store.Latest(), rel, org, store, []string{"ida"}), policy)
		later := commands.AddSource(facts("later"), rel, store)
		more := conflicts(commands.Work(store.Latest(), later, org, store, []string{"ida"}), policy)
		for _, c := range was {
			if !slices.Contains(told, c) {
				t.Fatalf("saying whose addresses are took away that %s", c)
			}
		}
		for _, c := range told {
			if !slices.Contains(more, c) {
				t.Fatalf("what was read later took away that %s", c)
			}
		}
		if again := commands.AddSource(facts("later"), commands.AddSource(facts("later"), later, store), store); len(again.Origin.Parts) > 6*5 {
			t.Fatalf("%d parts of 5 addresses with 6 duties: what is known already was kept again", len(again.Origin.Parts))
		}
	})
}
