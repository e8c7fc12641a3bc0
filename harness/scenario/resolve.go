package scenario

import (
	"context"
	"strings"
)

// Resolve asks the handset which apps a subject names. A control has one
// target, the zero one. Where nothing answers, the error wraps ErrNoTarget; any
// other error is infrastructure's.
func Resolve(ctx context.Context, h Handset, s Subject, o Overrides) ([]Target, error) {
	if (s == Subject{}) {
		return []Target{{}}, nil
	}
	return nil, &NoTarget{Subject: s}
}

func joined(words []string) string { return strings.Join(words, "; ") }
