package recur

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Describe says a rule in plain words: "every Saturday", "the last Friday of each month". A rule that plain words would make longer, or
// less clear, is shown as it is written.
func Describe(r Rule) chat.Text {
	text := describe(r)
	switch {
	case r.count > 0:
		return chat.Say("recur.times", chat.Nested("rule", text), chat.Count("count", r.count))
	case !r.until.IsZero():
		return chat.Say("recur.ending", chat.Nested("rule", text), chat.Word("until", r.until.written()))
	}
	return text
}

// written is the last moment as people write it.
func (u Until) written() string {
	switch {
	case u.Date:
		return u.At.civil().Format("2006-01-02")
	case u.Instant:
		return u.At.civil().Format("2006-01-02 15:04 UTC")
	}
	return u.At.civil().Format("2006-01-02 15:04")
}

func describe(r Rule) chat.Text {
	if r.IsZero() {
		return chat.Say("recur.once")
	}
	for _, say := range plain {
		if text, ok := say(r); ok {
			return text
		}
	}
	return chat.Say("recur.rule", chat.Word("rule", r.Ending(Until{}).String()))
}

// plain are the forms of rules that plain words fit, from the most to the least particular.
var plain = []func(Rule) (chat.Text, bool){sayPeriod, sayWeekdays, sayWeekly, sayMonthDay, sayNth}

// has reports whether the rule lists numbers in exactly these parts.
func (r Rule) has(parts ...int) bool {
	for i, list := range r.numbers {
		if (len(list) > 0) != slices.Contains(parts, i) {
			return false
		}
	}
	return true
}

func sayPeriod(r Rule) (chat.Text, bool) {
	if !r.has() || len(r.days) > 0 {
		return chat.Text{}, false
	}
	if r.Interval() == 1 {
		return chat.Say(everyCodes[r.frequency]), true
	}
	return chat.Say(everyNCodes[r.frequency], chat.Count("n", r.Interval())), true
}

func sayWeekdays(r Rule) (chat.Text, bool) {
	workdays := []Day{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}}
	if !r.has() || r.frequency != Weekly && r.frequency != Daily || r.Interval() > 1 || !slices.Equal(r.days, workdays) {
		return chat.Text{}, false
	}
	return chat.Say("recur.workdays"), true
}

func sayWeekly(r Rule) (chat.Text, bool) {
	if !r.has() || r.frequency != Weekly || len(r.days) == 0 {
		return chat.Text{}, false
	}
	if len(r.days) == 1 && r.Interval() == 1 {
		return chat.Say("recur.each", chat.Nested("day", dayText(r.days[0].Weekday))), true
	}
	names := make([]string, len(r.days))
	for i, d := range r.days {
		names[i] = d.Weekday.String()[:3]
	}
	if r.Interval() == 1 {
		return chat.Say("recur.weekly", chat.List("days", names)), true
	}
	return chat.Say("recur.weekly_n", chat.Count("n", r.Interval()), chat.List("days", names)), true
}

// sayMonthDay is a date of the month or of the year.
func sayMonthDay(r Rule) (chat.Text, bool) {
	if len(r.days) > 0 || r.Interval() > 1 && r.frequency != Monthly || len(r.numbers[byMonthDay]) != 1 {
		return chat.Text{}, false
	}
	day := r.numbers[byMonthDay][0]
	switch {
	case r.frequency == Monthly && r.has(byMonthDay) && day == -1:
		return monthly(r, "recur.month_end"), true
	case r.frequency == Monthly && r.has(byMonthDay) && day > 0:
		return monthly(r, "recur.month_day", chat.Count("day", day)), true
	case r.frequency == Yearly && r.has(byMonth, byMonthDay) && len(r.numbers[byMonth]) == 1 && day > 0:
		return chat.Say("recur.year_day", chat.Count("day", day), chat.Nested("month", monthText(r.numbers[byMonth][0]))), true
	}
	return chat.Text{}, false
}

// monthly says of which day of each month a rule is, or of one month in several.
func monthly(r Rule, code chat.Code, args ...chat.Arg) chat.Text {
	if r.Interval() > 1 {
		return chat.Say(everyMonths[code], append(args, chat.Count("n", r.Interval()))...)
	}
	return chat.Say(code, args...)
}

