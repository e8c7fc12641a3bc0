package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assay/harness/obstacle"
)

const (
	interval = time.Second      // between two looks at the handset; toolbox sleeps no shorter (Android 5)
	patience = 10 * time.Second // where a scenario gives no deadline
)

// poll looks until look says that it is done, or until within has passed: on the
// handset's clock, as far as poll itself slept, or on the host's, where looking
// is what takes the time. It says whether it was done; look is asked once at least.
func poll(ctx context.Context, h Handset, within time.Duration, look func() (bool, error)) (bool, error) {
	started := time.Now()
	for slept := time.Duration(0); ; slept += interval {
		done, err := look()
		if done || err != nil {
			return done, err
		}
		if slept >= within || time.Since(started) >= within {
			return false, nil
		}
		if err := h.Sleep(ctx, interval); err != nil {
			return false, err
		}
	}
}

// refused says whether the error is the handset's own answer, a non-zero exit,
// rather than the way to it.
func refused(err error) bool {
	var exit interface{ ExitCode() int }
	return errors.As(err, &exit)
}

// command runs a command whose success a step relies on: a non-zero exit is an
// unmet expectation. What adb's shell is refused although Android gives it is the
// lab's matter, and no answer of the handset's.
func command(ctx context.Context, h Handset, argv ...string) (string, error) {
	out, err := h.Shell(ctx, argv...)
	if r := refusal(err); err != nil && refused(err) && (r == nil || r.What == "") {
		return out, &Unmet{Expected: strings.Join(argv, " ") + " to succeed", Seen: err.Error()}
	}
	if err != nil {
		return out, fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
	}
	return out, nil
}

// refusal is what adb's shell was refused by the security exception that an error
// tells of; nil where it tells of none.
func refusal(err error) *obstacle.Refusal {
	var r *obstacle.Refusal
	errors.As(err, &r)
	return r
}

// ask runs a command that this release may not have: a non-zero exit is no
// answer, and ok is false. That the shell may not ask is an error: nobody knows what
// the answer would have been.
func ask(ctx context.Context, h Handset, argv ...string) (out string, ok bool, err error) {
	out, err = h.Shell(ctx, argv...)
	if err != nil && refused(err) && refusal(err) == nil {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
	}
	return out, true, nil
}

// quoted shortens what a handset said to what fits in a sentence.
func quoted(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 120 {
		s = strings.ToValidUTF8(s[:120], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
