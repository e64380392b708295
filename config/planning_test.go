package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/config"
)

// TestPlanning reads what quarters, hours, ladders and deferral come to.
func TestPlanning(t *testing.T) {
	t.Parallel()
	text := string(config.Starting()) + `
fiscal: {periods: 4-5-4, closes: Saturday nearest end of January, named: start}
hours:
  eu: {zone: Europe/Berlin, days: [sat..mon, wed], from: "08:30", to: "24:00", holidays: [2026-12-25]}
ladders:
  up: {when: 'service.revenue', hours: eu, rungs: [{ask: [cab], within: 4h}, {ask: [cab], within: 1d, hours: ""}]}
deferral:
  - {name: budget, when: 'budget.spent > 0.9', until: 'budget.spent < 0.7', why: it is spent}
budgets: {example: {expr: "ratio(errors, requests)", objective: 99.9%}}
architecture: {approval: cab}
`
	text = strings.Replace(text, "electorate: [cab]", `electorate: [cab, "ladder:up"]`, 1)
	o, err := load(t, text).Organise(opaque)
	if err != nil {
		t.Fatal(err)
	}
	p := o.Planning
	if !p.Fiscal.LongYear(2023) || p.Fiscal.Of(time.Date(2024, 2, 3, 12, 0, 0, 0, o.Zone)).String() != "2023Q4" {
		t.Errorf("the fiscal calendar is %+v", p.Fiscal)
	}
	if h := p.Hours["eu"]; len(h.Days) != 4 || h.From != 8*time.Hour+30*time.Minute || h.To != 24*time.Hour || h.Holidays[0] != "2026-12-25" || h.Check() != nil {
		t.Errorf("hours are %+v", h)
	}
	if l := p.Ladders["up"]; l.When == nil || len(l.Rungs) != 2 || l.Rungs[0].Hours != "eu" || l.Rungs[1].Within != 24*time.Hour {
		t.Errorf("the ladder is %+v", l)
	}
	if d := p.Deferral[0]; d.When == nil || d.Until == nil || d.Hold != 30*time.Minute || len(d.Tiers) != 2 {
		t.Errorf("the rule is %+v", d)
	}
	if b := p.Budgets["example"]; b.Environment != "prod" || b.Allowed < 0.00099 || b.Allowed > 0.00101 || b.Window != 28*24*time.Hour {
		t.Errorf("the budget is %+v", b)
	}
	if p.Architecture.Approval != "cab" || p.Architecture.When != nil {
		t.Errorf("the board is %+v", p.Architecture)
	}
}
