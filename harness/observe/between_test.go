package observe

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/observe/printout"
)

// tookTimes are lines that say how long something else took.
var tookTimes = []string{
	"------ 0.101s was the duration of 'DROPBOX SYSTEM SERVER CRASHES' ------",
	"--------- 0.004s was the duration of dumpsys meminfo, ending at: 2026-09-01 10:11:13",
	"--------- 0.004s was the duration of dumpsys meminfo",
}

// aNote and titles are lines that AOSP and makers print without an indent by mistake, or that a
// later release might print.
const aNote = "a note of the maker's"

var (
	titles   = []string{"com.google.android.trichromelibrary_636802733 overlay paths:", "a note:"}
	anyStray = append([]string{aNote}, titles...)
)

// strays are the sources that go on behind such a line, and which lines. In the other sources
// what follows a title may belong to another section.
var strays = map[string][]string{
	"dumpsys-activity-broadcast-state": anyStray,
	"dumpsys-activity-services":        anyStray,
	"dumpsys-alarm":                    anyStray,
	"dumpsys-appops":                   anyStray,
	"dumpsys-audio":                    {aNote},
	"dumpsys-connectivity":             {aNote},
	"dumpsys-device-policy":            anyStray,
	"dumpsys-deviceidle":               anyStray,
	"dumpsys-jobscheduler":             anyStray,
	"dumpsys-location":                 {aNote},
	"dumpsys-media-camera":             {aNote},
	"dumpsys-package":                  anyStray,
	"netstats":                         {aNote},
	"package-detail":                   anyStray,
}

// mostPositions is at how many places of one input a line is put by default.
const mostPositions = 100

// positions are the places of an input at which a line is put: all, or some in a long input, and
// others for each line n. With ASSAY_CHAOS they are always all.
func positions(lines [][]byte, n int) iter.Seq[int] {
	step := 1 + (len(lines)-1)/mostPositions
	if os.Getenv("ASSAY_CHAOS") != "" {
		step = 1
	}
	return func(yield func(int) bool) {
		for i := n % step; i < len(lines); i += step {
			if !yield(i) {
				return
			}
		}
	}
}

// TestALineOfSomethingElseLosesNoFact puts such a line at the positions of each
// golden input.
func TestALineOfSomethingElseLosesNoFact(t *testing.T) {
	t.Parallel()
	for _, p := range Parsers {
		t.Run(p.Source, func(t *testing.T) {
			for name, body := range samplesOf(t, p.Source) {
				if strings.HasSuffix(name, ".bin") {
					continue
				}
				whole, _ := readAll(t, p.Source, name, body)
				lines := bytes.SplitAfter(body, []byte("\n"))
				for n, line := range slices.Concat(tookTimes, strays[p.Source]) {
					for i := range positions(lines, n) {
						got, _ := readAll(t, p.Source, name, insert(lines, i, line))
						require.Empty(t, lost(whole, got), "%s: %q before line %d: %s", name, line, i+1, lines[i])
					}
				}
			}
		})
	}
}

// TestWhatAStrayHidesIsUnread puts a stray at the positions of each golden dump: where
// it loses a fact, the account says that something was not read.
func TestWhatAStrayHidesIsUnread(t *testing.T) {
	t.Parallel()
	hidden := 0
	for _, p := range Parsers {
		if !strings.HasPrefix(p.Source, "dumpsys-") && p.Source != "netstats" {
			continue
		}
		for name, body := range samplesOf(t, p.Source) {
			whole, _ := readAll(t, p.Source, name, body)
			lines := bytes.SplitAfter(body, []byte("\n"))
			for n, line := range anyStray {
				for i := range positions(lines, n) {
					got, r := readAll(t, p.Source, name, insert(lines, i, line))
					if len(lost(whole, got)) == 0 {
						continue
					}
					hidden++
					require.True(t, r.Unread > 0 || !r.Coverage.Complete(), "%s/%s: %q before line %d", p.Source, name, line, i+1)
				}
			}
		}
	}
	require.Positive(t, hidden)
}

// TestALaterSectionLendsNoFact puts an unknown section at each position of the dumps whose
// sections look alike: a title, and below it a line of the section that stands there.
func TestALaterSectionLendsNoFact(t *testing.T) {
	t.Parallel()
	for source, reaches := range map[string]int{ // how far the lines of a section are indented
		"dumpsys-audio": 2, "dumpsys-connectivity": 2, "dumpsys-location": 99, "dumpsys-media-camera": 0, "netstats": 2,
	} {
		for name, body := range samplesOf(t, source) {
			whole, _ := readAll(t, source, name, body)
			lines := bytes.SplitAfter(body, []byte("\n"))
			for i, line := range lines {
				if printout.Indent(line) > reaches {
					continue
				}
				later := "A section of a later release:\n" + strings.TrimSuffix(string(line), "\n")
				got, _ := readAll(t, source, name, insert(lines, i, later))
				require.Empty(t, lost(got, whole), "%s/%s: before line %d: %s", source, name, i+1, line)
			}
		}
	}
}

// TestAUIDEndsAtALaterSection puts an unknown heading behind a UID: what stands below it does not
// belong to that UID.
func TestAUIDEndsAtALaterSection(t *testing.T) {
	t.Parallel()
	dump := "Current AppOps Service state:\n  Uid u0a81:\n    Package com.example.one:\n      CAMERA (allow):\n"
	rest := "    Package com.example.two:\n      CAMERA (allow):\n"
	behind, _ := readAll(t, "dumpsys-appops", "x", []byte(dump+"A note:\n"+rest))
	below, r := readAll(t, "dumpsys-appops", "x", []byte(dump+"A later section:\n  Of a later release:\n"+rest))
	require.Len(t, behind, 2)
	require.Len(t, below, 1)
	require.Equal(t, 4, r.Unread)
}

func insert(lines [][]byte, at int, line string) []byte {
	return bytes.Join([][]byte{bytes.Join(lines[:at], nil), []byte(line + "\n"), bytes.Join(lines[at:], nil)}, nil)
}

// lost gives the facts of one reading that another does not have.
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
