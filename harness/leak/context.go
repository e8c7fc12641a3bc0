package leak

// How far from a value a word still says what it is.
const (
	wordsBefore = 48
	wordsAfter  = 16
)

// vocabulary is the words that tell what a value is, in lower case.
type vocabulary struct {
	words  []string
	firsts uint32 // a bit for each letter that a word begins with
}

func newVocabulary(words ...string) vocabulary {
	v := vocabulary{words: words}
	for _, w := range words {
		v.firsts |= 1 << (w[0] & 31)
	}
	return v
}

// near says whether one of the words stands close to text[start:end]. deviceImei, IMEI1 and imei_slot all have the word imei, and
// machine has not the word mac.
func near(text []byte, start, end int, words vocabulary) bool {
	return hasWord(text, max(0, start-wordsBefore), start, words) ||
		hasWord(text, end, min(len(text), end+wordsAfter), words)
}

// hasWord looks for words that lie within text[from:to].
func hasWord(text []byte, from, to int, v vocabulary) bool {
	for i := from; i < to; i++ {
		if c := text[i]; v.firsts&(1<<(c&31)) == 0 || !isLetter(c) || !wordStarts(text, i) {
			continue
		}
		for _, w := range v.words {
			if w[0] == lower(text[i]) && i+len(w) <= to && sameFold(text[i:i+len(w)], w) && wordEnds(text, i+len(w)) {
				return true
			}
		}
	}
	return false
}

// wordStarts says whether a word may begin at i: behind what is no letter, or
// with the capital of a camelCase name.
func wordStarts(text []byte, i int) bool {
	return i == 0 || !isLetter(text[i-1]) || isUpper(text[i]) && (!isUpper(text[i-1]) || i+1 < len(text) && !isUpper(text[i+1]))
}

// wordEnds says whether a word may end before i.
func wordEnds(text []byte, i int) bool {
	return i >= len(text) || !isLetter(text[i]) || isUpper(text[i]) && !isUpper(text[i-1]) ||
		text[i] == 's' && !(i+1 < len(text) && isLetter(text[i+1]))
}

func sameFold(b []byte, word string) bool {
	for i, c := range b {
		if lower(c) != word[i] {
			return false
		}
	}
	return true
}

// alone says whether no letter or digit touches text[start:end], so that it is
// no part of a longer word, a hexadecimal number or a decimal fraction.
func alone(text []byte, start, end int) bool {
	if wordAt(text, end) || wordAt(text, start-1) && !escaped(text, start) {
		return false
	}
	return !(start > 1 && text[start-1] == '.' && isDigit(text[start-2])) &&
		!(end+1 < len(text) && text[end] == '.' && isDigit(text[end+1]))
}

// graded gives Probable where the words are near.
func graded(text []byte, start, end int, words vocabulary) Certainty {
	if near(text, start, end, words) {
		return Probable
	}
	return Possible
}

// digitsOf copies the digits of b.
func digitsOf(b []byte) string {
	kept := make([]byte, 0, len(b))
	for _, c := range b {
		if isDigit(c) {
			kept = append(kept, c)
		}
	}
	return string(kept)
}

// groups says where n groups of four digits end that begin at start and stand
// apart by one space or one hyphen; 0 if they do not, or if a group of digits
// stands before or behind them: a list of numbers is nobody's.
func groups(text []byte, start, n int) int {
	end := start + 5*n - 1
	if end > len(text) || digitAt(text, end) {
		return 0
	}
	separator := text[start+4]
	if separator != ' ' && separator != '-' {
		return 0
	}
	if start > 0 && text[start-1] == separator && digitAt(text, start-2) || end < len(text) && text[end] == separator && digitAt(text, end+1) {
		return 0
	}
	for i := range end - start {
		if i%5 == 4 && text[start+i] != separator || i%5 != 4 && !isDigit(text[start+i]) {
			return 0
		}
	}
	return end
}
