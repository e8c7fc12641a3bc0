package strict_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/strict"
)

// spelt is a word's type with a name of its own, as android.Serial is.
type spelt string

// words has each way in which a type may want a word.
type words struct {
	Plain   string           `yaml:"plain"`
	Named   spelt            `yaml:"named"`
	Pointed *string          `yaml:"pointed"`
	List    []spelt          `yaml:"list"`
	Keyed   map[spelt]string `yaml:"keyed"`
	Deep    []struct {
		Untagged string
	} `yaml:"deep"`
}

// spellings are words that YAML, of one version or another, takes for something else.
var spellings = []string{
	"0123456789", "01234567", "0b11", "4e7", "4E+7", "1_000", "12345678901234567890123", "1.10", "1.0", "2020-01-01",
	"0x1F", "0o17", ".inf", "-.INF", ".nan", "true", "True", "no", "on", "y", "+5", "-0", "1:30", "190:20:30", "0.0e-3", "1__0", "00", "0",
	"!!str 0123", "!!int 0123", "!!float 1.10", "!!bool true",
}

// TestAWordIsWhatIsWritten gives each spelling in each place that wants a word, on lines
// and in braces.
func TestAWordIsWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, s := range spellings {
		want := s
		if _, err := fmt.Sscanf(s, "!!%s %s", new(string), &want); err != nil {
			want = s
		}
		for _, text := range []string{
			"plain: %[1]s\nnamed: %[1]s\npointed: %[1]s # a comment\nlist:\n  - %[3]s\nkeyed:\n  %[2]s: %[1]s\ndeep:\n  - untagged: %[1]s\n",
			"{plain: %[1]s, named: %[1]s, pointed: %[1]s , list: [%[3]s], keyed: {%[2]s: %[1]s}, deep: [{untagged: %[1]s}]}\n",
			"---\nplain: %[1]s\nnamed:   %[1]s\npointed:\n  %[1]s\nlist: [%[3]s ]\nkeyed: {%[2]s: %[1]s }\ndeep: [{untagged: %[1]s }]\n---\n",
		} {
			key, item := want, s
			if strings.Contains(want, ":") { // in brackets and braces the library takes it for a mapping, and says so
				key, item = "key", `"`+s+`"`
			}
			text = fmt.Sprintf(text, s, key, item)
			var w words
			require.NoError(t, strict.Decode("w.yaml", []byte(text), &w), text)
			require.NotNil(t, w.Pointed, text)
			require.Len(t, w.Deep, 1, text)
			assert.Equal(t, words{Plain: want, Named: spelt(want), Pointed: &want, List: []spelt{spelt(want)},
				Keyed: map[spelt]string{spelt(key): want}, Deep: w.Deep}, w, text)
			assert.Equal(t, want, w.Deep[0].Untagged, text)
		}
	}
}

func TestWhatIsEmptyIsNoWord(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "~", "null", `""`} {
		var w words
		require.NoError(t, strict.Decode("w.yaml", []byte("named: "+s+"\nplain: x\n"), &w))
		assert.Empty(t, w.Named, s)
	}
}

// TestAFileHoldsOneDocument: what comes after a second --- would be dropped in silence.
func TestAFileHoldsOneDocument(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain: a\n---\nplain: b\n":       "w.yaml:3:1: second document; a file holds one: make a file of its own of it",
		"---\nplain: a\n---\n[]\n":        "w.yaml:4:1: second document",
		"---\n---\nplain: a\n--- 3\n":     "w.yaml:3:1: second document",
		"---\n# a\n---\nplain: a\n":       "w.yaml:4:1: second document",
		"plain: a\n---\n---\nplain: b\n":  "w.yaml:4:1: second document",
		"plain: a\n--- {plain: b}\n":      "w.yaml:2:5: second document",
		"plain: a\n...\nplain: b\n":       "w.yaml:3:1: second document",
		"plain: a\n...\n---\nplain: b\n":  "w.yaml:4:1: second document",
		"%YAML 1.2\n---\nplain: a\n":      "",
		"# farm\n---\n# of\nplain: a\n":   "",
		"plain: a\n---\n":                 "",
		"plain: a\n---\n# nothing more\n": "",
		"plain: a\n...\n":                 "",
	} {
		var w words
		err := strict.Decode("w.yaml", []byte(text), &w)
		if want == "" {
			assert.NoError(t, err, text)
			assert.Equal(t, "a", w.Plain, text)
			continue
		}
		assert.ErrorContains(t, err, want, text)
	}
}

