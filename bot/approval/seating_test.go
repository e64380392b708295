package approval_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

var circles = []string{"cab", "security", "owners", "board"}

// boards draws who is in which group.
func boards(t *rapid.T) approval.Members {
	m := approval.Members{}
	for _, g := range circles {
		m[g] = subset(t, g)
	}
	return m
}

func seatRules(t *rapid.T) approval.Rule {
	r := approval.Rule{Name: "seats", Threshold: 0.01, Open: time.Hour}
	for i := range rapid.IntRange(1, 4).Draw(t, "seats") {
		s := approval.Seat{Name: fmt.Sprint("seat ", i), Count: rapid.IntRange(1, 2).Draw(t, "count")}
		group := rapid.SampledFrom(circles)
		if rapid.Bool().Draw(t, "any of") {
			s.AnyOf = []approval.Circle{{group.Draw(t, "one")}, {group.Draw(t, "other")}}
		} else {
			s.From = rapid.SliceOfNDistinct(group, 1, 2, rapid.ID).Draw(t, "from")
		}
		r.Seats = append(r.Seats, s)
	}
	return r.For(nil)
}

// filled is the most places that these people can fill, by trying everything.
func filled(seats []approval.Seat, m approval.Members, people []string) int {
	type place struct{ groups []string }
	var most int
	var try func(left []place, used map[string]bool, n int)
	try = func(left []place, used map[string]bool, n int) {
		most = max(most, n)
		if len(left) == 0 {
			return
		}
		try(left[1:], used, n)
		for _, id := range people {
			in := slices.ContainsFunc(left[0].groups, func(g string) bool { return slices.Contains(m[g], id) })
			if in && !used[id] {
				used[id] = true
				try(left[1:], used, n+1)
				used[id] = false
			}
		}
	}
	var choose func(i int, places []place)
	choose = func(i int, places []place) {
		if i == len(seats) {
			try(places, map[string]bool{}, 0)
			return
		}
		ways := seats[i].AnyOf
		if len(ways) == 0 {
			ways = []approval.Circle{seats[i].From}
		}
		for _, way := range ways {
			more := slices.Clone(places)
			for range max(1, seats[i].Count) {
				more = append(more, place{way})
			}
			choose(i+1, more)
		}
	}
	choose(0, nil)
	return most
}

func places(seats []approval.Seat) (n int) {
	for _, s := range seats {
		n += max(1, s.Count)
	}
	return n
}

// The seating fills as many places as any could, nobody twice, whoever voted in whatever order.
func TestSeatingIsTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, r := boards(t), seatRules(t)
		go_ := rapid.SliceOfNDistinct(rapid.SampledFrom(crowd[:6]), 0, 6, rapid.ID).Draw(t, "go")
		tally := func(order []string) approval.Tally {
			b := approval.Ballot{ID: "B-1", State: approval.StateOpen, Rule: r, Proposal: proposal, Digest: proposal.Digest(), Opened: start, Closes: start.Add(time.Hour)}
			for i, id := range order {
				b.Votes = append(b.Votes, approval.Vote{Person: id, Choice: approval.Go, At: start.Add(time.Duration(i) * time.Second)})
			}
			return b.Tally(approval.Electors{Groups: m, At: start})
		}
		got := tally(go_)
		if want := filled(r.Seats, m, go_); len(got.Filled) != want {
			t.Fatalf("%d places filled, %d could be: %+v", len(got.Filled), want, got)
		}
		seen, open := map[string]bool{}, 0
		for _, f := range got.Filled {
			if seen[f.Person] || !slices.Contains(go_, f.Person) {
				t.Fatalf("%s fills a place: %+v", f.Person, got.Filled)
			}
			seen[f.Person] = true
		}
		for _, v := range got.Vacant {
			open += v.Missing
		}
		if len(got.Filled)+open != places(r.Seats) {
			t.Fatalf("places do not add up: %+v", got)
		}
		again := tally(rapid.Permutation(go_).Draw(t, "order"))
		if len(again.Filled) != len(got.Filled) || seatsOf(again) != seatsOf(got) {
			t.Fatalf("in another order %+v, first %+v", again.Filled, got.Filled)
		}
		// Whoever is named for an open seat fills one place more, and so does nobody else.
		for _, id := range crowd {
			if slices.Contains(go_, id) {
				continue
			}
			named := slices.ContainsFunc(got.Vacant, func(v approval.Vacancy) bool { return slices.Contains(v.May, id) })
			if more := filled(r.Seats, m, append(slices.Clone(go_), id)); more > len(got.Filled) && !named {
				t.Fatalf("%s would fill one more and is not asked: %+v", id, got.Vacant)
			}
		}
	})
}

func seatsOf(t approval.Tally) string {
	var names []string
	for _, v := range t.Vacant {
		names = append(names, fmt.Sprint(v.Seat, v.Missing))
	}
	slices.Sort(names)
	return fmt.Sprint(names)
}

// However a vote with seats goes, what passed was carried by as many people as there are places, all of them electors who may.
func TestNoPairFillsThreeSeats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, r := boards(t), seatRules(t)
		b, no := approval.Open("B-1", "R-1", approval.Release, r, proposal, start)
		if no != nil {
			t.Fatal(no)
		}
		barred := subset(t, "barred")
		who := approval.Electors{Groups: m, Barred: barred, At: start}
		for i := range rapid.IntRange(1, 15).Draw(t, "turns") {
			v := draw(t, i)
			if next, no := b.Cast(v, who); no == nil {
				b = next
			}
		}
		if b.State != approval.StatePassed {
			return
		}
		approvers := b.Approvers(who)
		if len(approvers) < places(r.Seats) || filled(r.Seats, m, approvers) != places(r.Seats) {
			t.Fatalf("%v passed %+v", approvers, r.Seats)
		}
		for _, id := range approvers {
			if slices.Contains(barred, id) {
				t.Fatalf("%s is barred and approved", id)
			}
		}
	})
}

// One more go never takes a passed vote back, and one more vote never raises what is missing of a quorum.
func TestMoreGoIsNeverLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := boards(t)
		r := rapid.Custom(seatRules).Draw(t, "rule")
		if rapid.Bool().Draw(t, "plain") {
			r = rules().Draw(t, "plain rule")
			r.Veto = nil
			r.Share = rapid.SampledFrom([]float64{0, 0.25, 0.5, 2.0 / 3, 1}).Draw(t, "share")
		}
		who := approval.Electors{Groups: m, Away: subset(t, "away"), At: start}
		b := approval.Ballot{ID: "B-1", State: approval.StateOpen, Rule: r, Proposal: proposal, Digest: proposal.Digest(), Opened: start, Closes: start.Add(time.Hour)}
		for i, id := range subset(t, "voters") {
			b.Votes = append(b.Votes, approval.Vote{Person: id, Choice: rapid.SampledFrom(approval.Choices).Draw(t, "choice"), At: start.Add(time.Duration(i))})
		}
		before := b.Tally(who)
		more := b
		id := rapid.SampledFrom(crowd).Draw(t, "one more")
		if _, voted := b.VoteOf(id); voted {
			return
		}
		more.Votes = append(slices.Clone(b.Votes), approval.Vote{Person: id, Choice: approval.Go, At: start.Add(time.Minute)})
		after := more.Tally(who)
		// Somebody away who votes is there, and a share of those who are there grows by them: by less than one vote.
		if after.Missing > before.Missing || after.Share < before.Share && before.Go > 0 || before.Fulfilled() && !after.Fulfilled() {
			t.Fatalf("before %+v\nafter %+v", before, after)
		}
	})
}
