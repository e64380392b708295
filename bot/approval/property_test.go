package approval_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

var crowd = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}

func rules() *rapid.Generator[approval.Rule] {
	return rapid.Custom(func(t *rapid.T) approval.Rule {
		return approval.Rule{
			Name: "any", Electorate: []string{"cab"}, Quorum: rapid.IntRange(1, 6).Draw(t, "quorum"),
			Threshold: rapid.SampledFrom([]float64{0.01, 0.5, 2.0 / 3, 0.75, 1}).Draw(t, "threshold"),
			Veto:      rapid.SampledFrom([][]string{nil, {"veto"}}).Draw(t, "veto"),
			Wait:      rapid.Bool().Draw(t, "wait"), Open: time.Hour,
		}
	})
}

func subset(t *rapid.T, name string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(crowd), 0, len(crowd), rapid.ID).Draw(t, name)
}

func draw(t *rapid.T, i int) approval.Vote {
	return approval.Vote{
		Person: rapid.SampledFrom(crowd).Draw(t, "voter"),
		Choice: rapid.SampledFrom(approval.Choices).Draw(t, "choice"),
		At:     start.Add(time.Duration(i) * time.Second),
		Bound:  rapid.SampledFrom([]string{proposal.Digest(), proposal.Digest(), proposal.Digest(), "other", ""}).Draw(t, "bound"),
	}
}

// model recounts a ballot in the plainest way: the last accepted vote of each person, electors only.
func model(accepted []approval.Vote, who approval.Electors) (yes, no, abstain int) {
	last := map[string]approval.Choice{}
	for _, v := range accepted {
		last[v.Person] = v.Choice
	}
	for id, c := range last {
		if !slices.Contains(who.Groups.Members("cab"), id) || slices.Contains(who.Barred, id) {
			continue
		}
		switch c {
		case approval.Go:
			yes++
		case approval.NoGo:
			no++
		case approval.Abstain:
			abstain++
		}
	}
	return yes, no, abstain
}

func TestVotingLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rules().Draw(t, "rule")
		b, refused := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		if refused != nil {
			t.Fatal(refused)
		}
		var accepted []approval.Vote
		var who approval.Electors
		for i := range rapid.IntRange(1, 25).Draw(t, "turns") {
			if i == 0 || rapid.IntRange(0, 5).Draw(t, "electors change") == 0 {
				who = approval.Electors{
					Groups: approval.Members{"cab": subset(t, "cab"), "veto": subset(t, "veto")}, Barred: subset(t, "barred"),
				}
			}
			v := draw(t, i)
			before := clone(b)
			after, no := b.Cast(v, who)
			if diff := cmp.Diff(before, b); diff != "" {
				t.Fatalf("Cast changed its receiver:\n%s", diff)
			}
			if no == nil && (b.State.Closed() || v.Bound != b.Digest || slices.Contains(who.Barred, v.Person)) {
				t.Fatalf("took %+v on %+v", v, b)
			}
			if no != nil && !reflect.DeepEqual(before, after) {
				t.Fatal("a refused vote changed the ballot")
			}
			if no == nil {
				accepted = append(accepted, v)
			}
			b = after
			check(t, b, accepted, who)
		}
		if b.Proposal.Digest() != b.Digest {
			t.Fatal("the ballot is no longer on what it was opened on")
		}
	})
}

func check(t *rapid.T, b approval.Ballot, accepted []approval.Vote, who approval.Electors) {
	if b.State.Closed() {
		if b.State == approval.StatePassed && !b.Final.Fulfilled() {
			t.Fatalf("passed with %+v", b.Final)
		}
		return
	}
	tally := b.Tally(who)
	yes, no, abstain := model(accepted, who)
	if tally.Go != yes || tally.NoGo != no || tally.Abstain != abstain {
		t.Fatalf("tally %+v, want %d %d %d", tally, yes, no, abstain)
	}
	if len(tally.Waiting)+yes+no+abstain != tally.Seats {
		t.Fatalf("seats do not add up: %+v", tally)
	}
	seen := map[string]bool{}
	for _, v := range b.Votes {
		if seen[v.Person] {
			t.Fatalf("%s votes twice", v.Person)
		}
		seen[v.Person] = true
	}
}

func clone(b approval.Ballot) approval.Ballot {
	b.Votes = slices.Clone(b.Votes)
	b.Rule.Electorate = slices.Clone(b.Rule.Electorate)
	b.Proposal.Parts = slices.Clone(b.Proposal.Parts)
	return b
}

