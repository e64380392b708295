package approval_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

// ofRules draws rules with seats of several circles, alone and beside others.
func ofRules(t *rapid.T) approval.Rule {
	r := approval.Rule{Name: "of", Threshold: 0.01, Open: time.Hour}
	circle := func(name string) approval.Circle {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(circles), 1, 2, rapid.ID).Draw(t, name)
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "seats") {
		s := approval.Seat{Name: fmt.Sprint("seat ", i)}
		switch kind := rapid.IntRange(0, 3).Draw(t, "kind"); {
		case i == 0 || kind < 2:
			for range rapid.IntRange(1, 4).Draw(t, "circles") {
				s.Of = append(s.Of, circle("of"))
			}
			s.Count = rapid.IntRange(0, len(s.Of)).Draw(t, "count")
		case kind == 2:
			s.From, s.Count = circle("from"), rapid.IntRange(1, 2).Draw(t, "count")
		default:
			s.AnyOf = []approval.Circle{circle("one"), circle("other")}
		}
		r.Seats = append(r.Seats, s)
	}
	return r.For(nil)
}

// assigned is the most people of whom each can have a place of their own, by trying every assignment of people to places: a seat of
// several circles has one place for each, and takes no more people than it asks for.
func assigned(seats []approval.Seat, m approval.Members, people []string) (most int) {
	type place struct {
		seat   int
		circle approval.Circle
	}
	var every func(i int, places []place)
	every = func(i int, places []place) {
		if i < len(seats) {
			s := seats[i]
			ways := s.AnyOf
			if len(s.From) > 0 {
				ways = []approval.Circle{s.From}
			}
			for _, c := range s.Of {
				places = append(slices.Clip(places), place{i, c})
			}
			if len(s.Of) > 0 {
				every(i+1, places)
			}
			for _, c := range ways {
				every(i+1, append(slices.Clip(places), slices.Repeat([]place{{i, c}}, max(1, s.Count))...))
			}
			return
		}
		taken, in := make([]bool, len(places)), make([]int, len(seats))
		var assign func(left []string, n int)
		assign = func(left []string, n int) {
			most = max(most, n)
			if n+len(left) <= most {
				return
			}
			assign(left[1:], n)
			for p, at := range places {
				may := slices.ContainsFunc(at.circle, func(g string) bool { return slices.Contains(m[g], left[0]) })
				if may && !taken[p] && in[at.seat] < max(1, seats[at.seat].Count) {
					taken[p], in[at.seat] = true, in[at.seat]+1
					assign(left[1:], n+1)
					taken[p], in[at.seat] = false, in[at.seat]-1
				}
			}
		}
		assign(people, 0)
	}
	every(0, nil)
	return most
}

func voted(r approval.Rule, ids []string) approval.Ballot {
	b := approval.Ballot{ID: "B-1", State: approval.StateOpen, Rule: r, Proposal: proposal, Digest: proposal.Digest(), Opened: start, Closes: start.Add(time.Hour)}
	for i, id := range ids {
		b.Votes = append(b.Votes, approval.Vote{Person: id, Choice: approval.Go, At: start.Add(time.Duration(i) * time.Second)})
	}
	return b
}

// parts are the seats that are filled, and for which circle, in an order that depends on nothing.
func parts(t approval.Tally) string {
	var list []string
	for _, f := range t.Filled {
		list = append(list, f.Seat+" as "+strings.Join(f.Circle, "|"))
	}
	slices.Sort(list)
	return strings.Join(list, ", ") + "; open " + seatsOf(t)
}

