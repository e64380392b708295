//go:build race

package commands_test

// mostRounds is how often each race is run with the race detector on, which slows what it watches about tenfold: it looks for memory
// shared without care, and that shows early. `make full` runs all of them without it.
const mostRounds = 200

// everyPlatform has each conversation played on every platform. With the race detector on, each is played on one, by turns.
const everyPlatform = false
