package leak

import (
	"bytes"
	"encoding/binary"
)

// gram is how many bytes the filter looks at in one place.
const gram = 4

// longestStride is the most bytes that the filter skips; more gains nothing.
const longestStride = 8

// literal is one text to search for.
type literal struct {
	text  string // in lower case unless exact
	exact bool   // capitals matter: base64
	form  string
	value int    // whose disguise it is, an index of Scanner.values
	plain string // the value as it stands in this spelling, to tell upper from lower; empty for disguises
	guard guard

	// look is set where the literal is a word that makes a detector look closer.
	look func(text []byte, start, end int, found []span) []span
}

// guard says what must not stand next to a literal.
type guard int

const (
	free   guard = iota
	digits       // no digit: a number must not be a part of a longer one
	words        // no letter or digit: a short value must stand by itself
	phone        // no digit but a country code, in text form country
)

// literals finds many literals in one pass: it samples every stride bytes, and
// looks closer only where four bytes are part of a literal.
type literals struct {
	all    []literal
	stride int
	bitmap [1 << 16 / 64]uint64
	places map[uint32][]place
}

// place is where in a literal four bytes stand.
type place struct{ literal, offset int }

func newLiterals(all []literal) literals {
	l := literals{all: all, stride: longestStride, places: map[uint32][]place{}}
	for _, lit := range all {
		l.stride = min(l.stride, len(lit.text)-gram+1)
	}
	for i, lit := range all {
		for offset := 0; offset < l.stride; offset++ {
			g := fold([]byte(lit.text[offset:]))
			h := hashOf(g)
			l.bitmap[h>>6] |= 1 << (h & 63)
			l.places[g] = append(l.places[g], place{i, offset})
		}
	}
	return l
}

func (l *literals) maybe(g uint32) bool {
	h := hashOf(g)
	return l.bitmap[h>>6]&(1<<(h&63)) != 0
}

// fold reads four bytes so that capitals do not matter. Other characters run
// together as well; at decides.
func fold(b []byte) uint32 { return binary.LittleEndian.Uint32(b) | 0x20202020 }

func hashOf(g uint32) uint32 { return (g * 0x9E3779B1) >> 16 }

// at says whether the literal stands in text at start.
func (l *literal) at(text []byte, start int) bool {
	end := start + len(l.text)
	if end > len(text) {
		return false
	}
	if l.exact {
		return string(text[start:end]) == l.text
	}
	for i, c := range text[start:end] {
		if lower(c) != l.text[i] {
			return false
		}
	}
	return true
}

// formAt tells plain from upper and lower case.
func (l *literal) formAt(seen []byte) string {
	switch {
	case l.plain == "" || string(seen) == l.plain:
		return l.form
	case bytes.Equal(seen, bytes.ToLower(seen)):
		return "lower"
	case bytes.Equal(seen, bytes.ToUpper(seen)):
		return "upper"
	}
	return "mixed"
}

// bounded says whether what stands beside the literal lets it be itself.
func (l *literal) bounded(text []byte, start, end int) bool {
	switch l.guard {
	case digits:
		return !digitAt(text, start-1) && !digitAt(text, end)
	case words:
		return !wordAt(text, end) && (!wordAt(text, start-1) || escaped(text, start))
	case phone:
		return !digitAt(text, end) && countryCode(text, start)
	}
	return true
}

// escaped says whether a URL escape such as %3D ends at start.
func escaped(text []byte, start int) bool {
	return start >= 3 && text[start-3] == '%' && isHex(text[start-2]) && isHex(text[start-1])
}

// countryCode says whether the digits before start can only be a way to dial the
// number that follows: a trunk 0, or a country code behind + or 00.
func countryCode(text []byte, start int) bool {
	first := start
	for digitAt(text, first-1) && start-first < 6 {
		first--
	}
	switch before := text[first:start]; {
	case len(before) == 0 || string(before) == "91" || string(before) == "091":
		return true
	case len(before) <= 2 && before[0] == '0':
		return true
	case len(before) <= 3:
		return first > 0 && text[first-1] == '+'
	default:
		return len(before) <= 5 && before[0] == '0' && before[1] == '0'
	}
}

func digitAt(text []byte, i int) bool {
	return i >= 0 && i < len(text) && isDigit(text[i])
}

func wordAt(text []byte, i int) bool {
	return i >= 0 && i < len(text) && (isDigit(text[i]) || isLetter(text[i]))
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return lower(c)-'a' < 26 }

func isUpper(c byte) bool { return c-'A' < 26 }

func isHex(c byte) bool { return isDigit(c) || lower(c)-'a' < 6 }

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}
