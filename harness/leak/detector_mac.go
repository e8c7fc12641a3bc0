package leak

import "strings"

var mac = Detector{
	Name:     "mac",
	About:    "a MAC address or BSSID: six octets apart by colons or hyphens",
	Gate:     "not multicast, all zeros or ones; probable if globally administered and beside a word such as bssid or mac; a locally administered one is mac-local, at most possible, and only beside such a word",
	triggers: trigger{marks: true},
	find: func(text []byte, at, _ int, found []span) []span {
		start := macAt(text, at)
		if start < 0 {
			return found
		}
		end := start + 17
		if len(found) > 0 && found[len(found)-1].start == start {
			return found // another of its colons has found it
		}
		first := hexValue(text[start])<<4 | hexValue(text[start+1])
		if first&1 != 0 || first&^2 == 0 && zeros(text[start+2:end]) {
			return found
		}
		certainty := graded(text, start, end, macWords)
		kind := "mac"
		if first&2 != 0 {
			if kind = "mac-local"; certainty == Possible {
				return found
			}
			certainty = Possible
		}
		value := strings.ToLower(strip(string(text[start:end])))
		return append(found, span{start, end, kind, certainty, "plain", value})
	},
}

var macWords = newVocabulary(
	"mac", "macaddr", "macaddress", "bssid", "hwaddr", "ether", "wlan", "wlan0", "wifi", "ap", "bt", "bluetooth", "ble",
	"bda", "bdaddr", "addr", "address", "device", "peer",
)

// macAt gives the start of the six octets one of whose separators stands at i, or
// -1. It allocates nothing: clocks and stack traces are full of colons.
func macAt(text []byte, i int) int {
	separator := text[i]
	first := i
	for first >= 5 && text[first-3] == separator && isHex(text[first-1]) && isHex(text[first-2]) {
		first -= 3
	}
	start := first - 2
	if start < 0 || start+17 > len(text) || wordAt(text, start+17) ||
		start > 0 && (wordAt(text, start-1) && !escaped(text, start) || text[start-1] == separator) {
		return -1
	}
	if start+17 < len(text) && text[start+17] == separator {
		return -1 // longer than six octets
	}
	for k := range 17 {
		if c := text[start+k]; k%3 == 2 && c != separator || k%3 != 2 && !isHex(c) {
			return -1
		}
	}
	return start
}

// zeros says whether b has no hexadecimal digit but 0.
func zeros(b []byte) bool {
	for _, c := range b {
		if isHex(c) && c != '0' {
			return false
		}
	}
	return true
}

func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return lower(c) - 'a' + 10
}
