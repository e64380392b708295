package release

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Timing is when a release is to go to its last environment, and what that takes.
type Timing struct {
	// For is when it was planned to; zero where nobody said.
	For  time.Time `json:"for,omitzero"`
	Zone string    `json:"zone,omitempty"` // that it was said in
	// Downtime is how long the service is down meanwhile; 0 where nobody said that it is.
	Downtime time.Duration `json:"downtime,omitempty"`
	// Window is the agreed window that it was planned for; nil for any.
	Window *Window `json:"window,omitempty"`
	// OffCadence is why it does not go with one of its service's trains; By said so.
	OffCadence *chat.Sealed `json:"off_cadence,omitempty"`
	By         string       `json:"by,omitempty"`
}

// Window is an agreed window as a release was planned for it: another time is another plan.
type Window struct {
	ID   string    `json:"id"` // "W-5"
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Time is its timing; the zero value where nobody said anything of it.
func (r Release) Time() Timing {
	if r.Timing == nil {
		return Timing{}
	}
	return *r.Timing
}
