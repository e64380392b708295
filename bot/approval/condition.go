package approval

import "slices"

// Asked is the rule as it is asked where the conditions of its seats are answered: a seat whose condition does not hold is not asked for,
// and stands under Unasked. One of which that is not known is asked for. A stage that is left without a seat is left out.
func (r Rule) Asked(holds func(when string) (holds, known bool)) Rule {
	asked := func(seats []Seat) (kept []Seat) {
		for _, s := range seats {
			if s.When != "" {
				yes, known := holds(s.When)
				if known && !yes {
					r.Unasked = append(r.Unasked, s)
					continue
				}
				s.Unknown = !known
			}
			kept = append(kept, s)
		}
		return kept
	}
	if len(r.Conditions()) == 0 {
		return r
	}
	r.Unasked = nil
	r.Seats = asked(r.Seats)
	stages := r.Stages
	r.Stages = nil
	for _, s := range stages {
		if s.Seats = asked(s.Seats); len(s.Seats) > 0 {
			r.Stages = append(r.Stages, s)
		}
	}
	return r
}

// Conditions are the expressions on which seats of the rule hang, each once.
func (r Rule) Conditions() (all []string) {
	for _, s := range r.asks(r.last()) {
		if s.When != "" && !slices.Contains(all, s.When) {
			all = append(all, s.When)
		}
	}
	return all
}

// AllSeats are the seats of every stage, in the order in which they are named.
func (r Rule) AllSeats() []Seat { return r.asks(r.last()) }
