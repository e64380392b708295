package when

import (
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// dateLength is that of "2026-12-24".
const dateLength = len(time.DateOnly)

// shape reports whether s begins as the pattern says: 0 stands for a digit, everything else for itself.
func shape(s, pattern string) bool {
	if len(s) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] == '0' && !digit(s[i]) || pattern[i] != '0' && pattern[i] != s[i] {
			return false
		}
	}
	return true
}

// looksLikeDate takes "2026-12-24" and "2026-12-24t…", in lower case.
func looksLikeDate(s string) bool {
	return shape(s, "0000-00-00") && (len(s) == dateLength || s[dateLength] == 't')
}

func looksLikeClock(s string) bool { return shape(s, "0:00") || shape(s, "00:00") }

func (p *phrase) takeDate(s string) *chat.Refusal {
	y, _ := strconv.Atoi(s[:4])
	m, _ := strconv.Atoi(s[5:7])
	d, _ := strconv.Atoi(s[8:])
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return reject(CodeDate, p.said, "2026-12-24")
	}
	if y < MinYear || y > MaxYear {
		return reject(CodeYear, p.said, "2026-12-24",
			chat.Word("min", strconv.Itoa(MinYear)), chat.Word("max", strconv.Itoa(MaxYear)))
	}
	p.date = date{y, time.Month(m), d}
	return nil
}

// takeClock reads "2:00", "02:00", "02:00:30", each with an offset or "Z" behind; dated says that it stood in the T form,
// where a minus can only be an offset.
func (p *phrase) takeClock(s string, dated bool) *chat.Refusal {
	hour, n := number(s)
	if n == 0 || n > 2 || !shape(s[n:], ":00") {
		return reject(CodeTime, p.said, exampleTime)
	}
	minute, _ := strconv.Atoi(s[n+1 : n+3])
	c, rest := clock{hour: hour, minute: minute}, s[n+3:]
	if shape(rest, ":00") {
		c.second, _ = strconv.Atoi(rest[1:3])
		rest = rest[3:]
	}
	midnight := c == clock{hour: 24}
	if !midnight && c.hour > 23 || c.minute > 59 || c.second > 59 {
		return reject(CodeClock, p.said, "23:59")
	}
	p.clock = c
	if rest == "" {
		return nil
	}
	east, ok := offset(rest)
	if !ok {
		return reject(CodeTime, p.said, exampleTime)
	}
	if rest[0] == '-' && !dated {
		return reject(CodeMinus, p.said, "2026-11-01T01:30"+rest)
	}
	p.offset = &east
	return nil
}

// offset reads "+02:00", "-04:30" and "Z" as seconds east of Greenwich. Fourteen hours is the most that any zone has had
// in the years read.
func offset(s string) (int, bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+00:00") || !shape(s[1:], "00:00") || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, _ := strconv.Atoi(s[1:3])
	m, _ := strconv.Atoi(s[4:])
	seconds := h*3600 + m*60
	if m > 59 || seconds > 14*3600 {
		return 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// isAbbreviation takes "CEST" and its like; which of them mean something depends on the zone. UTC and GMT are zones.
func isAbbreviation(s string) bool {
	if len(s) < 3 || len(s) > 5 || looksLikeZone(s) {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
