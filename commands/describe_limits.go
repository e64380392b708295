package commands

import (
	"maps"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// mays says what a row of the matrix of duties allows, by whether it allows to vote, to be the only one who did, and to deploy.
var mays = map[duty.Row]chat.Code{
	{}: "describe.may.nothing", {Execute: true}: "describe.may.deploy",
	{Approve: true}: "describe.may.vote", {Approve: true, Execute: true}: "describe.may.vote_deploy",
	{Approve: true, Alone: true}: "describe.may.alone", {Approve: true, Alone: true, Execute: true}: "describe.may.alone_deploy",
}

// either is one code or the other.
func either(holds bool, yes, no chat.Code) chat.Code {
	if holds {
		return yes
	}
	return no
}

// describeDuties says what whoever had a part in a release may do with it.
func describeDuties(o *organisation.Organisation) (lines []chat.Line) {
	p := o.Duty
	for _, of := range []struct {
		code chat.Code
		row  duty.Row
	}{
		{"describe.duty.author", p.Author}, {"describe.duty.merger", p.Merger}, {"describe.duty.pipeline_editor", p.PipelineEditor},
		{"describe.duty.config_editor", p.ConfigEditor}, {"describe.duty.requester", p.Requester},
	} {
		of.row.Alone = of.row.Alone && of.row.Approve
		lines = append(lines, line(of.code, chat.Nested("may", chat.Say(mays[of.row]))))
	}
	return append(lines,
		line(either(p.ApproverMayExecute, "describe.duty.approver_may", "describe.duty.approver_may_not")),
		line(either(p.SoleApproverMayExecute, "describe.duty.sole_may", "describe.duty.sole_may_not")),
		line(either(p.IdentifierMayDecide, "describe.duty.registrar_may", "describe.duty.registrar_may_not")),
		line(either(p.AdministratorMayDecide, "describe.duty.administrator_may", "describe.duty.administrator_may_not")),
		line(either(p.MachinesMayAuthor, "describe.duty.machines_may", "describe.duty.machines_may_not")),
		line("describe.duty.unknown"),
	)
}

// describeMoments says when nothing goes out: what closes by itself, and who may open it.
func describeMoments(o *organisation.Organisation) (lines []chat.Line) {
	if x := o.Freezes.Exception; x != "" {
		lines = append(lines, line("describe.freeze", chat.Word("approval", x), chat.Duration("lifetime", o.Freezes.Lifetime)))
	} else {
		lines = append(lines, line("describe.freeze_none"))
	}
	lines = append(lines, describeFreezes(o)...)
	for _, name := range slices.Sorted(maps.Keys(o.Conditions)) {
		c := o.Conditions[name]
		lines = append(lines, line("describe.condition", chat.Word("condition", name), chat.Word("when", c.When.Expression()), chat.Word("closes", c.Closes)))
		to := &lines[len(lines)-1]
		if len(c.OpensBy) > 0 {
			to.Sub = append(to.Sub, chat.Say("describe.condition_opens", chat.List("groups", c.OpensBy), chat.People("people", describedMembers(o, c.OpensBy)), chat.Duration("lasting", c.Lasting)))
		} else {
			to.Sub = append(to.Sub, chat.Say("describe.condition_shut"))
		}
		if c.Emergency {
			to.Sub = append(to.Sub, chat.Say("describe.condition_emergency"))
		}
		used := slices.DeleteFunc(environmentNames(o), func(e string) bool {
			env, _ := o.Environment(e)
			return !slices.ContainsFunc(env.Gates, func(g string) bool { return g == "condition:"+name || g == name })
		})
		if len(used) == 0 {
			to.Sub = append(to.Sub, chat.Say("describe.condition_unused"))
		}
	}
	return lines
}

func environmentNames(o *organisation.Organisation) (names []string) {
	for _, e := range o.Environments {
		names = append(names, e.Name)
	}
	return names
}

// describeEmergency says what goes when production is down.
func describeEmergency(o *organisation.Organisation) []chat.Line {
	e := o.Emergency
	if e.Approval == "" {
		return []chat.Line{line("describe.emergency_none")}
	}
	return []chat.Line{
		line("describe.emergency", chat.Word("approval", e.Approval), chat.Word("environment", last(o).Name), chat.Duration("lifetime", e.Lifetime),
			chat.List("gates", emergencyGates(o))),
		line(either(o.Duty.ExecutorMayReview, "describe.review", "describe.review_strict"),
			some(chat.Duration("within", e.ReviewWithin), chat.List("escalate", e.Escalate))...),
		line("describe.emergency_duties"),
	}
}

// describeRights says who may do what, grant by grant, and who is in which group.
func describeRights(o *organisation.Organisation) (lines []chat.Line) {
	d := o.Directory
	rights := map[string][]string{}
	for _, r := range d.Roles {
		for _, right := range r.Rights {
			rights[r.Name] = append(rights[r.Name], string(right))
		}
	}
	for _, g := range d.Grants {
		lines = append(lines, line("describe.grant", some(chat.Word("role", g.Role), chat.List("rights", rights[g.Role]), chat.People("people", g.People),
			chat.List("groups", g.Groups), chat.List("services", g.Services), chat.List("lines", g.Lines), chat.List("environments", g.Environments))...))
	}
	for _, r := range d.Roles {
		if !slices.ContainsFunc(d.Grants, func(g people.Grant) bool { return g.Role == r.Name }) {
			lines = append(lines, line("describe.role_unheld", chat.Word("role", r.Name), chat.List("rights", rights[r.Name])))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Groups)) {
		lines = append(lines, line("describe.group", some(chat.Word("group", name), chat.People("people", d.Groups[name]))...))
	}
	for _, p := range d.People {
		if p.Machine {
			lines = append(lines, line("describe.machine", chat.Person("person", p.ID)))
		}
	}
	return append(lines, line("describe.nobody"))
}
