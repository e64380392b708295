package approval

import (
	"cmp"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// place is one person's part of a seat, with the groups that may fill it.
type place struct {
	seat   int
	circle Circle
	only   fillers
}

// seating is who fills which place. The place that the fewest people belong to is filled first, then the next in the order in which
// the rule names them, each by whoever voted first of those who may: so the same votes fill the same seats in whatever order they
// came, and somebody who belongs to a narrow circle is not spent on a wide one.
type seating struct {
	seats  []Seat
	places []place
	by     []int // the index of whoever fills each place: of people, and after them of spare; vacant for nobody
	open   int   // places that nobody fills
	people []string
	spare  []int // the seat of each stand-in
	may    func(person int, circle Circle) bool
	size   func(Circle) int
}

// vacant stands for nobody.
const vacant = -1

// seat finds the seating of people that fills the most places. may tells whether a person may fill a place, and size how many
// people belong to a circle.
func seat(seats []Seat, people []string, may func(person int, circle Circle) bool, size func(Circle) int) seating {
	var best seating
	choice := make([]int, len(seats))
	for {
		s := seating{seats: seats, people: people, may: may, size: size}
		for i, one := range seats {
			for _, circle := range one.way(choice[i]) {
				s.places = append(s.places, place{seat: i, circle: circle})
			}
			s.spare = append(s.spare, slices.Repeat([]int{i}, one.spare())...)
		}
		s.fill()
		if best.places == nil || s.open < best.open {
			best = s
		}
		if best.open == 0 || !next(choice, seats) {
			return best
		}
	}
}

// next moves to the next way to choose a circle for each seat; false after the last.
func next(choice []int, seats []Seat) bool {
	for i := len(choice) - 1; i >= 0; i-- {
		if choice[i]++; choice[i] < seats[i].ways() {
			return true
		}
		choice[i] = 0
	}
	return false
}

// order lists the places from the narrowest to the widest, equal ones as the rule names them.
func (s *seating) order() []int {
	order := make([]int, len(s.places))
	for p := range order {
		order[p] = p
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.size(s.places[a].circle), s.size(s.places[b].circle)) })
	return order
}

// fill is Kuhn's algorithm for maximum bipartite matching: place after place looks for somebody who is free, or whose place
// somebody else can take.
func (s *seating) fill() {
	s.by = slices.Repeat([]int{vacant}, len(s.places))
	s.open = 0
	at := slices.Repeat([]int{vacant}, len(s.people)+len(s.spare)) // the place that each of them fills
	var take func(p int, tried []bool) bool
	take = func(p int, tried []bool) bool {
		for i := range at {
			if at[i] == vacant && s.fits(i, s.places[p]) {
				s.by[p], at[i] = i, p
				return true
			}
		}
		for i := range at {
			if tried[i] || !s.fits(i, s.places[p]) {
				continue
			}
			tried[i] = true
			if take(at[i], tried) {
				s.by[p], at[i] = i, p
				return true
			}
		}
		return false
	}
	for _, p := range s.order() {
		if !take(p, make([]bool, len(at))) {
			s.open++
		}
	}
}

// goers are the people whose go is given, the earliest first.
func (b *Ballot) goers(choices ...Choice) []string {
	votes := slices.Clone(b.Votes)
	slices.SortStableFunc(votes, func(a, b Vote) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Person, b.Person)) })
	var ids []string
	for i := range votes {
		if v := &votes[i]; slices.Contains(choices, v.Choice) && b.given(v) && (v.Bound == "" || v.Bound == b.Digest) {
			ids = append(ids, v.Person)
		}
	}
	return ids
}

// seating is who fills which of the seats that are asked for so far.
func (b *Ballot) seating(who Electors, by []Delegation, people []string) seating {
	return seat(b.Rule.asks(b.Stage), people, func(i int, circle Circle) bool {
		if who.in(circle, people[i]) {
			return true
		}
		_, ok := who.principal(by, circle, people[i])
		return ok
	}, func(circle Circle) int { return len(who.all(circle, nil)) })
}

// coverage is what the count says of seats: the places that nobody fills, and whether they are out of reach because of how people
// voted rather than of who there is.
func (b *Ballot) coverage(who Electors, by []Delegation, waiting []string) (open int, lost bool) {
	yes := b.goers(Go)
	if open = b.seating(who, by, yes).open; open == 0 {
		return 0, false
	}
	still := slices.Concat(by, b.coming(who))
	reach := b.seating(who, still, slices.Concat(yes, waiting)).open == 0
	if reach {
		return open, false
	}
	against := b.goers(Go, NoGo)
	if len(waiting) == 0 {
		against = b.goers(Go, NoGo, Abstain)
	}
	return open, b.seating(who, still, slices.Concat(against, waiting)).open == 0
}

// Filling is a place that somebody fills.
type Filling struct {
	Seat   string `json:"s"`
	Person string `json:"p"`
	For    string `json:"f,omitempty"` // whose place the person has, where it is another's
	// Circle are the groups that the person fills the seat for, where it is one of several.
	Circle Circle `json:"c,omitempty"`
}

