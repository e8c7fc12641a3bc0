package leak

import "strings"

var advertisingID = Detector{
	Name:     "advertising_id",
	About:    "an advertising ID: a UUID of version 4",
	Gate:     "beside adid, gaid, idfa, oaid or advertising id only; not all zeros",
	triggers: trigger{marks: true},
	find: func(text []byte, at, _ int, found []span) []span {
		if text[at] != '-' {
			return found
		}
		for _, hyphen := range [...]int{8, 13, 18, 23} {
			start := at - hyphen
			if start < 0 || !uuid4(text[start:]) {
				continue
			}
			end := start + 36
			if !alone(text, start, end) || !near(text, start, end, adWords) {
				return found
			}
			return append(found, span{start, end, "advertising_id", Probable, "plain", strings.ToLower(string(text[start:end]))})
		}
		return found
	},
}

var adWords = newVocabulary("adid", "gaid", "aaid", "oaid", "idfa", "advertising", "advertisingid", "advertising_id", "advertiser", "ad_id")

// uuid4 says whether b begins with a UUID of version 4 (RFC 9562).
func uuid4(b []byte) bool {
	if len(b) < 36 || b[14] != '4' {
		return false
	}
	for i, c := range b[:36] {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (c == '-') || !hyphen && !isHex(c) {
			return false
		}
	}
	return true
}
