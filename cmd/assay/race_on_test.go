//go:build race

package main

// underRace says that the race detector runs, under which reading the whole corpus
// would take minutes.
const underRace = true
