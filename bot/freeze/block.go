package freeze

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Question is what is asked of the freezes: may this artifact of this release go there now?
type Question struct {
	calendar.Target
	Release string
	Digest  string
	// Deployment is the one that asks, if there is one: an exception that it used already still counts for it.
	Deployment string
}

// Verdict is the answer.
type Verdict struct {
	// Blocking are the freezes that no exception opens; none means that the way is open.
	Blocking []Freeze `json:"blocking,omitempty"`
	// Excepted are the freezes that hold and that Exceptions open: each of those must be spent when going ahead.
	Excepted   []Freeze `json:"excepted,omitempty"`
	Exceptions []string `json:"exceptions,omitempty"`
	// Unusable says why exceptions of the release open nothing.
	Unusable []chat.Text `json:"unusable,omitempty"`
	// NextOpen is the first instant at which no freeze holds, whatever the exceptions; zero when one has no end.
	NextOpen time.Time `json:"next_open,omitzero"`
}

// Open reports whether nothing blocks.
func (v Verdict) Open() bool { return len(v.Blocking) == 0 }

// Blocks answers the question at an instant.
func Blocks(freezes []Freeze, exceptions []Exception, q Question, at time.Time) Verdict {
	var v Verdict
	covering := Covering(freezes, q.Target, at)
	if len(covering) == 0 {
		return v
	}
	v.NextOpen, _ = NextOpen(freezes, q.Target, at)
	usable := v.usable(exceptions, q, at)
	for _, f := range covering {
		i := slices.IndexFunc(usable, func(x Exception) bool { return x.Opens(f.ID, at) })
		if i < 0 {
			v.Blocking = append(v.Blocking, f)
			continue
		}
		v.Excepted = append(v.Excepted, f)
		if id := usable[i].ID; !slices.Contains(v.Exceptions, id) {
			v.Exceptions = append(v.Exceptions, id)
		}
	}
	return v
}

// usable lists the exceptions of the release that open something now, and notes why others do not.
func (v *Verdict) usable(exceptions []Exception, q Question, at time.Time) []Exception {
	var list []Exception
	for _, x := range exceptions {
		if x.Release != q.Release || x.Environment != q.Environment {
			continue
		}
		if why := x.unusable(q.Digest, at); why != nil && !x.spentBy(q.Deployment, q.Digest) {
			v.Unusable = append(v.Unusable, *why)
			continue
		}
		list = append(list, x)
	}
	return list
}
