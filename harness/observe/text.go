package observe

import "bytes"

// names keeps one string for each word that a print-out repeats, so that a fact
// costs no memory of its own for it. A hostile print-out cannot make it grow
// without bound: beyond its capacity words are copied and not kept.
type names struct{ kept map[string]string }

const (
	mostNames   = 1 << 15
	longestName = 256
)

func (n *names) of(b []byte) string {
	if s, ok := n.kept[string(b)]; ok {
		return s
	}
	s := string(b)
	if n.kept == nil {
		n.kept = map[string]string{}
	}
	if len(n.kept) < mostNames && len(b) <= longestName {
		n.kept[s] = s
	}
	return s
}

// number reads a decimal number without sign. It is false for anything else,
// and for a number that does not fit.
func number(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// field cuts off the first word.
func field(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " \t")
	if i := bytes.IndexAny(b, " \t"); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}

// value gives what stands behind key= in a line of k=v words, up to a space.
func value(line []byte, key string) ([]byte, bool) {
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

// indent counts the spaces that a line begins with.
func indent(b []byte) int {
	for i, c := range b {
		if c != ' ' {
			return i
		}
	}
	return len(b)
}
