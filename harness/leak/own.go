package leak

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// shortest is the length of the shortest value that is searched as it stands: a
// shorter one stands in any log by chance.
const shortest = 6

// Searchable says whether a value can be searched for: it is long enough, and it
// is the handset's own rather than a stand-in that batches of handsets share.
func Searchable(id Identifier) bool {
	v := canonical(id)
	if len(v) < shortest || len(v) > 256 || slices.Contains(standIns, strings.ToLower(v)) {
		return false
	}
	if _, err := netip.ParseAddrPort(id.Value); err == nil {
		return false // the serial of a handset that is connected over TCP
	}
	distinct := map[byte]bool{}
	steps := 0
	for i := range len(v) {
		distinct[v[i]] = true
		if i > 0 && (v[i] == v[i-1]+1 || v[i-1] == '9' && (v[i] == 'a' || v[i] == 'A' || v[i] == '0')) {
			steps++
		}
	}
	return len(distinct) >= 3 && steps < len(v)-2
}

// standIns are values that handsets give in place of one of their own.
var standIns = []string{
	"020000000000",     // WifiInfo.DEFAULT_MAC_ADDRESS
	"9774d56d682e549c", // the Android ID of a batch of Android 2.2 handsets and of emulators
	"unknown",          // Build.UNKNOWN
}

// canonical is the spelling of a value that masks and hashes are made of.
func canonical(id Identifier) string {
	v := strings.TrimSpace(id.Value)
	switch id.Type {
	case "mac":
		return strings.ToLower(strip(v))
	case "number":
		return onlyDigits(v)
	case "android_id":
		return strings.ToLower(v)
	case "imei", "imsi", "iccid":
		return strip(v)
	}
	return v
}

// spelling is one way to write a value.
type spelling struct {
	text  string
	form  string
	guard guard
}

// spellings gives the ways in which programs write a value down.
func spellings(id Identifier) []spelling {
	v := strings.TrimSpace(id.Value)
	bare := canonical(id)
	all := []spelling{{v, "plain", guardOf(v)}}
	switch {
	case id.Type == "mac" && len(bare) == 12:
		all = []spelling{
			{pairs(bare, ":"), "plain", free}, {pairs(bare, "-"), "separators", free},
			{bare, "separators", words}, {bare[:4] + "." + bare[4:8] + "." + bare[8:], "separators", free},
		}
	case id.Type == "number":
		n := national(bare)
		all = []spelling{{n, "plain", phone}}
		if len(n) == 10 {
			all = append(all, spelling{n[:5] + " " + n[5:], "separators", phone}, spelling{n[:5] + "-" + n[5:], "separators", phone},
				spelling{n[:3] + "-" + n[3:6] + "-" + n[6:], "separators", phone})
		}
	default:
		if s := strip(v); s != v {
			all = append(all, spelling{s, "separators", guardOf(s)})
		}
	}
	return slices.DeleteFunc(all, func(s spelling) bool { return len(s.text) < shortest })
}

// guardOf keeps short values from being found inside others.
func guardOf(v string) guard {
	switch {
	case onlyDigits(v) == v:
		return digits
	case len(v) < 12:
		return words
	}
	return free
}

// disguises gives every literal that betrays a value: its spellings, and what
// programs commonly make of them.
func disguises(id Identifier, index int) []literal {
	var all []literal
	add := func(text, form string, exact bool, g guard, plain string) {
		if !exact {
			text = strings.ToLower(text)
		}
		if len(text) >= shortest && !slices.ContainsFunc(all, func(l literal) bool { return l.text == text && l.exact == exact }) {
			all = append(all, literal{text: text, form: form, exact: exact, value: index, guard: g, plain: plain})
		}
	}
	for _, s := range spellings(id) {
		plain := s.text
		if s.form != "plain" {
			plain = ""
		}
		add(s.text, s.form, false, s.guard, plain)
		if e := url.QueryEscape(s.text); e != s.text {
			add(e, "url", false, free, "")
		}
		for _, cased := range []string{s.text, strings.ToUpper(s.text), strings.ToLower(s.text)} {
			add(hex.EncodeToString([]byte(cased)), "hex", false, free, "")
			for offset := range 3 {
				add(base64At(cased, offset, base64.RawStdEncoding), "base64", true, free, "")
				add(base64At(cased, offset, base64.RawURLEncoding), "base64", true, free, "")
			}
		}
		add(reversed(s.text), "reversed", false, s.guard.reversed(), "")
	}
	for _, text := range digested(id) {
		m, s1, s2 := md5.Sum([]byte(text)), sha1.Sum([]byte(text)), sha256.Sum256([]byte(text))
		add(hex.EncodeToString(m[:]), "md5", false, free, "")
		add(hex.EncodeToString(s1[:]), "sha1", false, free, "")
		add(hex.EncodeToString(s2[:]), "sha256", false, free, "")
	}
	return all
}

// reversed is the guard of a value that is written backwards: its country code
// comes last.
func (g guard) reversed() guard {
	if g == phone {
		return digits
	}
	return g
}

// digested lists the spellings that programs take digests of.
func digested(id Identifier) []string {
	var all []string
	for _, s := range spellings(id) {
		all = append(all, s.text, strings.ToUpper(s.text), strings.ToLower(s.text))
	}
	if id.Type == "number" {
		n := canonical(id)
		all = append(all, n, "+"+n, "0"+national(n))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// base64At is what a value looks like inside base64 when it begins offset bytes
// into a group of three, without the characters that its neighbours share.
func base64At(v string, offset int, e *base64.Encoding) string {
	text := e.EncodeToString([]byte(strings.Repeat("\x00", offset) + v))
	return text[[3]int{0, 2, 3}[offset] : (offset+len(v))*8/6]
}

// national drops the country code: of a number longer than India's ten digits
// only the last ten are searched for.
func national(digits string) string { return digits[max(0, len(digits)-10):] }

func pairs(hex, separator string) string {
	parts := make([]string, 0, len(hex)/2)
	for i := 0; i+1 < len(hex); i += 2 {
		parts = append(parts, hex[i:i+2])
	}
	return strings.Join(parts, separator)
}

// strip drops what people put between the groups of a number.
func strip(v string) string { return separators.Replace(v) }

var separators = strings.NewReplacer(":", "", "-", "", " ", "", ".", "")

func onlyDigits(v string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, v)
}

func reversed(v string) string {
	b := []byte(v)
	slices.Reverse(b)
	return string(b)
}
