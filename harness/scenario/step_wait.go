package scenario

import (
	"context"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// wait lets time pass on the handset's clock, with whatever is on its screen:
//
//   - wait: 30s
type wait time.Duration

func readWait(r *reader, at, value ast.Node) Step {
	if value == nil {
		r.problem(at, "", "%q lacks how long", "wait")
		return nil
	}
	return wait(r.duration(value, "wait"))
}

func (w wait) String() string { return "wait " + time.Duration(w).String() }

// Do waits.
func (w wait) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	return Report{}, h.Sleep(ctx, time.Duration(w))
}
