// Package fact is what a print-out can say: one type for each kind of thing, such as
// [Install], [Grant], [OpUse] or [LogLine]. A file holds a family of them.
//
// A [Fact] says nothing of where it was read. An [Observation] does: it has the fact, the
// phase of the run in which the handset said it, and a reference to the bytes. [Of] ranges
// over the facts of one type, and [Kinds] lists every type there is.
//
// Fields bear the names that Android prints, and JSON bears them too. What a print-out does
// not give is a value that cannot be mistaken for one that it gives: [Unsaid],
// android.NoUID, -1. Of a screen, a place, an account and a network, a fact leaves out what
// only the owner of the handset should know; each type says what that is.
package fact

import (
	"iter"
	"slices"

	"assay/harness/evidence"
)

// Fact is one thing that a handset said. Its Kind is the word that the facts
// stream uses: install, grant, op-use …
type Fact interface{ Kind() string }

// Observation is a fact, when it was captured, and the bytes it was read from.
type Observation struct {
	Fact   Fact
	Source string
	Phase  evidence.Phase
	Ref    evidence.Ref
}

// Of ranges over the facts of one type, in the order of the evidence.
func Of[T Fact](all []Observation) iter.Seq2[T, Observation] {
	return func(yield func(T, Observation) bool) {
		for _, o := range all {
			if f, ok := o.Fact.(T); ok && !yield(f, o) {
				return
			}
		}
	}
}

// Keep gives a fact as it may be kept beyond Emit: the value of one whose memory
// its parser uses again, and a copy of a log line.
func Keep(f Fact) Fact {
	switch f := f.(type) {
	case *Grant:
		return *f
	case *Install:
		return *f
	case *LogLine:
		c := *f
		c.Time, c.Tag, c.Message = slices.Clone(f.Time), slices.Clone(f.Tag), slices.Clone(f.Message)
		return &c
	case *OpMode:
		return *f
	case *OpUse:
		return *f
	case *PermissionDefinition:
		return *f
	case *Provider:
		return *f
	case *Request:
		return *f
	case *UserState:
		return *f
	}
	return f
}
