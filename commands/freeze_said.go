package commands

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

// freezeTimes are the parameters that say where and when a freeze holds; end is what its end is called.
func freezeTimes(end string) []command.Param {
	return []command.Param{
		{Name: "environment", Kind: command.KindText, Help: "Where, or all."},
		{Name: "from", Kind: command.KindTime, Days: "all-day", Help: "When it begins: now, or \"tomorrow 02:00\"."},
		{Name: end, Kind: command.KindEnd, Days: "all-day", Help: "When it ends: +2h after its start, or a time."},
	}
}

// freezeFlags are the flags that narrow what a freeze covers, and say more of when it holds.
func freezeFlags() []command.Param {
	return []command.Param{
		{Name: "every", Kind: command.KindText, Flag: true, Optional: true, Help: "Again and again: daily, weekly, \"monthly last Fri\", or a rule like \"FREQ=MONTHLY;BYMONTHDAY=-1\"."},
		{Name: "service", Kind: command.KindService, Flag: true, Optional: true, Help: "Only this service."},
		{Name: "line", Kind: command.KindText, Flag: true, Optional: true, Help: "Only the services of this business line."},
		{Name: "region", Kind: command.KindText, Flag: true, Optional: true, Help: "Only what runs in this region."},
		{Name: "zone", Kind: command.KindZone, Flag: true, Optional: true, Help: "The time zone that the times are meant in: Europe/Berlin."},
		{Name: "all-day", Kind: command.KindBool, Flag: true, Optional: true, Help: "Whole days, the last one included: \"2026-12-24\" \"2026-12-26\"."},
	}
}

// freezeSaid reads what a freeze is to cover, and when; end is what its end is called.
func freezeSaid(org *organisation.Organisation, c command.Call, end string, now time.Time) (freeze.Freeze, *chat.Refusal) {
	scope, refusal := scopeOf(org, c)
	if refusal != nil {
		return freeze.Freeze{}, refusal
	}
	from := c.Time("from")
	f := freeze.Freeze{Scope: scope, From: from, To: c.Time(end).UTC(), AllDay: c.Has("all-day")}
	if zone := from.Location().String(); zone != "Local" {
		f.Zone = zone
	}
	if c.Has("every") {
		return recurring(f, from, c.Time(end), c.Text("every"))
	}
	if f.From.Before(now) && f.To.After(now) { // nothing is frozen in hindsight
		f.From = now
	}
	f.From = f.From.UTC()
	return f, nil
}

// senseless refuses what would freeze nothing.
func senseless(org *organisation.Organisation, f freeze.Freeze, now time.Time) *chat.Refusal {
	if refusal := f.Check(now); refusal != nil {
		return refusal
	}
	if !coversAny(org, f.Scope) {
		return chat.Reject("freeze.covers_nothing", chat.Nested("scope", f.Scope.Text()))
	}
	return nil
}

// recurring makes a freeze come again by a rule. Its first time must be one that the rule gives: else one of the two was not meant.
func recurring(f freeze.Freeze, from, to time.Time, every string) (freeze.Freeze, *chat.Refusal) {
	rule, err := recur.ParsePhrase(every)
	if err != nil {
		return f, notRead(err)
	}
	s := recur.Schedule{Zone: from.Location().String(), Start: recur.Shown(from), End: recur.Shown(to.In(from.Location())), AllDay: f.AllDay, Rule: rule}
	if s.AllDay { // a day may begin at one
		s.Start, s.End = s.Start.Midnight(), s.End.Midnight()
	}
	if err := s.Check(); err != nil {
		return f, notRead(err)
	}
	f.From, f.To, f.Schedule = from.UTC(), time.Time{}, &s
	return f, notRead(freeze.First(s))
}

// notRead is why a schedule was not understood.
func notRead(err error) *chat.Refusal {
	if err == nil {
		return nil
	}
	if r := asRefusal(err); r != nil {
		return r
	}
	return chat.Reject("freeze.never")
}

// scopeOf reads what a freeze is to cover.
func scopeOf(org *organisation.Organisation, c command.Call) (calendar.Scope, *chat.Refusal) {
	var s calendar.Scope
	if said := c.Text("environment"); !strings.EqualFold(said, allEnvironments) {
		names := make([]string, 0, len(org.Environments)+1)
		for _, e := range org.Environments {
			names = append(names, e.Name)
		}
		name, ok := meant(said, names)
		if !ok {
			names = append(names, allEnvironments)
			return s, chat.Reject(command.CodeEnvironment, chat.Word("said", brief(said)), chat.List("suggest", near(said, names)),
				chat.List("known", names), chat.Word("example", c.Spec.Examples[0].Line))
		}
		s.Environments = []string{name}
	}
	if c.Has("service") {
		s.Services = []string{c.Text("service")}
	}
	if c.Has("line") {
		lines := linesOf(org)
		line, ok := meant(c.Text("line"), lines)
		if !ok {
			return s, chat.Reject("freeze.line_unknown", chat.Word("line", brief(c.Text("line"))), chat.List("suggest", near(c.Text("line"), lines)),
				chat.List("known", lines))
		}
		s.Lines = []string{line}
	}
	if c.Has("region") {
		regions := org.Regions()
		region, ok := meant(c.Text("region"), regions)
		if !ok {
			return s, chat.Reject("freeze.region_unknown", chat.Word("region", brief(c.Text("region"))), chat.List("suggest", near(c.Text("region"), regions)),
				chat.List("known", regions))
		}
		s.Regions = []string{region}
	}
	return s, nil
}
