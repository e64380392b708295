package approval

import "slices"

// Ladder begins the name of the group of everybody whom a ladder has reached: what follows is the ladder's name.
const Ladder = "ladder:"

// Groups lists every group that the rule names, each once: those of its electorate, of its vetoes and of its seats.
func (r Rule) Groups() []string {
	all := groupsOf(r.asks(r.last()), slices.Clone(r.Electorate))
	for _, g := range r.Veto {
		if !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}

// Without is the rule without some groups. A seat that was to be filled from these alone is not asked for, and one of several circles asks
// for no more than are left of them; a rule that would be left with nobody to ask stays as it is.
func (r Rule) Without(drop func(group string) bool) Rule {
	next := r
	next.Electorate = slices.DeleteFunc(slices.Clone(r.Electorate), drop)
	next.Veto = slices.DeleteFunc(slices.Clone(r.Veto), drop)
	next.Seats = seatsWithout(r.Seats, drop)
	next.Stages = nil
	for _, s := range r.Stages {
		if s.Seats = seatsWithout(s.Seats, drop); len(s.Seats) > 0 {
			next.Stages = append(next.Stages, s)
		}
	}
	if len(next.Electorate) == 0 && !next.seated() {
		return r
	}
	return next
}

func seatsWithout(seats []Seat, drop func(string) bool) []Seat {
	var kept []Seat
	for _, s := range seats {
		s.From = slices.DeleteFunc(slices.Clone(s.From), drop)
		s.AnyOf = circlesWithout(s.AnyOf, drop)
		if s.Of = circlesWithout(s.Of, drop); len(s.Of) > 0 {
			s.Count = min(s.Count, len(s.Of))
		}
		if len(s.From)+len(s.AnyOf)+len(s.Of) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

func circlesWithout(circles []Circle, drop func(string) bool) (kept []Circle) {
	for _, c := range circles {
		if c = slices.DeleteFunc(slices.Clone(c), drop); len(c) > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

// AskedFrom is the number of the stage from which on a group is asked, the first being 0: that of the first seat that it may fill.
func (r Rule) AskedFrom(group string) int {
	for i, s := range r.Stages {
		if slices.Contains(groupsOf(s.Seats, nil), group) {
			return i
		}
	}
	return 0
}
