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

// parseGetprop reads [key]: [value]. From Android 10 most handsets have a value
// that spans lines, persist.sys.boot.reason.history: it ends with the first
// line that ends in a bracket. A line that is not quite that is unread, and may be a
// property that was damaged: a prompt or a linker's warning may stand before it, two
// may have become one line.
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

// propertyIn takes apart a line that begins a property. It is false where the name
// is none that init lets be set (system/core init/property_service.c and util.cpp
// IsLegalPropertyName, Android 5 to 16), where a byte does not print, and where another property follows
// on the same line.
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

// keyOrder says how far a print-out that is sorted has come: by key, or by the whole
// line, where a key stands behind those that it begins: [a.b] before [a].
type keyOrder struct {
	first, last  string
	byKey, byRow bool            // it is not sorted so
	holes        []printout.Hole // where lines stand that may be properties
	open         int             // the first hole behind which no key has come
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

// unread settles a line that is no property. The line of a property has four brackets:
// what has none of them is not what was left of one, and where one was torn into
// several lines, another of them has.
func (o *keyOrder) unread(l *printout.Lines) {
	l.Settle()
	t := l.Text()
	if l.Skipped() && bytes.Contains(t, keyEnd) {
		l.Unmark() // what is known stands before a property, on its line
	}
	switch {
	case !l.Unread() || len(bytes.TrimSpace(t)) == 0:
	case bytes.ContainsAny(t, "[]"):
		o.miss(t)
	default:
		o.apart++
	}
}

// mostKept bounds a line that a hole keeps; one that is longer is not told of, as if
// there were more of them than are.
const mostKept = 4 << 10

// miss notes that a line stands here that may be a property.
func (o *keyOrder) miss(line []byte) {
	if len(o.holes) < printout.MostSamples && len(line) <= mostKept {
		o.holes = append(o.holes, printout.Hole{Behind: o.last, Text: string(line)})
	}
}

// tell puts into the account what the order proves. Where there is none, no key shows
// that those before it have all come: nothing shows the end either.
func (o *keyOrder) tell(l *printout.Lines) {
	l.CountApart(o.apart)
	if o.byKey && o.byRow {
		l.ForgetEnd()
		return
	}
	l.Sorted(o.first, o.last, o.holes)
}

// untilBracket reads the further lines of a value. It is false where the value
// never ends: at the end of the print-out, or where another property begins.
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
