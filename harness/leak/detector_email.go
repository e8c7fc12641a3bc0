package leak

import (
	"slices"
	"strings"
)

var email = Detector{
	Name:     "email",
	About:    "an e-mail address",
	Gate:     "a domain that ends in a known top-level domain and no file's or class's name; probable beside account, user, mail or the like",
	triggers: trigger{at: true},
	find: func(text []byte, at, _ int, found []span) []span {
		start, end := at, at+1
		for start > 0 && isLocalPart(text[start-1]) && at-start < 64 {
			start--
		}
		for end < len(text) && isDomain(text[end]) && end-at < 254 {
			end++
		}
		for end > at && (text[end-1] == '.' || text[end-1] == '-') {
			end--
		}
		for start < at && (text[start] == '.' || text[start] == '-' || text[start] == '%') {
			start++
		}
		if start == at || end-at < 5 || end < len(text) && text[end] == '@' || !domain(text[at+1:end]) {
			return found
		}
		return append(found, span{start, end, "email", graded(text, start, end, mailWords), "plain", strings.ToLower(string(text[start:end]))})
	},
}

var mailWords = newVocabulary(
	"email",
	"mail",
	"user",
	"username",
	"account",
	"login",
	"accountname",
	"name",
	"from",
	"to",
	"signin",
	"owner",
	"mailto",
	"gaia",
	"identity",
	"id",
)

func isLocalPart(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-'
}

func isDomain(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' || c == '-' }

// domain tells a mail domain from android.hardware.audio@2.0-impl.so, a class's
// name@1a2b3c and icon@2x.png.
func domain(b []byte) bool {
	dot := -1
	for i, c := range b {
		if c != '.' {
			continue
		}
		if i == dot+1 {
			return false // an empty label
		}
		dot = i
	}
	if dot < 0 || !isLetter(b[0]) && !hasLetter(b[:dot]) {
		return false
	}
	_, known := slices.BinarySearch(topLevel, strings.ToLower(string(b[dot+1:])))
	return known
}

func hasLetter(b []byte) bool { return slices.ContainsFunc(b, isLetter) }

// topLevel are the top-level domains that people's addresses end in: the general
// ones, and those of countries that are no file's ending as well (so, sh, py, rs).
var topLevel = []string{
	"ae", "app", "at", "au", "bd", "be", "biz", "br", "ca", "ch", "cn", "co", "com", "cz", "de", "dev", "dk", "edu", "es", "eu",
	"fi", "fr", "gov", "gr", "hk", "hu", "id", "ie", "il", "in", "info", "io", "it", "jp", "kr", "lk", "me", "mil", "mx", "my",
	"net", "ng", "nl", "no", "np", "nz", "org", "ph", "pk", "pt", "ro", "ru", "sa", "se", "sg", "th", "tr", "tw", "ua", "uk", "us",
	"vn", "za",
}