// Vacancy is what a seat still asks for.
type Vacancy struct {
	Seat    string `json:"s"`
	Missing int    `json:"m"`
	// May are the people whose next go would fill a place of it, by themselves or by freeing somebody who does; those who voted
	// otherwise are not among them.
	May []string `json:"p,omitempty"`
	// Away are those who would be among them if they had not said that they are away.
	Away []string `json:"a,omitempty"`
	// Void says that it stays open as things are, whoever says go.
	Void bool `json:"v,omitempty"`
	// Of is how many circles must be filled where the seat is of several, and Open are the groups of those that nobody fills; they are
	// more than what is missing where not all must be.
	Of   int      `json:"n,omitempty"`
	Open []string `json:"o,omitempty"`
}

// seats says in the tally who fills what, what is still open, and who could fill it.
func (t *Tally) seats(b *Ballot, who Electors, by []Delegation, waiting []string) {
	yes := b.goers(Go)
	s := b.seating(who, by, yes)
	s.settle()
	for p, place := range s.places {
		if !s.peopled(p) {
			continue
		}
		f := Filling{Seat: s.seats[place.seat].Name, Person: s.people[s.by[p]]}
		if len(s.seats[place.seat].Of) > 0 {
			f.Circle = place.circle
		}
		if !who.in(place.circle, f.Person) {
			f.For, _ = who.principal(by, place.circle, f.Person)
		}
		t.Filled = append(t.Filled, f)
	}
	if s.open == 0 {
		return
	}
	t.Vacant = s.vacant()
	still := slices.Concat(by, b.coming(who))
	for _, id := range waiting {
		list := func(v *Vacancy) *[]string { return &v.May }
		if slices.Contains(who.Away, id) {
			list = func(v *Vacancy) *[]string { return &v.Away }
		}
		with := b.seating(who, still, append(slices.Clip(yes), id))
		for i := range t.Vacant {
			if v := &t.Vacant[i]; with.missing(v.Seat) < v.Missing {
				*list(v) = append(*list(v), id)
			}
		}
	}
	all := b.seating(who, still, slices.Concat(b.goers(Go, NoGo, Abstain), waiting))
	for i := range t.Vacant {
		v := &t.Vacant[i]
		v.Void = all.missing(v.Seat) > 0
	}
	t.Impossible = t.Impossible || all.open > 0
}

// vacant lists the seats with open places, in the order in which the rule names them.
func (s *seating) vacant() (list []Vacancy) {
	for i, one := range s.seats {
		n := s.missing(one.Name)
		if n == 0 {
			continue
		}
		v := Vacancy{Seat: one.Name, Missing: n}
		if len(one.Of) > 0 {
			v.Of, v.Open = one.people(), s.unpeopled(i)
		}
		list = append(list, v)
	}
	return list
}

// missing is how many places of a seat nobody fills.
func (s *seating) missing(seat string) (n int) {
	for p, place := range s.places {
		if s.by[p] == vacant && s.seats[place.seat].Name == seat {
			n++
		}
	}
	return n
}

// seatsText words the votes where there are seats: how many are filled, and which are not.
func (t Tally) seatsText(args []chat.Arg) chat.Text {
	filled, places := len(t.Filled), len(t.Filled)
	var open, void []string
	for _, v := range t.Vacant {
		places += v.Missing
		open = append(open, v.Seat)
		if v.Void {
			void = append(void, v.Seat)
		}
	}
	args = append(args, chat.Count("filled", filled), chat.Count("places", places))
	switch {
	case t.Impossible && len(void) > 0:
		if len(t.Barred) > 0 {
			args = append(args, chat.People("barred", t.Barred))
		}
		return chat.Say("approval.seats.impossible", append(args, chat.List("open", void))...)
	case len(open) > 0:
		args = append(args, chat.List("open", open))
	case t.Missing > 0:
		args = append(args, chat.Count("missing", t.Missing))
	case t.Go+t.NoGo > 0 && t.Share < t.Threshold:
		return chat.Say("approval.tally.below", args...)
	}
	return chat.Say("approval.tally.seats", args...)
}

// Text words the place that somebody fills.
func (f Filling) Text() chat.Text {
	args := []chat.Arg{chat.Person("person", f.Person), chat.Word("seat", f.Seat)}
	if f.For != "" {
		args = append(args, chat.Person("for", f.For))
	}
	if len(f.Circle) > 0 {
		args = append(args, chat.List("circle", f.Circle))
	}
	return chat.Say("approval.seat.filled", args...)
}

// Text words what a seat still asks for, and of whom.
func (v Vacancy) Text() chat.Text {
	args := []chat.Arg{chat.Word("seat", v.Seat)}
	switch {
	case v.Of > 0:
		args = append(args, chat.Count("filled", v.Of-v.Missing), chat.Count("of", v.Of), chat.List("open", v.Open))
	case v.Missing > 1:
		args = append(args, chat.Count("missing", v.Missing))
	}
	if len(v.May) > 0 {
		args = append(args, chat.People("may", v.May))
	}
	if len(v.Away) > 0 {
		args = append(args, chat.People("away", v.Away))
	}
	switch {
	case v.Of > 0 && v.Void:
		return chat.Say("approval.seat.of_void", args...)
	case v.Of > 0:
		return chat.Say("approval.seat.of", args...)
	case v.Void:
		return chat.Say("approval.seat.void", args...)
	}
	return chat.Say("approval.seat.open", args...)
}
