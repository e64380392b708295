package recur

import (
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// ParseSet reads the content lines DTSTART, RRULE, RDATE, EXDATE and, of the RFC before, EXRULE, as other calendars write them: lines
// may be folded, or stand in one line with spaces between. Where [Parse] is strict, this takes from others what RFC 5545 forbids
// and what yet has one meaning: BYWEEKNO, BYYEARDAY and BYMONTHDAY at any frequency, each of which limits what the others give. The
// error is a *chat.Refusal.
func ParseSet(text string) (Set, error) {
	var s Set
	if len(text) > 64<<10 {
		return Set{}, chat.Reject("recur.long", chat.Count("most", 64<<10))
	}
	for _, line := range contentLines(text) {
		if refusal := s.readLine(line); refusal != nil {
			return Set{}, refusal
		}
	}
	if err := s.Check(); err != nil {
		return Set{}, err
	}
	return s, nil
}

// properties are the lines that a set is read from, with what each does.
var properties = map[string]func(s *Set, line content) *chat.Refusal{
	"DTSTART": (*Set).readStart,
	"RRULE":   func(s *Set, line content) *chat.Refusal { return readRule(&s.Rules, line) },
	"EXRULE":  func(s *Set, line content) *chat.Refusal { return readRule(&s.Without, line) },
	"RDATE":   func(s *Set, line content) *chat.Refusal { return s.readDates(&s.Dates, line) },
	"EXDATE":  func(s *Set, line content) *chat.Refusal { return s.readDates(&s.Except, line) },
}

// contentLines splits the text at spaces and line ends; what begins with no property continues the line before (RFC 5545, 3.1).
// DTSTART comes first, since the others are read in its zone.
func contentLines(text string) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		name, _, _ := strings.Cut(word, ":")
		name, _, _ = strings.Cut(name, ";")
		if _, known := properties[strings.ToUpper(name)]; !known && len(lines) > 0 {
			lines[len(lines)-1] += word
			continue
		}
		lines = append(lines, word)
	}
	slices.SortStableFunc(lines, func(a, b string) int { return rank(a) - rank(b) })
	return lines
}

func rank(line string) int {
	if len(line) >= 7 && strings.EqualFold(line[:7], "DTSTART") {
		return 0
	}
	return 1
}

// content is one line, taken apart.
type content struct {
	name, value, zone string
	date              bool // VALUE=DATE
}

func (s *Set) readLine(text string) *chat.Refusal {
	head, value, ok := strings.Cut(text, ":")
	fields := strings.Split(head, ";")
	line := content{name: strings.ToUpper(fields[0]), value: value}
	read, known := properties[line.name]
	if !ok || !known {
		return chat.Reject("recur.line", chat.Word("said", clip(text)))
	}
	for _, f := range fields[1:] {
		key, set, _ := strings.Cut(f, "=")
		key, set = strings.ToUpper(key), strings.Trim(set, `"`)
		switch {
		case key == "TZID" && set != "" && line.zone == "":
			line.zone = set
		case key == "VALUE" && strings.EqualFold(set, "DATE"):
			line.date = true
		case key == "VALUE" && strings.EqualFold(set, "DATE-TIME"):
		default:
			return chat.Reject("recur.parameter", chat.Word("said", clip(f)), chat.Word("line", line.name))
		}
	}
	return read(s, line)
}

func (s *Set) readStart(line content) *chat.Refusal {
	if !s.Start.IsZero() {
		return chat.Reject("recur.twice", chat.Word("part", line.name))
	}
	at, zone, refusal := line.moment(line.value)
	if refusal != nil {
		return refusal
	}
	s.Start, s.Zone, s.AllDay = at.At, zone, at.Date
	return nil
}

// moment reads one value of the line, with its zone: nil for what has none.
func (line content) moment(value string) (Until, *time.Location, *chat.Refusal) {
	u, ok := moment(value)
	if !ok || line.date && !u.Date || line.zone != "" && (u.Instant || u.Date) {
		return u, nil, chat.Reject("recur.date", chat.Word("said", clip(value)), chat.Word("line", line.name))
	}
	switch {
	case u.Instant:
		return u, time.UTC, nil
	case line.zone == "":
		return u, nil, nil
	}
	zone, ok := when.Zone(line.zone)
	if !ok {
		return u, nil, chat.Reject("recur.zone", chat.Word("zone", clip(line.zone)))
	}
	return u, zone, nil
}

func readRule(to *[]Rule, line content) *chat.Refusal {
	value := line.value
	for len(value) > 6 && strings.EqualFold(value[:6], "RRULE:") {
		value = value[6:]
	}
	r, refusal := parse(value)
	if refusal == nil {
		refusal = r.numbered()
	}
	*to = append(*to, r)
	return refusal
}

// readDates reads a list of instants: those without a zone are of the start's.
func (s *Set) readDates(to *[]time.Time, line content) *chat.Refusal {
	for value := range strings.SplitSeq(line.value, ",") {
		at, zone, refusal := line.moment(value)
		if refusal != nil {
			return refusal
		}
		if at.Date != s.AllDay {
			return chat.Reject("recur.date_form", chat.Word("said", clip(value)), chat.Word("line", line.name))
		}
		if zone == nil {
			zone = s.zone()
		}
		*to = append(*to, instant(single(zone, at.At), s.zone()))
	}
	return nil
}

// String writes the set as content lines, dates and exceptions in UTC where the set has a zone. ParseSet reads it back.
func (s Set) String() string {
	form, mark, value := dateTimeForm, "", ""
	switch {
	case s.AllDay:
		form, value = dateForm, ";VALUE=DATE"
	case s.Zone == time.UTC:
		mark = "Z"
	case s.Zone != nil:
		value = ";TZID=" + s.Zone.String()
	}
	lines := []string{"DTSTART" + value + ":" + s.Start.civil().Format(form) + mark}
	for _, r := range s.Rules {
		lines = append(lines, "RRULE:"+r.String())
	}
	for _, r := range s.Without {
		lines = append(lines, "EXRULE:"+r.String())
	}
	if s.Zone != nil && !s.AllDay {
		mark, value = "Z", ""
	}
	write := func(t time.Time) string { return t.UTC().Format(form) + mark }
	for _, list := range []struct {
		name  string
		times []time.Time
	}{{"RDATE", s.Dates}, {"EXDATE", s.Except}} {
		if len(list.times) > 0 {
			lines = append(lines, list.name+value+":"+joined(list.times, write))
		}
	}
	return strings.Join(lines, "\n")
}
