package approval_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

func staged() approval.Rule {
	seat := func(name, group string, n int) []approval.Seat {
		return []approval.Seat{{Name: name, From: approval.Circle{group}, Count: n}}
	}
	return approval.Rule{Name: "staged", Threshold: 0.5, Open: time.Hour, Stages: []approval.Stage{
		{Name: "security", Seats: seat("security", "security", 1), Open: 24 * time.Hour, Reminders: []approval.Length{approval.Length(4 * time.Hour)}},
		{Name: "board", Seats: seat("board", "cab", 2), Open: 48 * time.Hour, Reminders: []approval.Length{approval.Length(24 * time.Hour), approval.Length(time.Hour)}},
	}}.For(nil)
}

func TestStagesAreAskedOneAfterAnother(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board, At: start}
	b := open(t, staged())
	if at, ok := b.Reminder(start); !ok || !at.Equal(start.Add(20*time.Hour)) || !b.Latest().Equal(start.Add(72*time.Hour)) {
		t.Error(at, ok, b.Latest())
	}
	if _, no := b.Cast(vote("ann", approval.Go, 1), who); no == nil || no.Text.Code != "approval.not_yet" {
		t.Errorf("ann voted before her turn: %v", no)
	}
	b = cast(t, b, who, vote("cid", approval.Go, 60))
	began := start.Add(time.Hour)
	if b.Stage != 1 || !b.Began.Equal(began) || !b.Closes.Equal(began.Add(48*time.Hour)) || b.State != approval.StateOpen {
		t.Fatalf("%+v", b)
	}
	first, _ := b.Reminder(began)
	second, ok := b.Reminder(first)
	if _, more := b.Reminder(second); !first.Equal(began.Add(24*time.Hour)) || !second.Equal(began.Add(47*time.Hour)) || !ok || more {
		t.Error(first, second, more)
	}
	// Cid fills security, so the board needs two others.
	if got := b.Needed(b.Tally(who)); !slices.Equal(got, []string{"ann", "bob", "dan"}) {
		t.Errorf("needs %v", got)
	}
	b = cast(t, b, who, vote("ann", approval.Go, 70))
	late, no := b.Expire(who, b.Closes)
	if no != nil || late.State != approval.StateExpired || late.Why.Code != "approval.expired_seats" {
		t.Errorf("%s %v %v", late.State, late.Why, no)
	}
	if b = cast(t, b, who, vote("dan", approval.Go, 80)); b.State != approval.StatePassed {
		t.Errorf("%s", b.State)
	}
}

