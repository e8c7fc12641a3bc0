package leak

import "bytes"

// Detector finds one kind of identifier by its pattern. What it finds is Probable
// where a check digit or the pattern's own structure and a word beside it agree,
// else Possible; Certain is only what Own lists.
type Detector struct {
	Name     string // the Kind of its matches
	About    string // what it finds
	Gate     string // what a pattern must pass
	triggers trigger
	find     func(text []byte, start, end int, found []span) []span
}

// trigger is what in a text makes a detector look closer. What it is given is where
// that stands.
type trigger struct {
	runs     [2]int // a run of digits, from so many to so many
	fraction bool   // a run of four digits or more behind a decimal point
	marks    bool   // a colon or hyphen every few bytes
	at       bool   // an @
	jay      bool   // a J, of eyJ
	words    []string
}

// Detectors is every detector, by name. One file each.
var Detectors = []Detector{
	aadhaar, advertisingID, androidID, card, email, gstin, iccid, imei, imsi,
	jwt, location, mac, number, pan, secret, ssid, upi,
}

// byRun lists the detectors that a run of digits wakes, by its length; longer
// runs than its last wake none.
var byRun = func() (table [21][]Detector) {
	for _, d := range Detectors {
		for n := d.triggers.runs[0]; n > 0 && n <= d.triggers.runs[1]; n++ {
			table[n] = append(table[n], d)
		}
	}
	return table
}()

var (
	byFraction = waking(func(w trigger) bool { return w.fraction })
	byMark     = waking(func(w trigger) bool { return w.marks })
	byAt       = waking(func(w trigger) bool { return w.at })
	byJay      = waking(func(w trigger) bool { return w.jay })
)

func waking(by func(trigger) bool) []Detector {
	var some []Detector
	for _, d := range Detectors {
		if by(d.triggers) {
			some = append(some, d)
		}
	}
	return some
}

// keywords are the words that wake detectors, as literals.
func keywords() []literal {
	var all []literal
	for _, d := range Detectors {
		for _, w := range d.triggers.words {
			all = append(all, literal{text: w, look: d.find})
		}
	}
	return all
}

// Classes of bytes that patterns look for at a sample.
const (
	other byte = iota
	digit
	mark
)

var classes = func() (table [256]byte) {
	for c := '0'; c <= '9'; c++ {
		table[c] = digit
	}
	table[':'], table['-'] = mark, mark
	return table
}()

// patterns wakes the detectors. Every fourth byte is enough to meet each run of
// four digits, one of a MAC's five colons, and one of a UUID's four hyphens.
func patterns(text []byte, found []span) []span {
	const sample = 4
	for i := sample - 1; i < len(text) && len(found) < mostMatches; i += sample {
		switch classes[text[i]] {
		case digit:
			start, end := run(text, i)
			if end-start >= sample {
				found = onRun(text, start, end, found)
				i += (end - 1 - i) / sample * sample // the run's last sample
			}
		case mark:
			found = wakeAll(byMark, text, i, i+1, found)
		}
	}
	found = onEach('@', byAt, text, found)
	return onEach('J', byJay, text, found)
}

// run widens a digit to the run of digits that it stands in.
func run(text []byte, i int) (start, end int) {
	for start = i; start > 0 && isDigit(text[start-1]); start-- {
	}
	for end = i + 1; end < len(text) && isDigit(text[end]); end++ {
	}
	return start, end
}

func onRun(text []byte, start, end int, found []span) []span {
	if start > 1 && text[start-1] == '.' && isDigit(text[start-2]) {
		return wakeAll(byFraction, text, start, end, found)
	}
	n := end - start
	if n >= len(byRun) || n <= 5 && !goesOn(text, end) {
		return found
	}
	return wakeAll(byRun[n], text, start, end, found)
}

// goesOn says whether a few digits may be a group of more, or a part of a code:
// alone they are nothing, and logs are full of them.
func goesOn(text []byte, end int) bool {
	return end < len(text) && (text[end] == ' ' || text[end] == '-' || isUpper(text[end]))
}

func onEach(c byte, some []Detector, text []byte, found []span) []span {
	for from := 0; len(found) < mostMatches; {
		i := bytes.IndexByte(text[from:], c)
		if i < 0 {
			break
		}
		found = wakeAll(some, text, from+i, from+i+1, found)
		from += i + 1
	}
	return found
}

func wakeAll(some []Detector, text []byte, start, end int, found []span) []span {
	for i := range some {
		found = some[i].find(text, start, end, found)
	}
	return found
}
