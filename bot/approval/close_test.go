package approval_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

var end = start.Add(24 * time.Hour)

func TestExpire(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board}
	wait := rule()
	wait.Wait = true
	for name, tt := range map[string]struct {
		rule  approval.Rule
		votes []string
		state approval.State
	}{
		"nobody":                  {rule(), nil, approval.StateExpired},
		"no quorum":               {rule(), []string{"ann", "go", "bob", "go"}, approval.StateExpired},
		"no quorum, below":        {rule(), []string{"ann", "no-go"}, approval.StateExpired},
		"quorum, below threshold": {rule(), []string{"ann", "go", "bob", "no-go", "cid", "abstain"}, approval.StateRejected},
		"quorum of abstentions":   {rule(), []string{"ann", "abstain", "bob", "abstain", "cid", "abstain"}, approval.StateRejected},
		"waited and met":          {wait, []string{"ann", "go", "bob", "go", "cid", "no-go"}, approval.StatePassed},
		"waited and not met":      {wait, []string{"ann", "go", "bob", "go"}, approval.StateExpired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := cast(t, open(t, tt.rule), who, votes(tt.votes...)...)
			if _, no := b.Expire(who, end.Add(-1)); no == nil || no.Text.Code != "approval.not_over" {
				t.Errorf("before its time: %v", no)
			}
			over, no := b.Expire(who, end)
			if no != nil || over.State != tt.state || over.Final == nil || !over.Closed.Equal(end) {
				t.Fatalf("%s, want %s (%v)", over.State, tt.state, no)
			}
			if _, no := over.Expire(who, end); no == nil || no.Text.Code != "approval.not_open" {
				t.Errorf("expired twice: %v", no)
			}
		})
	}
}

func TestSettleLeavesTheEndToExpire(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board}
	b := cast(t, open(t, rule()), approval.Electors{Groups: board, Barred: []string{"cid"}}, votes("ann", "go", "bob", "go")...)
	b.Rule.Quorum = 2
	if _, closed := b.Settle(who, end); closed {
		t.Error("settled after its time")
	}
	if _, closed := b.Settle(who, end.Add(-1)); !closed {
		t.Error("not settled in time")
	}
}