// A seat of n of m circles is filled exactly when n people, each of another circle, can fill it together with all other seats, in
// whatever order they voted; and who fills what names people only, and no more of them than are asked for.
func TestSeatOfSeveralCircles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, r := boards(t), ofRules(t)
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		yes := rapid.SliceOfNDistinct(rapid.SampledFrom(crowd[:6]), 0, 6, rapid.ID).Draw(t, "go")
		who := approval.Electors{Groups: m, At: start}
		got := voted(r, yes).Tally(who)
		most := assigned(r.Seats, m, yes)
		if len(got.Filled) != most || (len(got.Vacant) == 0) != (most == places(r.Seats)) {
			t.Fatalf("%d of %d places can be filled: %+v", most, places(r.Seats), got)
		}
		people, taken := map[string]bool{}, map[string]int{}
		for _, f := range got.Filled {
			s := r.Seats[slices.IndexFunc(r.Seats, func(s approval.Seat) bool { return s.Name == f.Seat })]
			in := func(g string) bool { return slices.Contains(m[g], f.Person) }
			if taken[f.Seat]++; taken[f.Seat] > max(1, s.Count) || people[f.Person] || !slices.Contains(yes, f.Person) {
				t.Fatalf("%+v among %+v", f, got.Filled)
			}
			people[f.Person] = true
			if len(s.Of) == 0 {
				continue
			}
			same := func(c approval.Circle) bool { return slices.Equal(c, f.Circle) }
			part := f.Seat + strings.Join(f.Circle, "|")
			taken[part]++
			if n := len(slices.DeleteFunc(slices.Clone(s.Of), func(c approval.Circle) bool { return !same(c) })); taken[part] > n || !slices.ContainsFunc(f.Circle, in) {
				t.Fatalf("%+v of %+v among %+v", f, s.Of, got.Filled)
			}
		}
		for _, v := range got.Vacant {
			if v.Of > 0 && (taken[v.Seat] != v.Of-v.Missing || len(v.Open) == 0) {
				t.Fatalf("%+v, %d fill it", v, taken[v.Seat])
			}
		}
		if again := voted(r, rapid.Permutation(yes).Draw(t, "order")).Tally(who); parts(again) != parts(got) {
			t.Fatalf("in another order %s, first %s", parts(again), parts(got))
		}
		for _, id := range crowd {
			named := slices.ContainsFunc(got.Vacant, func(v approval.Vacancy) bool { return slices.Contains(v.May, id) })
			if more := assigned(r.Seats, m, append(slices.Clone(yes), id)); !slices.Contains(yes, id) && more > most && !named {
				t.Fatalf("%s would fill one more and is not asked: %+v", id, got.Vacant)
			}
		}
		if all := assigned(r.Seats, m, crowd); got.Impossible != (all < places(r.Seats)) {
			t.Fatalf("everybody fills %d of %d, impossible %v", all, places(r.Seats), got.Impossible)
		}
	})
}

// However a vote with such seats goes, a pair never fills three places, and it is lost at once exactly when no go could carry it any more.
func TestPairNeverFillsThreeOfSeveralCircles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, r := boards(t), ofRules(t)
		b, no := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		if no != nil {
			t.Fatal(no)
		}
		who := approval.Electors{Groups: m, At: start}
		for i := range rapid.IntRange(1, 15).Draw(t, "turns") {
			next, no := b.Cast(draw(t, i), who)
			if no != nil {
				continue
			}
			var could, ever []string
			for _, id := range crowd {
				v, gave := next.VoteOf(id)
				if !gave || v.Choice == approval.Go {
					could = append(could, id)
				}
				if !gave || v.Choice != approval.Abstain {
					ever = append(ever, id)
				}
			}
			lost := assigned(r.Seats, m, could) < places(r.Seats) && assigned(r.Seats, m, ever) == places(r.Seats)
			if b = next; lost && b.State != approval.StateRejected {
				t.Fatalf("no way left and %s: %+v", b.State, b.Votes)
			}
		}
		if b.State == approval.StatePassed && assigned(r.Seats, m, b.Approvers(who)) != places(r.Seats) {
			t.Fatalf("%v passed %+v", b.Approvers(who), r.Seats)
		}
	})
}

func twoOfThree() approval.Rule {
	return approval.Rule{Name: "reviews", Threshold: 0.01, Open: time.Hour, Seats: []approval.Seat{
		{Name: "reviewers", Of: []approval.Circle{{"security"}, {"legal"}, {"operations"}}, Count: 2},
	}}.For(nil)
}

