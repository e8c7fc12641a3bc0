package intake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/intake"
)

// strangers are lines of something else that may stand anywhere in a report: how
// long another took, that it was given up, and a line at the margin that is no heading.
var strangers = []string{
	"------ 0.101s was the duration of 'DROPBOX SYSTEM SERVER CRASHES' ------\n",
	"------ 0.101s was the duration of 'SYSTEM' ------\n",
	"--------- 0.004s was the duration of dumpsys battery, ending at: 2026-11-02 08:00:01\n",
	"--------- 0.004s was the duration of dumpsys app, ending at: 2026-11-02 08:00:01\n",
	"*** SERVICE 'battery' DUMP TIMEOUT (10000ms) EXPIRED ***\n",
	"com.google.android.trichromelibrary_636802733 overlay paths:\n",
	"== dumpstate: done (id 1)\n",
	"ACTIVITY MANAGER SERVICES (dumpsys activity services)\n",
	"------ not a heading ------\n",
	"-------------------------------------------------------------------------------\n",
}

func splitUp(t *testing.T, text string) shelf {
	t.Helper()
	var s shelf
	require.NoError(t, intake.Bugreport("b", strings.NewReader(text), &s))
	return s
}

// TestALineOfSomethingElseEndsNoPiece puts such a line at each position of a report.
// Each piece keeps its text, and none is whole that was not.
func TestALineOfSomethingElseEndsNoPiece(t *testing.T) {
	t.Parallel()
	want := splitUp(t, report)
	lines := strings.SplitAfter(report, "\n")
	for _, stranger := range strangers {
		for i := 1; i < len(lines)-1; i++ {
			if strings.HasPrefix(lines[i], "DUMP OF SERVICE ") {
				continue // the rule before it is the heading's
			}
			got := splitUp(t, strings.Join(slices.Insert(slices.Clone(lines), i, stranger), ""))
			got.pieces = slices.DeleteFunc(got.pieces, func(p piece) bool {
				return p.Source == "section-not-a-heading" // between pieces it is one
			})
			require.Len(t, got.pieces, len(want.pieces), "%q before %q", stranger, lines[i])
			for k, p := range got.pieces {
				was := want.pieces[k]
				require.Equal(t, was.Origin, p.Origin)
				if p.body != was.body && !holds(p.body, was.body, stranger) {
					require.True(t, strings.HasPrefix(p.body, was.body), "%q before %q: %s is %q", stranger, lines[i], p.Source, p.body)
					require.NotEqual(t, evidence.Whole, p.coverage.State, "%q stands behind its end", stranger)
				}
				if p.coverage.State != was.coverage.State {
					require.Equal(t, evidence.Truncated, p.coverage.State, "%q before %q: %s", stranger, lines[i], p.Source)
				}
			}
		}
	}
}

// holds says whether a body is another with one line more.
func holds(body, was, line string) bool {
	lines := strings.SplitAfter(body, "\n")
	for i := range lines {
		if lines[i] == line && strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "") == was {
			return true
		}
	}
	return false
}

// TestAPieceWhoseEndIsAGuessIsNotWhole takes away the own end of each piece that has
// one, and puts another's in.
func TestAPieceWhoseEndIsAGuessIsNotWhole(t *testing.T) {
	t.Parallel()
	for source, end := range map[string]string{
		"getprop":           "------ 0.052s was the duration of 'SYSTEM PROPERTIES' ------\n",
		"logcat":            "------ 0.571s was the duration of 'SYSTEM LOG' ------\n",
		"logcat-statistics": "------ 0.031s was the duration of 'LOG STATISTICS' ------\n",
		"dumpsys-meminfo":   "--------- 0.040s was the duration of dumpsys meminfo, ending at: 2026-11-02 08:00:01\n",
		"dumpsys-appops":    "--------- 0.001s was the duration of dumpsys appops, ending at: 2026-11-02 08:00:02\n",
	} {
		require.Contains(t, report, end)
		for _, foreign := range strangers[:4] {
			s := splitUp(t, strings.Replace(report, end, foreign, 1))
			p := s.of(source)[0]
			assert.Equal(t, evidence.Truncated, p.coverage.State, "%s: %s", source, foreign)
			assert.Contains(t, p.coverage.Reason, "its own end did not come")
		}
		s := splitUp(t, strings.Replace(report, end, "", 1))
		first := source == "getprop" || source == "dumpsys-meminfo" // nothing has shown yet that there are such ends
		assert.Equal(t, first, s.of(source)[0].coverage.State == evidence.Whole, source)
	}
}

