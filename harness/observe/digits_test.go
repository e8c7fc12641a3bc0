package observe

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/observe/fact"
)

// TestDatesInArabicDigitsAreRead reads the golden print-outs as a handset prints them whose
// language is Egyptian Arabic.
func TestDatesInArabicDigitsAreRead(t *testing.T) {
	t.Parallel()
	date := regexp.MustCompile(`(\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d[.:]\d{3}`)
	arabic := func(b []byte) []byte {
		return bytes.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '٠'
			}
			return r
		}, b)
	}
	for _, source := range []string{"discrete-ops", "dumpsys-audio", "dumpsys-connectivity", "dumpsys-location"} {
		changed := 0
		for name, body := range samplesOf(t, source) {
			spoken := date.ReplaceAllFunc(body, arabic)
			if bytes.Equal(spoken, body) {
				continue
			}
			changed++
			want, before := readAll(t, source, name, body)
			got, after := readAll(t, source, name, spoken)
			if source == "discrete-ops" { // what stands before the timeline is of dumpsys-appops
				want, got = accesses(want), accesses(got)
				after.Unread = before.Unread
			}
			require.Len(t, got, len(want), "%s %s", source, name)
			for i := range want {
				assert.Equal(t, want[i].Fact, got[i].Fact, "%s %s", source, name)
			}
			assert.Equal(t, before.Unread, after.Unread, "%s %s", source, name)
		}
		assert.Positive(t, changed, source)
	}
}

func accesses(all []said) []said {
	return slices.DeleteFunc(all, func(s said) bool { _, ok := s.Fact.(fact.OpAccess); return !ok })
}

// TestAppopsAreReadInTheDigitsOfTheHandset reads what a handset prints whose language is Arabic:
// only the dates have Arabic digits.
func TestAppopsAreReadInTheDigitsOfTheHandset(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"9.txt", "10.txt", "13.txt"} {
		latin := samplesOf(t, "dumpsys-appops")[release]
		date := regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}`)
		require.Regexp(t, date, string(latin))
		arabic := date.ReplaceAllFunc(latin, func(b []byte) []byte {
			return []byte(strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + '٠'
				}
				return r
			}, string(b)))
		})
		want, plain := readAll(t, "dumpsys-appops", release, latin)
		got, reading := readAll(t, "dumpsys-appops", release, arabic)
		require.Len(t, got, len(want))
		for i := range got {
			assert.Equal(t, want[i].Fact, got[i].Fact)
		}
		assert.Equal(t, plain.Unread, reading.Unread)
	}
}
