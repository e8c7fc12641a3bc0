package device

import (
	"bytes"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Getprop reads the properties that the handset answers with.
var Getprop = printout.Parser{
	Source: "getprop",
	Parse:  parseGetprop,
	Needs:  "system/core toolbox/getprop.c, Android 5 and 6; external/toybox toys/android/getprop.c, 7 to 16",
}

// mostValue bounds a value that spans lines.
const mostValue = 256 << 10

// parseGetprop reads [key]: [value]. From Android 10 most handsets have a value that spans
// lines, persist.sys.boot.reason.history: it ends with the first line that ends in a bracket.
// A line of any other form is unread. It may be a damaged property: behind a prompt or a
// linker's warning, or two properties on one line.
func parseGetprop(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	order := keyOrder{}
	defer func() { order.tell(l) }()
	for l.Next() {
		t := l.Text()
		key, value, ok := propertyIn(t)
		if !ok {
			if bytes.HasSuffix(t, []byte("getprop")) && !bytes.Contains(t, []byte("]")) {
				l.Skip() // a prompt
				continue
			}
			order.unread(l)
			continue
		}
		l.Read()
		property := fact.Property{Key: string(key)}
		order.add(property.Key)
		if last := len(value) - 1; last >= 0 && value[last] == ']' {
			property.Value = string(value[:last])
			emit(property, l.Span())
			continue
		}
		span, first := l.Span(), bytes.Clone(t)
		rest, ok := untilBracket(l, value)
		if !ok {
			l.Lose(span)
			order.miss(first)
			continue
		}
		property.Value = rest
		emit(property, printout.JoinSpans(span, l.Span()))
	}
	return nil
}

// keyEnd stands between a key and its value.
var keyEnd = []byte("]: [")

// propertyIn takes apart a line that begins a property. It is false where init does not allow
// the name (system/core init/property_service.c and util.cpp IsLegalPropertyName, Android 5 to
// 16), where a byte cannot be printed, and where another property follows on the same line.
func propertyIn(t []byte) (key, value []byte, ok bool) {
	key, value, ok = bytes.Cut(t, keyEnd)
	if !ok || len(key) < 2 || key[0] != '[' || bytes.Contains(value, keyEnd) || bytes.ContainsFunc(t, control) {
		return nil, nil, false
	}
	key = key[1:]
	return key, value, !bytes.ContainsFunc(key, func(r rune) bool { return !inName(r) })
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func inName(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-@:_", r)
}

// keyOrder follows the order of the keys, which shows whether all are there. Some releases
// sort by key. Others sort by the whole line: there [a.b] comes before [a].
type keyOrder struct {
	first, last  string
	byKey, byRow bool            // whether it is not sorted by key, and not by line
	holes        []printout.Hole // where lines stand that may be properties
	open         int             // the first hole that no key has followed yet
	apart        int             // unread lines that are no property
}

// add takes the next key.
func (o *keyOrder) add(key string) {
	if o.first == "" {
		o.first = key
	}
	o.byKey = o.byKey || key < o.last
	o.byRow = o.byRow || key+"]" < o.last+"]" && o.last != ""
	o.last = key
	for ; o.open < len(o.holes); o.open++ {
		o.holes[o.open].Before = key
	}
}

// unread is for a line that is no property. It may be what is left of a damaged one only if
// it has a bracket: the line of a property has four, and if it was torn into several lines,
// one of those has a bracket.
func (o *keyOrder) unread(l *printout.Lines) {
	l.Settle()
	t := l.Text()
	if l.Skipped() && bytes.Contains(t, keyEnd) {
		l.Unmark() // a property stands behind what is known, on the same line
	}
	switch {
	case !l.Unread() || len(bytes.TrimSpace(t)) == 0:
	case bytes.ContainsAny(t, "[]"):
		o.miss(t)
	default:
		o.apart++
	}
}

// mostKept bounds the line that a hole keeps. A longer line is treated as if there were
// already as many holes as are kept.
const mostKept = 4 << 10

// miss notes that a line stands here that may be a property.
func (o *keyOrder) miss(line []byte) {
	if len(o.holes) < printout.MostSamples && len(line) <= mostKept {
		o.holes = append(o.holes, printout.Hole{Behind: o.last, Text: string(line)})
	}
}

// tell puts into the account what the order proves. If the print-out is not sorted, a key does
// not show that all keys before it have come, and so the last one does not show the end.
func (o *keyOrder) tell(l *printout.Lines) {
	l.CountApart(o.apart)
	if o.byKey && o.byRow {
		l.ForgetEnd()
		return
	}
	l.Sorted(o.first, o.last, o.holes)
}

// untilBracket reads the other lines of a value. It is false where the value never ends: the
// print-out does, or another property begins.
func untilBracket(l *printout.Lines, first []byte) (string, bool) {
	value := append([]byte(nil), first...)
	for l.Next() {
		t := l.Text()
		if bytes.Contains(t, keyEnd) {
			l.Back()
			return "", false
		}
		if len(value)+len(t) > mostValue {
			return "", false
		}
		l.Read()
		value = append(append(value, '\n'), t...)
		if last := len(value) - 1; value[last] == ']' {
			return string(value[:last]), true
		}
	}
	l.Cover(evidence.Coverage{State: evidence.Truncated, Reason: "the last property's value is not closed"})
	return "", false
}
