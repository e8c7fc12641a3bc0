package printout

import (
	"bytes"
	"iter"
)

// Word gives the first word of a text, and what follows it. Words are parted by spaces and
// tabs.
func Word(b []byte) (word, rest []byte) {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	from := i
	for i < len(b) && b[i] != ' ' && b[i] != '\t' {
		i++
	}
	return b[from:i], b[i:]
}

// Words ranges over the words of a text, with their offsets.
func Words(t []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := 0; i < len(t); {
			if t[i] == ' ' || t[i] == '\t' {
				i++
				continue
			}
			from := i
			for i < len(t) && t[i] != ' ' && t[i] != '\t' {
				i++
			}
			if !yield(from, t[from:i]) {
				return
			}
		}
	}
}

// Indent counts the spaces that a line begins with.
func Indent(b []byte) int {
	for i, c := range b {
		if c != ' ' {
			return i
		}
	}
	return len(b)
}

// TrimPadding cuts off the spaces that a line ends with.
func TrimPadding(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// HasAnyPrefix says whether a line begins with one of a list of texts.
func HasAnyPrefix(t []byte, known []string) bool {
	for _, k := range known {
		if bytes.HasPrefix(t, []byte(k)) {
			return true
		}
	}
	return false
}

// Between gives what stands between the first open and the end that follows it.
func Between(line []byte, open, end string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(line, []byte(open))
	if !ok {
		return nil, false
	}
	inner, _, ok := bytes.Cut(rest, []byte(end))
	return inner, ok
}

// ConsistsOf says whether a word has no other characters than those of letters.
func ConsistsOf(v []byte, letters string) bool {
	for _, c := range v {
		if bytes.IndexByte([]byte(letters), c) < 0 {
			return false
		}
	}
	return true
}

// IsName says whether a word can be the name of a package, a permission or a role.
func IsName(b []byte) bool {
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return len(b) > 0 && len(b) <= LongestName
}

// PackageOf gives the package of a component, package/class.
func PackageOf(component []byte) []byte {
	name, _, _ := bytes.Cut(component, []byte("/"))
	return name
}
