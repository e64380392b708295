package github

import (
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/poll"
)

// Hurry lets a pipeline look more often, for suites that run by the real clock.
func (p *Pipeline) Hurry(every time.Duration) {
	p.every, p.watch.Pace = every, poll.Pace{Least: every, Most: 4 * every}
}
