package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/state"
)

// The bot's memory, for tests that judge what is left of a crash or a race.
var (
	Releases    = releases
	Deployments = deployments
	Freezes     = freezes
	Exceptions  = exceptions
	Locks       = locks
	FollowUps   = followUps
	Pages       = pages
	RunningNow  = running
)

// How forms are made of commands.
var (
	Form  = form
	Takes = takes
)

// EveryBallot visits every ballot with its votes.
func EveryBallot(r state.Reader, visit func(string, approval.Ballot) error) error {
	return ballots.records.All(r, func(id string, _ approval.Ballot) error {
		b, _, err := ballots.Get(r, id)
		if err != nil {
			return err
		}
		return visit(id, b)
	})
}

// FreezesFound lists, by the index of what holds when, the freezes that may hold from an instant on, and those that the records say.
func FreezesFound(r state.Reader, at time.Time) (found, kept []string, err error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range x.Between(nil, at, at.AddDate(1, 0, 0), kindFreeze) {
		found = append(found, o.Entry.ID)
	}
	all, err := standingFreezes(r)
	for _, f := range all {
		for range f.Occurrences(at, at.AddDate(1, 0, 0)) {
			kept = append(kept, f.ID)
		}
	}
	slices.Sort(found)
	slices.Sort(kept)
	return found, kept, err
}
