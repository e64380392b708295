package verify

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// finding is one thing that was looked at: open is well, closed is not, unknown is not known, waiting will be known soon.
type finding struct {
	mark chat.Mark
	text chat.Text
}

func (w Watch) findings(p Plan) []finding {
	var list []finding
	for _, probe := range p.Smoke {
		list = append(list, smoke(w.Probe(probe.Name)))
	}
	for _, probe := range p.Health {
		list = append(list, w.health(p, probe))
	}
	for _, c := range p.Criteria {
		list = append(list, w.criterion(c))
	}
	if len(list) == 0 {
		return []finding{{chat.MarkUnknown, chat.Say("verify.nothing")}}
	}
	if needed := p.Needed(); w.Rounds < needed {
		list = append(list, finding{chat.MarkWaiting, chat.Say("verify.few_rounds",
			chat.Count("rounds", w.Rounds), chat.Count("needed", needed))})
	}
	return list
}

func smoke(s Probed) finding {
	switch {
	case s.Failed > 0:
		return finding{chat.MarkClosed, chat.Say("verify.smoke_failed", s.args()...)}
	case s.Seen == 0:
		return finding{chat.MarkUnknown, chat.Say("verify.smoke_missing", chat.Word("probe", s.Name))}
	}
	return finding{chat.MarkOpen, chat.Say("verify.smoke_passed", s.args()...)}
}

func (w Watch) health(p Plan, probe port.Probe) finding {
	s := w.Probe(probe.Name)
	args := append(s.args(), chat.Count("seen", s.Seen), chat.Count("failed", s.Failed), chat.Count("passed", s.Seen-s.Failed),
		chat.Count("streak", s.Streak), chat.Count("tolerated", p.Tolerate))
	if s.Worst > 0 { // "at most none in a row" tells nothing
		args = append(args, chat.Count("worst", s.Worst))
	}
	switch {
	case s.Worst > p.Tolerate:
		return finding{chat.MarkClosed, chat.Say("verify.health_failed", args...)}
	case s.Seen >= p.Needed() && 2*s.Failed > s.Seen:
		return finding{chat.MarkClosed, chat.Say("verify.health_flaps", args...)}
	case s.Seen == 0 || !s.At.Equal(w.Last):
		return finding{chat.MarkUnknown, chat.Say("verify.health_missing", chat.Word("probe", s.Name))}
	case s.Streak > 0:
		return finding{chat.MarkWaiting, chat.Say("verify.health_failing", args...)}
	case s.Seen < p.Needed():
		return finding{chat.MarkWaiting, chat.Say("verify.health_seldom", append(args, chat.Count("needed", p.Needed()))...)}
	}
	return finding{chat.MarkOpen, chat.Say("verify.health_passed", args...)}
}

func (s Probed) args() []chat.Arg {
	args := []chat.Arg{chat.Word("probe", s.Name), chat.Duration("took", s.Took)}
	if s.Status != 0 {
		args = append(args, chat.Count("status", s.Status))
	}
	if s.Fault != "" {
		args = append(args, chat.Word("fault", s.Fault))
	}
	return args
}

func (w Watch) criterion(c Criterion) finding {
	m := w.Measure(c.Name)
	args := []chat.Arg{chat.Word("criterion", c.Name), chat.Nested("limit", c.limit()), chat.Number("count", m.Count)}
	switch {
	case m.Violated:
		return finding{chat.MarkClosed, chat.Say("verify.violated", append(args, figure("value", m.Value, c.Unit))...)}
	case m.Known && m.At.Equal(w.Last):
		return finding{chat.MarkOpen, chat.Say("verify.met", append(args, figure("value", m.Value, c.Unit))...)}
	case m.Count > 0 && m.Count < c.MinCount:
		return finding{chat.MarkUnknown, chat.Say("verify.too_few", append(args,
			figure("value", m.Value, c.Unit), chat.Number("needed", c.MinCount))...)}
	}
	if m.Fault != "" {
		args = append(args, chat.Word("fault", m.Fault))
	}
	return finding{chat.MarkUnknown, chat.Say("verify.unknown", args...)}
}

// limit words what the figure must be.
func (c Criterion) limit() chat.Text {
	switch {
	case c.Below != nil && c.Above != nil:
		return chat.Say("verify.between", figure("above", *c.Above, c.Unit), figure("below", *c.Below, c.Unit))
	case c.Below != nil:
		return chat.Say("verify.below", figure("below", *c.Below, c.Unit))
	case c.Above != nil:
		return chat.Say("verify.above", figure("above", *c.Above, c.Unit))
	}
	return chat.Say("verify.no_limit")
}

// figure words a value in its unit.
func figure(name string, v float64, unit string) chat.Arg {
	switch unit {
	case "share":
		return chat.Percent(name, v)
	case "s":
		return chat.Duration(name, time.Duration(v*float64(time.Second)))
	case "":
		return chat.Number(name, v)
	}
	return chat.Nested(name, chat.Say("verify.figure", chat.Number("value", v), chat.Word("unit", unit)))
}
