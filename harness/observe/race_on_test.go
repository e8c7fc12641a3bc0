//go:build race

package observe

// underRace says that the race detector runs. It makes these parsers, which are plain sequential
// code, ten times slower, so the long checks check less.
const underRace = true
