package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Select gives the tables of these names, in their order and each once; none
// means all. A name that no table has is an error that suggests one.
func Select(names []string) ([]Builder, error) {
	return choose("table", names, Tables, func(b Builder) []string { return []string{b.Name} })
}

// SelectFormats gives the formats of these names or file extensions, in their
// order and each once; none means all.
func SelectFormats(names []string) ([]Format, error) {
	return choose("format", names, Formats, func(f Format) []string { return []string{f.Name, f.Ext} })
}

// choose looks names up among all; called gives the names that one answers to,
// its own first.
func choose[T any](what string, names []string, all []T, called func(T) []string) ([]T, error) {
	if len(names) == 0 {
		return slices.Clone(all), nil
	}
	var chosen []T
	var taken []string
	for _, name := range names {
		wanted := strings.ToLower(strings.TrimSpace(name))
		at := slices.IndexFunc(all, func(t T) bool { return slices.Contains(called(t), wanted) })
		if at < 0 {
			return nil, unknownName(what, name, all, called)
		}
		if own := called(all[at])[0]; !slices.Contains(taken, own) {
			taken = append(taken, own)
			chosen = append(chosen, all[at])
		}
	}
	return chosen, nil
}

func unknownName[T any](what, name string, all []T, called func(T) []string) error {
	var known []string
	for _, t := range all {
		known = append(known, called(t)[0])
	}
	hint := ""
	if near := nearest(name, known); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("no %s is called %q%s (there are: %s)", what, name, hint, strings.Join(known, ", "))
}

// nearest gives the known name that a mistyped one is most like, or "" where
// none is like it.
func nearest(name string, known []string) string {
	best, score := "", 0.5
	for _, k := range known {
		if s := levenshtein.Match(strings.ToLower(name), strings.ToLower(k), nil); s > score {
			best, score = k, s
		}
	}
	return best
}
