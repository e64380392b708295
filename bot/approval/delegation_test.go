package approval_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

func handed(from, to string, since, until int) approval.Delegation {
	return approval.Delegation{From: from, To: to, Since: start.Add(time.Duration(since) * time.Hour), Until: start.Add(time.Duration(until) * time.Hour)}
}

func TestHandOverIsRefused(t *testing.T) {
	t.Parallel()
	others := []approval.Delegation{handed("ann", "bob", 10, 20)}
	for name, tt := range map[string]struct {
		d    approval.Delegation
		want chat.Code
	}{
		"fine":                   {handed("cid", "dan", 10, 20), ""},
		"right before":           {handed("ann", "cid", 0, 10), ""},
		"right after":            {handed("ann", "cid", 20, 30), ""},
		"two to the same person": {handed("cid", "bob", 10, 20), ""},
		"to oneself":             {handed("cid", "cid", 10, 20), "delegate.self"},
		"backwards":              {handed("cid", "dan", 20, 20), "delegate.backwards"},
		"over":                   {handed("cid", "dan", -5, 0), "delegate.past"},
		"for years":              {handed("cid", "dan", 0, 24*400), "delegate.long"},
		"twice":                  {handed("ann", "cid", 19, 30), "delegate.already"},
		"a chain":                {handed("bob", "cid", 0, 11), "delegate.chain"},
		"to whom handed on":      {handed("cid", "ann", 12, 13), "delegate.handed_on"},
	} {
		no := approval.HandOver(tt.d, others, start)
		if (no == nil) != (tt.want == "") || no != nil && no.Text.Code != tt.want {
			t.Errorf("%s: %v, want %q", name, no, tt.want)
		}
	}
}

// few are so few people that what goes wrong between them is found.
var few = crowd[:5]

// delegations draws what HandOver allows.
func delegations(t *rapid.T) (all []approval.Delegation) {
	for i := range rapid.IntRange(0, 6).Draw(t, "delegations") {
		since := rapid.IntRange(0, 10).Draw(t, "since")
		d := handed(rapid.SampledFrom(few).Draw(t, fmt.Sprint("from ", i)), rapid.SampledFrom(few).Draw(t, "to"), since, since+rapid.IntRange(1, 20).Draw(t, "hours"))
		d.Group = rapid.SampledFrom([]string{"", "cab", "security"}).Draw(t, "group")
		if approval.HandOver(d, all, start) == nil {
			all = append(all, d)
		}
	}
	return all
}

// Whoever stands in for whom: nobody fills two places, no place of one human is filled twice, nobody who had a part in the work
// counts, and nobody counts in the place of somebody who had.
func TestDelegationLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := boards(t)
		r := rapid.Custom(seatRules).Draw(t, "rule")
		if rapid.Bool().Draw(t, "plain") {
			r = rules().Draw(t, "plain rule")
		}
		r.Open = 40 * time.Hour
		for g := range m {
			m[g] = rapid.SliceOfNDistinct(rapid.SampledFrom(few), 1, 3, rapid.ID).Draw(t, "few in "+g)
		}
		w := duty.Work{Subject: "payments 1.1.0", Requester: few[0],
			Attributions: []duty.Attribution{{Person: rapid.SampledFrom(few).Draw(t, "author"), As: duty.CommitAuthor}}}
		barred := duty.Barred(few, w, duty.Policy{})
		who := approval.Electors{Groups: m, Barred: barred, Delegations: delegations(t), Away: subset(t, "away")}
		b, no := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		if no != nil {
			t.Fatal(no)
		}
		for i := range rapid.IntRange(1, 20).Draw(t, "turns") {
			v := approval.Vote{Person: rapid.SampledFrom(few).Draw(t, "voter"), Choice: rapid.SampledFrom(approval.Choices).Draw(t, "choice"), Bound: proposal.Digest()}
			v.At = start.Add(time.Duration(i) * time.Hour)
			who.At = v.At
			if next, no := b.Cast(v, who); no == nil {
				b = next
			}
			tally := b.Recount(who)
			human := map[string]bool{}
			for _, f := range tally.Filled {
				principal := f.For
				if principal == "" {
					principal = f.Person
				}
				if slices.Contains(barred, f.Person) || slices.Contains(barred, principal) {
					t.Fatalf("%s approves own work: %+v", f.Person, f)
				}
				if human[f.Person] || human["place of "+principal] {
					t.Fatalf("two places: %+v", tally.Filled)
				}
				human[f.Person], human["place of "+principal] = true, true
			}
			if given := tally.Go + tally.NoGo + tally.Abstain; given > tally.Seats {
				t.Fatalf("%d votes count of %d electors: %+v", given, tally.Seats, tally)
			}
		}
		if b.State == approval.StatePassed {
			for _, id := range b.Approvers(who) {
				if slices.Contains(barred, id) {
					t.Fatalf("%s passed own work", id)
				}
			}
		}
	})
}

func TestStandInOnAPlainBoard(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board, Delegations: []approval.Delegation{handed("ann", "zoe", 0, 10), handed("bob", "zoe", 0, 10)}, At: start}
	b := open(t, rule())
	if got := b.Tally(who).Waiting; !slices.Equal(got, []string{"zoe", "cid", "dan"}) {
		t.Errorf("waits for %v", got)
	}
	b = cast(t, b, who, vote("zoe", approval.Go, 1))
	tally := b.Tally(who)
	if tally.Go != 1 || tally.Seats != 4 || b.For(tally, b.Votes[0], who) != "ann" || !slices.Equal(tally.Waiting, []string{"bob", "cid", "dan"}) {
		t.Errorf("one vote for one of the two: %+v", tally)
	}
	// Ann takes her place back; zoe has bob's still.
	b = cast(t, b, who, vote("ann", approval.NoGo, 2))
	if tally := b.Tally(who); tally.Go != 1 || tally.NoGo != 1 || b.For(tally, b.Votes[0], who) != "bob" {
		t.Errorf("%+v", tally)
	}
	b = cast(t, b, who, vote("bob", approval.Abstain, 3))
	if tally := b.Tally(who); tally.Go != 0 || !slices.Equal(tally.Ignored, []string{"zoe"}) {
		t.Errorf("%+v", tally)
	}
	// A vote stays when the time of the delegation is over, and none is taken then.
	later := cast(t, open(t, rule()), who, vote("zoe", approval.Go, 1))
	who.At = start.Add(12 * time.Hour)
	if got := later.Tally(who).Go; got != 1 {
		t.Errorf("%d go after the delegation was over", got)
	}
	if _, no := later.Cast(vote("zoe", approval.NoGo, 12*60), who); no == nil || no.Text.Code != "approval.no_elector" {
		t.Errorf("voted after it was over: %v", no)
	}
}
