package policy

import "time"

// Closure is a condition that closes a gate while it holds.
type Closure struct {
	Name   string
	When   *Condition
	Closes string // a sentence for people: what may not happen while it holds
	// OpensBy are the groups whose members may open it for one release, each time for Lasting.
	OpensBy []string
	Lasting time.Duration
	// Emergency says that the emergency path opens it.
	Emergency bool
}
