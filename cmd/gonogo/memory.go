package main

import (
	"os"
	"runtime/debug"
)

// memoryLimit is where the collector begins to work harder, in bytes: below what the bot may be resident with, as files
// that are mapped come on top.
const memoryLimit = 200 << 20

// collectAt is how much garbage, in per cent of what is alive, is let gather before it is collected: what is alive is
// small, so collecting half as often as usual costs few megabytes and gives the time to decisions.
const collectAt = 300

// tune bounds memory unless whoever runs the bot decided on it.
func tune() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
