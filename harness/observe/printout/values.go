package printout

import (
	"bytes"
	"time"
)

// Value gives what stands behind key= in a line of key=value pairs, up to a space.
func Value(line []byte, key string) ([]byte, bool) {
	for from := 0; ; {
		i := bytes.Index(line[from:], []byte(key))
		if i < 0 {
			return nil, false
		}
		i += from
		end := i + len(key)
		if end < len(line) && line[end] == '=' && (i == 0 || line[i-1] == ' ') {
			rest := line[end+1:]
			if j := bytes.IndexByte(rest, ' '); j >= 0 {
				rest = rest[:j]
			}
			return rest, true
		}
		from = end
	}
}

// AfterKey gives all that stands behind key= in a line of key=value pairs.
func AfterKey(line []byte, key string) ([]byte, bool) {
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

// QuotedValue gives what stands behind key= in a line of key=value pairs: up to the
// closing quote where it begins with a double quote, else up to a space.
func QuotedValue(line []byte, key string) ([]byte, bool) {
	rest, ok := AfterKey(line, key)
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

// SpacedValue gives what stands behind key= up to the next key. The value may hold spaces.
func SpacedValue(line []byte, key string) ([]byte, bool) {
	rest, ok := AfterKey(line, key)
	if !ok {
		return nil, false
	}
	for end := 0; end < len(rest); end++ {
		if rest[end] != ' ' {
			continue
		}
		if word, _ := Word(rest[end:]); bytes.IndexByte(word, '=') > 0 {
			return rest[:end], true
		}
	}
	return bytes.TrimRight(rest, " "), true
}

// DurationValue reads the duration behind key=. It is 0 where the line has none.
func DurationValue(line []byte, key string) time.Duration {
	v, ok := QuotedValue(line, key)
	if !ok {
		return 0
	}
	d, _ := Duration(v)
	return d
}