// fields has a field of each kind.
type fields struct {
	Word  string          `yaml:"word"`
	Words []string        `yaml:"words"`
	Map   map[string]int  `yaml:"map"`
	In    struct{ A int } `yaml:"in"`
	Int   int             `yaml:"int"`
	Small uint8           `yaml:"small"`
	Float float64         `yaml:"float"`
	Flag  bool            `yaml:"flag"`
}

// TestAWrongKindIsToldInTheWritersWords gives each kind of field each kind of value.
func TestAWrongKindIsToldInTheWritersWords(t *testing.T) {
	t.Parallel()
	wants := map[string]string{"word": "a word", "words": "a list", "map": "a mapping (key: value)", "in": "a mapping (key: value)",
		"int": "a whole number", "small": "a whole number, 0 or more", "float": "a number", "flag": "true or false"}
	values := map[string]string{"abc": "word", "[a]": "words", "{A: {}}": "map", "7": "int", "300": "small", "1.5": "float", "true": "flag"}
	fits := map[string]bool{"word 7": true, "word 300": true, "word 1.5": true, "word true": true, "int 300": true, "small 7": true,
		"float 7": true, "float 300": true}
	for field, want := range wants {
		for value, of := range values {
			if fits[field+" "+value] || field == of && field != "map" && field != "small" {
				continue
			}
			var k fields
			err := strict.Decode("k.yaml", []byte(field+": "+value+"\n"), &k)
			var fault *strict.Fault
			if !assert.ErrorAs(t, err, &fault, "%s: %s", field, value) {
				continue
			}
			assert.Equal(t, 1, fault.Line)
			for _, alien := range []string{"unmarshal", "Go", "interface", "uint", "[]", "fields"} {
				assert.NotContains(t, fault.Text, alien, "%s: %s", field, value)
			}
			if field != "map" && field != "in" || of != "map" { // there the fault is that of what is within
				assert.Contains(t, fault.Text, "give "+want, "%s: %s", field, value)
			}
		}
	}
}

func TestATabIsCalledATab(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"word:\n\t- a\n", "in:\n\tA: 1\n", "word: a\n\twords: [a]\n", "words:\n  -\ta: b\n", "\tword: a\n"} {
		var k fields
		err := strict.Decode("k.yaml", []byte(text), &k)
		if err != nil {
			assert.NotContains(t, err.Error(), "cannot start any token", "%q", text)
			assert.NotContains(t, err.Error(), "\t", "%q", text)
		}
		t.Logf("%q: %v", text, err)
	}
	var k fields
	assert.ErrorContains(t, strict.Decode("k.yaml", []byte("in:\n\tA: 1\n"), &k), "k.yaml:2:1: a tab, where YAML takes spaces only")
}

// TestANumberIsTheOneThatIsWritten: YAML's library takes the whole part of a fraction, and
// what begins with 0 for eights.
func TestANumberIsTheOneThatIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"int: 1.5":      "k.yaml:1:6: here is 1.5; give a whole number",
		"int: 2.0":      "here is 2.0; give a whole number",
		"small: .inf":   "here is .inf; give a whole number, 0 or more",
		"map: {a: .5}":  "k.yaml:1:10: here is .5; give a whole number",
		"in: {a: 1.5}":  "k.yaml:1:9: here is 1.5; give a whole number",
		"int: 010":      "k.yaml:1:6: 010 begins with 0, which YAML reads in eights: take the 0 off",
		"small: 0777":   "0777 begins with 0",
		"float: -017":   "-017 begins with 0",
		"map: {a: 00}":  "00 begins with 0",
		"int: 1_000":    "",
		"int: 0":        "",
		"int: -5":       "",
		"int: 0x10":     "",
		"int: 0o10":     "",
		"float: 0.5":    "",
		"float: 45":     "",
		"map: {010: 1}": "",
	} {
		var k fields
		if err := strict.Decode("k.yaml", []byte(text+"\n"), &k); want == "" {
			assert.NoError(t, err, text)
		} else {
			assert.ErrorContains(t, err, want, text)
		}
	}
}
