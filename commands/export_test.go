package commands

import (
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
