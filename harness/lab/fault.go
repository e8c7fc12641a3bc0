package lab

import (
	"context"
)

// onlyUnmet says whether an error holds nothing but expectations that the
// handset did not meet. A transport's fault beside one makes it the lab's.
func onlyUnmet(err error) bool { return only(err, unmet) }

// only says whether all that an error joins is of one sort.
func only(err error, is func(error) bool) bool {
	if err == nil {
		return true
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if !only(e, is) {
				return false
			}
		}
		return true
	}
	return is(err)
}

// whileRunning gives a context that is done once the run drains.
func (r *Runner) whileRunning(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if r.Drain == nil {
		return ctx, cancel
	}
	go func() {
		select {
		case <-r.Drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
