package scenario

import (
	"context"
)

// Needs is what a handset must have for a scenario to apply to it.
type Needs struct {
	MinSDK   int      // 0: any
	MaxSDK   int      // 0: any
	Features []string // as pm list features prints them: android.hardware.camera
	Roles    []string // that must resolve, beside the subject's
}

// Lacks says in one sentence what the handset lacks of the needs, or "" where it
// lacks nothing. The error is infrastructure's.
func (n Needs) Lacks(ctx context.Context, h Handset, o Overrides) (string, error) {
	return "", nil
}
