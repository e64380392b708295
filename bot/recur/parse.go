package recur

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Parse reads a recurrence rule, the value of an RRULE, strictly by RFC 5545: the whole text or nothing. A rule that can never happen, like
// the thirtieth of February, is well formed; [Schedule.Check] refuses it. The error is a *chat.Refusal that names the part.
func Parse(rrule string) (Rule, error) {
	r, refusal := parse(rrule)
	if refusal == nil {
		refusal = r.combines()
	}
	if refusal != nil {
		return Rule{}, refusal
	}
	return r, nil
}

// longest bounds a text: every number of every list at once has about 5,000 bytes.
const longest = 8 << 10

// parse reads the parts, each on its own and at most once.
func parse(s string) (Rule, *chat.Refusal) {
	r := Rule{weekStart: time.Monday}
	if len(s) > longest {
		return r, chat.Reject("recur.long", chat.Count("most", longest))
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(s, ";") {
		name, value, ok := strings.Cut(part, "=")
		name = strings.ToUpper(name) // names and keywords are case-insensitive in the RFC's grammar
		read, known := parts[name]
		switch {
		case !ok:
			return r, chat.Reject("recur.form", chat.Word("said", clip(part)))
		case !known:
			return r, chat.Reject("recur.unknown", chat.Word("part", clip(name)))
		case seen[name]:
			return r, chat.Reject("recur.twice", chat.Word("part", name))
		}
		seen[name] = true
		if refusal := read(&r, name, value); refusal != nil {
			return r, refusal
		}
	}
	switch {
	case r.frequency == 0:
		return r, chat.Reject("recur.no_freq")
	case r.count > 0 && !r.until.IsZero():
		return r, chat.Reject("recur.two_ends")
	case len(r.numbers[bySetPos]) > 0 && !r.listed():
		return r, chat.Reject("recur.setpos")
	}
	return r, nil
}

// A reader reads the value of one part into the rule.
type reader func(r *Rule, name, value string) *chat.Refusal

// parts of a rule, by name.
var parts = map[string]reader{
	"FREQ":       readFrequency,
	"INTERVAL":   readInterval,
	"COUNT":      readCount,
	"UNTIL":      readUntil,
	"WKST":       readWeekStart,
	"BYDAY":      readDays,
	"BYMONTH":    numbersFrom(byMonth, 1, 12, false),
	"BYWEEKNO":   numbersFrom(byWeekNo, 1, 53, true),
	"BYYEARDAY":  numbersFrom(byYearDay, 1, 366, true),
	"BYMONTHDAY": numbersFrom(byMonthDay, 1, 31, true),
	"BYHOUR":     numbersFrom(byHour, 0, 23, false),
	"BYMINUTE":   numbersFrom(byMinute, 0, 59, false),
	"BYSECOND":   numbersFrom(bySecond, 0, 60, false), // 60: a leap second
	"BYSETPOS":   numbersFrom(bySetPos, 1, 366, true),
}

func readFrequency(r *Rule, name, value string) *chat.Refusal {
	i := slices.Index(frequencies[:], strings.ToUpper(value))
	if i < int(Yearly) {
		return chat.Reject("recur.freq", chat.Word("said", clip(value)), chat.List("known", frequencies[Yearly:]))
	}
	r.frequency = Frequency(i)
	return nil
}

func readInterval(r *Rule, name, value string) (refusal *chat.Refusal) {
	r.interval, refusal = positive(name, value, MaxInterval)
	return refusal
}

func readCount(r *Rule, name, value string) (refusal *chat.Refusal) {
	r.count, refusal = positive(name, value, MaxCount)
	return refusal
}

func positive(name, value string, most int) (int, *chat.Refusal) {
	n, ok := number(value, 10)
	if !ok || n < 1 || n > most {
		return 0, chat.Reject("recur.number", chat.Word("part", name), chat.Word("said", clip(value)), chat.Count("least", 1), chat.Count("most", most))
	}
	return n, nil
}

func readUntil(r *Rule, name, value string) *chat.Refusal {
	u, ok := moment(value)
	if !ok {
		return chat.Reject("recur.until", chat.Word("said", clip(value)))
	}
	r.until = u
	return nil
}

// moment reads a date, a date and time, or one in UTC, by RFC 5545 sections 3.3.4 and 3.3.5.
func moment(s string) (Until, bool) {
	s = strings.ToUpper(s)
	for _, form := range []struct {
		layout        string
		instant, date bool
	}{{dateForm, false, true}, {dateTimeForm, false, false}, {dateTimeForm + "Z", true, false}} {
		if len(s) != len(form.layout) {
			continue
		}
		layout := form.layout
		t, err := time.Parse(strings.TrimSuffix(layout, "Z"), strings.TrimSuffix(s, "Z"))
		if err != nil || t.Unix() <= -epoch || strings.HasSuffix(s, "Z") != form.instant {
			continue
		}
		return Until{At: Wall{t.Unix() + epoch}, Instant: form.instant, Date: form.date}, true
	}
	return Until{}, false
}

func readWeekStart(r *Rule, name, value string) *chat.Refusal {
	i := slices.Index(weekdays[:], strings.ToUpper(value))
	if i < 0 {
		return chat.Reject("recur.weekday", chat.Word("part", name), chat.Word("said", clip(value)))
	}
	r.weekStart = time.Weekday(i)
	return nil
}

func readDays(r *Rule, name, value string) *chat.Refusal {
	const most = 53 // weeks in a year
	for word := range strings.SplitSeq(value, ",") {
		cut := max(len(word)-2, 0)
		i := slices.Index(weekdays[:], strings.ToUpper(word[cut:]))
		if i < 0 {
			return chat.Reject("recur.weekday", chat.Word("part", name), chat.Word("said", clip(word)))
		}
		d := Day{Weekday: time.Weekday(i)}
		if word[:cut] != "" {
			n, ok := signed(word[:cut], 2)
			if !ok || n == 0 || n > most || n < -most {
				return chat.Reject("recur.day_number", chat.Word("said", clip(word)), chat.Count("most", most))
			}
			d.N = n
		}
		r.days = append(r.days, d)
	}
	slices.SortFunc(r.days, func(a, b Day) int {
		return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(fromMonday(a.Weekday), fromMonday(b.Weekday)))
	})
	r.days = slices.Compact(r.days)
	return nil
}