func TestSeatRulesAreValidated(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*approval.Rule)
		want   string
	}{
		"fine":             {func(*approval.Rule) {}, ""},
		"nameless stage":   {func(r *approval.Rule) { r.Stages[0].Name = "" }, "stages[0].name"},
		"stage twice":      {func(r *approval.Rule) { r.Stages[1].Name = "security" }, "stages[1].name"},
		"empty stage":      {func(r *approval.Rule) { r.Stages[0].Seats = nil }, "stages[0].seats"},
		"never open":       {func(r *approval.Rule) { r.Stages[0].Open = 0 }, "stages[0].open"},
		"late reminder":    {func(r *approval.Rule) { r.Stages[0].Reminders[0] = approval.Length(25 * time.Hour) }, "stages[0].remind[0]"},
		"both":             {func(r *approval.Rule) { r.Seats = r.Stages[0].Seats }, "seats: stages"},
		"seat twice":       {func(r *approval.Rule) { r.Stages[1].Seats[0].Name = "security" }, "seats: names"},
		"seat of nobody":   {func(r *approval.Rule) { r.Stages[0].Seats[0].From = nil }, "stages[0].seats[0].from"},
		"from and any of":  {func(r *approval.Rule) { r.Stages[0].Seats[0].AnyOf = []approval.Circle{{"cab"}} }, "stages[0].seats[0].any_of"},
		"too many":         {func(r *approval.Rule) { r.Stages[0].Seats[0].Count = 65 }, "seats: 67 people"},
		"fewer than none":  {func(r *approval.Rule) { r.Stages[0].Seats[0].Count = -1 }, "stages[0].seats[0].count"},
		"share above one":  {func(r *approval.Rule) { r.Share = 1.5 }, "share:"},
		"hasty before now": {func(r *approval.Rule) { r.Hasty = -1 }, "hasty:"},
		"too many ways": {func(r *approval.Rule) {
			s := &r.Stages[0].Seats[0]
			s.From, s.AnyOf = nil, slices.Repeat([]approval.Circle{{"cab"}}, 65)
		}, "seats: there are more than 64 ways"},
	} {
		r := staged()
		tt.change(&r)
		err := r.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestOwnersOfEachLineHaveASeat(t *testing.T) {
	t.Parallel()
	r := approval.Rule{Name: "owners", Seats: []approval.Seat{{Name: "owner", From: approval.Circle{approval.LineOwners}}}, Threshold: 1, Open: time.Hour}
	got := r.For([]string{"cards", "loans"})
	if len(got.Seats) != 2 || got.Seats[1].Name != "owner of loans" || got.Seats[1].From[0] != "line-owner:loans" || r.Seats[0].From[0] != approval.LineOwners {
		t.Errorf("%+v of %+v", got, r)
	}
	if got := r.For(nil); len(got.Seats) != 1 || !slices.Equal(got.Electorate, []string{approval.LineOwners}) {
		t.Errorf("without lines %+v", got)
	}
}

func TestQuorumAsAShare(t *testing.T) {
	t.Parallel()
	crowd := approval.Members{"cab": {"a", "b", "c", "d", "e", "f"}}
	for _, tt := range []struct {
		share float64
		count int
		away  []string
		want  int
	}{
		{0.5, 0, nil, 3}, {2.0 / 3, 0, nil, 4}, {0.5, 0, []string{"a", "b"}, 2}, {0.5, 4, []string{"a", "b"}, 4}, {1, 0, nil, 6},
		{0.01, 0, nil, 1}, {0.5, 0, []string{"a", "b", "c", "d", "e", "f"}, 1},
	} {
		r := rule()
		r.Quorum, r.Share = tt.count, tt.share
		if got := open(t, r).Tally(approval.Electors{Groups: crowd, Away: tt.away}).Quorum; got != tt.want {
			t.Errorf("%v of those there, at least %d: %d with %v away, want %d", tt.share, tt.count, got, tt.away, tt.want)
		}
	}
}

// Whatever changes of what is proposed, its votes are void; and nothing else makes them so.
func TestBallotIsBoundToEveryPart(t *testing.T) {
	t.Parallel()
	names := []string{"artifact", "commit", "environment", "pipeline", "pipeline definition", "policy", "service", "version", "window"}
	rapid.Check(t, func(t *rapid.T) {
		p := approval.Proposal{Subject: "R-1"}
		for _, n := range names {
			p.Parts = append(p.Parts, approval.Part{Name: n, Value: rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(t, n)})
		}
		b, no := approval.Open("B-1", "R-1", approval.Release, rule(), p, start)
		if no != nil {
			t.Fatal(no)
		}
		now := approval.Proposal{Subject: "R-1", Parts: rapid.Permutation(p.Parts).Draw(t, "order")}
		if _, no := b.Void(now, start); no == nil {
			t.Fatal("void though nothing changed")
		}
		i := rapid.IntRange(0, len(names)-1).Draw(t, "part")
		switch rapid.IntRange(0, 2).Draw(t, "change") {
		case 0:
			now.Parts[i].Value += "x"
		case 1:
			now.Parts = slices.Delete(now.Parts, i, i+1)
		case 2:
			now.Parts = append(now.Parts, approval.Part{Name: "more", Value: "x"})
		}
		void, no := b.Void(now, start)
		if no != nil || void.State != approval.StateVoid || len(void.Changes) != 1 || b.Approves(now) {
			t.Fatalf("%v: %+v", no, void)
		}
	})
}
