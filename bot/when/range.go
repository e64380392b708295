package when

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Range reads a stretch of time: "Sat 02:00-04:00 Europe/Berlin", "tomorrow 22:00-02:00" (which crosses midnight),
// "2026-12-24 18:00 - 2026-12-26 08:00"; "to", "until" and "for" (a duration) may stand for the dash. A zone named on one
// side only holds for both. The start is read as Time reads it and the end as End does; the error is a *chat.Refusal.
func Range(s string, now time.Time, zone *time.Location) (from, to time.Time, err error) {
	from, to, r := readRange(s, now, zone)
	if r != nil {
		return time.Time{}, time.Time{}, r
	}
	return from, to, nil
}

func readRange(s string, now time.Time, zone *time.Location) (from, to time.Time, r *chat.Refusal) {
	left, right, ok := split(s)
	if !ok {
		return from, to, reject(CodeRange, s, exampleRange)
	}
	start, r := parse(left)
	if r == nil && start.clock.hour == 24 {
		r = reject(CodeMidnight, left, "tomorrow 00:00")
	}
	if r != nil {
		return from, to, r
	}
	end, r := parseEnd(right)
	if r != nil {
		return from, to, r
	}
	if start.zone == nil {
		start.zone = end.zone
	}
	if from, r = start.resolve(now, now, now, start.in(zone)); r == nil {
		to, r = end.resolve(from, now, end.in(start.in(zone)))
	}
	return from, to, r
}

// split finds the one place where a range is divided: a word that says so, or the dash behind a clock.
func split(s string) (left, right string, ok bool) {
	if len(s) > MaxLength {
		return "", "", false
	}
	words := strings.Fields(dashes.Replace(s))
	at := -1
	for i, w := range words {
		if _, divides := dividers[strings.ToLower(w)]; divides {
			if at >= 0 {
				return "", "", false
			}
			at = i
		}
	}
	if at >= 0 {
		right := words[at+1:]
		if strings.EqualFold(words[at], "for") {
			right = words[at:] // parseEnd wants a length behind it
		}
		return strings.Join(words[:at], " "), strings.Join(right, " "), true
	}
	for i, w := range words {
		before, after, found := strings.Cut(w, "-")
		if !found || !looksLikeClock(w) {
			continue
		}
		return strings.Join(append(words[:i:i], before), " "), strings.Join(append([]string{after}, words[i+1:]...), " "), true
	}
	return "", "", false
}

var (
	dashes   = strings.NewReplacer("–", "-", "—", "-", "−", "-")
	dividers = map[string]struct{}{"-": {}, "to": {}, "until": {}, "for": {}}
)

// end is the end of something, as written.
type end struct{ phrase }

func parseEnd(s string) (end, *chat.Refusal) {
	text, word, behind := s, "", ""
	if len(s) <= MaxLength {
		word, behind, _ = strings.Cut(strings.TrimSpace(s), " ")
	}
	switch strings.ToLower(word) {
	case "for":
		return lasting(s, behind)
	case "until":
		text = behind
	}
	p, r := parse(text)
	if r != nil && r.Text.Code == CodeSign {
		return lasting(s, text)
	}
	p.said = s
	return end{p}, r
}

// lasting is an end by its distance from the start.
func lasting(said, length string) (end, *chat.Refusal) {
	d, r := duration(length)
	return end{phrase{said: said, anchor: fromBase, length: d}}, r
}

func (e end) resolve(start, now time.Time, zone *time.Location) (time.Time, *chat.Refusal) {
	t, r := e.phrase.resolve(now, start, start, zone)
	if r == nil && !t.After(start) {
		r = reject(CodeBackwards, e.said, "+2h", chat.Time("start", start), chat.Time("end", t))
	}
	if r != nil {
		return time.Time{}, r
	}
	return t, nil
}
