package finding

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// reads is what a rule reads of a list that is sorted by key: names, and beginnings of
// names, which end in a dot. A rule has no other way to a property, so that what it
// can be told, and which part of a print-out it rests on, are one list.
//
// Two orders are known: by key (toybox getprop, Android 7 to 16), and by the whole
// line "[key]: [value]" (toolbox getprop, Android 5 and 6; dumpstate's section
// SYSTEM PROPERTIES, 7 and 8), where a key stands behind those that it begins: [a.b]
// before [a]. What is said here of places holds in both.
type reads []string

// of gives the properties of a case that the rule reads, in the order in which they stand.
func (r reads) of(c *Case) iter.Seq2[fact.Property, fact.Observation] {
	return func(yield func(fact.Property, fact.Observation) bool) {
		for p, o := range fact.Of[fact.Property](c.Observations) {
			if slices.ContainsFunc(r, func(e string) bool { return takes(e, p.Key) }) && !yield(p, o) {
				return
			}
		}
	}
}

// value gives the value of a property that the rule reads, and where it stands.
func (r reads) value(c *Case, key string) (value string, ref evidence.Ref, ok bool) {
	for p, o := range r.of(c) {
		if p.Key == key {
			return strings.TrimSpace(p.Value), o.Ref, true
		}
	}
	return "", evidence.Ref{}, false
}

// takes says whether an entry of reads names a key.
func takes(entry, key string) bool {
	return key == entry || strings.HasSuffix(entry, ".") && strings.HasPrefix(key, entry)
}

// before says whether all that an entry names stands before a key.
func before(entry, key string) bool {
	return !takes(entry, key) && entry < key && closed(entry) < key+"]"
}

// behind says whether all that an entry names stands behind a key.
func behind(entry, key string) bool {
	return !takes(entry, key) && entry > key && closed(entry) > key+"]"
}

// closed is how an entry begins a whole line.
func closed(entry string) string {
	if strings.HasSuffix(entry, ".") {
		return entry
	}
	return entry + "]"
}

// begunBefore says whether a list that begins with a key has all before it that is read.
func (r reads) begunBefore(first string) bool {
	return !slices.ContainsFunc(r, func(e string) bool { return e != first && !behind(e, first) })
}

// endedBehind says whether a list that goes on to a key has all behind it that is read.
func (r reads) endedBehind(last string) bool {
	return !slices.ContainsFunc(r, func(e string) bool { return !before(e, last) })
}

// doubts says in words what of a capture may be what is read and was not understood, or
// nothing. A value of several lines is none that a boot loader or a build writes (init
// reads both line by line): it was torn. Lines that were not understood may be what is
// read, but where they stand elsewhere in the order, or it is there.
func (r reads) doubts(c *Case, v Covered) string {
	there := map[string]bool{}
	for p, o := range r.of(c) {
		if o.Ref.Bundle != v.Ref.Bundle || o.Ref.File != v.Ref.File {
			continue
		}
		if strings.Contains(p.Value, "\n") {
			return "the value of " + p.Key + " could not be read, it has several lines"
		}
		there[p.Key] = true
	}
	lines := v.Reading.Unread - v.Reading.Apart
	if lines <= 0 {
		return ""
	}
	var may []string
	for _, e := range r {
		if !there[e] && hidden(e, v.Reading, lines) {
			if strings.HasSuffix(e, ".") {
				e += "*"
			}
			may = append(may, e)
		}
	}
	if len(may) == 0 {
		return ""
	}
	slices.Sort(may)
	what := strings.Join(may[:min(len(may), mostNamed)], ", ")
	if more := len(may) - mostNamed; more > 0 {
		what += fmt.Sprintf(" or %d more", more)
	}
	if lines == 1 {
		return "1 line could not be read, which may be " + what
	}
	return fmt.Sprintf("%d lines could not be read, one of which may be %s", lines, what)
}

// hidden says whether one of so many unread lines may be what an entry names: one that
// stands where that is sorted in, or that names it: who sorts a print-out again moves a
// line that does not begin as it did. Of a list that is not sorted, or with more such
// lines than are told of, any may.
func hidden(entry string, r printout.Reading, lines int) bool {
	if len(r.Holes) < lines {
		return true
	}
	return slices.ContainsFunc(r.Holes, func(h printout.Hole) bool {
		return strings.Contains(h.Text, entry) || (h.Behind == "" || !before(entry, h.Behind)) && (h.Before == "" || !behind(entry, h.Before))
	})
}
