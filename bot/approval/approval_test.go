package approval_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

var (
	start    = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	proposal = approval.Proposal{Subject: "R-1", Parts: []approval.Part{
		{Name: "artifact", Value: "sha256:aa"}, {Name: "configuration", Value: "sha256:bb"}, {Name: "target", Value: "prod"},
	}}
	board = approval.Members{
		"cab":      {"ann", "bob", "cid", "dan"},
		"security": {"cid"},
		"auditors": {"eve"},
	}
)

func rule() approval.Rule {
	return approval.Rule{Name: "cab", Electorate: []string{"cab"}, Quorum: 3, Threshold: 0.6, Open: 24 * time.Hour}
}

func open(t testing.TB, r approval.Rule) approval.Ballot {
	t.Helper()
	b, no := approval.Open("B-3", "R-1", approval.Release, r, proposal, start)
	if no != nil {
		t.Fatalf("Open: %v %v", no, no.Reasons)
	}
	return b
}

func vote(person string, c approval.Choice, minute int) approval.Vote {
	return approval.Vote{Person: person, Choice: c, At: start.Add(time.Duration(minute) * time.Minute), Bound: proposal.Digest()}
}

// cast gives "ann:go" votes a minute apart; none may be refused.
func cast(t testing.TB, b approval.Ballot, who approval.Electors, votes ...approval.Vote) approval.Ballot {
	t.Helper()
	for _, v := range votes {
		next, no := b.Cast(v, who)
		if no != nil {
			t.Fatalf("%s of %s: %v", v.Choice, v.Person, no)
		}
		b = next
	}
	return b
}

func votes(pairs ...string) []approval.Vote {
	var all []approval.Vote
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, vote(pairs[i], approval.Choice(pairs[i+1]), i+1))
	}
	return all
}

