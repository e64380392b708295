package lock

import (
	"cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// All stands for every service, or every environment, those to come included.
const All = "all"

// Scope is what a lock is of: a service in an environment, either of which may be All.
type Scope struct{ Service, Environment string }

// Wide reports whether it is more than one place.
func (s Scope) Wide() bool { return s.Service == All || s.Environment == All }

// Overlaps reports whether some place is in both.
func (s Scope) Overlaps(o Scope) bool {
	return meet(s.Service, o.Service) && meet(s.Environment, o.Environment)
}

func meet(a, b string) bool { return a == b || a == All || b == All }

// Covers reports whether every place of the other is in it.
func (s Scope) Covers(o Scope) bool {
	return (s.Service == All || s.Service == o.Service) && (s.Environment == All || s.Environment == o.Environment)
}

// Around lists the scopes that cover a scope, the narrowest first: itself, and those wider.
func (s Scope) Around() []Scope {
	all := []Scope{s}
	for _, wider := range []Scope{{All, s.Environment}, {s.Service, All}, {All, All}} {
		known := false
		for _, have := range all {
			known = known || have == wider
		}
		if !known {
			all = append(all, wider)
		}
	}
	return all
}

// Text names the scope: one service in one environment, or all of them.
func (s Scope) Text() chat.Text {
	switch {
	case s.Service == All && s.Environment == All:
		return chat.Say("lock.scope.all")
	case s.Service == All:
		return chat.Say("lock.scope.environment", chat.Word("environment", s.Environment))
	case s.Environment == All:
		return chat.Say("lock.scope.service", chat.Word("service", s.Service))
	}
	return chat.Say("lock.scope.place", chat.Word("service", s.Service), chat.Word("environment", s.Environment))
}

func (s Scope) compare(o Scope) int {
	return cmp.Or(cmp.Compare(s.Environment, o.Environment), cmp.Compare(s.Service, o.Service))
}
