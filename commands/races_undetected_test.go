//go:build !race

package commands_test

// mostRounds is how often each race is run.
const mostRounds = 1000

// everyPlatform has each conversation played on every platform.
const everyPlatform = true
