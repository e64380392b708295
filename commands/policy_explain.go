package commands

import (
	"context"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/replay"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) policyExplain() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"policy", "explain"}, Summary: "Show which rule gave a release its tier, what every rule saw, and what would change it.",
			Params:   []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}},
			Examples: []command.Example{{Line: "/policy explain R-1", Does: "explains R-1's tier and the conditions of each environment"}},
		},
		Read: p.explainPolicy,
	}
}

func (p Ports) explainPolicy(r *bot.Reading, c command.Call) (chat.Reply, error) {
	rel, err := getRelease(r, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	d, err := decisionOn(r, rel)
	if err != nil {
		return chat.Reply{}, err
	}
	m := chat.Message{Title: chat.Say("policy.explained", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Nested("tier", tierValue(rel))),
		Private: true, Sections: []chat.Section{tierSection(r.Org, rel, d), rulesSection(r.Org, d), flipsSection(r.Org, d)}}
	ctx, cancel := context.WithTimeout(context.Background(), bot.FactsTimeout)
	defer cancel()
	seen, err := p.see(ctx, r, rel.Service)()
	if err != nil {
		return chat.Reply{}, err
	}
	s := chat.Section{Heading: chat.Say("heading.conditions")}
	for _, env := range r.Org.Environments {
		lines, err := conditionLines(r, rel, env, seen)
		if err != nil {
			return chat.Reply{}, err
		}
		s.Lines = append(s.Lines, lines...)
	}
	m.Sections = append(m.Sections, s)
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, IDs: map[string]string{"release": rel.ID}, Messages: []chat.Message{m}}, nil
}

// decisionOn is how a release's tier was decided. Of one that was planned before that was kept, it is what its record says.
func decisionOn(r state.Reader, rel release.Release) (replay.Decision, error) {
	d, ok, err := decisions.Get(r, rel.ID)
	if err != nil {
		return d, err
	}
	if !ok {
		d = replay.Decision{Release: rel.ID, Subject: rel.Subject(), At: rel.PlannedAt, Tier: rel.Assessed(), Rule: rel.Rule, Unrecorded: true,
			Context: policy.Context{V: policy.Version, Now: rel.PlannedAt, Change: changeIn(rel.Artifact), Release: &policy.Release{
				Source: ownRecords(rel.PlannedAt), ID: rel.ID, Service: rel.Service, Version: rel.Version, Planned: rel.PlannedAt}}}
	}
	return withSubjects(d, rel), nil
}

// withSubjects gives a kept context back what people wrote, which only the release's own record holds.
func withSubjects(d replay.Decision, rel release.Release) replay.Decision {
	if d.Context.Change != nil && rel.Artifact != nil && len(rel.Artifact.Build.Changes) == d.Context.Change.Commits {
		change := *d.Context.Change
		change.Subjects = rel.Artifact.Build.Changes
		d.Context.Change = &change
	}
	return d
}

// tierSection says who or what gave the tier, and what came of that since.
func tierSection(org *organisation.Organisation, rel release.Release, d replay.Decision) chat.Section {
	s := chat.Section{Heading: chat.Say("heading.tier")}
	line := chat.Line{Text: chat.Say("policy.decided", chat.Word("tier", d.Tier), chat.Word("rule", d.Rule), chat.Time("at", d.At))}
	if d.Rule == "" {
		line.Text = chat.Say("policy.decided_default", chat.Word("tier", d.Tier), chat.Time("at", d.At))
	}
	switch {
	case d.Unrecorded:
		line.Sub = append(line.Sub, chat.Say("policy.unrecorded"))
	case d.Policy != org.Digest:
		line.Sub = append(line.Sub, chat.Say("policy.changed_since", chat.Word("was", short(d.Policy)), chat.Word("is", short(org.Digest)),
			chat.Word("tier", string(org.Risk.Tier(d.Context).Tier))))
	}
	if rule := org.Tiers[rel.Tier].Approval; rule != "" {
		line.Sub = append(line.Sub, chat.Say("policy.asks", chat.Word("tier", rel.Tier), chat.Word("rule", rule)))
	} else {
		line.Sub = append(line.Sub, chat.Say("policy.asks_nothing", chat.Word("tier", rel.Tier)))
	}
	s.Lines = append(s.Lines, line)
	for _, change := range rel.Retiered {
		s.Lines = append(s.Lines, chat.Line{Text: retierText(change)})
	}
	return s
}

var answerCodes = map[replay.Standing]struct {
	code chat.Code
	mark chat.Mark
}{
	replay.Held:    {"policy.rule_holds", chat.MarkOpen},
	replay.Not:     {"policy.rule_not", chat.MarkClosed},
	replay.Unknown: {"policy.rule_unknown", chat.MarkUnknown},
}