func TestVoid(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board}
	changed := approval.Proposal{Subject: "R-1", Parts: []approval.Part{
		{Name: "artifact", Value: "sha256:cc"}, {Name: "target", Value: "prod"}, {Name: "window", Value: "W-1"},
	}}
	want := []approval.Change{
		{Name: "artifact", Before: "sha256:aa", After: "sha256:cc"},
		{Name: "configuration", Before: "sha256:bb"},
		{Name: "window", After: "W-1"},
	}
	undecided := cast(t, open(t, rule()), who, votes("ann", "go")...)
	passed := cast(t, undecided, who, votes("bob", "go", "cid", "go")...)
	rejected := cast(t, undecided, who, votes("bob", "no-go", "cid", "no-go")...)
	if !passed.Approves(proposal) || passed.Approves(changed) || undecided.Approves(proposal) {
		t.Error("only a passed ballot approves, and only what it was on")
	}
	for _, b := range []approval.Ballot{undecided, passed} {
		if _, no := b.Void(proposal, end); no == nil || no.Text.Code != "approval.unchanged" {
			t.Errorf("%s: void without a change: %v", b.State, no)
		}
		void, no := b.Void(changed, end)
		if no != nil || void.State != approval.StateVoid || void.Why.Code != "approval.void" {
			t.Fatalf("%s: %v %+v", b.State, no, void)
		}
		if diff := cmp.Diff(want, void.Changes); diff != "" {
			t.Error(diff)
		}
		parts, _ := void.Why.Arg("parts")
		if !slices.Equal(parts.Words, []string{"artifact", "configuration", "window"}) {
			t.Errorf("names %v", parts.Words)
		}
		if void.Approves(proposal) || void.Approves(changed) {
			t.Error("a void ballot approves nothing")
		}
		if _, no := void.Cast(vote("dan", approval.Go, 30), who); no == nil || no.Text.Code != "approval.not_open" {
			t.Errorf("vote on a void ballot: %v", no)
		}
	}
	if _, no := rejected.Void(changed, end); no == nil || rejected.State != approval.StateRejected {
		t.Error("what is rejected stays rejected")
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	b, no := open(t, rule()).Withdraw("ann", &chat.Sealed{Person: "ann", Box: []byte("x")}, end)
	if no != nil || b.State != approval.StateWithdrawn || b.Why.Code != "approval.withdrawn" {
		t.Fatal(no, b)
	}
	if _, ok := b.Why.Arg("reason"); !ok {
		t.Error("the reason is lost")
	}
	if _, no := b.Withdraw("ann", nil, end); no == nil {
		t.Error("withdrawn twice")
	}
	plain, _ := open(t, rule()).Withdraw("ann", nil, end)
	if _, ok := plain.Why.Arg("reason"); ok {
		t.Error("a reason from nowhere")
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	part := func(name, value string) approval.Part { return approval.Part{Name: name, Value: value} }
	for name, tt := range map[string]struct {
		rule  approval.Rule
		parts []approval.Part
		want  []chat.Code
	}{
		"fine":         {rule(), proposal.Parts, nil},
		"no parts":     {rule(), nil, []chat.Code{"approval.empty"}},
		"empty value":  {rule(), []approval.Part{part("artifact", "")}, []chat.Code{"approval.part_empty"}},
		"twice":        {rule(), []approval.Part{part("a", "1"), part("a", "1")}, []chat.Code{"approval.part_twice"}},
		"bad rule too": {approval.Rule{}, []approval.Part{part("", "1")}, []chat.Code{"approval.part_empty", "approval.bad_rule"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, no := approval.Open("B-1", "R-1", approval.Release, tt.rule, approval.Proposal{Subject: "R-1", Parts: tt.parts}, start)
			var got []chat.Code
			if no != nil {
				for _, reason := range no.Reasons {
					got = append(got, reason.Code)
				}
			}
			if (no == nil) != (tt.want == nil) || !slices.Equal(got, tt.want) {
				t.Errorf("%v %v, want %v", no, got, tt.want)
			}
		})
	}
}

func TestReminder(t *testing.T) {
	t.Parallel()
	r := rule()
	if _, ok := open(t, r).Reminder(start); ok {
		t.Error("reminds though the rule says never")
	}
	r.Remind = time.Hour
	b := open(t, r)
	if at, ok := b.Reminder(start); !ok || !at.Equal(end.Add(-time.Hour)) {
		t.Error(at, ok)
	}
	b, _ = b.Withdraw("ann", nil, start)
	if _, ok := b.Reminder(start); ok {
		t.Error("reminds of a closed ballot")
	}
}

func TestTallyText(t *testing.T) {
	t.Parallel()
	b := open(t, rule())
	all := b.Tally(approval.Electors{Groups: board})
	if all.Impossible || all.Text().Code != "approval.tally.none" || all.Seats != 4 || all.Missing != 3 {
		t.Errorf("%+v", all)
	}
	few := b.Tally(approval.Electors{Groups: board, Barred: []string{"ann", "dan", "zoe"}})
	barred, ok := few.Text().Arg("barred")
	if !few.Impossible || few.Text().Code != "approval.impossible" || !ok || !slices.Equal(barred.Words, []string{"ann", "dan"}) {
		t.Errorf("%+v", few)
	}
	r := rule()
	r.Quorum = 9
	if _, ok := open(t, r).Tally(approval.Electors{Groups: board}).Text().Arg("barred"); ok {
		t.Error("nobody is barred")
	}
}

func TestOverlappingGroupsAreOneElectorate(t *testing.T) {
	t.Parallel()
	r := rule()
	r.Electorate = []string{"cab", "security", "everybody"}
	groups := approval.Members{"cab": {"ann", "bob", "bob", ""}, "security": {"bob", "ann"}}
	for i := range 200 {
		groups["everybody"] = append(groups["everybody"], string(rune('a'+i%26))+string(rune('a'+i/26)), "ann")
	}
	if got := open(t, r).Tally(approval.Electors{Groups: groups}); got.Seats != 202 || len(got.Waiting) != 202 {
		t.Errorf("%d seats, %d awaited", got.Seats, len(got.Waiting))
	}
}

func TestBallotIsStoredWhole(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board, Barred: []string{"dan"}}
	b := cast(t, open(t, rule()), who, votes("ann", "go", "bob", "no-go", "cid", "go")...)
	void, _ := b.Void(approval.Proposal{Subject: "R-1"}, end)
	for _, want := range []approval.Ballot{open(t, rule()), b, void} {
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got approval.Ballot
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// The tally says what is still needed, and nothing that is not.
func TestTallySaysWhatIsNeeded(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tally   approval.Tally
		code    chat.Code
		missing bool
		abstain bool
	}{
		"nobody yet":  {approval.Tally{Quorum: 2, Missing: 2, Seats: 3, Threshold: 0.5}, "approval.tally.none", false, false},
		"one of two":  {approval.Tally{Go: 1, Quorum: 2, Missing: 1, Seats: 3, Share: 1, Threshold: 0.5}, "approval.tally", true, false},
		"enough":      {approval.Tally{Go: 2, Abstain: 1, Quorum: 2, Seats: 3, Share: 1, Threshold: 0.5}, "approval.tally", false, true},
		"below":       {approval.Tally{Go: 1, NoGo: 2, Quorum: 2, Seats: 3, Share: 1. / 3, Threshold: 0.5}, "approval.tally.below", false, false},
		"vetoed":      {approval.Tally{Go: 2, NoGo: 1, Quorum: 2, Seats: 3, Share: 2. / 3, Threshold: 0.5, Veto: "cid"}, "approval.tally.veto", false, false},
		"no more can": {approval.Tally{Go: 1, Quorum: 2, Missing: 1, Seats: 1, Share: 1, Threshold: 0.5, Impossible: true}, "approval.impossible", false, false},
	} {
		text := tt.tally.Text()
		_, missing := text.Arg("missing")
		_, abstain := text.Arg("abstain")
		if text.Code != tt.code || missing != tt.missing || abstain != tt.abstain {
			t.Errorf("%s: says %s, missing %v, abstained %v", name, text.Code, missing, abstain)
		}
	}
}
