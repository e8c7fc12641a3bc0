package leak

import "strings"

var androidID = Detector{
	Name:     "android_id",
	About:    "an Android ID: 16 hexadecimal digits",
	Gate:     "behind its name, android_id or androidId, only",
	triggers: trigger{words: []string{"android_id", "androidid"}},
	find: func(text []byte, _, end int, found []span) []span {
		start, ok := valueStart(text, end)
		last := start + 16
		if !ok || last > len(text) || wordAt(text, last) {
			return found
		}
		for _, c := range text[start:last] {
			if !isHex(c) {
				return found
			}
		}
		return append(found, span{start, last, "android_id", Probable, "plain", strings.ToLower(string(text[start:last]))})
	},
}
