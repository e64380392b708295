package commands

import (
	"maps"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/risk"
)

// describeWay says how a version comes from one environment to the next, and what it is asked there.
func describeWay(o *organisation.Organisation) (lines []chat.Line) {
	docs := map[string]string{}
	for _, g := range gate.All() {
		docs[g.Name] = g.Doc
	}
	for _, e := range o.Environments {
		l := line("describe.environment", some(chat.Word("environment", e.Name), chat.Word("after", e.After), chat.Word("pipeline", e.Pipeline),
			chat.Word("verify", e.Verify), chat.Duration("lock", e.Lock))...)
		for _, name := range e.Gates {
			if doc, ok := docs[name]; ok {
				l.Sub = append(l.Sub, chat.Say("describe.gate", chat.Word("gate", name), chat.Word("asks", doc)))
			} else {
				l.Sub = append(l.Sub, chat.Say("describe.gate_condition", chat.Word("gate", name)))
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// describeRisk says which tier a release gets, and what a tier asks for.
func describeRisk(o *organisation.Organisation) (lines []chat.Line) {
	for _, r := range o.Risk.Rules() {
		lines = append(lines, line("describe.rule", chat.Word("rule", r.Name), chat.Word("when", r.When), chat.Nested("tier", r.Tier.Text()), chat.Word("why", r.Why)))
	}
	lines = append(lines, line("describe.rule_default", chat.Nested("tier", o.Risk.Default().Text())))
	for _, name := range []risk.Tier{risk.High, risk.Medium, risk.Low} {
		t := o.Tiers[string(name)]
		tier, to := chat.Nested("tier", name.Text()), chat.Word("environment", last(o).Name)
		switch {
		case t.Approval == "":
			lines = append(lines, line("describe.tier_free", tier))
		case !o.Asks(gate.Approval):
			lines = append(lines, line("describe.tier_unasked", tier, chat.Word("approval", t.Approval)))
		default:
			lines = append(lines, line("describe.tier", tier, to, chat.Word("approval", t.Approval)))
		}
	}
	tiers := make([]string, len(o.Rehearsal.Tiers))
	for i, t := range o.Rehearsal.Tiers {
		tiers[i] = string(t)
	}
	lines = append(lines, line("describe.rehearsal", some(chat.List("tiers", tiers), chat.Duration("within", o.Rehearsal.Within))...))
	return lines
}

// describeVotes says of each vote whom it asks and what carries it.
func describeVotes(o *organisation.Organisation) (lines []chat.Line) {
	for _, name := range slices.Sorted(maps.Keys(o.Approvals)) {
		lines = append(lines, describeVote(o, name, o.Approvals[name]))
	}
	return lines
}

func describeVote(o *organisation.Organisation, name string, r approval.Rule) chat.Line {
	l := line("describe.vote", some(chat.Word("approval", name), chat.List("groups", r.Electorate), chat.People("people", describedMembers(o, r.Electorate)),
		chat.Duration("open", r.Open))...)
	say := func(code chat.Code, args ...chat.Arg) { l.Sub = append(l.Sub, chat.Say(code, args...)) }
	if r.Quorum > 0 {
		say("describe.quorum", chat.Count("quorum", r.Quorum))
	}
	if r.Share > 0 {
		say("describe.quorum_share", chat.Percent("share", r.Share))
	}
	if len(r.Stages) == 0 {
		say("describe.threshold", chat.Percent("threshold", r.Threshold))
	}
	l.Sub = append(l.Sub, describeSeats(o, r.Seats)...)
	for _, s := range r.Stages {
		say("describe.stage", chat.Word("stage", s.Name), chat.Duration("open", s.Open))
		l.Sub = append(l.Sub, describeSeats(o, s.Seats)...)
		l.Sub = append(l.Sub, describeReminders(s.Reminders)...)
	}
	if len(r.Veto) > 0 {
		say("describe.veto", chat.List("groups", r.Veto), chat.People("people", describedMembers(o, r.Veto)))
	}
	l.Sub = append(l.Sub, describeReminders(append([]approval.Length{approval.Length(r.Remind)}, r.Reminders...))...)
	for _, set := range []struct {
		holds bool
		code  chat.Code
	}{{r.Wait, "describe.wait"}, {r.Confirm, "describe.confirm"}, {r.Evidence, "describe.evidence"}} {
		if set.holds {
			say(set.code)
		}
	}
	if r.Hasty > 0 {
		say("describe.hasty", chat.Duration("within", r.Hasty))
	}
	return l
}

func describeSeats(o *organisation.Organisation, seats []approval.Seat) (texts []chat.Text) {
	for _, s := range seats {
		if s.When != "" {
			texts = append(texts, chat.Say("describe.seat_when", chat.Word("seat", s.Name), chat.Word("when", s.When)))
		}
		count := max(1, s.Count)
		if len(s.Of) > 0 {
			texts = append(texts, chat.Say("describe.seat_of", chat.Word("seat", s.Name), chat.Count("count", count), chat.Count("circles", len(s.Of))))
			for _, circle := range s.Of {
				texts = append(texts, chat.Say("describe.seat_circle", some(chat.Word("seat", s.Name), chat.List("groups", circle),
					chat.People("people", describedMembers(o, circle)))...))
			}
			continue
		}
		if len(s.AnyOf) == 0 {
			texts = append(texts, chat.Say("describe.seat", some(chat.Word("seat", s.Name), chat.Count("count", count), chat.List("groups", s.From),
				chat.People("people", describedMembers(o, s.From)))...))
			continue
		}
		for _, circle := range s.AnyOf {
			texts = append(texts, chat.Say("describe.seat_any", some(chat.Word("seat", s.Name), chat.Count("count", count), chat.List("groups", circle),
				chat.People("people", describedMembers(o, circle)))...))
		}
	}
	return texts
}

func describeReminders(before []approval.Length) (texts []chat.Text) {
	for _, l := range before {
		if l > 0 {
			texts = append(texts, chat.Say("describe.remind", chat.Duration("before", time.Duration(l))))
		}
	}
	return texts
}

// describedMembers are the people in groups or roles, each once; of seats whose people depend on the service, none.
func describedMembers(o *organisation.Organisation, groups []string) (ids []string) {
	for _, g := range groups {
		for _, id := range o.Directory.Members(g) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
