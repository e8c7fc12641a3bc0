package printout

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// LatinDigits gives a line with the digits of any script as 0 to 9. Where
// Android formats with the default locale (SimpleDateFormat and String.format
// without a locale, and TimeUtils.logTimeOfDay through it), a handset that speaks
// Arabic, Persian, Bengali, Marathi, Nepali or Burmese prints its own. A line
// that has none is given back as it is, without a copy.
func LatinDigits(t []byte) []byte {
	high := 0
	for high < len(t) && t[high] < utf8.RuneSelf {
		high++
	}
	if bytes.IndexFunc(t[high:], func(r rune) bool { return r >= utf8.RuneSelf && unicode.IsDigit(r) }) < 0 {
		return t
	}
	out := append(make([]byte, 0, len(t)), t[:high]...)
	for rest := t[high:]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if d, ok := digitOf(r); ok {
			out = append(out, d)
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	return out
}

// BeginsWithDigit says whether a line begins with a digit of any script.
func BeginsWithDigit(t []byte) bool {
	r, _ := utf8.DecodeRune(t)
	return unicode.IsDigit(r)
}

// digitOf gives the Latin form of a digit of another script. Unicode has the ten
// digits of a script in a row, in order; its table joins neighbouring rows.
func digitOf(r rune) (byte, bool) {
	if r < utf8.RuneSelf || !unicode.IsDigit(r) {
		return 0, false
	}
	for _, row := range unicode.Nd.R16 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return '0' + byte((r-rune(row.Lo))%10), true
		}
	}
	for _, row := range unicode.Nd.R32 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return '0' + byte((r-rune(row.Lo))%10), true
		}
	}
	return 0, false
}
