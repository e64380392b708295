package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/fiscal"
	"github.com/gonogo-chat/gonogo/bot/ladder"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
)

// Fiscal is how years and quarters are counted in reports.
type Fiscal struct {
	Starts  string      `yaml:"starts" default:"january" enum:"january,february,march,april,may,june,july,august,september,october,november,december" doc:"First month of a fiscal year that is made of months."`
	Named   string      `yaml:"named" default:"end" enum:"end,start" doc:"Which calendar year a fiscal year is called after: the one it ends or the one it starts in."`
	Periods string      `yaml:"periods" default:"months" enum:"months,4-4-5,4-5-4,5-4-4" doc:"What a quarter is made of: months, or so many whole weeks three times."`
	Closes  FiscalClose `yaml:"closes" doc:"Last day of a year made of weeks: \"last saturday of september\", or \"saturday nearest end of january\"."`
	Long    int         `yaml:"long" default:"4" min:"1" max:"4" doc:"The quarter that has the 53rd week in years that have one."`
}

// FiscalClose is the last day of a year made of weeks, as it is written; empty for none.
type FiscalClose struct{ fiscal.Close }

// String writes the close as it could be configured.
func (c FiscalClose) String() string {
	if c.Month == 0 {
		return ""
	}
	weekday, month := strings.ToLower(c.Weekday.String()), strings.ToLower(c.Month.String())
	if c.Nearest {
		return weekday + " nearest end of " + month
	}
	return "last " + weekday + " of " + month
}

// MarshalText writes the close as it could be configured.
func (c FiscalClose) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads "last saturday of september" or "saturday nearest end of january".
func (c *FiscalClose) UnmarshalText(text []byte) error {
	for month := time.January; month <= time.December; month++ {
		for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
			for _, nearest := range []bool{false, true} {
				made := FiscalClose{fiscal.Close{Weekday: weekday, Month: month, Nearest: nearest}}
				if strings.EqualFold(strings.Join(strings.Fields(string(text)), " "), made.String()) {
					*c = made
					return nil
				}
			}
		}
	}
	return fmt.Errorf("%q is no end of a year: write \"last saturday of september\" or \"saturday nearest end of january\"", clip(string(text)))
}

// calendar is the fiscal calendar in the organisation's zone.
func (f Fiscal) calendar(zone *time.Location) fiscal.Calendar {
	c := fiscal.Calendar{Zone: zone, Named: fiscal.Naming(f.Named), Leap: f.Long}
	if _, err := fmt.Sscanf(f.Periods, "%d-%d-%d", &c.Weeks[0], &c.Weeks[1], &c.Weeks[2]); err == nil {
		c.Close = f.Closes.Close
		return c
	}
	for month := time.January; month <= time.December; month++ {
		if strings.EqualFold(month.String(), f.Starts) {
			c.Start = month
		}
	}
	return c
}

// Hours are the working hours of a region.
type Hours struct {
	Zone     string    `yaml:"zone" required:"true" doc:"IANA time zone whose clock they go by."`
	Days     []DaySpan `yaml:"days" default:"[mon..fri]" doc:"Weekdays worked: mon, or a span like mon..fri."`
	From     string    `yaml:"from" pattern:"clock" default:"09:00" doc:"Time of day at which they begin."`
	To       string    `yaml:"to" pattern:"clock" default:"17:00" doc:"Time of day at which they end; 24:00 for midnight."`
	Holidays []Date    `yaml:"holidays" doc:"Days off, each like 2026-12-25."`
}

// DaySpan is a weekday, or several in a row: "mon", "mon..fri".
type DaySpan struct{ First, Last time.Weekday }

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// String writes the days as they could be configured.
func (d DaySpan) String() string {
	if d.First == d.Last {
		return weekdays[d.First]
	}
	return weekdays[d.First] + ".." + weekdays[d.Last]
}

// MarshalText writes the days as they could be configured.
func (d DaySpan) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "mon" or "mon..fri"; a span may go over the end of a week.
func (d *DaySpan) UnmarshalText(text []byte) error {
	first, last, span := strings.Cut(strings.ToLower(strings.TrimSpace(string(text))), "..")
	if !span {
		last = first
	}
	var found DaySpan
	known := 0
	for i, name := range weekdays {
		if name == first {
			found.First, known = time.Weekday(i), known+1
		}
		if name == last {
			found.Last, known = time.Weekday(i), known+1
		}
	}
	if known != 2 {
		return fmt.Errorf("%q is no weekday: write one of %s, or a span like mon..fri", clip(string(text)), enumerate(weekdays))
	}
	*d = found
	return nil
}

// days lists them.
func (d DaySpan) days() []time.Weekday {
	var days []time.Weekday
	for n := range (d.Last-d.First+7)%7 + 1 {
		days = append(days, (d.First+n)%7)
	}
	return days
}

// Date is a day of the calendar: "2026-12-25".
type Date struct{ text string }

// MarshalText writes the day as it could be configured.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a day: write it like 2026-12-25", clip(string(text)))
	}
	d.text = day.Format(time.DateOnly)
	return nil
}

