package fiscal

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Quarter is a quarter of a fiscal year.
type Quarter struct {
	Year   int `json:"year"`
	Number int `json:"number"` // 1 to 4
}

// String writes the quarter as it is typed: 2026Q4.
func (q Quarter) String() string { return fmt.Sprintf("%04dQ%d", q.Year, q.Number) }

// Next is the quarter after it.
func (q Quarter) Next() Quarter {
	if q.Number == 4 {
		return Quarter{q.Year + 1, 1}
	}
	return Quarter{q.Year, q.Number + 1}
}

// Before reports whether the quarter comes before another.
func (q Quarter) Before(other Quarter) bool {
	return q.Year < other.Year || q.Year == other.Year && q.Number < other.Number
}

// CodeQuarter is the code of what can't be read as a quarter.
const CodeQuarter chat.Code = "fiscal.quarter"

var (
	yearFirst = regexp.MustCompile(`^(?i)(?:FY ?)?(\d{4})[ /-]?Q([1-4])$`)
	lastFirst = regexp.MustCompile(`^(?i)Q([1-4])[ /-]?(?:FY ?)?(\d{4})$`)
)

// The years that a quarter can be in.
const (
	firstYear = 1970
	lastYear  = 9998
)

// ParseQuarter reads 2026Q4, also as 2026-Q4, FY2026Q4 or Q4 2026, in either case. The error is a *chat.Refusal.
func ParseQuarter(text string) (Quarter, error) {
	year, number := "", ""
	if m := yearFirst.FindStringSubmatch(text); m != nil {
		year, number = m[1], m[2]
	} else if m := lastFirst.FindStringSubmatch(text); m != nil {
		number, year = m[1], m[2]
	}
	y, _ := strconv.Atoi(year)
	n, _ := strconv.Atoi(number)
	if y < firstYear || y > lastYear {
		return Quarter{}, chat.Reject(CodeQuarter, chat.Word("said", clip(text)))
	}
	return Quarter{y, n}, nil
}

// CodeDay is the code of what can't be read as a day.
const CodeDay chat.Code = "fiscal.day"

// ParseDay reads a day written 2026-12-15, as its midnight in UTC. The error is a *chat.Refusal.
func ParseDay(text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < firstYear || day.Year() > lastYear {
		return time.Time{}, chat.Reject(CodeDay, chat.Word("said", clip(text)))
	}
	return day, nil
}

// clip keeps what is repeated short.
func clip(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
