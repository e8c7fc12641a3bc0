package observe

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
