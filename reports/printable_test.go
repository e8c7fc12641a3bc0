package reports

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestWhatDoesNotPrintIsWrittenOut(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                        "",
		"moto e22":                "moto e22",
		"कैमरा 相机 камера":         "कैमरा 相机 камера",
		"a\nb\tc\r":               `a\nb\tc\r`,
		"\x1b[31mred\x1b[0m":      `\x1b[31mred\x1b[0m`,
		"\x1b]0;title\x07":        `\x1b]0;title\x07`,
		"\u009b31m":               `\u009b31m`,
		"\x9b31m":                 `\x9b31m`,
		"nul\x00del\x7f":          `nul\x00del\x7f`,
		"a\u202egnp":              `a\u202egnp`,
		"\u2066x\u2069\u200f":     `\u2066x\u2069\u200f`,
		"zero\u200bwidth\ufeff":   `zero\u200bwidth\ufeff`,
		"a\u2028b\u00a0c":         `a\u2028b\u00a0c`,
		"\U000e0041tag":           `\U000e0041tag`,
		"\xff\xfe\xe2\x28":        `\xff\xfe\xe2(`,
		"o\u0301k":                "o\u0301k",
		"\u3164\u2800":            `\u3164\u2800`,
		"already \\x1b":           `already \x1b`,
		"z" + rep("\u0335", 6):    "z" + rep("\u0335", 4) + `\u0335\u0335`,
		"a real \uFFFD character": "a real \uFFFD character",
	} {
		assert.Equal(t, want, Printable(in, 0), "%q", in)
	}
}

func TestLongTextIsCutButNeverInsideOfWhatIsWrittenOut(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "abc", Printable("abc", 3))
	assert.Equal(t, "ab…", Printable("abcd", 3))
	assert.Equal(t, "é…", Printable("éèê", 2))
	assert.Equal(t, "a…", Printable("a\x1bb", 4))
	assert.Equal(t, `a\x1b`, Printable("a\x1b", 5))
	assert.Equal(t, "…", Printable("\x1b", 3))
	assert.Equal(t, strings.Repeat("x", 199)+"…", Printable(strings.Repeat("x", 1<<20), cellLimit))
}

func TestTextWrapsWhereAReaderWouldBreakIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want []string
	}{
		{"", 5, []string{""}},
		{"short", 5, []string{"short"}},
		{"two words", 5, []string{"two", "words"}},
		{"com.example.camera", 12, []string{"com.example.", "camera"}},
		{"no-background-location", 13, []string{"no-", "background-", "location"}},
		{"unbreakable", 4, []string{"unbr", "eaka", "ble"}},
		{"相机相机", 5, []string{"相机", "相机"}},
		{"ko\u0301ko\u0301", 2, []string{"ko\u0301", "ko\u0301"}},
		{"相", 1, []string{"相"}},
	} {
		assert.Equal(t, c.want, wrap(c.text, c.most), c.text)
	}
}

// FuzzPrintable holds Printable to its promise whatever a handset sends.
func FuzzPrintable(f *testing.F) {
	f.Add(hostile, 20)
	f.Add("=1+1\t", 0)
	f.Add("é\u0301\xf0\x9f", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(limit, 0) % 500
		out := Printable(s, limit)
		assert.True(t, utf8.ValidString(out))
		for _, r := range out {
			if !prints(r) {
				t.Fatalf("%U does not print", r)
			}
		}
		if limit > 0 {
			assert.LessOrEqual(t, utf8.RuneCountInString(out), limit)
		}
		assert.Equal(t, Printable(s, 0), Printable(Printable(s, 0), 0), "printable text stays as it is")
		most := limit%60 + 2
		for _, line := range wrap(out, most) {
			if width(line) > most {
				t.Fatalf("%q is wider than %d", line, most)
			}
		}
		assert.Equal(t, strings.ReplaceAll(out, " ", ""), strings.ReplaceAll(strings.Join(wrap(out, most), ""), " ", ""), "wrapping loses nothing")
	})
}

// FuzzMarkdown holds that no text ends a cell or begins markup.
func FuzzMarkdown(f *testing.F) {
	f.Add(hostile)
	f.Add("http://a|b`|`@c")
	f.Fuzz(func(t *testing.T, s string) {
		out := markdown(s, 0)
		bare := strings.NewReplacer(`\\`, "", `\|`, "").Replace(out)
		assert.NotContains(t, bare, "|")
		assert.NotContains(t, out, "\n")
		if !selfLinking.MatchString(Printable(s, 0)) {
			assert.NotContains(t, out, "<")
			assert.NotContains(t, strings.NewReplacer(`\\`, "", "\\`", "").Replace(out), "`")
		}
	})
}

func rep(s string, n int) string { return strings.Repeat(s, n) }
