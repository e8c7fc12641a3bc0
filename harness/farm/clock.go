package farm

import (
	"context"
	"time"
)

// Clock is what the farm's waiting goes through. Tests bring one whose time
// passes at once.
type Clock interface {
	Now() time.Time
	// Wait returns after d, or with the context's error.
	Wait(ctx context.Context, d time.Duration) error
}

// wall is the clock on the wall.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
