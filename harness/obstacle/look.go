package obstacle

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Asks runs one command on a handset, and gives what it prints. The harness sends
// no more than getprop and settings get: neither changes anything.
type Asks func(ctx context.Context, argv ...string) (string, error)

// Seen is an obstacle that a look has shown.
type Seen struct {
	Row   Row
	Shown string // what was seen: persist.security.adbinput is not set
}

// Beforehand looks for all obstacles of a handset's maker that a look can show.
func Beforehand(ctx context.Context, ask Asks, makers ...string) ([]Seen, error) {
	var all []Seen
	for _, r := range Of(makers...) {
		if r.Look == nil {
			continue
		}
		shown, there, err := r.Look.There(ctx, ask)
		if err != nil {
			return all, err
		}
		if there {
			all = append(all, Seen{r, shown})
		}
	}
	return all, nil
}

// There looks whether the obstacle is there, and says what was seen.
func (l Look) There(ctx context.Context, ask Asks) (shown string, there bool, err error) {
	if l.Only != "" {
		if value, err := ask(ctx, "getprop", l.Only); err != nil || strings.TrimSpace(value) == "" {
			return "", false, err
		}
	}
	argv, name := []string{"getprop", l.Property}, l.Property
	if l.Property == "" {
		argv = append([]string{"settings", "get", "--user", "0"}, l.Setting...)
		name = "settings " + strings.Join(l.Setting, " ")
	}
	out, err := ask(ctx, argv...)
	if err != nil {
		return "", false, fmt.Errorf("%s: %w", name, err)
	}
	value := strings.TrimSpace(out)
	if l.Property == "" && value == "null" {
		value = ""
	}
	shown = fmt.Sprintf("%s is %q", name, value)
	if value == "" {
		shown = name + " is not set"
	}
	return shown, slices.Contains(l.Refuses, value), nil
}