func TestDecision(t *testing.T) {
	t.Parallel()
	with := func(change func(*approval.Rule)) approval.Rule { r := rule(); change(&r); return r }
	wait := with(func(r *approval.Rule) { r.Wait = true })
	veto := with(func(r *approval.Rule) { r.Veto = []string{"security", "auditors"} })
	waitVeto := with(func(r *approval.Rule) { r.Veto, r.Wait = []string{"security"}, true })
	all := with(func(r *approval.Rule) { r.Threshold = 1 })
	exact := with(func(r *approval.Rule) { r.Threshold, r.Quorum = 2.0/3, 3 })
	big := with(func(r *approval.Rule) { r.Quorum = 5 })
	for name, tt := range map[string]struct {
		rule   approval.Rule
		barred []string
		votes  []string
		state  approval.State
		why    chat.Code
	}{
		"nobody voted":                  {rule(), nil, nil, approval.StateOpen, ""},
		"short of quorum":               {rule(), nil, []string{"ann", "go", "bob", "go"}, approval.StateOpen, ""},
		"passes early":                  {rule(), nil, []string{"ann", "go", "bob", "go", "cid", "go"}, approval.StatePassed, "approval.passed"},
		"abstention fills quorum":       {rule(), nil, []string{"ann", "go", "bob", "go", "cid", "abstain"}, approval.StatePassed, "approval.passed"},
		"two of three reach 0.6":        {rule(), nil, []string{"ann", "go", "bob", "no-go", "cid", "go"}, approval.StatePassed, "approval.passed"},
		"two thirds exactly":            {exact, nil, []string{"ann", "go", "bob", "no-go", "cid", "go"}, approval.StatePassed, "approval.passed"},
		"one of two misses 0.6":         {rule(), nil, []string{"ann", "go", "bob", "no-go", "cid", "abstain"}, approval.StateOpen, ""},
		"out of reach":                  {rule(), nil, []string{"ann", "no-go", "bob", "no-go"}, approval.StateRejected, "approval.rejected"},
		"unanimity broken at once":      {all, nil, []string{"ann", "no-go"}, approval.StateRejected, "approval.rejected"},
		"quorum of abstentions waits":   {rule(), nil, []string{"ann", "abstain", "bob", "abstain", "cid", "abstain"}, approval.StateOpen, ""},
		"all abstained":                 {rule(), nil, []string{"ann", "abstain", "bob", "abstain", "cid", "abstain", "dan", "abstain"}, approval.StateRejected, "approval.rejected"},
		"wait keeps open":               {wait, nil, []string{"ann", "go", "bob", "go", "cid", "go"}, approval.StateOpen, ""},
		"wait until everybody":          {wait, nil, []string{"ann", "go", "bob", "go", "cid", "go", "dan", "no-go"}, approval.StatePassed, "approval.passed"},
		"wait skips the barred":         {wait, []string{"dan"}, []string{"ann", "go", "bob", "go", "cid", "go"}, approval.StatePassed, "approval.passed"},
		"veto":                          {veto, nil, []string{"ann", "go", "bob", "go", "cid", "no-go"}, approval.StateRejected, "approval.vetoed"},
		"veto from outside":             {veto, nil, []string{"ann", "go", "eve", "no-go"}, approval.StateRejected, "approval.vetoed"},
		"veto while waiting":            {waitVeto, nil, []string{"ann", "go", "bob", "go", "dan", "go", "cid", "no-go"}, approval.StateRejected, "approval.vetoed"},
		"no-go of others is no veto":    {veto, nil, []string{"ann", "no-go"}, approval.StateOpen, ""},
		"quorum beyond the electorate":  {big, nil, []string{"ann", "go", "bob", "go", "cid", "go", "dan", "go"}, approval.StateOpen, ""},
		"quorum beyond without barred":  {rule(), []string{"cid", "dan"}, []string{"ann", "go", "bob", "go"}, approval.StateOpen, ""},
		"change of vote":                {rule(), nil, []string{"ann", "no-go", "ann", "go", "bob", "go", "cid", "go"}, approval.StatePassed, "approval.passed"},
		"same vote twice counts once":   {rule(), nil, []string{"ann", "go", "ann", "go", "bob", "go"}, approval.StateOpen, ""},
		"barred leave fewer to wait on": {rule(), []string{"dan"}, []string{"ann", "no-go", "bob", "no-go"}, approval.StateRejected, "approval.rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := cast(t, open(t, tt.rule), approval.Electors{Groups: board, Barred: tt.barred}, votes(tt.votes...)...)
			if b.State != tt.state {
				t.Fatalf("state %s, want %s", b.State, tt.state)
			}
			if b.State.Closed() != (b.Final != nil) || b.State.Closed() == b.Closed.IsZero() {
				t.Errorf("%s with final tally %v, closed %v", b.State, b.Final, b.Closed)
			}
			if tt.why == "" && b.Why != nil || tt.why != "" && (b.Why == nil || b.Why.Code != tt.why) {
				t.Errorf("why %+v, want %q", b.Why, tt.why)
			}
		})
	}
}

func TestCastRefuses(t *testing.T) {
	t.Parallel()
	r := rule()
	r.Veto = []string{"auditors"}
	who := approval.Electors{Groups: board, Barred: []string{"dan"}}
	b := cast(t, open(t, r), who, vote("ann", approval.NoGo, 10))
	other := vote("bob", approval.Go, 11)
	other.Bound = "something else"
	none := vote("bob", approval.Go, 11)
	none.Bound = ""
	late := vote("nobody known", "perhaps", 24*60)
	late.Bound = ""
	for name, tt := range map[string]struct {
		vote    approval.Vote
		code    chat.Code
		outcome chat.Outcome
		more    []chat.Code
	}{
		"no choice":              {vote("bob", "yes", 11), "approval.no_choice", chat.Invalid, nil},
		"over at the very end":   {vote("bob", approval.Go, 24*60), "approval.over", chat.Refused, nil},
		"another proposal":       {other, "approval.other_proposal", chat.Refused, nil},
		"no proposal":            {none, "approval.other_proposal", chat.Refused, nil},
		"linked to nobody":       {vote("", approval.Go, 11), "approval.nobody", chat.Refused, nil},
		"no elector":             {vote("zoe", approval.Go, 11), "approval.no_elector", chat.Refused, nil},
		"barred":                 {vote("dan", approval.Go, 11), "approval.barred", chat.Refused, nil},
		"veto holder says go":    {vote("eve", approval.Go, 11), "approval.veto_only", chat.Refused, nil},
		"veto holder abstains":   {vote("eve", approval.Abstain, 11), "approval.veto_only", chat.Refused, nil},
		"older than the counted": {vote("ann", approval.Go, 9), "approval.superseded", chat.Refused, nil},
		"every reason": {late, "approval.no_choice", chat.Invalid,
			[]chat.Code{"approval.over", "approval.other_proposal", "approval.no_elector"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, no := b.Cast(tt.vote, who)
			if no == nil {
				t.Fatal("not refused")
			}
			var more []chat.Code
			for _, reason := range no.Reasons {
				more = append(more, reason.Code)
			}
			if no.Text.Code != tt.code || no.Outcome != tt.outcome || !slices.Equal(more, tt.more) {
				t.Errorf("%s %s %v, want %s %s %v", no.Outcome, no.Text.Code, more, tt.outcome, tt.code, tt.more)
			}
			if diff := cmp.Diff(b, after); diff != "" {
				t.Errorf("a refused vote changed the ballot:\n%s", diff)
			}
		})
	}
}

