package observe

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tookTimes are lines that say how long something else took.
var tookTimes = []string{
	"------ 0.101s was the duration of 'DROPBOX SYSTEM SERVER CRASHES' ------",
	"--------- 0.004s was the duration of dumpsys meminfo, ending at: 2026-09-01 10:11:13",
	"--------- 0.004s was the duration of dumpsys meminfo",
}

// strays are lines that AOSP and makers print at the margin by mistake, by the
// sources that are read across them.
var strays = map[string][]string{
	"dumpsys-package": {"com.google.android.trichromelibrary_636802733 overlay paths:", "a note of the maker's", "a note:"},
	"package-detail":  {"com.google.android.trichromelibrary_636802733 overlay paths:", "a note of the maker's", "a note:"},
}

// TestALineOfSomethingElseLosesNoFact puts such a line at each position of each
// golden input.
func TestALineOfSomethingElseLosesNoFact(t *testing.T) {
	for _, p := range Parsers {
		t.Run(p.Source, func(t *testing.T) {
			for name, body := range samplesOf(t, p.Source) {
				if strings.HasSuffix(name, ".bin") {
					continue
				}
				whole, _ := readAll(t, p.Source, name, body)
				lines := bytes.SplitAfter(body, []byte("\n"))
				for _, line := range slices.Concat(tookTimes, strays[p.Source]) {
					for i := range lines {
						got, _ := readAll(t, p.Source, name, insert(lines, i, line))
						require.Empty(t, lost(whole, got), "%s: %q before line %d: %s", name, line, i+1, lines[i])
					}
				}
			}
		})
	}
}

func insert(lines [][]byte, at int, line string) []byte {
	return bytes.Join([][]byte{bytes.Join(lines[:at], nil), []byte(line + "\n"), bytes.Join(lines[at:], nil)}, nil)
}

// lost gives the facts of one reading that another has not.
func lost(whole, got []said) []string {
	had := map[string]int{}
	word := func(s said) string { return s.Kind + fmt.Sprintf(" %+v", s.Fact) }
	for _, s := range got {
		had[word(s)]++
	}
	var missing []string
	for _, s := range whole {
		if had[word(s)]--; had[word(s)] < 0 {
			missing = append(missing, word(s))
		}
	}
	return missing
}
