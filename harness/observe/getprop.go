package observe

import (
	"bytes"
	"strings"

	"assay/harness/evidence"
)

var getprop = Parser{
	Source: "getprop",
	Parse:  parseGetprop,
	Needs:  "system/core toolbox/getprop.c, Android 5 and 6; external/toybox toys/android/getprop.c, 7 to 16",
}

// mostValue bounds a value that spans lines.
const mostValue = 256 << 10

// parseGetprop reads [key]: [value]. From Android 10 most handsets have a value
// that spans lines, persist.sys.boot.reason.history: it ends with the first
// line that ends in a bracket.
func parseGetprop(in Input, emit Emit) error {
	l := in.Lines
	order := keyOrder{}
	defer func() { l.tally.First, l.tally.Through = order.through() }()
	for l.Next() {
		t := l.Text()
		key, value, ok := bytes.Cut(t, []byte("]: ["))
		if !ok || len(key) < 2 || key[0] != '[' {
			if bytes.HasSuffix(t, []byte("getprop")) {
				l.Skip() // a prompt
				continue
			}
			other(l)
			continue
		}
		l.Read()
		property := Property{Key: string(key[1:])}
		order.add(property.Key)
		if last := len(value) - 1; last >= 0 && value[last] == ']' {
			property.Value = string(value[:last])
			emit(property, l.Span())
			continue
		}
		span := l.Span()
		rest, ok := untilBracket(l, value)
		if !ok {
			l.lose(span)
			continue
		}
		property.Value = rest
		emit(property, through(span, l.Span()))
	}
	return nil
}

// keyOrder says how far a print-out that is sorted by key has come.
type keyOrder struct {
	first, last string
	bent        bool // it is not sorted
}

// add takes the next key. Android 5 and 6 sort whole lines, so that a key may stand
// behind one that it begins: [a.b] before [a].
func (o *keyOrder) add(key string) {
	if o.first == "" {
		o.first = key
	}
	o.bent = o.bent || key < o.last && !strings.HasPrefix(o.last, key)
	o.last = key
}

// through gives the first and the last key; empty where the order tells nothing.
func (o *keyOrder) through() (first, last string) {
	if o.bent {
		return "", ""
	}
	return o.first, o.last
}

// untilBracket reads the further lines of a value. It is false where the value
// never ends: at the end of the print-out, or where another property begins.
func untilBracket(l *Lines, first []byte) (string, bool) {
	value := append([]byte(nil), first...)
	for l.Next() {
		t := l.Text()
		if len(t) > 0 && t[0] == '[' && bytes.Contains(t, []byte("]: [")) {
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