// fromMonday numbers weekdays from 0 on Monday.
func fromMonday(w time.Weekday) int { return (int(w) + 6) % 7 }

// numbersFrom reads a list of numbers within bounds; where a sign is allowed, negative ones count from the end.
func numbersFrom(place, least, most int, sign bool) reader {
	digits := len(strconv.Itoa(most))
	return func(r *Rule, name, value string) *chat.Refusal {
		var list []int
		for word := range strings.SplitSeq(value, ",") {
			n, ok := number(word, digits)
			if sign {
				n, ok = signed(word, digits)
			}
			size := max(n, -n)
			if !ok || size < least || size > most {
				code := chat.Code("recur.number")
				if sign {
					code = "recur.signed"
				}
				return chat.Reject(code, chat.Word("part", name), chat.Word("said", clip(word)), chat.Count("least", least), chat.Count("most", most))
			}
			list = append(list, n)
		}
		slices.Sort(list)
		r.numbers[place] = slices.Compact(list)
		return nil
	}
}

// number reads up to so many digits and nothing else.
func number(s string, digits int) (int, bool) {
	if s == "" || len(s) > digits {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// signed reads a number that may have a sign before it.
func signed(s string, digits int) (int, bool) {
	if rest, minus := strings.CutPrefix(s, "-"); minus {
		n, ok := number(rest, digits)
		return -n, ok
	}
	return number(strings.TrimPrefix(s, "+"), digits)
}

// combines refuses the parts that RFC 5545 section 3.3.10 does not allow together.
func (r Rule) combines() *chat.Refusal {
	for _, c := range []struct {
		part    string
		given   bool
		allowed bool
	}{
		{"BYWEEKNO", len(r.numbers[byWeekNo]) > 0, r.frequency == Yearly},
		{"BYYEARDAY", len(r.numbers[byYearDay]) > 0, r.frequency != Monthly && r.frequency != Weekly && r.frequency != Daily},
		{"BYMONTHDAY", len(r.numbers[byMonthDay]) > 0, r.frequency != Weekly},
	} {
		if c.given && !c.allowed {
			return chat.Reject("recur.part_with_freq", chat.Word("part", c.part), chat.Word("freq", r.frequency.String()))
		}
	}
	return r.numbered()
}

// numbered refuses numbers in BYDAY where there is no month or year to count them in.
func (r Rule) numbered() *chat.Refusal {
	if !slices.ContainsFunc(r.days, func(d Day) bool { return d.N != 0 }) {
		return nil
	}
	switch {
	case r.frequency != Monthly && r.frequency != Yearly:
		return chat.Reject("recur.day_numbers_freq", chat.Word("freq", r.frequency.String()))
	case len(r.numbers[byWeekNo]) > 0:
		return chat.Reject("recur.day_numbers_weekno")
	}
	return nil
}

// clip keeps what is repeated to the speaker short.
func clip(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
