package commands

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/ladder"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// expression is a condition as it was written; empty for none.
func expression(c *policy.Condition) string {
	if c == nil {
		return ""
	}
	return c.Expression()
}

// describePlanning says what holds releases back by itself, and who is asked when nobody decides.
func describePlanning(o *organisation.Organisation) (lines []chat.Line) {
	p := o.Planning
	for _, r := range p.Deferral {
		lines = append(lines, line("describe.deferral", some(chat.Word("rule", r.Name), chat.List("tiers", r.Tiers), chat.Word("when", expression(r.When)),
			chat.Word("until", expression(r.Until)), chat.Word("why", r.Why), chat.Duration("hold", r.Hold))...))
	}
	if o.Asks(gate.Incident) || o.Incidents.Trace > 0 {
		lines = append(lines, line("describe.incidents", chat.Word("severity", string(o.Incidents.Block)), chat.Duration("trace", o.Incidents.Trace)))
	}
	for _, service := range slices.Sorted(maps.Keys(p.Budgets)) {
		b := p.Budgets[service]
		lines = append(lines, line("describe.budget", chat.Word("service", service), chat.Word("environment", b.Environment), chat.Percent("allowed", b.Allowed),
			chat.Duration("window", b.Window), chat.Word("expr", b.Expr), chat.Number("least", b.MinCount)))
	}
	if a := p.Architecture; a.Approval != "" {
		lines = append(lines, line("describe.architecture", some(chat.Word("approval", a.Approval), chat.Word("when", expression(a.When)))...))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Ladders)) {
		lines = append(lines, describeLadder(o, p.Ladders[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Hours)) {
		lines = append(lines, describeHours(name, p.Hours[name]))
	}
	return lines
}

func describeLadder(o *organisation.Organisation, l organisation.Ladder) chat.Line {
	out := line("describe.ladder", some(chat.Word("ladder", l.Name), chat.Word("when", expression(l.When)))...)
	for i, r := range l.Rungs {
		out.Sub = append(out.Sub, chat.Say("describe.rung", some(chat.Count("number", i+1), chat.List("groups", r.Ask), chat.People("people", describedMembers(o, r.Ask)),
			chat.Duration("within", r.Within), chat.Word("hours", r.Hours))...))
	}
	return out
}

func describeHours(name string, h ladder.Hours) chat.Line {
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	zone := "UTC"
	if h.Zone != nil {
		zone = h.Zone.String()
	}
	days := chat.Nested("days", chat.Say("describe.hours_days"))
	if len(h.Days) > 0 {
		var names []string
		for _, d := range h.Days {
			names = append(names, d.String())
		}
		days = chat.List("days", names)
	}
	return line("describe.hours", some(chat.Word("hours", name), days, chat.Word("from", clock(h.From)), chat.Word("to", clock(h.To)), chat.Word("zone", zone),
		chat.List("holidays", h.Holidays))...)
}

// describeFigures says how the past and the year are counted, and what is known of business lines.
func describeFigures(o *organisation.Organisation) (lines []chat.Line) {
	if o.History > 0 {
		lines = append(lines, line("describe.history", chat.Duration("history", o.History)))
	} else {
		lines = append(lines, line("describe.history_all"))
	}
	lines = append(lines, describeFiscal(o.Planning.Fiscal))
	for _, name := range slices.Sorted(maps.Keys(o.Lines)) {
		l := o.Lines[name]
		var groups []string
		for _, owner := range l.Owners {
			if _, person := o.Directory.Person(owner); !person {
				groups = append(groups, owner)
			}
		}
		to := line("describe.line", some(chat.Word("line", name), chat.List("groups", groups), chat.People("people", releaseGroups{org: o}.owners(name)))...)
		if l.Revenue {
			to.Sub = append(to.Sub, chat.Say("describe.line_revenue"))
		}
		if l.Region != "" {
			to.Sub = append(to.Sub, chat.Say("describe.line_region", chat.Word("region", l.Region)))
		}
		lines = append(lines, to)
	}
	return lines
}

func describeFiscal(c fiscal.Calendar) chat.Line {
	named := chat.Nested("named", chat.Say(either(c.Named == fiscal.ByStart, "describe.fiscal.begins", "describe.fiscal.ends")))
	if c.Weeks == [3]int{} {
		return line("describe.fiscal.months", chat.Nested("month", monthText(max(c.Start, time.January))), named)
	}
	closes := chat.Say(either(c.Close.Nearest, "describe.fiscal.nearest", "describe.fiscal.last"),
		chat.Nested("day", chat.Say("recur."+chat.Code(strings.ToLower(c.Close.Weekday.String())))), chat.Nested("month", monthText(c.Close.Month)))
	return line("describe.fiscal.weeks", chat.Word("weeks", fmt.Sprintf("%d-%d-%d", c.Weeks[0], c.Weeks[1], c.Weeks[2])), chat.Nested("closes", closes), named,
		chat.Count("long", c.Leap))
}

func monthText(m time.Month) chat.Text {
	return chat.Say("recur." + chat.Code(strings.ToLower(m.String())))
}
