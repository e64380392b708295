package approval

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Seat is a place on a board: it is filled by the go of somebody who belongs to it, and whoever fills one seat fills no other.
type Seat struct {
	Name string `json:"name"`
	// From are the groups or roles whose members may fill it.
	From Circle `json:"from,omitempty"`
	// AnyOf are alternatives to From: circles of groups, one of which fills the seat by itself.
	AnyOf []Circle `json:"any_of,omitempty"`
	// Of are circles of which Count must each be filled by somebody else, instead of From and AnyOf.
	Of []Circle `json:"of,omitempty"`
	// Count is how many people must fill it, each with a go of their own; 0 is 1.
	Count int `json:"count,omitempty"`
	// When is the expression on which it hangs whether the seat is asked for; empty: it always is. Unknown says of an open ballot that
	// it could not be told, and so is.
	When    string `json:"when,omitempty"`
	Unknown bool   `json:"unknown,omitempty"`
}

// Circle are groups or roles that a seat is filled from.
type Circle []string

// Stage is a part of a vote that is asked once the stages before it are filled.
type Stage struct {
	Name  string `json:"name"`
	Seats []Seat `json:"seats"`
	// Open is how long the stage takes votes, from the moment at which it is asked.
	Open time.Duration `json:"open"`
	// Reminders are how long before the stage's end those who are still needed are reminded.
	Reminders []Length `json:"remind,omitempty"`
}

// Length is a length of time in nanoseconds.
type Length time.Duration

// D is the length as the standard library has it.
func (l Length) D() time.Duration { return time.Duration(l) }

// Limits of what a rule may ask for, so that who fills what is found at once however people vote.
const (
	MaxSeats        = 64 // people asked for over all seats and stages, and circles that are named under of
	MaxAlternatives = 64 // ways to choose one circle for each seat
)

// people is how many people a seat asks for.
func (s Seat) people() int { return max(1, s.Count) }

// circles are all that a seat may be filled from.
func (s Seat) circles() []Circle {
	switch {
	case len(s.Of) > 0:
		return s.Of
	case len(s.AnyOf) > 0:
		return s.AnyOf
	}
	return []Circle{s.From}
}

// ways is how many ways there are to choose whom a seat is filled from.
func (s Seat) ways() int { return max(1, len(s.AnyOf)) }

// way are the circles of the places that a seat has when it is filled in one of its ways: one for each person, or all of Of.
func (s Seat) way(choice int) []Circle {
	if len(s.Of) > 0 {
		return s.Of
	}
	return slices.Repeat(s.circles()[choice:choice+1], s.people())
}

// spare is how many of the places of a seat nobody needs to fill.
func (s Seat) spare() int { return max(0, len(s.Of)-s.people()) }

// seated reports whether the rule asks for seats at all.
func (r Rule) seated() bool { return len(r.Seats) > 0 || len(r.Stages) > 0 }

// asks are the seats that are asked for up to a stage, the first being 0, in the order in which they are named.
func (r Rule) asks(stage int) []Seat {
	if len(r.Stages) == 0 {
		return r.Seats
	}
	var seats []Seat
	for i := range r.Stages {
		if i <= stage {
			seats = append(seats, r.Stages[i].Seats...)
		}
	}
	return seats
}

// last is the number of the last stage.
func (r Rule) last() int { return max(0, len(r.Stages)-1) }

// open is how long a stage takes votes.
func (r Rule) open(stage int) time.Duration {
	if stage < len(r.Stages) {
		return r.Stages[stage].Open
	}
	return r.Open
}

// reminders are how long before the end of a stage people are reminded.
func (r Rule) reminders(stage int) []Length {
	if stage < len(r.Stages) {
		return r.Stages[stage].Reminders
	}
	if r.Remind > 0 {
		return append([]Length{Length(r.Remind)}, r.Reminders...)
	}
	return r.Reminders
}

// groupsOf lists the groups that fill seats, each once.
func groupsOf(seats []Seat, groups []string) []string {
	for _, s := range seats {
		for _, circle := range s.circles() {
			for _, g := range circle {
				if !slices.Contains(groups, g) {
					groups = append(groups, g)
				}
			}
		}
	}
	return groups
}

// For is the rule as it is asked about something that these business lines are affected by: a seat of the line owners becomes one
// seat for each line, and whoever may fill a seat is in the electorate. Without lines the owners' seat stays, and nobody can fill it.
func (r Rule) For(lines []string) Rule {
	if !r.seated() {
		return r
	}
	r.Seats = perLine(r.Seats, lines)
	r.Stages = slices.Clone(r.Stages)
	for i := range r.Stages {
		r.Stages[i].Seats = perLine(r.Stages[i].Seats, lines)
	}
	r.Electorate = groupsOf(r.asks(r.last()), slices.Clone(r.Electorate))
	return r
}

