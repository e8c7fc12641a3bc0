package reports

import "strings"

// linksItself says whether GitHub makes a link or a mention of a word that has no
// markup: ://, www., mailto:, xmpp:, @name, GH-12, or a commit's forty hexadecimal
// digits, whatever the case of their letters. It looks at each byte once, as
// reports of many thousand rows have many more words.
func linksItself(word string) bool {
	run, hex := 0, true // of letters, digits and _ before this byte; whether they are all hexadecimal
	for i := range len(word) {
		c := word[i]
		if isWordByte(c) {
			run, hex = run+1, hex && isHexByte(c)
			continue
		}
		if run == commitDigits && hex || marksLink(word, i) {
			return true
		}
		run, hex = 0, true
	}
	return run == commitDigits && hex
}

// commitDigits is the length of a SHA-1 in hexadecimal.
const commitDigits = 40

// marksLink says whether the sign at word[i] belongs to something that links.
func marksLink(word string, i int) bool {
	before, after := word[:i], word[i+1:]
	switch word[i] {
	case '@':
		return true
	case '.':
		return endsWith(before, "www")
	case ':':
		return strings.HasPrefix(after, "//") || endsWith(before, "mailto") || endsWith(before, "xmpp")
	case '-':
		alone := len(before) == 2 || len(before) > 2 && !isWordByte(before[len(before)-3])
		return alone && endsWith(before, "gh") && after != "" && after[0] >= '0' && after[0] <= '9'
	}
	return false
}

// endsWith looks for lower-case letters at the end of s, in any case.
func endsWith(s, letters string) bool {
	at := len(s) - len(letters)
	return at >= 0 && strings.EqualFold(s[at:], letters)
}

func isWordByte(c byte) bool { return c == '_' || isHexByte(c) || c|0x20 >= 'g' && c|0x20 <= 'z' }

func isHexByte(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }
