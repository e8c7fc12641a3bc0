package observe

import (
	"bytes"
	"hash/maphash"
	"iter"
	"strings"

	"assay/harness/android"
)

// names keeps one string for each word that a print-out repeats, so that a fact
// costs no memory of its own for it. It is a cache of fixed size: of three
// words that fall together it keeps the two later, so a hostile print-out cannot fill it.
type names struct {
	kept   []string            // a power of two, up to mostNames
	pushed int                 // words that gave way to others since it grew
	splits map[string][]string // of flags, by the words as printed
}

const (
	fewNames    = 1 << 6
	mostNames   = 1 << 12
	mostSplits  = 1 << 9
	longestName = 256
)

func (n *names) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > longestName {
		return string(b)
	}
	if n.kept == nil {
		n.kept = make([]string, fewNames)
	}
	at := maphash.Bytes(nameSeed, b) & uint64(len(n.kept)-1)
	switch {
	case n.kept[at] == string(b):
		return n.kept[at]
	case n.kept[at^1] == string(b):
		return n.kept[at^1]
	}
	name := string(b)
	n.keep(at, name)
	return name
}

// flags splits a list of flags into its words. The same list gives the same slice,
// which nobody changes; said remembers where the last few were found.
func (n *names) flags(list []byte, said *recent[[]string]) []string {
	if f, ok := said.find(list, n.splits); ok {
		return f
	}
	var split []string
	for from, i := 0, 0; i <= len(list); i++ {
		if i < len(list) && !android.PartsFlags(list[i]) {
			continue
		}
		if i > from {
			split = append(split, n.of(list[from:i]))
		}
		from = i + 1
	}
	if n.splits == nil {
		n.splits = map[string][]string{}
	}
	if len(n.splits) < mostSplits && len(list) < 4*longestName {
		n.splits[string(list)] = split
	}
	return split
}

// keep puts a name where its hash says, and the one that stood there beside it.
func (n *names) keep(at uint64, name string) {
	if n.kept[at^1] != "" {
		n.pushed++
	}
	n.kept[at^1], n.kept[at] = n.kept[at], name
	if n.pushed < len(n.kept)/4 || len(n.kept) == mostNames {
		return
	}
	old := n.kept
	n.kept, n.pushed = make([]string, 4*len(old)), 0
	for _, name := range old {
		if name != "" {
			at := maphash.String(nameSeed, name) & uint64(len(n.kept)-1)
			n.kept[at^1], n.kept[at] = n.kept[at], name
		}
	}
}

var nameSeed = maphash.MakeSeed()

// recent remembers where words were found in a table, for a print-out that
// says the same few again and again: it asks for no hash of the whole word. Of
// words that fall together it keeps the first two; the others are looked up.
type recent[V any] struct {
	kept [1 << recentBits]found[V]
}

const recentBits = 7

type found[V any] struct {
	word string
	row  V
}

func (r *recent[V]) find(word []byte, table map[string]V) (V, bool) {
	n := len(word)
	if n == 0 {
		row, ok := table[""]
		return row, ok
	}
	mix := uint32(n)<<16 ^ uint32(word[0])<<24 ^ uint32(word[n/3])<<16 ^ uint32(word[n-n/3-1])<<8 ^ uint32(word[n-1])
	at := mix * 0x9e3779b1 >> (32 - recentBits) // Fibonacci hashing
	slot, beside := &r.kept[at], &r.kept[at^1]
	if slot.word == string(word) {
		return slot.row, true
	}
	if beside.word == string(word) {
		return beside.row, true
	}
	row, ok := table[string(word)]
	switch {
	case !ok:
	case slot.word == "":
		*slot = found[V]{string(word), row}
	case beside.word == "":
		*beside = found[V]{string(word), row}
	}
	return row, ok
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

// unpadded cuts off the spaces that a line ends with.
func unpadded(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
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

// texts makes strings that no other fact has, such as times, without a piece of
// memory for each: they stand one behind the other in blocks that are never
// written again.
type texts struct{ block strings.Builder }

const textBlock = 4 << 10

func (t *texts) of(b []byte) string {
	if t.block.Cap()-t.block.Len() < len(b) {
		t.block.Reset()
		t.block.Grow(max(textBlock, len(b)))
	}
	from := t.block.Len()
	t.block.Write(b)
	return t.block.String()[from:]
}

// words ranges over the words of a text, with their offsets.
func words(t []byte) iter.Seq2[int, []byte] {
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
