package strict

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// byteOrderMark is what some editors begin a UTF-8 file with. It says nothing, and is
// taken off.
var byteOrderMark = []byte("\ufeff")

// beginnings tell what is no text that YAML can be, longest first.
var beginnings = []struct{ bytes, is string }{
	{"\xff\xfe\x00\x00", utf("32")}, {"\x00\x00\xfe\xff", utf("32")}, {"\xff\xfe", utf("16")}, {"\xfe\xff", utf("16")},
	{"\x1f\x8b", "packed (gzip): unpack it first"}, {"PK\x03\x04", "packed (zip): unpack it first"},
}

func utf(bits string) string {
	return "UTF-" + bits + " text, of which no YAML is read here: save the file as UTF-8, say with 'iconv -f UTF-" + bits + " -t UTF-8'"
}

// NotText says where raw, a file's bytes, is first no UTF-8 text that YAML can be, and
// what it seems to be instead. Line and column count from 1; what is "" where it is text.
func NotText(raw []byte) (line, column int, what string) {
	for _, b := range beginnings {
		if bytes.HasPrefix(raw, []byte(b.bytes)) {
			return 1, 1, "the file is " + b.is
		}
	}
	if wide(raw) {
		return 1, 1, "the file seems to be " + utf("16")
	}
	line, start := 1, 0
	for at := 0; at < len(raw); {
		r, n := utf8.DecodeRune(raw[at:])
		switch {
		case r == utf8.RuneError && n == 1:
			what = fmt.Sprintf("byte 0x%02X is not UTF-8: save the file as UTF-8; it may be in Latin-1 or Windows-1252", raw[at])
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7f && r < 0xa0 && r != 0x85:
			what = fmt.Sprintf("the control character %U, which YAML does not take: take it out, or write \"\\x%02X\" in double quotes", r, r)
		}
		if what != "" {
			return line, utf8.RuneCount(raw[start:at]) + 1, what
		}
		if at += n; r == '\n' {
			line, start = line+1, at
		}
	}
	return 0, 0, ""
}

// wide says whether raw seems to be UTF-16 without its mark: every second byte of its
// beginning is mostly zero, as in Latin letters.
func wide(raw []byte) bool {
	raw = raw[:min(len(raw)&^1, 64)]
	zeros := [2]int{}
	for i, b := range raw {
		if b == 0 {
			zeros[i%2]++
		}
	}
	return len(raw) >= 4 && max(zeros[0], zeros[1]) > len(raw)/4
}
