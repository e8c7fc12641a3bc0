package observe

import (
	"bytes"
	"time"
)

// among says whether a line begins with one of a sorted list of words.
func among(t []byte, known []string) bool {
	for _, k := range known {
		if bytes.HasPrefix(t, []byte(k)) {
			return true
		}
	}
	return false
}

// behind gives the rest of a line of k=v words behind key=.
func behind(line []byte, key string) ([]byte, bool) {
	for from := 0; ; {
		i := bytes.Index(line[from:], []byte(key))
		if i < 0 {
			return nil, false
		}
		i += from
		from = i + len(key)
		if from < len(line) && line[from] == '=' && (i == 0 || line[i-1] == ' ') {
			return line[from+1:], true
		}
	}
}

// attribute gives what stands behind key= in a line of k=v words. A value in
// double quotes goes on to the closing quote; one without, to the next space.
func attribute(line []byte, key string) ([]byte, bool) {
	rest, ok := behind(line, key)
	if !ok {
		return nil, false
	}
	if len(rest) == 0 || rest[0] != '"' {
		word, _, _ := bytes.Cut(rest, []byte(" "))
		return word, true
	}
	quoted, _, closed := bytes.Cut(rest[1:], []byte{'"'})
	if !closed {
		return nil, false
	}
	return quoted, true
}

// between gives what stands between the first open and the next end.
func between(line []byte, open, end string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(line, []byte(open))
	if !ok {
		return nil, false
	}
	inner, _, ok := bytes.Cut(rest, []byte(end))
	return inner, ok
}

// length reads a duration that a line gives behind key=, and is 0 where it has none.
func length(line []byte, key string) time.Duration {
	v, ok := attribute(line, key)
	if !ok {
		return 0
	}
	d, _ := duration(v)
	return d
}

// integer reads a decimal number that may be negative.
func integer(b []byte) (int, bool) {
	if digits, negative := bytes.CutPrefix(b, []byte("-")); negative {
		n, ok := number(digits)
		return -n, ok
	}
	return number(b)
}

// packageOf gives the package of a component, package/class.
func packageOf(component []byte) []byte {
	name, _, _ := bytes.Cut(component, []byte("/"))
	return name
}

// stretch gives what stands behind key= up to the next word that is a key of
// its own: a value that may hold spaces.
func stretch(line []byte, key string) ([]byte, bool) {
	rest, ok := behind(line, key)
	if !ok {
		return nil, false
	}
	for end := 0; end < len(rest); end++ {
		if rest[end] != ' ' {
			continue
		}
		if word, _ := field(rest[end:]); bytes.IndexByte(word, '=') > 0 {
			return rest[:end], true
		}
	}
	return bytes.TrimRight(rest, " "), true
}
