package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
)

func milestoneAdd() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"milestone", "add"}, Right: people.Plan, DryRun: true,
			Summary: "Promise that a release is in an environment by the end of a day.",
			Params: []command.Param{
				{Name: "title", Kind: command.KindText, Help: "What it is called, in quotes."},
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where it is to be."},
				{Name: "day", Kind: command.KindText, Help: "By the end of which day: 2026-12-15."},
			},
			Examples: []command.Example{{Line: `/milestone add "instant transfers" R-1 {environment} 2030-12-15`, Does: "promises R-1 in {environment} by 15 December 2030"}},
		},
		Decide: addMilestone,
	}
}

func addMilestone(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	day, err := dayAhead(t, c.Text("day"))
	if err != nil {
		return chat.Reply{}, err
	}
	if refusal := unreachable(r, c.Text("environment")); refusal != nil {
		return chat.Reply{}, refusal
	}
	title, err := t.Seal(c.Text("title"))
	if err != nil {
		return chat.Reply{}, err
	}
	id, err := t.Next(letterMilestone)
	if err != nil {
		return chat.Reply{}, err
	}
	m := milestone.Milestone{V: milestone.Version, ID: id, Title: title, Release: r.ID, Environment: c.Text("environment"), Day: day,
		State: milestone.Planned, By: t.Person, At: t.Now.UTC()}
	t.About(id)
	if err := putMilestone(t, m); err != nil {
		return chat.Reply{}, err
	}
	return done(chat.Say("milestone.added", milestoneArgs(m, chat.Word("what", r.Subject()), chat.Word("quarter", quarterOfDay(t.Org, day).String()))...),
		map[string]string{"milestone": id, "release": r.ID}), nil
}

// dayAhead reads a day that is not over yet.
func dayAhead(t *bot.Turn, said string) (time.Time, error) {
	day, err := fiscal.ParseDay(said)
	if err != nil {
		return day, err
	}
	if !t.Now.Before(t.Org.Planning.Fiscal.EndOfDay(day)) {
		return day, chat.Reject("milestone.past", chat.Word("day", day.Format(time.DateOnly)))
	}
	return day, nil
}

// unreachable refuses to promise what is there already, or what will not come.
func unreachable(r release.Release, environment string) *chat.Refusal {
	if d := r.Passed[environment]; d != "" {
		return chat.Refuse("milestone.there", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("environment", environment), chat.Word("deployment", d))
	}
	if r.State.Settled() && !r.State.Deployable() {
		return chat.Refuse("milestone.ended", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Nested("state", r.State.Text()))
	}
	return nil
}

// quarterOfDay is the fiscal quarter that a day falls into.
func quarterOfDay(org *organisation.Organisation, day time.Time) fiscal.Quarter {
	return org.Planning.Fiscal.Of(org.Planning.Fiscal.EndOfDay(day).Add(-time.Nanosecond))
}
