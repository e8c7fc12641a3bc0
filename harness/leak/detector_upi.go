package leak

import (
	"slices"
	"strings"
)

var upi = Detector{
	Name:     "upi",
	About:    "a UPI address: a name or number, @, and a bank's handle",
	Gate:     "a handle of the list; probable beside upi, vpa or pay",
	triggers: trigger{at: true},
	find: func(text []byte, at, _ int, found []span) []span {
		start, end := at, at+1
		for start > 0 && inHandle(text[start-1]) && at-start < 64 {
			start--
		}
		for end < len(text) && isLetter(text[end]) && end-at < 24 {
			end++
		}
		if at-start < 3 || end-at < 4 || wordAt(text, end) || end+1 < len(text) && text[end] == '.' && wordAt(text, end+1) {
			return found
		}
		handle := strings.ToLower(string(text[at+1 : end]))
		if _, known := slices.BinarySearch(handles, handle); !known {
			return found
		}
		return append(found, span{start, end, "upi", graded(text, start, end, upiWords), "plain", strings.ToLower(string(text[start:end]))})
	},
}

// handles are those of the large UPI apps and banks.
var handles = []string{
	"abfspay", "airtel", "apl", "axisbank", "axl", "barodampay", "fbl", "freecharge", "hdfcbank", "ibl", "icici", "ikwik", "jio",
	"jupiteraxis", "kotak", "okaxis", "okhdfcbank", "okicici", "oksbi", "paytm", "pnb", "ptaxis", "pthdfc", "ptsbi", "ptyes",
	"rapl", "sbi", "upi", "waaxis", "wahdfcbank", "waicici", "wasbi", "yapl", "ybl",
}

var upiWords = newVocabulary("upi", "vpa", "pay", "payee", "payer", "payment", "pa")

// inHandle says whether a byte may stand in what is before the @.
func inHandle(b byte) bool {
	return isLetter(b) || isDigit(b) || b == '.' || b == '-' || b == '_'
}
