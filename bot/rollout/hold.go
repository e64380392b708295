package rollout

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Hold says that a deployment takes no next step while a freeze that began after it lasts: what runs goes on running and is watched,
// and does not count as passed.
type Hold struct {
	Freeze string    `json:"freeze"` // the freeze that began
	At     time.Time `json:"at"`
	// Passed is what the watch said at its end, once it found everything well: only the freeze is waited for then.
	Passed *chat.Text `json:"passed,omitempty"`
}