func TestWhoFillsTwoOfThree(t *testing.T) {
	t.Parallel()
	m := approval.Members{"security": {"sam"}, "legal": {"lea", "sam"}, "operations": {"ola", "oz"}, "board": {"lea", "ola", "bea"}}
	who := approval.Electors{Groups: m, At: start}
	r := twoOfThree()
	if !slices.Equal(r.Electorate, []string{"security", "legal", "operations"}) || !slices.Equal(r.Groups(), r.Electorate) {
		t.Errorf("asked of %v", r.Electorate)
	}
	b := voted(r, []string{"sam"})
	got := b.Tally(who)
	v := got.Vacant[0]
	if v.Of != 2 || v.Missing != 1 || !slices.Equal(v.Open, []string{"legal", "operations"}) || !slices.Equal(v.May, []string{"lea", "ola", "oz"}) {
		t.Errorf("%+v", v)
	}
	if !slices.Equal(b.Needed(got), v.May) || v.Text().Code != "approval.seat.of" || got.Filled[0].Circle[0] != "security" {
		t.Errorf("%+v", got)
	}
	// Two of one group are one.
	if got := voted(r, []string{"ola", "oz"}).Tally(who); len(got.Filled) != 1 || got.Filled[0].Person != "ola" || got.Vacant[0].Missing != 1 {
		t.Errorf("%+v", got)
	}
	// All three circles say go: two fill the seat, and the third has the seat beside it.
	r.Seats = append(r.Seats, approval.Seat{Name: "board", From: approval.Circle{"board"}})
	r.Electorate = append(r.Electorate, "board")
	if got := voted(r, []string{"ola", "lea", "sam"}).Tally(who); len(got.Filled) != 3 || !got.Fulfilled() {
		t.Errorf("%+v", got)
	}
	// A member who is barred, and one who is away.
	who.Barred, who.Away = []string{"lea"}, []string{"oz"}
	v = voted(twoOfThree(), []string{"sam"}).Tally(who).Vacant[0]
	if !slices.Equal(v.May, []string{"ola"}) || !slices.Equal(v.Away, []string{"oz"}) || v.Void {
		t.Errorf("%+v", v)
	}
	who.Barred = []string{"lea", "ola", "oz"}
	got = voted(twoOfThree(), []string{"sam"}).Tally(who)
	if !got.Impossible || !got.Vacant[0].Void || got.Vacant[0].Text().Code != "approval.seat.of_void" {
		t.Errorf("%+v", got)
	}
}

// Whoever stands in for somebody fills what that person would, for one circle only.
func TestStandingInForOneOfSeveralCircles(t *testing.T) {
	t.Parallel()
	m := approval.Members{"security": {"sam"}, "legal": {"lea"}, "operations": {"ola"}}
	both := approval.Electors{Groups: m, At: start.Add(time.Minute)}
	for _, from := range []string{"sam", "lea"} {
		both.Delegations = append(both.Delegations, approval.Delegation{From: from, To: "pat", Since: start, Until: start.Add(time.Hour)})
	}
	b := open(t, twoOfThree())
	b = cast(t, b, both, vote("pat", approval.Go, 1))
	got := b.Tally(both)
	if len(got.Filled) != 1 || got.Filled[0].For != "sam" || got.Filled[0].Circle[0] != "security" || b.State != approval.StateOpen {
		t.Fatalf("%s %+v", b.State, got)
	}
	if b = cast(t, b, both, vote("ola", approval.Go, 2)); b.State != approval.StatePassed || len(b.Final.Filled) != 2 {
		t.Errorf("%s %+v", b.State, b.Final)
	}
}

func TestNoWayIsLeftToFillTwoOfThree(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: approval.Members{"security": {"sam"}, "legal": {"lea"}, "operations": {"ola"}}, At: start}
	b := cast(t, open(t, twoOfThree()), who, vote("sam", approval.NoGo, 1))
	if b.State != approval.StateOpen {
		t.Fatalf("one no-go of three: %s", b.State)
	}
	if lost := cast(t, b, who, vote("lea", approval.NoGo, 2)); lost.State != approval.StateRejected || len(lost.Final.Vacant) != 1 {
		t.Errorf("%s %+v", lost.State, lost.Final)
	}
	b = cast(t, b, who, vote("lea", approval.Go, 2))
	if b = cast(t, b, who, vote("ola", approval.Go, 3)); b.State != approval.StatePassed {
		t.Errorf("%s", b.State)
	}
}

