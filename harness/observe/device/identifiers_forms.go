package device

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"

	"assay/harness/observe/printout"
)

// identifierForm is what a value of one type looks like.
type identifierForm struct {
	column string // of telephony/siminfo
	valid  func(v []byte) bool
}

var identifierForms = map[string]identifierForm{
	"android_id": {valid: func(v []byte) bool { return len(v) >= 8 && len(v) <= 16 && printout.ConsistsOf(v, hexDigits) }},
	"iccid":      {"icc_id", func(v []byte) bool { return len(v) >= 18 && len(v) <= 22 && printout.ConsistsOf(v, hexDigits) }},
	"imei": {valid: func(v []byte) bool {
		return len(v) >= 14 && len(v) <= 16 && printout.ConsistsOf(v, hexDigits) && !zeros(v)
	}},
	"imsi": {"imsi", func(v []byte) bool {
		return len(v) >= 14 && len(v) <= 15 && printout.ConsistsOf(v, "0123456789") && !zeros(v)
	}},
	"mac":    {valid: macAddress},
	"number": {"number", phoneNumber},
	"serial": {valid: func(v []byte) bool {
		return len(v) >= 4 && len(v) <= 64 && printout.ConsistsOf(v, serialLetters) && !zeros(v)
	}},
}

const (
	hexDigits     = "0123456789abcdefABCDEF"
	serialLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:"
)

func zeros(v []byte) bool { return len(bytes.Trim(v, "0")) == 0 }

// macAddress is false for what is no real address: all zeros, and 02:00:00:00:00:00, which
// Android gives to those who may not know the address.
func macAddress(v []byte) bool {
	if len(v) != 17 || string(v) == "00:00:00:00:00:00" || string(v) == "02:00:00:00:00:00" {
		return false
	}
	for i, c := range v {
		if (i%3 == 2) != (c == ':') || i%3 != 2 && bytes.IndexByte([]byte(hexDigits), c) < 0 {
			return false
		}
	}
	return true
}

func phoneNumber(v []byte) bool {
	digits := bytes.TrimPrefix(v, []byte("+"))
	return len(digits) >= 6 && len(digits) <= 15 && printout.ConsistsOf(digits, "0123456789") && !zeros(digits)
}

// parcel is a reply of service call, which service prints as words of 32 bits:
//
//	0x00000000: 00000000 0000000f 00350033 00360039 '........3.5.6.9.'
//
// a code, 0 unless the service threw; the length of a string; its UTF-16.
type parcel struct{ words []uint32 }

// parcelMost bounds a parcel: an identifier is shorter than this.
const parcelMost = 256

// line takes the words of a line, and says whether the parcel ends with it.
func (p *parcel) line(t []byte) (ended bool) {
	ended = bytes.HasSuffix(t, []byte(")"))
	if i := bytes.IndexByte(t, '\''); i >= 0 {
		t = t[:i]
	}
	if bytes.HasPrefix(t, []byte("0x")) {
		_, t, _ = bytes.Cut(t, []byte(":"))
	}
	for len(t) > 0 && len(p.words) < parcelMost {
		var word []byte
		word, t = printout.Word(t)
		var raw [4]byte
		if n, err := hex.Decode(raw[:], word[:min(len(word), 8)]); n == 4 && err == nil {
			p.words = append(p.words, binary.BigEndian.Uint32(raw[:]))
		}
	}
	return ended
}

// text decodes the string. It is false where the service threw.
func (p *parcel) text() (string, bool) {
	if len(p.words) == 0 || p.words[0] != 0 {
		return "", false
	}
	if len(p.words) < 2 || p.words[1] > 2*uint32(len(p.words)-2) {
		return "", true
	}
	units := make([]uint16, 0, 2*len(p.words))
	for _, w := range p.words[2:] {
		units = append(units, uint16(w), uint16(w>>16))
	}
	return string(utf16.Decode(units[:p.words[1]])), true
}
