// Package traffic says what an hour of downtime costs: how many customers are there in it, and which hours have the fewest. An hour
// of which nothing is known is said to be so, and is never taken for a quiet one.
package traffic

import (
	"cmp"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// Hour is a clock hour, or the part of it that something lasts, with the customers that are hit.
type Hour struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Customers *float64  `json:"customers,omitempty"` // nil: not known
}

// Impact is what a stretch of time costs one service, or one business line.
type Impact struct {
	Of     port.TrafficOf `json:"of"`
	Hours  []Hour         `json:"hours,omitempty"` // empty: nothing is known of it
	Source port.Source    `json:"source,omitzero"`
}

// Customers is how many customers the whole stretch hits; false unless every hour of it is known.
func (i Impact) Customers() (float64, bool) {
	sum := 0.0
	for _, h := range i.Hours {
		if h.Customers == nil {
			return 0, false
		}
		sum += *h.Customers
	}
	return sum, len(i.Hours) > 0
}

// Hours divides a stretch at the full hours of the curve's own clock, each with its customers: of a part of an hour, the same part
// of them. An hour that the clock shows twice counts twice. A zone that is not known makes every hour unknown.
func Hours(c port.Curve, from, to time.Time) []Hour {
	zone, err := time.LoadLocation(c.Zone)
	var hours []Hour
	for at := from; at.Before(to); {
		h := Hour{From: at.UTC()}
		end := to
		if err == nil {
			end = hourEnd(at.In(zone))
		}
		if end.After(to) {
			end = to
		}
		h.To = end.UTC()
		if customers, known := c.Hours[hourOfWeek(at, zone)]; known && err == nil {
			share := customers * end.Sub(at).Hours()
			h.Customers = &share
		}
		hours = append(hours, h)
		at = end
	}
	return hours
}

// hourEnd is the first instant after at when the clock shows another hour.
func hourEnd(at time.Time) time.Time {
	next := at.Add(time.Hour - time.Duration(at.Minute())*time.Minute - time.Duration(at.Second())*time.Second - time.Duration(at.Nanosecond()))
	if _, change := when.Bounds(at); !change.IsZero() && change.Before(next) {
		return change
	}
	return next
}

// hourOfWeek is 0 for Monday from 00:00 to 01:00.
func hourOfWeek(at time.Time, zone *time.Location) int {
	if zone == nil {
		return -1
	}
	at = at.In(zone)
	return (int(at.Weekday())+6)%7*24 + at.Hour()
}

// Stretch is a time that could serve, with the customers that it would hit.
type Stretch struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Customers float64   `json:"customers"`
}

// Quietest lists the stretches of a length that hit the fewest customers, the least harmful first and of equal ones the earliest,
// none overlapping another. They begin at a full hour in [from, until) of the first curve's clock. A stretch of which an hour is not
// known in any of the curves is not among them, nor one that free refuses.
func Quietest(curves []port.Curve, length time.Duration, from, until time.Time, free func(from, to time.Time) bool, most int) []Stretch {
	if len(curves) == 0 || length <= 0 {
		return nil
	}
	zone, err := time.LoadLocation(curves[0].Zone)
	if err != nil {
		return nil
	}
	var candidates []Stretch
	for at := firstHour(from.In(zone)); at.Before(until); at = hourEnd(at.In(zone)) {
		s := Stretch{From: at.UTC(), To: at.Add(length).UTC()}
		if customers, known := harm(curves, s.From, s.To); known && free(s.From, s.To) {
			s.Customers = customers
			candidates = append(candidates, s)
		}
	}
	slices.SortStableFunc(candidates, func(a, b Stretch) int { return cmp.Compare(a.Customers, b.Customers) })
	var chosen []Stretch
	for _, c := range candidates {
		if len(chosen) == most {
			break
		}
		if !slices.ContainsFunc(chosen, func(s Stretch) bool { return s.From.Before(c.To) && c.From.Before(s.To) }) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// firstHour is at, or the next full hour.
func firstHour(at time.Time) time.Time {
	if at.Minute() == 0 && at.Second() == 0 && at.Nanosecond() == 0 {
		return at
	}
	return hourEnd(at)
}

func harm(curves []port.Curve, from, to time.Time) (float64, bool) {
	sum := 0.0
	for _, c := range curves {
		customers, known := Impact{Hours: Hours(c, from, to)}.Customers()
		if !known {
			return 0, false
		}
		sum += customers
	}
	return sum, true
}
