package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/window"
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

// EntriesFound lists, by the index of what holds when, the freezes, windows and tests of the year from an instant on, each once for each
// time that it holds, and those that the records say.
func EntriesFound(r state.Reader, at time.Time) (found, kept []string, err error) {
	x, err := entriesOf(r)
	if err != nil {
		return nil, nil, err
	}
	end := at.AddDate(1, 0, 0)
	for _, o := range x.Between(nil, at, end) {
		found = append(found, o.Entry.ID)
	}
	err = freezes.All(r, func(id string, f freeze.Freeze) error {
		for range f.Occurrences(at, end) {
			kept = append(kept, id)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	err = windows.All(r, func(id string, w window.Window) error {
		if !w.State.Ended() && w.Overlaps(at, end) {
			kept = append(kept, id)
		}
		return nil
	})
	slices.Sort(found)
	slices.Sort(kept)
	return found, kept, err
}