func (h Hours) hours() ladder.Hours {
	out := ladder.Hours{From: clockOf(h.From), To: clockOf(h.To)}
	out.Zone, _ = time.LoadLocation(h.Zone)
	for _, span := range h.Days {
		out.Days = append(out.Days, span.days()...)
	}
	for _, d := range h.Holidays {
		out.Holidays = append(out.Holidays, d.text)
	}
	return out
}

// clockOf is a time of day since midnight; what is not one has its problem already.
func clockOf(text string) time.Duration {
	var hour, minute int
	if _, err := fmt.Sscanf(text, "%d:%d", &hour, &minute); err != nil {
		return 0
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// Ladder is who is asked next when a vote is not decided in time.
type Ladder struct {
	When  string `yaml:"when" doc:"Condition, a CEL expression, of the releases that go up it. Empty: all."`
	Hours string `yaml:"hours" doc:"Hours in which time counts on rungs that name none. Empty: around the clock."`
	Rungs []Rung `yaml:"rungs" required:"true" doc:"Who is asked, the first first."`
}

// Rung is who is asked together, and for how long.
type Rung struct {
	Ask    []string `yaml:"ask" required:"true" doc:"Groups, or roles, whose members are asked, and may vote from then on where a rule names ladder: and the ladder's name."`
	Within Duration `yaml:"within" required:"true" doc:"How long they have before the next are asked: time within the hours, of which 1d is 24."`
	Hours  string   `yaml:"hours" doc:"Hours in which the time counts."`
}

// DeferralRule holds releases back by itself for as long as its condition holds.
type DeferralRule struct {
	Name  string   `yaml:"name" pattern:"name" required:"true" doc:"Shown as the rule that deferred."`
	When  string   `yaml:"when" required:"true" doc:"Condition, a CEL expression, that defers."`
	Until string   `yaml:"until" doc:"Condition that takes it back. Empty: when the other no longer holds."`
	Hold  Duration `yaml:"hold" default:"30m" doc:"How long it holds at least, so that a figure that wavers moves nothing to and fro."`
	Tiers []string `yaml:"tiers" default:"[low, medium]" enum:"low,medium,high" doc:"Risk tiers whose releases it holds back."`
	Why   string   `yaml:"why" required:"true" doc:"The reason, in words for people."`
}

// Architecture is the board that decides on releases that change what depends on what.
type Architecture struct {
	Approval string `yaml:"approval" doc:"Approval rule by which the board gives its go, besides the vote on the release. Empty: no board."`
	When     string `yaml:"when" doc:"Condition, a CEL expression, of releases that need the board's go even though they depend on what they did before."`
}

// Budget is what may go wrong with a service, and where it is measured.
type Budget struct {
	Expr        string   `yaml:"expr" required:"true" doc:"Share of failed requests, in the metrics adapter's own query language."`
	Objective   Share    `yaml:"objective" required:"true" doc:"Share of requests that must go well, like 99.9%: what is missing to the whole is the budget."`
	Environment string   `yaml:"environment" doc:"Where it is measured. The last environment if empty."`
	Window      Duration `yaml:"window" default:"28d" doc:"How far back the figure reaches."`
	MinCount    float64  `yaml:"min_count" default:"1" min:"0" doc:"Requests below which the figure says nothing."`
}

// planning are these sections as the rules read them.
func (c *Config) planning() (organisation.Planning, error) {
	var errs []error
	condition := func(name, expr string) *policy.Condition {
		made, err := compiled(name, expr)
		errs = append(errs, err)
		return made
	}
	p := organisation.Planning{
		Fiscal: c.Fiscal.calendar(c.Organisation.Location()), Hours: map[string]ladder.Hours{}, Ladders: map[string]organisation.Ladder{},
		Budgets: map[string]organisation.Budget{},
	}
	p.Architecture = organisation.Architecture{Approval: c.Architecture.Approval, When: condition("architecture", c.Architecture.When)}
	for name, h := range c.Hours {
		p.Hours[name] = h.hours()
	}
	for name, l := range c.Ladders {
		made := organisation.Ladder{Name: name, When: condition(name, l.When)}
		for _, r := range l.Rungs {
			made.Rungs = append(made.Rungs, ladder.Rung{Ask: slices.Clone(r.Ask), Within: r.Within.D(), Hours: cmp.Or(r.Hours, l.Hours)})
		}
		p.Ladders[name] = made
	}
	for _, r := range c.Deferral {
		p.Deferral = append(p.Deferral, organisation.DeferralRule{
			Rule: deferral.Rule{Name: r.Name, Why: r.Why, Tiers: slices.Clone(r.Tiers), Hold: r.Hold.D()},
			When: condition(r.Name, r.When), Until: condition(r.Name, r.Until),
		})
	}
	last := ""
	if n := len(c.Environments); n > 0 {
		last = c.Environments[n-1].Name
	}
	for service, b := range c.Budgets {
		p.Budgets[service] = organisation.Budget{Environment: cmp.Or(b.Environment, last), Expr: b.Expr, Allowed: 1 - b.Objective.Float(),
			Window: b.Window.D(), MinCount: b.MinCount}
	}
	return p, errors.Join(errs...)
}