// sayNth is a weekday by its number in the month.
func sayNth(r Rule) (chat.Text, bool) {
	if r.Interval() > 1 && r.frequency != Monthly || len(r.days) != 1 || nthCodes[r.days[0].N] == "" {
		return chat.Text{}, false
	}
	d := r.days[0]
	nth := chat.Nested("nth", chat.Say(nthCodes[d.N]))
	day := chat.Nested("day", dayText(d.Weekday))
	switch {
	case r.frequency == Monthly && r.has():
		return monthly(r, "recur.month_nth", nth, day), true
	case r.frequency == Yearly && r.has(byMonth) && len(r.numbers[byMonth]) == 1:
		return chat.Say("recur.year_nth", nth, day, chat.Nested("month", monthText(r.numbers[byMonth][0]))), true
	}
	return chat.Text{}, false
}

func dayText(d time.Weekday) chat.Text { return chat.Say(dayCodes[d]) }

func monthText(m int) chat.Text { return chat.Say(monthCodes[m]) }

var (
	dayCodes = [...]chat.Code{"recur.sunday", "recur.monday", "recur.tuesday", "recur.wednesday", "recur.thursday", "recur.friday", "recur.saturday"}

	monthCodes = [...]chat.Code{1: "recur.january", "recur.february", "recur.march", "recur.april", "recur.may", "recur.june",
		"recur.july", "recur.august", "recur.september", "recur.october", "recur.november", "recur.december"}

	everyMonths = map[chat.Code]chat.Code{"recur.month_day": "recur.months_day", "recur.month_end": "recur.months_end", "recur.month_nth": "recur.months_nth"}

	nthCodes = map[int]chat.Code{-1: "recur.last", 1: "recur.first", 2: "recur.second", 3: "recur.third", 4: "recur.fourth"}

	everyCodes = [...]chat.Code{Yearly: "recur.every_year", Monthly: "recur.every_month", Weekly: "recur.every_week", Daily: "recur.every_day",
		Hourly: "recur.every_hour", Minutely: "recur.every_minute", Secondly: "recur.every_second"}

	everyNCodes = [...]chat.Code{Yearly: "recur.every_n_years", Monthly: "recur.every_n_months", Weekly: "recur.every_n_weeks",
		Daily: "recur.every_n_days", Hourly: "recur.every_n_hours", Minutely: "recur.every_n_minutes", Secondly: "recur.every_n_seconds"}
)

// Text says when the schedule holds, as the clock in its zone shows it.
func (s Schedule) Text() chat.Text {
	zone, rule := chat.Word("zone", s.Zone), chat.Nested("rule", Describe(s.started()))
	days := s.End.day() - s.Start.day()
	switch {
	case s.Rule.IsZero() && s.AllDay:
		return chat.Say("recur.days_once", chat.Word("from", s.Start.String()[:10]), chat.Word("to", midnight(s.End.day() - 1).String()[:10]), zone)
	case s.Rule.IsZero():
		return chat.Say("recur.stretch_once", chat.Word("from", written(s.Start)), chat.Word("to", written(s.End)), zone)
	case s.AllDay:
		return chat.Say("recur.days", rule, chat.Count("days", days), zone)
	case days == 0 || days == 1 && s.End.ofDay() < s.Start.ofDay():
		return chat.Say("recur.stretch", rule, chat.Word("from", clock(s.Start)), chat.Word("to", clock(s.End)), zone)
	}
	return chat.Say("recur.stretch_days", rule, chat.Word("from", clock(s.Start)), chat.Duration("length", s.End.Sub(s.Start)), zone)
}

// started is the rule with the weekday or date that it takes from the start.
func (s Schedule) started() Rule {
	r := s.Rule
	if !r.has() || len(r.days) > 0 {
		return r
	}
	_, month, day := s.Start.Date()
	switch r.frequency {
	case Weekly:
		r.days = []Day{{Weekday: s.Start.Weekday()}}
	case Monthly:
		r.numbers[byMonthDay] = []int{day}
	case Yearly:
		r.numbers[byMonth], r.numbers[byMonthDay] = []int{int(month)}, []int{day}
	}
	return r
}

func written(w Wall) string { return w.civil().Format("2006-01-02 15:04") }

// clock is the time of day, with seconds only where there are any.
func clock(w Wall) string {
	if w.ofDay()%60 != 0 {
		return w.civil().Format("15:04:05")
	}
	return w.civil().Format("15:04")
}
