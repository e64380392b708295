package approval_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

func asking() approval.Rule {
	r := rule()
	r.Confirm, r.Veto = true, []string{"security"}
	return r
}

func TestConfirmationIsRefused(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board}
	voted := cast(t, open(t, asking()), who, votes("ann", "go")...)
	confirmed, no := voted.Confirm("ann", who, start.Add(time.Hour))
	if no != nil || confirmed.Tally(who).Go != 1 || voted.Tally(who).Go != 0 {
		t.Fatal(no, confirmed.Tally(who), voted.Tally(who))
	}
	vetoed := cast(t, open(t, asking()), who, votes("cid", "no-go")...)
	if vetoed.State != approval.StateOpen {
		t.Fatal("a veto that nobody confirmed rejects")
	}
	over, _ := vetoed.Confirm("cid", who, start.Add(time.Hour))
	if over.State != approval.StateRejected {
		t.Fatal("a confirmed veto rejects nothing")
	}
	for name, c := range map[string]struct {
		ballot approval.Ballot
		person string
		who    approval.Electors
		at     time.Duration
		want   chat.Code
	}{
		"not asked for":    {cast(t, open(t, rule()), who, votes("ann", "go")...), "ann", who, time.Hour, "approval.no_confirmation"},
		"no vote":          {voted, "bob", who, time.Hour, "approval.nothing_to_confirm"},
		"twice":            {confirmed, "ann", who, time.Hour, "approval.confirmed"},
		"closed":           {over, "cid", who, time.Hour, "approval.not_open"},
		"too late":         {voted, "ann", who, 24 * time.Hour, "approval.over"},
		"elector no more":  {voted, "ann", approval.Electors{Groups: approval.Members{"cab": {"bob"}}}, time.Hour, "approval.no_elector"},
		"barred meanwhile": {voted, "ann", approval.Electors{Groups: board, Barred: []string{"ann"}}, time.Hour, "approval.barred"},
	} {
		next, no := c.ballot.Confirm(c.person, c.who, start.Add(c.at))
		if no == nil || no.Text.Code != c.want || next.Tally(c.who).Go != c.ballot.Tally(c.who).Go {
			t.Errorf("%s: %v, want %s", name, no, c.want)
		}
	}
}

// A statement is of one vote alone.
func TestStatementsDiffer(t *testing.T) {
	t.Parallel()
	b := open(t, asking())
	v := vote("ann", approval.Go, 1)
	other, elsewhere := b, b
	other.ID, elsewhere.Digest = "B-4", strings.Repeat("0", 64)
	seen := map[string]bool{}
	for _, s := range []string{
		b.Statement(v), other.Statement(v), elsewhere.Statement(v), b.Statement(vote("bob", approval.Go, 1)), b.Statement(vote("ann", approval.NoGo, 1)),
		b.Statement(vote("ann", approval.Go, 2)),
	} {
		if seen[s] || !strings.HasPrefix(s, "gonogo confirm v1\n") {
			t.Errorf("%q", s)
		}
		seen[s] = true
	}
}

// However votes and confirmations come, only what was confirmed since it was given counts, and the rest is waited for.
func TestOnlyConfirmedVotesCount(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: approval.Members{"cab": crowd}}
	rapid.Check(t, func(t *rapid.T) {
		r := approval.Rule{Name: "any", Electorate: []string{"cab"}, Quorum: 1, Threshold: 0.01, Wait: true, Open: time.Hour, Confirm: true}
		b, _ := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		choice, counts := map[string]approval.Choice{}, map[string]bool{}
		for i := range rapid.IntRange(1, 40).Draw(t, "turns") {
			if rapid.Bool().Draw(t, "confirms") {
				person := rapid.SampledFrom(crowd).Draw(t, "person")
				if next, no := b.Confirm(person, who, start.Add(time.Minute)); no == nil {
					b, counts[person] = next, true
				}
			} else {
				v := draw(t, i)
				v.Confirmed = rapid.Bool().Draw(t, "claims so")
				if next, no := b.Cast(v, who); no == nil {
					b, choice[v.Person], counts[v.Person] = next, v.Choice, false
				}
			}
			if b.State.Closed() {
				return
			}
			var yes int
			for person, c := range choice {
				if c == approval.Go && counts[person] {
					yes++
				}
			}
			tally := b.Tally(who)
			if tally.Go != yes || len(tally.Waiting)+len(tally.Unconfirmed)+tally.Go+tally.NoGo+tally.Abstain != tally.Seats || len(tally.Ignored) > 0 {
				t.Fatalf("%+v, want %d go", tally, yes)
			}
			for _, id := range b.Approvers(who) {
				if !counts[id] || slices.Contains(tally.Unconfirmed, id) {
					t.Fatalf("%s approved without confirming", id)
				}
			}
		}
	})
}
