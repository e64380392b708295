package freeze

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// Edges says where a change of the clocks touches an occurrence: a start or an end that the clocks skip or show twice, and a length
// that is not the one on the clock. None if no change does.
func (f Freeze) Edges(o recur.Interval, zone *time.Location) []chat.Text {
	from, to := o.From.In(zone), o.To.In(zone)
	if !Ends(o) {
		to = from
	}
	start, end := f.said(from, to)
	var edges []chat.Text
	if recur.Shown(from) != start {
		edges = append(edges, chat.Say("freeze.edge.no_start", clock("said", start), inZone("at", from)))
	} else if _, next := when.Bounds(from); !next.IsZero() && twice(from, next) {
		edges = append(edges, chat.Say("freeze.edge.first_start", clock("said", start), inZone("at", from)))
	}
	if recur.Shown(to) != end {
		edges = append(edges, chat.Say("freeze.edge.no_end", clock("said", end), inZone("at", to)))
	} else if last, _ := when.Bounds(to); !last.IsZero() && Ends(o) && again(to, last) {
		edges = append(edges, chat.Say("freeze.edge.last_end", clock("said", end), inZone("at", to)))
	}
	if length, shown := to.Sub(from), end.Sub(start); length != shown {
		edges = append(edges, chat.Say("freeze.edge.length", chat.Duration("length", length), chat.Duration("shown", shown)))
	}
	return edges
}

// said is what the clock would show at the start and at the end of an occurrence if its hands were never moved.
func (f Freeze) said(from, to time.Time) (start, end recur.Wall) {
	start, end = recur.Shown(from), recur.Shown(to)
	if f.Schedule == nil || f.Schedule.Rule.Frequency() > recur.Daily { // what recurs within a day has no one time of day
		return start, end
	}
	hour, minute, second := f.Schedule.Start.Clock()
	start = start.Midnight().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second)
	return start, start.Add(f.Schedule.End.Sub(f.Schedule.Start))
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// twice reports whether the clocks, set back at next, show once more what they show at an instant before.
func twice(at, next time.Time) bool {
	back := offset(at) - offset(next.In(at.Location()))
	return back > 0 && !at.Add(back).Before(next)
}

// again reports whether the clocks, set back at last, showed before what they show at an instant since.
func again(at, last time.Time) bool {
	back := offset(last.Add(-1).In(at.Location())) - offset(at)
	return back > 0 && at.Add(-back).Before(last)
}

func clock(name string, w recur.Wall) chat.Arg {
	return chat.Word(name, w.String()[len("2026-03-29T"):len("2026-03-29T02:30")])
}

func inZone(name string, t time.Time) chat.Arg {
	a := chat.Time(name, t.UTC())
	a.Zone = t.Location().String()
	return a
}
