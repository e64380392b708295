package approval

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Rule says who decides and how. The same votes under the same rule always give the same result.
type Rule struct {
	Name string `json:"name" yaml:"name"`
	// Electorate are the groups or roles whose members vote; a person in several of them has one vote.
	Electorate []string `json:"electorate" yaml:"electorate"`
	// Quorum is how many votes, abstentions included, must be given.
	Quorum int `json:"quorum" yaml:"quorum"`
	// Share is the least share of the electors who are not away that must vote, besides Quorum; 0 for none.
	Share float64 `json:"share,omitempty" yaml:"share,omitempty"`
	// Threshold is the share of go among go and no-go that passes, above 0 up to 1. At least one go is always needed.
	Threshold float64 `json:"threshold" yaml:"threshold"`
	// Veto are the groups or roles whose single no-go rejects at once. A holder outside the electorate may only say no-go.
	Veto []string `json:"veto,omitempty" yaml:"veto,omitempty"`
	// Open is how long the ballot takes votes.
	Open time.Duration `json:"open" yaml:"open"`
	// Remind is how long before the end those who have not voted are reminded; 0 for never.
	Remind time.Duration `json:"remind,omitempty" yaml:"remind,omitempty"`
	// Wait keeps a ballot that would pass open until everybody has voted or its time is over, so that a veto can still
	// come. Without it a ballot passes with the vote that fulfils quorum and threshold, as change boards usually do.
	Wait bool `json:"wait,omitempty" yaml:"wait,omitempty"`
	// Confirm counts a vote, a veto included, only once the voter has confirmed it by a second factor.
	Confirm bool `json:"confirm,omitempty" yaml:"confirm,omitempty"`
	// Reminders are further times before the end at which those still needed are reminded.
	Reminders []Length `json:"reminders,omitempty" yaml:"reminders,omitempty"`
	// Seats must all be filled, each by the go of somebody else. With seats, Quorum may be 0: the seats say who must vote.
	Seats []Seat `json:"seats,omitempty" yaml:"seats,omitempty"`
	// Stages are asked one after another, instead of Seats.
	Stages []Stage `json:"stages,omitempty" yaml:"stages,omitempty"`
	// Hasty marks votes that are given within this time of being asked for; 0 for none.
	Hasty time.Duration `json:"hasty,omitempty" yaml:"hasty,omitempty"`
	// Evidence marks votes of people who did not open the evidence.
	Evidence bool `json:"evidence,omitempty" yaml:"evidence,omitempty"`
	// Unasked are seats of the rule that an open ballot does not ask for: see Asked.
	Unasked []Seat `json:"unasked,omitempty" yaml:"-"`
}

// Deciding is the rule without what changes no decision: its times, and the marks that votes get. A vote is bound to this much of it.
func (r Rule) Deciding() Rule {
	r.Open, r.Remind, r.Reminders, r.Hasty, r.Evidence = 0, 0, nil, 0, false
	r.Stages = slices.Clone(r.Stages)
	for i := range r.Stages {
		r.Stages[i].Open, r.Stages[i].Reminders = 0, nil
	}
	return r
}

// quorum is how many votes must be given where so many electors are there to give one.
func (r Rule) quorum(present int) int {
	if r.Share <= 0 {
		return r.Quorum
	}
	n := 1
	for n < present && float64(n)/float64(present) < r.Share {
		n++
	}
	return max(n, r.Quorum)
}

// Validate returns every problem of the rule joined (errors.Join), each beginning with the field's name; nil if none.
// Whether the quorum can be reached depends on who is a member at the time: Tally says so.
func (r Rule) Validate() error {
	var problems []error
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	add(r.Name == "", "name: must not be empty")
	add(len(r.Electorate) == 0 && !r.seated(), "electorate: must name at least one group or role")
	problems = append(problems, names("electorate", r.Electorate)...)
	add(r.Quorum < 0 || r.Quorum == 0 && r.Share == 0 && !r.seated(), "quorum: must be at least 1, is %d", r.Quorum)
	add(!(r.Share >= 0 && r.Share <= 1), "share: must be from 0 to 1, is %v", r.Share)
	add(!(r.Threshold > 0 && r.Threshold <= 1), "threshold: must be above 0 and at most 1, is %v", r.Threshold)
	problems = append(problems, names("veto", r.Veto)...)
	add(r.Open <= 0, "open: must be longer than 0, is %s", r.Open)
	add(r.Remind < 0, "remind: must not be negative, is %s", r.Remind)
	add(r.Open > 0 && r.Remind >= r.Open, "remind: must be shorter than open (%s), is %s", r.Open, r.Remind)
	add(r.Hasty < 0, "hasty: must not be negative, is %s", r.Hasty)
	problems = append(problems, reminderProblems("reminders", r.Reminders, r.Open)...)
	problems = append(problems, r.seatProblems()...)
	return errors.Join(problems...)
}

func names(field string, groups []string) []error {
	var problems []error
	seen := map[string]bool{}
	for _, g := range groups {
		switch {
		case g == "":
			problems = append(problems, fmt.Errorf("%s: must not hold an empty name", field))
		case seen[g]:
			problems = append(problems, fmt.Errorf("%s: names %q twice", field, g))
		}
		seen[g] = true
	}
	return problems
}
