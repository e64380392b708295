package verify

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// State is what the watch says.
type State string

// The verdicts of a watch. Only Pass lets a deployment succeed.
const (
	Continue     State = "continue"
	Pass         State = "pass"
	Fail         State = "fail"
	Inconclusive State = "inconclusive" // the time is over and too little is known
)

// Verdict is the watch's judgement at one moment.
type Verdict struct {
	State State     `json:"state"`
	At    time.Time `json:"at"`
	// Reasons are the findings that decide, each with its figures: what failed, what is not known, what is waited for.
	Reasons []chat.Text `json:"reasons,omitempty"`
	// Findings are all of them, with a mark each.
	Findings []chat.Line `json:"findings,omitempty"`
	// Until is when the watch ends by itself.
	Until time.Time `json:"until"`
}

// Judge gives the verdict on all rounds at once.
func Judge(p Plan, started time.Time, rounds []Round, now time.Time) Verdict {
	w := Begin(started)
	for _, r := range rounds {
		w = w.Add(p, r)
	}
	return w.Judge(p, now)
}

// Needed is how many rounds a watch must have had to pass: half of those that fit in, rounded up. Fewer mean that nobody
// looked for most of the time (the bot was down).
func (p Plan) Needed() int {
	if p.Interval <= 0 {
		return 1
	}
	return max(1, int((p.Duration/p.Interval+1)/2))
}

// Judge gives the verdict now. It fails as soon as something failed. Once the time is over it passes only if there were
// enough rounds and everything is known to be well by the last of them. It goes on past its time, at most for as long
// again, while rounds are missing or a probe is in the middle of failing.
func (w Watch) Judge(p Plan, now time.Time) Verdict {
	v := Verdict{At: now.UTC(), Until: w.Started.Add(p.Duration).UTC()}
	list := w.findings(p)
	for _, f := range list {
		v.Findings = append(v.Findings, chat.Line{Mark: f.mark, Text: f.text})
	}
	over, last := !now.Before(v.Until), w.Started.Add(2*p.Duration)
	switch {
	case has(list, chat.MarkClosed):
		v.State, v.Reasons = Fail, pick(list, chat.MarkClosed)
	case !over:
		v.State, v.Reasons = Continue, append(pick(list, chat.MarkUnknown), pick(list, chat.MarkWaiting)...)
	case has(list, chat.MarkWaiting) && now.Before(last):
		v.State, v.Reasons, v.Until = Continue, pick(list, chat.MarkWaiting), last.UTC()
	case has(list, chat.MarkWaiting), has(list, chat.MarkUnknown):
		v.State, v.Reasons = Inconclusive, append(pick(list, chat.MarkUnknown), pick(list, chat.MarkWaiting)...)
	default:
		v.State, v.Reasons = Pass, pick(list, chat.MarkOpen)
	}
	return v
}

func has(list []finding, m chat.Mark) bool {
	for _, f := range list {
		if f.mark == m {
			return true
		}
	}
	return false
}

func pick(list []finding, m chat.Mark) []chat.Text {
	var texts []chat.Text
	for _, f := range list {
		if f.mark == m {
			texts = append(texts, f.text)
		}
	}
	return texts
}
