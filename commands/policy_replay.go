package commands

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/replay"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

const (
	replayBack = 90 * 24 * time.Hour // how far back a replay goes when nothing else is said
	// replayShown is how many differences an answer in chat lists; the command line lists all.
	replayShown = 20
)

func (p Ports) policyTest() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"policy", "test"}, Right: people.Administer,
			Summary: "Replay past releases under the configuration file as it is now, and list every decision that would differ.",
			Params: []command.Param{
				{Name: "configuration", Kind: command.KindSubject, Optional: true, Help: "The proposal that the file must be: C-1."},
				{Name: "since", Kind: command.KindDuration, Flag: true, Optional: true, Help: "How far back; 90 days if left out."},
			},
			Examples: []command.Example{
				{Line: "/policy test --since 90d", Does: "replays the last 90 days under the file as it is now"},
				{Line: "/policy test C-1", Does: "replays them under the proposal C-1"},
			},
		},
		Read: p.testPolicy,
	}
}

func (p Ports) testPolicy(r *bot.Reading, c command.Call) (chat.Reply, error) {
	if p.Reload == nil {
		return chat.Reply{}, chat.Refuse("config.no_file")
	}
	if !r.Org.May(r.Person, people.Administer, people.Everything, people.Everything) {
		return chat.Reply{}, chat.Refuse("may.not", chat.Word("right", string(people.Administer)), chat.People("holders", administrators(r.Org)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), bot.FactsTimeout)
	defer cancel()
	read, err := p.Reload(ctx)
	if err != nil {
		return chat.Reply{}, chat.Refuse("policy.test_bad")
	}
	if id := c.Text("configuration"); id != "" {
		candidate, ok, err := candidates.Get(r, id)
		switch {
		case err != nil:
			return chat.Reply{}, err
		case !ok:
			return chat.Reply{}, chat.Reject("config.unknown", chat.Word("configuration", id))
		case candidate.Digest != read.Organisation.Digest:
			return chat.Reply{}, chat.Refuse("config.file_changed", chat.Word("configuration", id), chat.Word("proposed", short(candidate.Digest)),
				chat.Word("digest", short(read.Organisation.Digest)))
		}
	}
	back := replayBack
	if c.Has("since") {
		back = c.Duration("since")
	}
	m, err := PolicyTest(r, read.Organisation, r.Now.Add(-back), replayShown)
	return privately(m, nil), err
}

// PolicyTest replays what was decided since an instant under another configuration, and lists up to so many decisions that would
// differ; 0 lists all.
func PolicyTest(r state.Reader, next *organisation.Organisation, since time.Time, most int) (chat.Message, error) {
	count, differences, err := replayed(r, next, since)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Title: chat.Say("policy.tested", chat.Count("releases", count.Releases), chat.Count("decisions", count.Decisions), chat.Time("since", since),
		chat.Count("differ", count.Differ)), Tone: chat.Good}
	if len(differences) > 0 {
		m.Tone = chat.Warning
	}
	s := chat.Section{}
	shown := differences
	if most > 0 {
		shown = differences[:min(most, len(differences))]
	}
	for _, d := range shown {
		s.Lines = append(s.Lines, differenceLine(d))
	}
	if more := len(differences) - len(shown); more > 0 {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("policy.tested_more", chat.Count("more", more))})
	}
	if count.Unrecorded > 0 {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("policy.tested_unrecorded", chat.Count("count", count.Unrecorded))})
	}
	if len(s.Lines) > 0 {
		m.Sections = []chat.Section{s}
	}
	return m, nil
}

// replayed asks another configuration about every decision since an instant, the newest release first.
func replayed(r state.Reader, next *organisation.Organisation, since time.Time) (count replay.Count, differences []replay.Difference, err error) {
	under := proposed(next)
	ask := func(rel release.Release, d replay.Decision) {
		if d.At.Before(since) {
			return
		}
		count.Decisions++
		if d.Unrecorded {
			count.Unrecorded++
		}
		found := under.Compare(withSubjects(d, rel))
		if len(found) > 0 {
			count.Differ++
		}
		differences = append(differences, found...)
	}
	err = releases.Latest(r, func(id string, rel release.Release) error {
		// What was planned before may have been let through since: releases live for weeks, not for years.
		if rel.PlannedAt.Before(since) && rel.ChangedAt.Before(since) {
			if rel.PlannedAt.Before(since.Add(-replayBack)) {
				return kv.ErrStop
			}
			return nil
		}
		count.Releases++
		tier, err := decisionOn(r, rel)
		if err != nil {
			return err
		}
		if tier.Unrecorded {
			tier.Approval = next.Tiers[tier.Tier].Approval // only its tier is known
		}
		ask(rel, tier)
		for _, env := range next.Environments {
			for _, key := range []string{id + "/" + env.Name, id + "/" + env.Name + refusedThere} {
				d, ok, err := decisions.Get(r, key)
				if err != nil {
					return err
				}
				if ok {
					ask(rel, d)
				}
			}
		}
		return nil
	})
	return count, differences, err
}

var differenceCodes = map[replay.Kind]chat.Code{
	replay.Tier: "policy.differs_tier", replay.Approval: "policy.differs_approval", replay.Terms: "policy.differs_terms", replay.Condition: "policy.differs_condition",
	replay.Gate: "policy.differs_gate",
}

// differenceLine says what would differ, which rule did it, and the figures.
func differenceLine(d replay.Difference) chat.Line {
	args := []chat.Arg{chat.Word("release", d.Decision.Release), chat.Word("what", d.Decision.Subject), chat.Time("at", d.Decision.At),
		chat.Word("environment", d.Decision.Environment), chat.Word("rule", d.Rule)}
	switch d.Kind {
	case replay.Condition:
		args = append(args, chat.Nested("before", standingText(d.Before)), chat.Nested("after", standingText(d.After)))
	case replay.Gate:
		args = append(args, chat.Nested("before", gateStandingText(d.Before)), chat.Nested("after", gateStandingText(d.After)))
	default:
		args = append(args, chat.Word("before", d.Before), chat.Word("after", d.After))
	}
	line := chat.Line{Mark: chat.MarkClosed, Text: chat.Say(differenceCodes[d.Kind], args...)}
	if d.Fault != "" {
		line.Mark = chat.MarkUnknown
		line.Sub = append(line.Sub, chat.Say("policy.fault", chat.Word("problem", d.Fault)))
	}
	line.Sub = append(line.Sub, texts(d.Inputs)...)
	return line
}

// gateStandingText is what a gate said, or that it was not asked.
func gateStandingText(said string) chat.Text {
	if said == string(replay.Absent) || said == string(replay.Unknown) {
		return standingText(said)
	}
	return chat.Say("policy.gate_was", chat.Nested("status", gate.Status(said).Text()))
}

func standingText(standing string) chat.Text {
	return chat.Say("policy.standing." + chat.Code(standing))
}