func perLine(seats []Seat, lines []string) []Seat {
	var out []Seat
	for _, s := range seats {
		if len(lines) == 0 || !slices.Contains(s.From, LineOwners) {
			out = append(out, s)
			continue
		}
		for _, line := range lines {
			one := s
			one.Name = s.Name + " of " + line
			one.From = slices.Clone(s.From)
			one.From[slices.Index(one.From, LineOwners)] = LineOwner + line
			out = append(out, one)
		}
	}
	return out
}

// seatProblems are what makes the seats of a rule unfit to be filled.
func (r Rule) seatProblems() []error {
	problems := seatProblems("seats", r.Seats)
	if len(r.Stages) > 0 && len(r.Seats) > 0 {
		problems = append(problems, errors.New("seats: stages have seats of their own: write them there"))
	}
	stages := map[string]bool{}
	for i, s := range r.Stages {
		path := fmt.Sprintf("stages[%d]", i)
		switch {
		case s.Name == "":
			problems = append(problems, fmt.Errorf("%s.name: must not be empty", path))
		case stages[s.Name]:
			problems = append(problems, fmt.Errorf("%s.name: names %q twice", path, s.Name))
		}
		stages[s.Name] = true
		if len(s.Seats) == 0 {
			problems = append(problems, fmt.Errorf("%s.seats: must name at least one seat", path))
		}
		problems = append(problems, seatProblems(path+".seats", s.Seats)...)
		if s.Open <= 0 {
			problems = append(problems, fmt.Errorf("%s.open: must be longer than 0, is %s", path, s.Open))
		}
		problems = append(problems, reminderProblems(path+".remind", s.Reminders, s.Open)...)
	}
	people, circles, ways := 0, 0, 1
	known := map[string]bool{}
	for _, s := range r.asks(r.last()) {
		if known[s.Name] && s.Name != "" {
			problems = append(problems, fmt.Errorf("seats: names %q twice", s.Name))
		}
		known[s.Name] = true
		people += s.people()
		circles += len(s.Of)
		ways *= min(MaxAlternatives+1, s.ways())
		ways = min(ways, MaxAlternatives+1)
	}
	if people > MaxSeats {
		problems = append(problems, fmt.Errorf("seats: %d people are asked for, more than %d", people, MaxSeats))
	}
	if circles > MaxSeats {
		problems = append(problems, fmt.Errorf("seats: of names %d lists, more than %d", circles, MaxSeats))
	}
	if ways > MaxAlternatives {
		problems = append(problems, fmt.Errorf("seats: there are more than %d ways to choose among any_of", MaxAlternatives))
	}
	return problems
}

func seatProblems(path string, seats []Seat) []error {
	var problems []error
	for i, s := range seats {
		at := fmt.Sprintf("%s[%d]", path, i)
		if s.Name == "" {
			problems = append(problems, fmt.Errorf("%s.name: must not be empty", at))
		}
		switch {
		case len(s.From)+len(s.AnyOf)+len(s.Of) == 0:
			problems = append(problems, fmt.Errorf("%s.from: must name at least one group or role", at))
		case len(s.From) > 0 && len(s.AnyOf) > 0:
			problems = append(problems, fmt.Errorf("%s.any_of: from says already who fills the seat", at))
		case len(s.Of) > 0 && len(s.From) > 0:
			problems = append(problems, fmt.Errorf("%s.of: from says already who fills the seat", at))
		case len(s.Of) > 0 && len(s.AnyOf) > 0:
			problems = append(problems, fmt.Errorf("%s.of: any_of says already who fills the seat", at))
		}
		problems = append(problems, names(at+".from", s.From)...)
		problems = append(problems, circleProblems(at+".any_of", s.AnyOf)...)
		problems = append(problems, circleProblems(at+".of", s.Of)...)
		switch n := len(s.Of); {
		case s.Count < 0:
			problems = append(problems, fmt.Errorf("%s.count: must be at least 1, is %d", at, s.Count))
		case n > 0 && s.Count > n:
			problems = append(problems, fmt.Errorf("%s.count: must be from 1 to %d, as many lists as of names, is %d", at, n, s.Count))
		}
	}
	return problems
}

func circleProblems(path string, circles []Circle) []error {
	var problems []error
	for i, circle := range circles {
		at := fmt.Sprintf("%s[%d]", path, i)
		if len(circle) == 0 {
			problems = append(problems, fmt.Errorf("%s: must name at least one group or role", at))
		}
		problems = append(problems, names(at, circle)...)
	}
	return problems
}

// reminderProblems are what is wrong with reminders that come so long before the end of a time.
func reminderProblems(path string, reminders []Length, open time.Duration) []error {
	var problems []error
	for i, l := range reminders {
		if l <= 0 || open > 0 && l.D() >= open {
			problems = append(problems, fmt.Errorf("%s[%d]: must be longer than 0 and shorter than open (%s), is %s", path, i, open, l.D()))
		}
	}
	return problems
}
