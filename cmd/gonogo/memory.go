package main

import (
	"os"
	"runtime/debug"
)

// memoryLimit is where the collector begins to work harder, in bytes: below what the bot may be resident with, as files
// that are mapped come on top.
const memoryLimit = 200 << 20

// tune bounds memory unless whoever runs the bot decided on it.
func tune() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
