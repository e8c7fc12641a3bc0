//go:build race

package observe

// underRace says that the race detector runs, which makes these parsers, plain
// sequential code, ten times slower: the long checks are thinned.
const underRace = true
