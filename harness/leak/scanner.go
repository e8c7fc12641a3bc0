package leak

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Identifier is a value that is the handset's own: its IMEI, serial, Android ID,
// MAC, number, IMSI or ICCID.
type Identifier struct {
	Type  string // imei, serial, android_id, mac, number, imsi, iccid; another is searched as it stands
	Value string
}

// Match is one identifier in one text, without the identifier.
type Match struct {
	Kind      string // the Identifier's type, or the kind of its Detector
	Certainty Certainty
	Form      string // plain, upper, lower, mixed, separators, url, hex, base64, reversed, md5, sha1, sha256
	Masked    string // 35…19
	Hash      string // salted SHA-256, first 16 hex digits: of the value, however it was disguised
	Start     int    // of the first byte in the text
	End       int    // behind the last
}

// mostMatches is how many matches of one text are reported: a log entry has at
// most 4,068 bytes, and a hostile one may be all e-mail addresses.
const mostMatches = 256

// Scanner searches texts. It may be used by several goroutines at once.
type Scanner struct {
	salt     []byte
	values   []value
	literals literals
}

// value is an own identifier in the spelling that masks and hashes are made of.
type value struct{ kind, text string }

// NewScanner makes a scanner that knows the handset's own identifiers. Those that
// are not Searchable are left out. The salt makes hashes worthless outside a run.
func NewScanner(own []Identifier, salt []byte) *Scanner {
	s := &Scanner{salt: slices.Clone(salt)}
	var all []literal
	for _, id := range own {
		if !Searchable(id) {
			continue
		}
		v := value{id.Type, canonical(id)}
		if slices.Contains(s.values, v) {
			continue
		}
		all = append(all, disguises(id, len(s.values))...)
		s.values = append(s.values, v)
	}
	s.literals = newLiterals(append(all, keywords()...))
	return s
}

// span is a match before it is masked: whose value it is, and where it stands.
type span struct {
	start, end int
	kind       string
	certainty  Certainty
	form       string
	value      string // in the spelling that masks and hashes are made of
}

// Scan searches one text, such as a log entry's message, and calls emit for each
// match in the order of the text. Where matches overlap, the surest and then the
// longest stays. It allocates nothing where it finds nothing.
func (s *Scanner) Scan(text []byte, emit func(Match)) {
	found := s.own(text, nil)
	found = patterns(text, found)
	if len(found) == 0 {
		return
	}
	for _, f := range withoutOverlaps(found) {
		emit(Match{
			Kind: f.kind, Certainty: f.certainty, Form: f.form, Start: f.start, End: f.end,
			Masked: mask(f.value), Hash: s.hash(f.kind, f.value),
		})
	}
}

// own finds the handset's own values, and the words that make a detector look.
func (s *Scanner) own(text []byte, found []span) []span {
	l := &s.literals
	for i := 0; i+gram <= len(text) && len(found) < mostMatches; i += l.stride {
		g := fold(text[i:])
		if !l.maybe(g) {
			continue
		}
		for _, p := range l.places[g] {
			lit := &l.all[p.literal]
			start := i - p.offset
			if start < 0 || !lit.at(text, start) {
				continue
			}
			end := start + len(lit.text)
			if lit.look != nil {
				found = lit.look(text, start, end, found)
				continue
			}
			if !lit.bounded(text, start, end) || slices.ContainsFunc(found, func(f span) bool { return f.start == start && f.end == end }) {
				continue
			}
			v := s.values[lit.value]
			found = append(found, span{start, end, v.kind, Certain, lit.formAt(text[start:end]), v.text})
		}
	}
	return found
}

// withoutOverlaps drops what overlaps with something surer or longer, and sorts the rest.
func withoutOverlaps(found []span) []span {
	slices.SortStableFunc(found, func(a, b span) int {
		return cmp.Or(cmp.Compare(rank(b.certainty), rank(a.certainty)),
			cmp.Compare(b.end-b.start, a.end-a.start), cmp.Compare(a.start, b.start))
	})
	kept := found[:0]
	for _, f := range found {
		if !slices.ContainsFunc(kept, func(k span) bool { return f.start < k.end && k.start < f.end }) {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return kept
}

func rank(c Certainty) int {
	switch c {
	case Certain:
		return 2
	case Probable:
		return 1
	}
	return 0
}

// hash tells two values apart without giving either away.
func (s *Scanner) hash(kind, value string) string {
	h := sha256.New()
	h.Write(s.salt)
	h.Write([]byte("\x00" + kind + "\x00" + value))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// mask keeps the first and last two characters of a value, of a short one the
// first and last.
func mask(value string) string {
	keep := 2
	if len(value) < 8 {
		keep = 1
	}
	if len(value) <= 2*keep {
		return "…"
	}
	return plainText(value[:keep]) + "…" + plainText(value[len(value)-keep:])
}

// plainText replaces what cannot be printed as one ASCII character.
func plainText(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b)
}
