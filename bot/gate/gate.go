// Package gate asks every condition that must hold before a version goes into an environment. Every gate gives all its
// reasons; what is not known is inconclusive, and only open lets anything through.
package gate

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Status is what a gate says.
type Status string

// The statuses of a gate.
const (
	Open         Status = "open"
	Closed       Status = "closed"
	Inconclusive Status = "inconclusive" // not known, and so not open
)

var marks = map[Status]chat.Mark{Open: chat.MarkOpen, Closed: chat.MarkClosed}

// Mark is how a status is shown.
func (s Status) Mark() chat.Mark {
	if m, ok := marks[s]; ok {
		return m
	}
	return chat.MarkUnknown
}

// Text words the status.
func (s Status) Text() chat.Text { return chat.Say("gate.status." + chat.Code(s)) }

// Verdict is what one gate says, and why.
type Verdict struct {
	Gate   string `json:"gate"`
	Status Status `json:"status"`
	// Reasons are all of them: what closes it first, then what is not known, then what holds.
	Reasons []chat.Text `json:"reasons,omitempty"`
	// Source says where the facts came from and when they were read; zero for what the bot itself knows.
	Source port.Source `json:"source,omitzero"`
	// Openers are the opaque ids of the people who can open it.
	Openers []string `json:"openers,omitempty"`
	// NextOpen is when it opens by itself; zero when it does not, or when that is not known.
	NextOpen time.Time `json:"next_open,omitzero"`
	// Unread says that nothing stands in the way but facts that could not be read just now: the system that has them did not answer.
	Unread bool `json:"unread,omitempty"`
	// Overridden says that it is open by way of the emergency path only.
	Overridden bool `json:"overridden,omitempty"`
}

// Line shows the verdict: the gate with its mark, and beneath it the reasons, who can open it, and when it next opens.
func (v Verdict) Line() chat.Line {
	line := chat.Line{Mark: v.Status.Mark(), Text: chat.Say("gate.line",
		chat.Word("gate", v.Gate), chat.Nested("status", v.Status.Text())), Sub: append([]chat.Text(nil), v.Reasons...)}
	if !v.Source.At.IsZero() {
		line.Sub = append(line.Sub, chat.Say("gate.source", chat.Word("system", v.Source.System), chat.Time("at", v.Source.At)))
	}
	if v.Status == Open {
		return line
	}
	if len(v.Openers) > 0 {
		line.Sub = append(line.Sub, chat.Say("gate.openers", chat.People("people", v.Openers)))
	}
	if !v.NextOpen.IsZero() {
		line.Sub = append(line.Sub, chat.Say("gate.next_open", chat.Time("at", v.NextOpen)))
	}
	return line
}

// Report is what all gates of an environment say about a release at one moment.
type Report struct {
	Release     string    `json:"release"`
	Environment string    `json:"environment"`
	At          time.Time `json:"at"`
	Verdicts    []Verdict `json:"verdicts"`
}

// Open reports whether every gate is open. A report without gates is not.
func (r Report) Open() bool { return len(r.Verdicts) > 0 && len(r.Closed()) == 0 }

// Closed lists the verdicts that are not open, the inconclusive ones among them.
func (r Report) Closed() []Verdict {
	var list []Verdict
	for _, v := range r.Verdicts {
		if v.Status != Open {
			list = append(list, v)
		}
	}
	return list
}

// Unread reports whether nothing stands in the way but facts that could not be read just now.
func (r Report) Unread() bool {
	closed := r.Closed()
	for _, v := range closed {
		if !v.Unread {
			return false
		}
	}
	return len(closed) > 0
}

// Overridden lists the gates that only the emergency path opened.
func (r Report) Overridden() []string {
	var names []string
	for _, v := range r.Verdicts {
		if v.Overridden {
			names = append(names, v.Gate)
		}
	}
	return names
}

// Verdict returns what a gate says, if it was asked.
func (r Report) Verdict(gate string) (Verdict, bool) {
	for _, v := range r.Verdicts {
		if v.Gate == gate {
			return v, true
		}
	}
	return Verdict{}, false
}

// NextOpen is when all gates will have opened by themselves; false when they are open, or one of them does not.
func (r Report) NextOpen() (time.Time, bool) {
	var last time.Time
	for _, v := range r.Closed() {
		if v.NextOpen.IsZero() {
			return time.Time{}, false
		}
		if v.NextOpen.After(last) {
			last = v.NextOpen
		}
	}
	return last, !last.IsZero()
}

// Lines shows every verdict.
func (r Report) Lines() []chat.Line {
	var lines []chat.Line
	for _, v := range r.Verdicts {
		lines = append(lines, v.Line())
	}
	return lines
}

// Refusal is nil when every gate is open; else it names the gates that are not, with every reason of each.
func (r Report) Refusal() *chat.Refusal {
	closed := r.Closed()
	if r.Open() {
		return nil
	}
	names := make([]string, len(closed))
	var reasons []chat.Text
	for i, v := range closed {
		names[i] = v.Gate
		for _, reason := range v.Reasons {
			reasons = append(reasons, chat.Say("gate.reason", chat.Word("gate", v.Gate), chat.Nested("reason", reason)))
		}
	}
	return chat.Refuse("gate.closed", chat.Word("release", r.Release), chat.Word("environment", r.Environment),
		chat.Count("count", len(names)), chat.List("gates", names)).Because(reasons...)
}
