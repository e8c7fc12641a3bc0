// Package fact is what a print-out can say: one type for each kind of thing, such as
// [Install], [Grant], [OpUse] or [LogLine]. A file holds a family of them.
//
// A [Fact] says nothing of where it was read. An [Observation] does: it has the fact, the
// phase of the run in which the handset said it, and a reference to the bytes. [Of] ranges
// over the facts of one type, and [Kinds] lists every type there is.
//
// Fields are named as Android names them, in JSON too. Where a print-out does not give a value
// that may be zero, the field has one that no print-out gives: [Unsaid], android.NoUID, -1. Facts
// of screens, places, accounts and networks leave out what is the owner's own affair; each of
// these types says what that is.
package fact

import (
	"iter"
	"slices"

	"assay/harness/evidence"
)

// Fact is one thing that a handset said. Kind is its word in the stream of facts (assay facts):
// install, grant, op-use …
type Fact interface{ Kind() string }

// Observation is a fact, with when it was captured and the bytes that it was read from.
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

// Keep gives a fact that may be kept after Emit has returned. A parser may use the memory of a
// fact that is a pointer again, so Keep gives its value, and of a log line a copy.
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
