package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/risk"
	"github.com/gonogo-chat/gonogo/bot/train"
)

// describeFreezes says which freezes stand, how they are announced, and what becomes of what is under way.
func describeFreezes(o *organisation.Organisation) (lines []chat.Line) {
	for _, f := range o.Freezes.Standing {
		l := line("describe.standing", chat.Word("freeze", f.Name), chat.Nested("scope", f.Scope.Text()), chat.Nested("when", f.Schedule.Text()), chat.Word("why", f.Why))
		if !f.Schedule.Rule.IsZero() {
			l.Sub = append(l.Sub, chat.Say("describe.standing_first", chat.Word("from", shownWall(f.Schedule.Start.String(), f.Schedule.AllDay))))
		}
		lines = append(lines, l)
	}
	for _, before := range o.Freezes.Announce {
		lines = append(lines, line("describe.announce", chat.Duration("before", before)))
	}
	for _, r := range o.Freezes.Exceptions {
		args := some(chat.Word("approval", r.Approval), chat.List("tiers", r.Tiers))
		if !r.Scope.Everything() {
			args = append(args, chat.Nested("scope", r.Scope.Text()))
		}
		lines = append(lines, line("describe.exception_rule", args...))
	}
	return append(lines, describeUnderWay(o)...)
}

// frozenUnderWay words what becomes of a deployment when a freeze begins.
var frozenUnderWay = map[freeze.Running]chat.Code{
	freeze.Finish: "describe.running.finish", freeze.Pause: "describe.running.pause", freeze.RollBack: "describe.running.rollback",
}

func describeUnderWay(o *organisation.Organisation) (lines []chat.Line) {
	for _, tier := range []risk.Tier{risk.High, risk.Medium, risk.Low} {
		way := o.Freezes.Running[string(tier)]
		if frozenUnderWay[way] == "" {
			way = freeze.Finish
		}
		lines = append(lines, line(frozenUnderWay[way], chat.Nested("tier", tier.Text())))
	}
	return lines
}

// shownWall is a time of a wall clock as people write it, of whole days the date alone.
func shownWall(written string, allDay bool) string {
	at, err := time.Parse("2006-01-02T15:04:05", written)
	switch {
	case err != nil:
		return written
	case allDay:
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02 15:04")
}

// together words what becomes of a train when one of its releases fails.
var together = map[train.OnFailure]chat.Code{train.HoldOn: "describe.train.hold", train.StopAll: "describe.train.stop", train.RollBack: "describe.train.roll_back"}

// describeTiming says when releases go out by rule, how downtime is agreed, and how they go together.
func describeTiming(o *organisation.Organisation) (lines []chat.Line) {
	for _, t := range o.Cadence.Trains() {
		lines = append(lines, chat.Line{Text: chat.Say("describe.cadence", append(some(chat.Word("train", t.Name), chat.Word("service", t.Service), chat.Word("line", t.Line),
			chat.Word("why", t.Why)), chat.Nested("when", t.Schedule.Text()), chat.Nested("reason", t.Reason.Text()))...),
			Sub: []chat.Text{chat.Say("describe.standing_first", chat.Word("from", shownWall(t.Schedule.Start.String(), t.Schedule.AllDay)))}})
	}
	if o.Windows.Answer > 0 {
		lines = append(lines, line("describe.windows", some(chat.Duration("answer", o.Windows.Answer), chat.Duration("remind", o.Windows.Remind))...))
	}
	if code := together[o.Trains.OnFailure]; code != "" {
		lines = append(lines, line(code, chat.Count("parallel", o.Trains.Parallel)))
	}
	return lines
}
