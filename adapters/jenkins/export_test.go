package jenkins

import (
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
)

// Hasten lets Follow ask more often than it is good manners, for tests on the real clock.
func (a *Adapter) Hasten(least time.Duration) {
	a.watch.Pace = poll.Pace{Least: least, Most: 4 * least}
}
