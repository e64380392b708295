package when

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// anchor is what a phrase is counted from.
type anchor int

const (
	fromNow   anchor = iota // "now", "in 2h"
	fromBase                // "+2h": now, or what an end belongs to
	onDate                  // "2026-12-24"
	onDay                   // "today", "tomorrow": days after the day of now
	onWeekday               // "Sat": the next
	onClock                 // "02:00": the next
)

// phrase is a time as it was written, not yet placed on the calendar.
type phrase struct {
	said    string
	anchor  anchor
	length  time.Duration // after now or the base
	date    date
	days    int
	weekday time.Weekday
	clock   clock
	// At most one of offset and abbreviation is set: they pick one of two hours that look the same.
	offset       *int // seconds east
	abbreviation string
	zone         *time.Location // nil if not named
}

type date struct {
	year  int
	month time.Month
	day   int
}

type clock struct{ hour, minute, second int }

var dayWords = map[string]int{"today": 0, "tomorrow": 1}

var weekdays = map[string]time.Weekday{
	"sun": time.Sunday, "sunday": time.Sunday,
	"mon": time.Monday, "monday": time.Monday,
	"tue": time.Tuesday, "tues": time.Tuesday, "tuesday": time.Tuesday,
	"wed": time.Wednesday, "wednesday": time.Wednesday,
	"thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday, "thursday": time.Thursday,
	"fri": time.Friday, "friday": time.Friday,
	"sat": time.Saturday, "saturday": time.Saturday,
}

// in returns the zone to read the phrase in.
func (p phrase) in(otherwise *time.Location) *time.Location {
	switch {
	case p.zone != nil:
		return p.zone
	case otherwise != nil:
		return otherwise
	}
	return time.UTC
}

func parse(s string) (phrase, *chat.Refusal) {
	p := phrase{said: s}
	var words []string
	if len(s) <= MaxLength {
		words = strings.Fields(s)
	}
	if len(words) == 0 || len(words) > MaxWords {
		return p, reject(CodeTime, s, exampleTime)
	}
	rest, r := p.takeAnchor(words)
	if r == nil {
		rest, r = p.takePlace(rest)
	}
	if r == nil && len(rest) > 0 {
		r = reject(CodeTime, s, exampleTime)
	}
	return p, r
}

// takeAnchor reads everything before the offset and zone.
func (p *phrase) takeAnchor(words []string) (rest []string, _ *chat.Refusal) {
	first := strings.ToLower(words[0])
	switch {
	case first == "now":
		p.anchor = fromNow
		return words[1:], nil
	case first == "in" && len(words) > 1:
		p.anchor = fromNow
		return words[2:], p.takeLength(words[1])
	case first[0] == '+':
		p.anchor = fromBase
		return words[1:], p.takeLength(words[0][1:])
	}
	if len(words) == 1 && digit(first[0]) {
		if _, r := duration(first); r == nil {
			return nil, reject(CodeSign, p.said, "+"+first)
		}
	}
	return p.takeDay(words)
}

func (p *phrase) takeLength(word string) *chat.Refusal {
	d, r := duration(word)
	if r != nil && r.Text.Code == CodeDuration {
		return reject(CodeTime, p.said, "+2h")
	}
	p.length = d
	return r
}

func (p *phrase) takeDay(words []string) (rest []string, _ *chat.Refusal) {
	first := strings.ToLower(words[0])
	p.anchor = onClock
	if n, ok := dayWords[first]; ok {
		p.anchor, p.days, words = onDay, n, words[1:]
	} else if d, ok := weekdays[first]; ok {
		p.anchor, p.weekday, words = onWeekday, d, words[1:]
	} else if looksLikeDate(first) {
		p.anchor = onDate
		if r := p.takeDate(first[:dateLength]); r != nil {
			return nil, r
		}
		if len(first) > dateLength {
			return words[1:], p.takeClock(first[dateLength+1:], true)
		}
		words = words[1:]
	}
	if len(words) > 1 && strings.EqualFold(words[0], "at") {
		words = words[1:]
	}
	if len(words) > 0 && looksLikeClock(words[0]) {
		return words[1:], p.takeClock(words[0], false)
	}
	switch {
	case p.anchor == onClock:
		return nil, reject(CodeTime, p.said, exampleTime)
	case p.anchor != onDate && (len(words) == 0 || looksLikeZone(words[0])):
		return nil, reject(CodeNeedsClock, p.said, first+" 02:00")
	case p.anchor != onDate:
		return nil, reject(CodeTime, p.said, exampleTime)
	}
	return words, nil
}

// takePlace reads an offset, an abbreviation and a zone.
func (p *phrase) takePlace(words []string) (rest []string, _ *chat.Refusal) {
	relative := p.anchor == fromNow || p.anchor == fromBase
	if len(words) > 0 && !relative && p.offset == nil {
		if n, ok := offset(words[0]); ok && words[0][0] == '+' {
			p.offset, words = &n, words[1:]
		} else if isAbbreviation(words[0]) {
			p.abbreviation, words = words[0], words[1:]
		}
	}
	if len(words) == 0 || !looksLikeZone(words[0]) {
		return words, nil
	}
	zone, ok := location(words[0])
	if !ok {
		return nil, reject(CodeZone, p.said, "Europe/Berlin", chat.Word("zone", clip(words[0])))
	}
	p.zone = zone
	return words[1:], nil
}
