//go:build race

package lab_test

// underRace says that the race detector runs: the long tests, whose races show in
// a part of them, are thinned. CI plays them whole without it.
const underRace = true
