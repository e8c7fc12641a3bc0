package phone

import (
	"slices"
	"time"
)

// SortByTime puts a list into the order of time; what falls together stays as it
// was.
func SortByTime[T any](list []T, at func(T) time.Time) {
	slices.SortStableFunc(list, func(a, b T) int { return at(a).Compare(at(b)) })
}

// SortedKeys are the keys of a map, in order, in one allocation: dumps sort thousands of
// small ones.
func SortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
