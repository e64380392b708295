package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// namesSeen bounds the records that one completion looks at: it is asked at every keystroke.
const namesSeen = 64

// names lists what an argument can be, the likeliest first: what is under way before what has ended.
func (v *versions) names(r *bot.Reading, kind command.Kind, given map[string]command.Value) []string {
	if kind == command.KindVersion {
		service, ok := r.Org.Service(given["service"].Text)
		if !ok {
			return nil
		}
		return v.list(service.Name, r.Now)
	}
	var ids []string
	for _, list := range namesOf[kind] {
		ids = append(ids, list(r)...)
	}
	return ids
}

// namesOf are the tables that the ids of a kind are in.
var namesOf = map[command.Kind][]func(*bot.Reading) []string{
	command.KindRelease:    {releaseNames},
	command.KindDeployment: {deploymentNames},
	command.KindFreeze:     {freezeNames},
	command.KindException:  {exceptionNames},
	command.KindFollowUp:   {followUpNames},
	command.KindTrain:      {trainNames},
	command.KindMilestone:  {milestoneNames},
	command.KindWindow:     {windowNames},
	command.KindSubject:    {openBallotNames, openPageNames, releaseNames, exceptionNames},
}

func releaseNames(r *bot.Reading) []string {
	return newest(r, releases, func(x release.Release) (bool, bool) { return true, x.State.Settled() })
}

func deploymentNames(r *bot.Reading) []string {
	return newest(r, deployments, func(x rollout.Deployment) (bool, bool) { return true, !x.State.Open() })
}

func freezeNames(r *bot.Reading) []string {
	return newest(r, freezes, func(x freeze.Freeze) (bool, bool) {
		at := x.State(r.Now)
		return at == freeze.Active || at == freeze.Announced, false
	})
}

func windowNames(r *bot.Reading) []string {
	return newest(r, windows, func(x window.Window) (bool, bool) { return !x.Over(r.Now), false })
}

func exceptionNames(r *bot.Reading) []string {
	return newest(r, exceptions, func(x freeze.Exception) (bool, bool) { return !x.State.Terminal(), false })
}

func followUpNames(r *bot.Reading) []string {
	return newest(r, followUps, func(x followup.FollowUp) (bool, bool) { return x.State != followup.Closed, false })
}

func openBallotNames(r *bot.Reading) []string {
	return newest(r, ballots.records, func(x approval.Ballot) (bool, bool) { return x.State == approval.StateOpen, false })
}

func openPageNames(r *bot.Reading) []string {
	return newest(r, pages, func(x followup.Page) (bool, bool) { return x.State == followup.PageTriggered, false })
}

// newest lists the ids of the newest records of a table; fits says of one whether it is listed, and whether after the others.
func newest[T any](r *bot.Reading, table state.Table[T], fits func(T) (listed, last bool)) []string {
	var first, then []string
	seen := 0
	// A failure leaves the list shorter: it only helps to type.
	_ = table.Latest(r, func(id string, x T) error {
		if seen++; seen > namesSeen {
			return kv.ErrStop
		}
		switch listed, last := fits(x); {
		case listed && last:
			then = append(then, id)
		case listed:
			first = append(first, id)
		}
		return nil
	})
	return append(first, then...)
}