// A later stage is filled by others than those who fill the one before, and may move somebody there to another circle's place.
func TestStageAfterTwoOfThree(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: approval.Members{"security": {"sam"}, "legal": {"lea"}, "operations": {"ola", "bea"}, "board": {"sam", "bea"}}, At: start}
	r := approval.Rule{Name: "staged", Threshold: 0.5, Stages: []approval.Stage{
		{Name: "reviews", Seats: twoOfThree().Seats, Open: time.Hour},
		{Name: "board", Seats: []approval.Seat{{Name: "board", From: approval.Circle{"board"}, Count: 2}}, Open: time.Hour},
	}, Open: time.Hour}.For(nil)
	b := cast(t, open(t, r), who, vote("sam", approval.Go, 1))
	if b = cast(t, b, who, vote("lea", approval.Go, 2)); b.Stage != 1 || b.State != approval.StateOpen {
		t.Fatalf("%d %s", b.Stage, b.State)
	}
	// Sam can leave security's place to operations, which is asked as well: the board is Sam and Bea then.
	if got := b.Needed(b.Tally(who)); !slices.Equal(got, []string{"ola", "bea"}) {
		t.Errorf("needs %v of %+v", got, b.Tally(who))
	}
	b = cast(t, b, who, vote("bea", approval.Go, 3))
	if got := b.Tally(who); b.State != approval.StateOpen || len(got.Filled) != 3 {
		t.Errorf("three people for four places: %s %+v", b.State, got)
	}
	if b = cast(t, b, who, vote("ola", approval.Go, 4)); b.State != approval.StatePassed || len(b.Final.Filled) != 4 {
		t.Errorf("%s %+v", b.State, b.Final)
	}
}

func TestSeatOfSeveralCirclesIsValidated(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*approval.Seat)
		want   string
	}{
		"fine":        {func(*approval.Seat) {}, ""},
		"no count":    {func(s *approval.Seat) { s.Count = 0 }, ""},
		"all":         {func(s *approval.Seat) { s.Count = 3 }, ""},
		"too many":    {func(s *approval.Seat) { s.Count = 4 }, "seats[0].count: must be from 1 to 3"},
		"with from":   {func(s *approval.Seat) { s.From = approval.Circle{"cab"} }, "seats[0].of: from"},
		"with any_of": {func(s *approval.Seat) { s.AnyOf = []approval.Circle{{"cab"}} }, "seats[0].of: any_of"},
		"of nobody":   {func(s *approval.Seat) { s.Of[1] = nil }, "seats[0].of[1]: must name"},
		"group twice": {func(s *approval.Seat) { s.Of[1] = approval.Circle{"a", "a"} }, "seats[0].of[1]: names"},
		"no end":      {func(s *approval.Seat) { s.Of = slices.Repeat(s.Of, 22) }, "seats: of names 66 lists"},
	} {
		r := twoOfThree()
		tt.change(&r.Seats[0])
		err := r.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestSeatOfSeveralCirclesWithoutALadder(t *testing.T) {
	t.Parallel()
	r := twoOfThree()
	r.Seats[0].Count = 3
	next := r.Without(func(g string) bool { return g == "legal" })
	if s := next.Seats[0]; len(s.Of) != 2 || s.Count != 2 || next.Validate() != nil {
		t.Errorf("%+v %v", s, next.Validate())
	}
	if s := r.Seats[0]; len(s.Of) != 3 || s.Count != 3 {
		t.Errorf("the rule itself is %+v", s)
	}
	if short := r.Seats[0].Short(approval.Members{"security": {"a"}, "legal": {"a"}, "operations": {"b"}}); short != 1 {
		t.Errorf("lacks %d", short)
	}
}
