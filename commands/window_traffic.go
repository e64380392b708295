package commands

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/traffic"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

// trafficFacts are what is known of the customers of a service and of those that stand still with it, the service's own first. A
// curve without hours says that nothing is.
type trafficFacts []port.Curve

// affectedMost bounds the services whose traffic is asked for.
const affectedMost = 32

// askTraffic asks how many customers are hit: of each service its own curve, else that of the first of its business lines that has
// one. A line that stands for two services counts once.
func (p Ports) askTraffic(ctx context.Context, r *bot.Reading, service string) trafficFacts {
	var facts trafficFacts
	for _, name := range append([]string{service}, r.Org.Dependants(service)...) {
		if len(facts) == affectedMost {
			break
		}
		s, _ := r.Org.Service(name)
		c := p.curve(ctx, s)
		if !slices.ContainsFunc(facts, func(known port.Curve) bool { return known.Of == c.Of }) {
			facts = append(facts, c)
		}
	}
	return facts
}

func (p Ports) curve(ctx context.Context, s organisation.Service) port.Curve {
	asked := []port.TrafficOf{{Service: s.Name}}
	for _, line := range s.Lines {
		asked = append(asked, port.TrafficOf{Line: line})
	}
	for _, of := range asked {
		if p.Traffic == nil {
			break
		}
		c, err := p.Traffic.Curve(ctx, of)
		if err == nil && len(c.Hours) > 0 {
			return c
		}
		if err != nil && !isNotFound(err) {
			p.Log.Warn("the traffic curve can't be read", "of", s.Name, "error", err)
			break
		}
	}
	return port.Curve{Of: asked[0]}
}

// Bounds of what is suggested instead of a window.
const (
	quietWithin = 7 * 24 * time.Hour
	quietMost   = 3
)

// weighed says what a window costs and which stretches would cost less, as far as the traffic is known.
func weighed(t *bot.Turn, w window.Window, facts trafficFacts) (window.Window, error) {
	var known []port.Curve
	for _, c := range facts {
		impact := traffic.Impact{Of: c.Of, Source: c.Source}
		if len(c.Hours) > 0 {
			impact.Hours = traffic.Hours(c, w.From, w.To)
			known = append(known, c)
		}
		w.Impact = append(w.Impact, impact)
	}
	if len(facts) == 0 || len(facts[0].Hours) == 0 { // what the service's own downtime costs is not known: nothing can be called quiet
		return w, nil
	}
	length, soon, end := w.To.Sub(w.From), t.Now.Add(time.Minute), t.Now.Add(quietWithin)
	free, err := freeTimes(t, t.Org, w, soon, end.Add(length))
	if err != nil {
		return w, err
	}
	w.Quiet = traffic.Quietest(known, length, soon, end, free, quietMost)
	return w, nil
}

// freeTimes says of stretches between two instants whether a window could be moved there: no freeze, no test and no other window that
// concerns it.
func freeTimes(r state.Reader, org *organisation.Organisation, w window.Window, first, last time.Time) (func(from, to time.Time) bool, error) {
	way, err := obstaclesTo(r, org, w, first, last)
	if err != nil {
		return nil, err
	}
	return func(from, to time.Time) bool {
		moved := w
		moved.From, moved.To = from, to
		return len(way.frozen(from, to)) == 0 && len(way.conflicts(moved)) == 0
	}, nil
}

// obstacles are what can get in a window's way within a stretch.
type obstacles struct {
	freezes []freeze.Freeze
	others  []window.Window
	around  map[string]window.Relation // the services that concern the window's
}

func obstaclesTo(r state.Reader, org *organisation.Organisation, w window.Window, from, to time.Time) (obstacles, error) {
	way := obstacles{around: around(org, w.Service)}
	var err error
	if way.freezes, err = freezesDuring(r, target(org, w.Service, w.Environment), from, to); err != nil {
		return way, err
	}
	way.others, err = windowsDuring(r, slices.Collect(maps.Keys(way.around)), w.Environment, from, to)
	slices.SortFunc(way.others, func(a, b window.Window) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	return way, err
}

// frozen lists the freezes that hold at some time of a stretch.
func (o obstacles) frozen(from, to time.Time) []chat.Text {
	var found []chat.Text
	for _, f := range o.freezes {
		for at := range f.Occurrences(from, to) {
			found = append(found, f.Text(at.From))
			break
		}
	}
	return found
}

// conflicts lists the windows and tests that a window would meet.
func (o obstacles) conflicts(w window.Window) []window.Conflict {
	return window.Conflicts(w, o.others, func(_, other string) window.Relation { return o.around[other] })
}

// conflictsOf lists what gets in a window's way: freezes, and windows and tests that concern its service.
func conflictsOf(r state.Reader, org *organisation.Organisation, w window.Window) ([]chat.Text, error) {
	way, err := obstaclesTo(r, org, w, w.From, w.To)
	if err != nil {
		return nil, err
	}
	var found []chat.Text
	for _, f := range way.frozen(w.From, w.To) {
		found = append(found, chat.Say("window.conflict.freeze", chat.Nested("freeze", f)))
	}
	for _, c := range way.conflicts(w) {
		found = append(found, c.Text())
	}
	return found, nil
}

// trafficText says what a window costs one service or business line.
func trafficText(i traffic.Impact) chat.Text {
	args := []chat.Arg{chat.Word("of", i.Of.Service+i.Of.Line)}
	if len(i.Hours) == 0 {
		return chat.Say("window.traffic.unknown", args...)
	}
	if sum, known := i.Customers(); known {
		args = append(args, chat.Count("customers", int(sum+0.5)))
	} else {
		return chat.Say("window.traffic.partly", args...)
	}
	return chat.Say("window.traffic.known", append(args, chat.Word("system", i.Source.System), chat.Time("at", i.Source.At))...)
}
