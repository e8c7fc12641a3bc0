package printout

import "bytes"

// Number reads a decimal number without a sign. It is false for anything else, and for a
// number of more than 18 digits.
func Number(b []byte) (int, bool) {
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

// Integer reads a decimal number that may be negative.
func Integer(b []byte) (int, bool) {
	if digits, negative := bytes.CutPrefix(b, []byte("-")); negative {
		n, ok := Number(digits)
		return -n, ok
	}
	return Number(b)
}

// IsNumber says whether Number reads a word.
func IsNumber(word []byte) bool { _, ok := Number(word); return ok }

// IsDigit says whether a byte is a digit, 0 to 9.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// DigitsAt reads the number that t[i:] begins with, and gives where it ends. The end is i
// where there is no number, or one of more than ten digits, which no line of a log has.
func DigitsAt(t []byte, i int) (n, end int) {
	end = i
	for end < len(t) && IsDigit(t[end]) {
		n = n*10 + int(t[end]-'0')
		end++
	}
	if end-i > 10 {
		return 0, i
	}
	return n, end
}