// TestWhatStandsBehindAnEndIsSeen holds for what an app may print into a dump: the
// line that ends it.
func TestWhatStandsBehindAnEndIsSeen(t *testing.T) {
	t.Parallel()
	forged := "--------- 0.001s was the duration of dumpsys appops, ending at: 2026-11-02 08:00:02\n"
	s := splitUp(t, strings.Replace(report, "  a rule of its own", forged+"  a rule of its own", 1))
	p := s.of("dumpsys-appops")[0]
	assert.Contains(t, p.body, "  a rule of its own stands above\n")
	assert.Equal(t, evidence.Coverage{State: evidence.Truncated, Reason: "lines stand behind its end"}, p.coverage)

	s = splitUp(t, strings.Replace(report, "c]\n", "------ 0.052s was the duration of 'SYSTEM PROPERTIES' ------\nc]\n", 1))
	assert.Equal(t, evidence.Truncated, s.of("getprop")[0].coverage.State)
}

func TestAnEndThatIsGluedToTheLastLineIsOne(t *testing.T) {
	t.Parallel()
	s := splitUp(t, strings.Replace(report, "x\n---------", "x---------", 1))
	p := s.of("dumpsys-meminfo")[0]
	assert.Equal(t, evidence.Whole, p.coverage.State)
	assert.Equal(t, "x--------- 0.040s was the duration of dumpsys meminfo, ending at: 2026-11-02 08:00:01\n", p.body)
}

func TestTheEndOfASectionMayNameItsCommand(t *testing.T) {
	t.Parallel()
	for heading, end := range map[string]string{
		"KERNEL LOG (dmesg)": "KERNEL LOG (dmesg)",
		"SHOW MAP 1 (/init) (/system/xbin/su root showmap -q 1)":        "SHOW MAP 1 (/init)",
		"BLOCKED PROCESS WAIT-CHANNELS":                                 "for_each_tid(BLOCKED PROCESS WAIT-CHANNELS)",
		"PROCESS TIMES (pid cmd user system iowait+percentage)":         "for_each_pid(PROCESS TIMES (pid cmd user system iowait+percentage))",
		"QTAGUID NETWORK INTERFACES INFO (/proc/net/xt_qtaguid/iface_)": "QTAGUID NETWORK INTERFACES INFO (xt)",
	} {
		s := splitUp(t, "------ "+heading+" ------\nx\n------ 0.1s was the duration of '"+end+"' ------\n------ A (b) ------\ny\n")
		assert.Equal(t, "x\n", s.pieces[0].body, heading)
		assert.Equal(t, evidence.Whole, s.pieces[0].coverage.State, heading)
	}
}

// TestOldReportsKnowNoEnds holds for Android 6 and older, and for the sections of
// Android 10 that took less than half a second.
func TestOldReportsKnowNoEnds(t *testing.T) {
	t.Parallel()
	s := splitUp(t, "------ LIBRANK (librank) ------\nx\n------ 7.175s was the duration of 'LIBRANK' ------\n"+
		"------ SYSTEM PROPERTIES (getprop) ------\n[a]: [b]\n------ SYSTEM LOG (logcat -d) ------\nx\n"+
		"------ 117.855s was the duration of 'DUMPSTATE' ------\n== dumpstate: done (id 1)\n")
	for _, p := range s.pieces {
		assert.Equal(t, evidence.Whole, p.coverage.State, p.Source)
	}
}
