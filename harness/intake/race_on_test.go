//go:build race

package intake_test

// underRace says that the race detector runs, under which 65 MiB of plain
// sequential reading take half a minute: CI plays that without it.
const underRace = true
