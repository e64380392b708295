package approval

import (
	"errors"
	"fmt"
	"time"
)

// Rule says who decides and how. The same votes under the same rule always give the same result.
type Rule struct {
	Name string `json:"name" yaml:"name"`
	// Electorate are the groups or roles whose members vote; a person in several of them has one vote.
	Electorate []string `json:"electorate" yaml:"electorate"`
	// Quorum is how many votes, abstentions included, must be given.
	Quorum int `json:"quorum" yaml:"quorum"`
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
	add(len(r.Electorate) == 0, "electorate: must name at least one group or role")
	problems = append(problems, names("electorate", r.Electorate)...)
	add(r.Quorum < 1, "quorum: must be at least 1, is %d", r.Quorum)
	add(!(r.Threshold > 0 && r.Threshold <= 1), "threshold: must be above 0 and at most 1, is %v", r.Threshold)
	problems = append(problems, names("veto", r.Veto)...)
	add(r.Open <= 0, "open: must be longer than 0, is %s", r.Open)
	add(r.Remind < 0, "remind: must not be negative, is %s", r.Remind)
	add(r.Open > 0 && r.Remind >= r.Open, "remind: must be shorter than open (%s), is %s", r.Open, r.Remind)
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
