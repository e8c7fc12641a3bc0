package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// onHost says whether an error is this host's disk's: full, gone, read-only. No
// handset is to blame for it, and no other will fare better.
func onHost(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EDQUOT)
}

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

// mostTold is how many of several errors a journal spells out, and mostOfOne how
// many bytes of each; the steps of the bundle have them all, whole.
const (
	mostTold  = 3
	mostOfOne = 160
)

// oneLine folds an error that joins several into one line for a journal.
func oneLine(err error) string {
	lines := strings.Split(err.Error(), "\n")
	told := lines[:min(len(lines), mostTold)]
	for i, l := range told {
		if len(l) > mostOfOne {
			told[i] = strings.ToValidUTF8(l[:mostOfOne], "") + "…"
		}
	}
	text := strings.Join(told, "; ")
	if more := len(lines) - len(told); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
