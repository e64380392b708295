package recur

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// ParsePhrase reads a rule as people write it: "daily", "weekdays", "weekly Sat", "every 2 weeks Mon, Thu", "monthly 15", "monthly last Fri",
// "yearly 24 Dec", "yearly last Fri of Nov"; "until 2026-12-24" or "10 times" may follow. What begins with FREQ= is read by [Parse].
// The whole text or nothing; the error is a *chat.Refusal.
func ParsePhrase(text string) (Rule, error) {
	raw := strings.TrimSpace(text)
	if len(raw) > 6 && strings.EqualFold(raw[:6], "RRULE:") {
		raw = raw[6:]
	}
	if strings.Contains(raw, "=") {
		return Parse(raw)
	}
	p := phrase{words: phraseWords(raw)}
	rule, ok := p.read()
	if !ok || len(p.words) > 0 {
		return Rule{}, chat.Reject("recur.phrase", chat.Word("said", clip(text)))
	}
	return Parse(rule)
}

// phraseWords splits a phrase and leaves out what only helps it along.
func phraseWords(s string) []string {
	words := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return c == ' ' || c == ',' || c == '\t' })
	return slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"on", "of", "the", "and", "in", "each"}, w)
	})
}

// phrase is what is still to be read.
type phrase struct{ words []string }

// take removes the first word if it means something.
func take[T any](p *phrase, means func(string) (T, bool)) (value T, ok bool) {
	if len(p.words) == 0 {
		return value, false
	}
	if value, ok = means(p.words[0]); ok {
		p.words = p.words[1:]
	}
	return value, ok
}

// heads are the words that a phrase may begin with, and units those behind "every".
var (
	heads = map[string]Frequency{"hourly": Hourly, "daily": Daily, "weekly": Weekly, "monthly": Monthly, "yearly": Yearly, "annually": Yearly}
	steps = map[string]Frequency{"hour": Hourly, "day": Daily, "week": Weekly, "month": Monthly, "year": Yearly}
)

func (p *phrase) read() (string, bool) {
	rule, ok := p.readHead()
	if !ok {
		return "", false
	}
	n, count := 0, false
	if len(p.words) == 2 && strings.HasPrefix(p.words[1], "time") {
		n, count = take(p, plainNumber)
	}
	switch {
	case count:
		p.words = p.words[1:]
		return rule + ";COUNT=" + strconv.Itoa(n), true
	case len(p.words) == 2 && p.words[0] == "until":
		date, err := time.Parse("2006-01-02", p.words[1])
		p.words = nil
		return rule + ";UNTIL=" + date.Format(dateForm), err == nil
	}
	return rule, true
}

func (p *phrase) readHead() (string, bool) {
	const workdays = ";BYDAY=MO,TU,WE,TH,FR"
	if f, ok := take(p, lookup(heads)); ok {
		return p.readWhen(f, "FREQ="+f.String())
	}
	word, _ := take(p, func(w string) (string, bool) { return w, true })
	switch word {
	case "weekdays":
		return "FREQ=WEEKLY" + workdays, true
	case "every":
		if _, ok := take(p, func(w string) (bool, bool) { return true, w == "weekday" }); ok {
			return "FREQ=WEEKLY" + workdays, true
		}
	default:
		return "", false
	}
	interval, counted := take(p, plainNumber)
	if f, ok := take(p, func(w string) (Frequency, bool) { return lookup(steps)(strings.TrimSuffix(w, "s")) }); ok {
		rule := "FREQ=" + f.String()
		if counted {
			rule += ";INTERVAL=" + strconv.Itoa(interval)
		}
		return p.readWhen(f, rule)
	}
	if days := p.readDays(); days != "" && !counted { // "every Saturday"
		return "FREQ=WEEKLY;BYDAY=" + days, true
	}
	return "", false
}

// readWhen reads when within the period.
func (p *phrase) readWhen(f Frequency, rule string) (string, bool) {
	switch f {
	case Weekly:
		if days := p.readDays(); days != "" {
			rule += ";BYDAY=" + days
		}
	case Monthly:
		part, _ := p.readInMonth()
		rule += part
	case Yearly:
		return p.readInYear(rule)
	}
	return rule, true
}

func (p *phrase) readDays() string {
	var days []string
	for d, ok := take(p, weekday); ok; d, ok = take(p, weekday) {
		days = append(days, d)
	}
	return strings.Join(days, ",")
}

// readInMonth reads "15", "last day", "last Fri", "2nd Tue".
func (p *phrase) readInMonth() (string, bool) {
	was := p.words
	n, ok := take(p, ordinal)
	if !ok {
		return "", false
	}
	if d, ok := take(p, weekday); ok && n > 5 {
		p.words = was
		return "", false
	} else if ok {
		return ";BYDAY=" + strconv.Itoa(n) + d, true
	}
	_, day := take(p, func(w string) (bool, bool) { return true, w == "day" })
	if n < 0 && !day || len(p.words) == 1 && strings.HasPrefix(p.words[0], "time") {
		p.words = was // "monthly 10 times"
		return "", false
	}
	return ";BYMONTHDAY=" + strconv.Itoa(n), true
}

// readInYear reads a month on either side of the day in it.
func (p *phrase) readInYear(rule string) (string, bool) {
	month, before := take(p, monthName)
	day, dated := p.readInMonth()
	if dated && !before {
		month, before = take(p, monthName)
	}
	if dated != before {
		return "", false
	}
	if !dated {
		return rule, true
	}
	return rule + ";BYMONTH=" + strconv.Itoa(month) + day, true
}

func lookup[T any](table map[string]T) func(string) (T, bool) {
	return func(w string) (T, bool) {
		v, ok := table[w]
		return v, ok
	}
}

// weekday takes "sat" and "saturday"; the word of RFC 5545 is its beginning.
func weekday(w string) (string, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); w == name+"s" || len(w) >= 3 && strings.HasPrefix(name, w) {
			return weekdays[d], true
		}
	}
	return "", false
}

func monthName(w string) (int, bool) {
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); len(w) >= 3 && strings.HasPrefix(name, w) {
			return int(m), true
		}
	}
	return 0, false
}

// ordinal takes "15", "15th", "last" and "first".
func ordinal(w string) (int, bool) {
	if n, ok := map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}[w]; ok {
		return n, true
	}
	if n, ok := plainNumber(strings.TrimRight(w, "sthrnd")); ok {
		end := strings.TrimLeft(w, "0123456789")
		return n, end == "" || end == suffix(n)
	}
	return 0, false
}

func suffix(n int) string {
	if n/10%10 == 1 || n%10 > 3 || n%10 == 0 {
		return "th"
	}
	return [...]string{1: "st", "nd", "rd"}[n%10]
}

func plainNumber(w string) (int, bool) { return number(w, 6) }
