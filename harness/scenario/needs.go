package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Needs is what a handset must have for a scenario to apply to it.
type Needs struct {
	MinSDK   int      // 0: any
	MaxSDK   int      // 0: any
	Features []string // as pm list features prints them: android.hardware.camera
	Roles    []string // that must resolve, beside the subject's
}

// Lacks says in words what the handset lacks of the needs, or "" where it lacks
// nothing. The error is infrastructure's.
func (n Needs) Lacks(ctx context.Context, h Handset, o Overrides) (string, error) {
	if n.MinSDK > 0 && h.SDK() < n.MinSDK {
		return fmt.Sprintf("needs SDK %d or later, the handset has %d", n.MinSDK, h.SDK()), nil
	}
	if n.MaxSDK > 0 && h.SDK() > n.MaxSDK {
		return fmt.Sprintf("needs SDK %d or earlier, the handset has %d", n.MaxSDK, h.SDK()), nil
	}
	if len(n.Features) > 0 {
		out, err := h.Shell(ctx, "pm", "list", "features")
		if err != nil {
			return "", fmt.Errorf("features: %w", err)
		}
		known := features(out)
		if len(known) == 0 {
			return "", errors.New("features: pm lists none, and every handset has some: what it printed is not all")
		}
		for _, f := range n.Features {
			if !slices.Contains(known, f) {
				return "needs the feature " + f, nil
			}
		}
	}
	for _, r := range n.Roles {
		_, err := Resolve(ctx, h, Subject{Role: r}, o)
		if errors.Is(err, ErrNoTarget) {
			return fmt.Sprintf("needs an app in the role %s: %s", r, err), nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// features reads pm list features: feature:NAME, from Android 7 also with
// =VERSION.
func features(out string) []string {
	var found []string
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "feature:"); ok {
			name, _, _ = strings.Cut(name, "=")
			found = append(found, name)
		}
	}
	return found
}
