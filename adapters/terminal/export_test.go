package terminal

import (
	"context"
	"time"
)

// Pauses replaces the client's pauses, so that no test waits.
func (c *Client) Pauses(f func(ctx context.Context, d time.Duration) error) { c.pause = f }