// However deliveries are repeated and reordered, each person's latest vote counts, once.
func TestTallyUnderAnyOrder(t *testing.T) {
	t.Parallel()
	r := approval.Rule{Name: "any", Electorate: []string{"cab"}, Quorum: 1, Threshold: 0.01, Wait: true, Open: time.Hour}
	who := approval.Electors{Groups: approval.Members{"cab": append([]string{"never votes"}, crowd...)}}
	rapid.Check(t, func(t *rapid.T) {
		var sent []approval.Vote
		for i := range rapid.IntRange(1, 12).Draw(t, "votes") {
			v := draw(t, i)
			v.Bound = proposal.Digest()
			sent = append(sent, v)
		}
		yes, no, abstain := model(sent, who)
		b, _ := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		for _, v := range rapid.Permutation(slices.Concat(sent, sent, sent)).Draw(t, "deliveries") {
			b, _ = b.Cast(v, who)
		}
		if got := b.Tally(who); b.State != approval.StateOpen || got.Go != yes || got.NoGo != no || got.Abstain != abstain {
			t.Fatalf("%s %+v, want %d %d %d", b.State, got, yes, no, abstain)
		}
	})
}

// Nobody who had a part in the work counts towards passing it, whoever else votes and in whatever order.
func TestAuthorsNeverPassTheirWork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rules().Draw(t, "rule")
		w := duty.Work{Subject: "payments 1.1.0", Requester: rapid.SampledFrom(crowd).Draw(t, "requester")}
		var wrote []string
		for _, id := range subset(t, "authors") {
			w.Attributions = append(w.Attributions, duty.Attribution{Address: id + "@example.org", Person: id, As: duty.CommitAuthor})
			wrote = append(wrote, id)
		}
		who := approval.Electors{Groups: approval.Members{"cab": crowd}, Barred: duty.Barred(crowd, w, duty.Policy{})}
		b, _ := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		// Some votes were given before it was known who wrote the work.
		unaware := approval.Electors{Groups: who.Groups}
		for i := range rapid.IntRange(0, 25).Draw(t, "turns") {
			next, no := b.Cast(draw(t, i), unaware)
			if no == nil && next.State == approval.StateOpen {
				b = next
			}
		}
		for i := range rapid.IntRange(0, 25).Draw(t, "later turns") {
			b, _ = b.Cast(draw(t, 100+i), who)
		}
		if b.State == approval.StateOpen {
			b, _ = b.Expire(who, b.Closes)
		}
		if b.State != approval.StatePassed {
			return
		}
		if len(wrote) == 0 {
			t.Fatal("passed work that nobody wrote")
		}
		approvers := b.Approvers(who)
		if len(approvers) != b.Final.Go || b.Final.Go+b.Final.NoGo+b.Final.Abstain < r.Quorum {
			t.Fatalf("approvers %v, tally %+v", approvers, b.Final)
		}
		for _, id := range approvers {
			if id == w.Requester || slices.Contains(wrote, id) {
				t.Fatalf("%s passed their own work", id)
			}
		}
	})
}

// Whatever happens to a closed ballot, it stays as it is; only an approval may fall, to void.
func TestClosedStaysClosed(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: approval.Members{"cab": crowd}}
	changed := approval.Proposal{Subject: "R-1", Parts: []approval.Part{{Name: "artifact", Value: "other"}}}
	rapid.Check(t, func(t *rapid.T) {
		b, _ := approval.Open("B-1", "R-1", approval.Release, rules().Draw(t, "rule"), proposal, start)
		for i := range rapid.IntRange(1, 30).Draw(t, "turns") {
			before := b
			switch rapid.IntRange(0, 9).Draw(t, "act") {
			case 0:
				b, _ = b.Void(changed, start)
			case 1:
				b, _ = b.Withdraw("a", nil, start)
			case 2:
				b, _ = b.Expire(who, start.Add(time.Hour))
			case 3:
				b, _ = b.Settle(who, start)
			default:
				b, _ = b.Cast(draw(t, i), who)
			}
			fell := before.State == approval.StatePassed && b.State == approval.StateVoid
			if before.State.Closed() && !fell && !reflect.DeepEqual(before, b) {
				t.Fatalf("%s became %s", before.State, b.State)
			}
		}
	})
}
