package organisation

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/ladder"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// Planning is what the organisation decided of how releases are planned against its business.
type Planning struct {
	Fiscal       fiscal.Calendar
	Hours        map[string]ladder.Hours
	Ladders      map[string]Ladder
	Deferral     []DeferralRule
	Architecture Architecture
	Budgets      map[string]Budget // by service
}

// Ladder is who is asked next when a vote is not decided in time.
type Ladder struct {
	Name  string
	When  *policy.Condition // of the releases that go up it; nil: all
	Rungs []ladder.Rung
}

// DeferralRule holds releases back for as long as its condition holds.
type DeferralRule struct {
	deferral.Rule
	When  *policy.Condition
	Until *policy.Condition // nil: when the other no longer holds
}

// Architecture is the board that decides on releases that change what depends on what.
type Architecture struct {
	Approval string            // name of an approval rule; empty: there is no board
	When     *policy.Condition // of releases that need its go besides; nil: none
}

// Budget is how much of a service may go wrong, and where that is measured.
type Budget struct {
	Environment string
	Expr        string
	Allowed     float64 // share of requests that may fail, above 0
	Window      time.Duration
	MinCount    float64
}

// Revenue reports whether one of a service's business lines earns money directly.
func (o *Organisation) Revenue(s Service) bool {
	return slices.ContainsFunc(s.Lines, func(line string) bool { return o.Lines[line].Revenue })
}

// OwnersOf are the people who answer for a service: its owner, or the members of the group that is.
func (o *Organisation) OwnersOf(service string) []string {
	s, _ := o.Service(service)
	if _, person := o.Directory.Person(s.Owner); person {
		return []string{s.Owner}
	}
	return slices.Clone(o.Directory.Members(s.Owner))
}
