package android

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// marks is how many combining marks one letter may carry. No script that an
// app's name is written in needs more.
const marks = 4

// Printable makes text from a handset harmless to a terminal and to a reader's
// eye. What does not print (control characters, escape sequences, invisible and
// direction-changing characters, line ends, bytes that are not UTF-8) is
// written out: \n, \x1b, \u202e, \xff. Where limit is above 0, text of more
// characters is cut and ends in an ellipsis.
func Printable(s string, limit int) string {
	return printable(s, limit, utf8.RuneCountInString)
}

// PrintableBytes is Printable with a limit in bytes.
func PrintableBytes(s string, limit int) string {
	return printable(s, limit, func(unit string) int { return len(unit) })
}

const ellipsis = "…"

func printable(s string, limit int, size func(string) int) string {
	if PlainASCII(s) && (limit <= 0 || len(s) <= limit) {
		return s
	}
	var out strings.Builder
	written, lastCut, stacked := 0, 0, 0
	for len(s) > 0 {
		unit, taken := nextUnit(s, &stacked)
		length := size(unit)
		if limit > 0 && written+length > limit {
			return out.String()[:lastCut] + ellipsis
		}
		out.WriteString(unit)
		written += length
		if limit > 0 && written <= limit-size(ellipsis) {
			lastCut = out.Len()
		}
		s = s[taken:]
	}
	return out.String()
}

// nextUnit gives the printed form of the first character of s and how many
// bytes of s it stands for; stacked counts the marks on the present letter.
func nextUnit(s string, stacked *int) (string, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		*stacked = 0
		return fmt.Sprintf(`\x%02x`, s[0]), 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		*stacked++
	} else {
		*stacked = 0
	}
	if Prints(r) && *stacked <= marks {
		return s[:size], size
	}
	return spelled(r), size
}

// spelled writes a character out.
func spelled(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// Prints says whether a reader sees the character, and sees it where it stands.
// Beside what Unicode calls printable, a few letters are blank and variation
// selectors invisible.
func Prints(r rune) bool {
	switch {
	case r == 0x115f, r == 0x1160, r == 0x2800, r == 0x3164, r == 0xffa0:
		return false
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return false
	}
	return unicode.IsPrint(r)
}

// PlainASCII says whether s is plain ASCII that prints: nearly all text is.
func PlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// PrintableJSON gives a JSON text in which every character prints, with the same
// values: outside of strings JSON is ASCII, so whatever does not print stands in
// one, and is written there as JSON does. Line ends stay.
func PrintableJSON(text string) string {
	if PlainASCII(text) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || Prints(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}