func TestLastInstantTakesVotes(t *testing.T) {
	t.Parallel()
	v := vote("ann", approval.Go, 0)
	v.At = start.Add(24*time.Hour - 1)
	if _, no := open(t, rule()).Cast(v, approval.Electors{Groups: board}); no != nil {
		t.Errorf("refused a nanosecond before the end: %v", no)
	}
}

func TestVoteIsKeptAsGiven(t *testing.T) {
	t.Parallel()
	v := vote("ann", approval.Go, 1)
	v.At = v.At.In(time.FixedZone("CET", 3600))
	v.Reason = &chat.Sealed{Person: "ann", Box: []byte("sealed")}
	b := cast(t, open(t, rule()), approval.Electors{Groups: board}, v)
	got, ok := b.VoteOf("ann")
	want := approval.Vote{Person: "ann", Choice: approval.Go, At: v.At.UTC(), Reason: v.Reason}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(ok, diff)
	}
	if _, ok := b.VoteOf("bob"); ok {
		t.Error("bob has not voted")
	}
}

func TestElectorsOfTheMoment(t *testing.T) {
	t.Parallel()
	b := cast(t, open(t, rule()), approval.Electors{Groups: board}, votes("ann", "go", "bob", "go")...)
	left := approval.Electors{Groups: approval.Members{"cab": {"bob", "cid", "dan"}}}
	b = cast(t, b, left, vote("cid", approval.Go, 9))
	if b.State != approval.StateOpen {
		t.Fatalf("passed with the vote of somebody who left: %s", b.State)
	}
	tally := b.Tally(left)
	if tally.Go != 2 || tally.Missing != 1 || !slices.Equal(tally.Ignored, []string{"ann"}) || !slices.Equal(tally.Waiting, []string{"dan"}) {
		t.Errorf("tally %+v", tally)
	}
	if got := b.Approvers(left); !slices.Equal(got, []string{"bob", "cid"}) {
		t.Errorf("approvers %v", got)
	}
	if _, closed := b.Settle(left, start.Add(time.Hour)); closed {
		t.Error("settled without a quorum")
	}
	back, closed := b.Settle(approval.Electors{Groups: board}, start.Add(time.Hour))
	if !closed || back.State != approval.StatePassed {
		t.Errorf("with ann back: %s", back.State)
	}
	if _, closed := back.Settle(left, start.Add(time.Hour)); closed {
		t.Error("settled twice")
	}
	if back.Tally(left).Go != 3 || back.Recount(left).Fulfilled() {
		t.Error("a decided ballot keeps its tally; a recount goes by the electors of now")
	}
}

func TestNoGroups(t *testing.T) {
	t.Parallel()
	b := open(t, rule())
	if _, no := b.Cast(vote("ann", approval.Go, 1), approval.Electors{}); no == nil {
		t.Error("took a vote without knowing the electors")
	}
	if got := b.Tally(approval.Electors{}); !got.Impossible || got.Fulfilled() {
		t.Errorf("tally %+v", got)
	}
}
