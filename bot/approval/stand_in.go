package approval

import "slices"

// A seat of n of m circles has m places, and m-n stand-ins that fill any of these and no other: so it is filled in the matching exactly
// when n people fill places of it. Where a place is open, every stand-in of its seat fills another, as it would fill that one; so just as
// many people are missing as places are open. Stand-ins are nobody: who fills what names people only.

// fillers are who may fill a place.
type fillers int

const (
	anybody fillers = iota
	peopleOnly
	standInsOnly
)

// fits reports whether a person, or a stand-in, may fill a place.
func (s *seating) fits(i int, p place) bool {
	if i < len(s.people) {
		return p.only != standInsOnly && s.may(i, p.circle)
	}
	return p.only != peopleOnly && s.spare[i-len(s.people)] == p.seat
}

// peopled reports whether a person fills a place.
func (s *seating) peopled(p int) bool { return s.by[p] != vacant && s.by[p] < len(s.people) }

// unpeopled lists the groups of the places of a seat that no person fills, each once.
func (s *seating) unpeopled(seat int) (groups []string) {
	for p, place := range s.places {
		if place.seat != seat || s.peopled(p) {
			continue
		}
		for _, g := range place.circle {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// settle chooses which of the circles of each seat people fill, no more of them than it asks for: the narrowest that they can, without
// opening any place that is filled. So this, too, is the same in whatever order they voted. Which places are filled depends on who said
// go alone: those that a greedy choice takes are a basis of a transversal matroid.
func (s *seating) settle() {
	if len(s.spare) == 0 {
		return
	}
	var kept []int // the places that are filled
	filled := seating{seats: s.seats, people: s.people, spare: s.spare, may: s.may, size: s.size}
	needed := make([]int, len(s.seats)) // people of each seat that may still be placed
	for i, one := range s.seats {
		needed[i] = one.people()
	}
	for p, place := range s.places {
		if s.by[p] != vacant {
			kept = append(kept, p)
			filled.places = append(filled.places, place)
		}
	}
	for _, p := range filled.order() {
		place := &filled.places[p]
		if s.seats[place.seat].spare() == 0 {
			continue
		}
		if needed[place.seat] > 0 {
			place.only = peopleOnly
			if filled.fill(); filled.open == 0 {
				needed[place.seat]--
				continue
			}
		}
		place.only = standInsOnly
	}
	filled.fill()
	for i, p := range kept {
		s.by[p] = filled.by[i]
	}
}

// Short is how many people the seat still lacks when everybody in these groups says go and no other seat is asked for.
func (s Seat) Short(in Members) int {
	everybody := Electors{Groups: in}
	people := everybody.all(groupsOf([]Seat{s}, nil), nil)
	return seat([]Seat{s}, people, func(i int, circle Circle) bool { return everybody.in(circle, people[i]) },
		func(circle Circle) int { return len(everybody.all(circle, nil)) }).open
}
