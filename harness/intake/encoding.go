package intake

import (
	"bytes"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// charset is how a text's characters are written, where it is not UTF-8.
type charset struct {
	name    string
	decoder *encoding.Decoder // nil: refused
}

// charsetOf tells by how a text begins how its characters are written: by its byte
// order mark, or, as Windows PowerShell's > and pipes through other programs may leave
// it out, by the zeros of ASCII in UTF-16. UTF-8, with or without a mark, is what is
// left.
func charsetOf(head []byte) (charset, bool) {
	utf16 := func(name string, order unicode.Endianness) (charset, bool) {
		return charset{name, unicode.UTF16(order, unicode.UseBOM).NewDecoder()}, true
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return charset{name: "UTF-32"}, true
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16("UTF-16 LE", unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16("UTF-16 BE", unicode.BigEndian)
	}
	switch even, odd := zeros(head); {
	case odd && !even:
		return utf16("UTF-16 LE without a byte order mark", unicode.LittleEndian)
	case even && !odd:
		return utf16("UTF-16 BE without a byte order mark", unicode.BigEndian)
	}
	return charset{}, false
}

// sampled is how many bytes tell whether a text is in UTF-16.
const sampled = 4 << 10

// zeros says whether nine of ten bytes at even, and at odd, places are zero.
func zeros(head []byte) (even, odd bool) {
	head = head[:min(len(head), sampled)&^1]
	var count [2]int
	for i, c := range head {
		if c == 0 {
			count[i%2]++
		}
	}
	most := len(head) / 2 * 9 / 10
	return len(head) >= 4 && count[0] > most, len(head) >= 4 && count[1] > most
}