// rulesSection is every rule with its answer and what it saw.
func rulesSection(org *organisation.Organisation, d replay.Decision) chat.Section {
	s := chat.Section{Heading: chat.Say("heading.rules")}
	for _, a := range org.Risk.Answers(d.Context) {
		said := answerCodes[replay.StandingOf(a.Answer)]
		line := chat.Line{Mark: said.mark, Text: chat.Say(said.code, chat.Word("rule", a.Name), chat.Word("tier", string(a.Tier)), chat.Word("expression", a.When))}
		if a.Answer.Unknown {
			line.Sub = append(line.Sub, chat.Say("policy.fault", chat.Word("problem", a.Answer.Fault)))
		}
		line.Sub = append(line.Sub, texts(a.Inputs)...)
		s.Lines = append(s.Lines, line)
	}
	s.Lines = append(s.Lines, chat.Line{Text: chat.Say("policy.default", chat.Word("tier", string(org.Risk.Default())))})
	return s
}

func texts(inputs []policy.Input) []chat.Text {
	out := make([]chat.Text, len(inputs))
	for i, in := range inputs {
		out[i] = in.Text()
	}
	return out
}

// flipsSection is what would make another tier.
func flipsSection(org *organisation.Organisation, d replay.Decision) chat.Section {
	s := chat.Section{Heading: chat.Say("heading.flips")}
	for _, f := range org.Risk.Flips(d.Context) {
		code := chat.Code("policy.flip_on")
		if f.Held {
			code = "policy.flip_off"
		}
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say(code, chat.Word("rule", f.Rule), chat.Word("tier", string(f.Tier)))})
	}
	if len(s.Lines) == 0 {
		s.Lines = []chat.Line{{Text: chat.Say("policy.flip_none")}}
	}
	return s
}

// conditionLines are the gates of an environment, and its conditions as they stand now.
func conditionLines(r *bot.Reading, rel release.Release, env organisation.Environment, seen sight) ([]chat.Line, error) {
	lines := []chat.Line{{Text: chat.Say("policy.gates", chat.Word("environment", env.Name), chat.List("gates", env.Gates))}}
	named := closures(r.Org, env)
	if len(named) == 0 {
		return lines, nil
	}
	facts := gate.Facts{Now: r.Now, Conditions: r.Org.Conditions, Emergency: rel.Emergency, Artifact: rel.Artifact, Openers: map[string][]string{}}
	var err error
	if facts.Policy, err = policyContext(r, r.Org, viewpoint{release: rel, environment: env, seen: seen, now: r.Now}); err != nil {
		return nil, err
	}
	if facts.Openings, err = openingsOf(r, r.Org, r.Bot.Store(), rel, env); err != nil {
		return nil, err
	}
	conditionOpeners(r.Org, env, facts.Openers)
	for _, v := range gate.Evaluate(env.Gates, facts).Verdicts {
		if _, condition := gate.ConditionOf(v.Gate); condition {
			lines = append(lines, v.Line())
		}
	}
	return lines, nil
}

func policyFields() bot.Command {
	var groups []string
	for _, f := range policy.Fields() {
		if !slices.Contains(groups, f.Group()) {
			groups = append(groups, f.Group())
		}
	}
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"policy", "fields"}, Summary: "List what risk rules and conditions may look at: type, meaning, unit, where it comes from.",
			Params: []command.Param{{Name: "group", Kind: command.KindChoice, Choices: groups, Optional: true, Help: "Only the fields of this group."}},
			Examples: []command.Example{
				{Line: "/policy fields", Does: "lists every name that an expression may use"},
				{Line: "/policy fields history", Does: "lists what is known of a service's past"},
			},
		},
		Read: func(_ *bot.Reading, c command.Call) (chat.Reply, error) {
			m := chat.Message{Title: chat.Say("policy.fields")}
			for _, group := range groups {
				if c.Has("group") && group != c.Text("group") {
					continue
				}
				s := chat.Section{}
				for _, f := range policy.Fields() {
					if f.Group() == group {
						s.Lines = append(s.Lines, fieldLine(f))
					}
				}
				m.Sections = append(m.Sections, s)
			}
			return privately(m, nil), nil
		},
	}
}

func fieldLine(f policy.Field) chat.Line {
	return chat.Line{Text: chat.Say("policy.field", chat.Word("name", f.Name), chat.Word("type", f.Type), chat.Word("unit", f.Unit), chat.Word("doc", f.Doc)),
		Sub: []chat.Text{chat.Say("policy.field_from", chat.Word("from", f.From), chat.Word("unknown", f.Unknown))}}
}

// retierText says who changed a tier, and why.
func retierText(change release.Retier) chat.Text {
	args := []chat.Arg{chat.Word("from", change.From), chat.Word("to", change.To), chat.Person("by", change.By), chat.Time("at", change.At)}
	if change.Reason != nil {
		args = append(args, chat.Quote("reason", *change.Reason))
	}
	if change.Ballot != "" {
		return chat.Say("risk.lowered_by", append(args, chat.Word("ballot", change.Ballot))...)
	}
	return chat.Say("risk.raised_by", args...)
}
