package printout

import (
	"hash/maphash"
	"strings"

	"assay/harness/android"
)

// Names keeps one string for each word that a print-out repeats, so that facts share it.
// It is a cache that does not grow beyond mostNames: of three words with the same hash it
// keeps the last two, so a hostile print-out cannot fill the memory.
type Names struct {
	kept   []string            // a power of two, up to mostNames
	pushed int                 // how many words have been dropped for others since it grew
	splits map[string][]string // lists of flags that were split, as printed
}

// Of gives the string of a word.
func (n *Names) Of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > LongestName {
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

// Flags splits a list of flags into its words. The same list gives the same slice, which
// nobody may change. said finds the lists of last time without a look at the whole table.
func (n *Names) Flags(list []byte, said *Recent[[]string]) []string {
	if f, ok := said.Find(list, n.splits); ok {
		return f
	}
	var split []string
	for from, i := 0, 0; i <= len(list); i++ {
		if i < len(list) && !android.PartsFlags(list[i]) {
			continue
		}
		if i > from {
			split = append(split, n.Of(list[from:i]))
		}
		from = i + 1
	}
	if n.splits == nil {
		n.splits = map[string][]string{}
	}
	if len(n.splits) < mostSplits && len(list) < 4*LongestName {
		n.splits[string(list)] = split
	}
	return split
}

// keep puts a name where its hash says, and the one that stood there beside it.
func (n *Names) keep(at uint64, name string) {
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

// LongestName bounds a name of Android's: a package, a permission, a service. Bytes.
const LongestName = 256

const (
	fewNames   = 1 << 6
	mostNames  = 1 << 12
	mostSplits = 1 << 9
)

var nameSeed = maphash.MakeSeed()

// Recent remembers the rows of a table that were looked up, for a print-out that says the
// same few words again and again. It takes its hash from five bytes of a word. Of words
// with the same hash it keeps the first two; others are looked up in the table each time.
type Recent[V any] struct {
	kept [1 << recentBits]found[V]
}

// Find gives the row of a word in the table.
func (r *Recent[V]) Find(word []byte, table map[string]V) (V, bool) {
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

const recentBits = 7

type found[V any] struct {
	word string
	row  V
}

// Texts makes strings that no two facts share, such as times. They stand one behind the
// other in blocks of memory that are never written again, so that not each of them is
// allocated for itself.
type Texts struct{ block strings.Builder }

// Of gives a string of its own.
func (t *Texts) Of(b []byte) string {
	if t.block.Cap()-t.block.Len() < len(b) {
		t.block.Reset()
		t.block.Grow(max(textBlock, len(b)))
	}
	from := t.block.Len()
	t.block.Write(b)
	return t.block.String()[from:]
}

const textBlock = 4 << 10
